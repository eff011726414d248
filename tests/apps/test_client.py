"""How the JavaScript client is served. What it does stands in `tests/journeys/test_client.py`."""

from tests.client import Client
from vestibule.apps.client_pages import CLIENT


async def test_the_client_is_a_module_for_pages_of_every_origin(client: Client) -> None:
    answer = await client.get("/client.js", headers={"Origin": "https://anywhere.example"})

    assert answer.status_code == 200
    assert answer.content == CLIENT.read_bytes()
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-credentials" not in answer.headers
    assert "set-cookie" not in answer.headers


async def test_a_browser_keeps_the_client_for_minutes_and_then_asks_if_it_is_the_same(
    client: Client,
) -> None:
    first = await client.get("/client.js")
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "public, max-age=300"

    for known in (tag, f"W/{tag}", f'"another", {tag}'):
        again = await client.get("/client.js", headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["access-control-allow-origin"] == "*"
    other = await client.get("/client.js", headers={"If-None-Match": '"another"'})
    assert other.status_code == 200


async def test_the_client_is_short_and_depends_on_nothing() -> None:
    text = CLIENT.read_text()
    assert len(text.splitlines()) <= 170
    assert not [line for line in text.splitlines() if line.startswith("import ")]
