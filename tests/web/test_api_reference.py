"""The page that describes the API."""

from tests.client import API, Client


async def test_the_page_shows_every_call_of_the_document(client: Client) -> None:
    document = (await client.get(f"{API}/openapi.json")).json()
    page = await client.get(f"{API}/docs")

    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert len(document["paths"]) > 20
    text = page.text.replace("&#34;", '"')
    assert [path for path in document["paths"] if path.removeprefix(API) not in text] == []
    assert "openapi.json" in page.text
    assert "<script>" not in page.text
