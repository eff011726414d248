"""What holds for every answer: headers, methods, empty bodies, our own host name."""

import dataclasses
import itertools
import re

import httpx
import pytest
from litestar import get

from tests.client import API, FROM_OUR_PAGE, Client
from tests.matrix.conftest import Route
from tests.matrix.example import Example
from tests.matrix.examples import API_EXAMPLES, HOLDERS, LINKS, PAGE_EXAMPLES
from tests.matrix.scene import Scene, person
from tests.world import World
from vestibule.bootstrap import House
from vestibule.server import _litestar
from vestibule.web.shell import HEADERS, Shell

BASE = "http://localhost:8000"
PAGES = {"/app-invite": "/apps/shifts/activation"}  # where a link leads; else to itself
# What has no id: what is not kept, and a role, which goes by its name.
UNNAMED = {"batch", "acceptance", "role"}


def assert_dressed(answer: httpx.Response) -> None:
    for name, value in HEADERS.items():
        if name in {"cache-control", "referrer-policy", "content-security-policy"}:
            assert answer.headers[name], (name, answer.request.url)
        else:
            assert answer.headers[name] == value, (name, answer.request.url)
    assert "server" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers
    assert "frame-ancestors" in answer.headers["content-security-policy"]


async def every_path(scene: Scene, routes: set[Route]) -> list[str]:
    """The path of every route, filled in as far as the scene can, and some that are none."""
    known = scene.places | {"key_id": "key_x", "message_id": "x", "version": "1", "name": "x.css"}
    known |= {"member": scene.world.emil.public_id, "number": "1"}
    filled = {re.sub(":(str|int)", "", path).format(path="zz", **known) for _, path in routes}
    # Open to pages of all origins: tests/apps/test_client.py, test_definition_schema.py.
    filled -= {"/client.js", "/schemas/app-definition.json"}
    return sorted(filled | {"/none", "/api/none", f"{API}/none/at/all", "/static/x", "/.env"})


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"])
async def test_every_answer_is_dressed_and_none_is_a_fault(
    still: Scene, routes: set[Route], method: str
) -> None:
    for who, path in itertools.product(("nobody", "di"), await every_path(still, routes)):
        client = still.client.as_(person(still.world, who))
        answer = await client.request(method, path)
        assert answer.status_code < 500, (method, path)
        assert_dressed(answer)


async def test_getting_every_page_changes_nothing(still: Scene, routes: set[Route]) -> None:
    before = await still.rows()
    for who, path in itertools.product(("nobody", "ada"), await every_path(still, routes)):
        client = still.client.as_(person(still.world, who))
        for method in ("GET", "HEAD", "OPTIONS"):
            await client.request(method, path)
    assert await still.rows() == before


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("who", ["nobody", "ada", "flo", "eve"])
async def test_opening_a_link_again_and_again_changes_nothing(
    still: Scene, link: str, who: str
) -> None:
    before = await still.rows()
    client, path = (
        still.client.as_(person(still.world, who)),
        f"{link}?key={still.keys[LINKS[link]]}",
    )
    for _ in range(5):
        assert (await client.request("HEAD", path)).status_code < 500
        assert (await client.http.get(path, follow_redirects=True)).status_code in {200, 404}
    assert await still.rows() == before


@pytest.mark.parametrize("link", LINKS)
async def test_a_link_leads_to_a_page_without_the_key(still: Scene, link: str) -> None:
    key = still.keys[LINKS[link]]
    client = still.client.as_(person(still.world, HOLDERS.get(link, "nobody")))
    answer = await client.get(f"{link}?key={key}")
    page = await client.http.get(answer.headers["Location"])

    assert answer.status_code == 303
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert key not in answer.headers["Location"]
    assert answer.headers["Location"].startswith(f"{PAGES.get(link, link)}/")
    cookie = answer.headers["Set-Cookie"]
    assert key in cookie
    assert "HttpOnly" in cookie
    assert page.status_code == 200
    assert key not in page.text
    assert page.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("example", API_EXAMPLES, ids=str)
async def test_an_answer_is_json_or_nothing(scene: Scene, example: Example) -> None:
    client = scene.client.as_(person(scene.world, example.who))
    answer = await client.request(
        example.method, scene.path(example.path), json=scene.body(dict(example.sent))
    )
    assert answer.text != "null"
    if answer.status_code in {202, 204}:
        assert answer.content == b""
        assert "json" not in answer.headers.get("Content-Type", "")
    else:
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.json()["object"]
        assert answer.json().get("id") or answer.json()["object"] in UNNAMED


async def test_signing_out_answers_nothing(client: Client, world: World) -> None:
    answer = await client.as_(world.di).delete(f"{API}/sessions/current")
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "evil.example:8000",
        "localhost:8001",
        "localhost",
        "localhost:8000@evil.example",
        "evil.example@localhost:8000",
        "localhost:8000/evil",
        "localhost:8000, evil.example",
        "",
        "localhost:port",
        "[::1",
        "xn--lcalhost-54a:8000",
    ],
)
@pytest.mark.parametrize("path", ["/", "/sign-in", f"{API}/me", "/healthz", "/none"])
async def test_another_host_name_is_misdirected(client: Client, host: str, path: str) -> None:
    answer = await client.http.get(path, headers={"Host": host})
    assert answer.status_code == 421
    assert answer.json()["code"] == "misdirected_request"
    assert_dressed(answer)


async def test_two_host_names_are_misdirected(client: Client) -> None:
    headers = [("Host", "localhost:8000"), ("Host", "localhost:8000")]
    assert (await client.http.get("/sign-in", headers=headers)).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"Forwarded": "host=evil.example;proto=https"},
        {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"},
        {"X-Original-Host": "evil.example", "X-Host": "evil.example"},
        {"X-Forwarded-Prefix": "/evil.example", "X-Original-URL": "//evil.example/"},
        {"Origin": "https://evil.example", "Referer": "https://evil.example/"},
        {"Host": "127.0.0.1:8000"},
    ],
)
async def test_mailed_links_come_from_the_base_url_alone(
    scene: Scene, headers: dict[str, str]
) -> None:
    ada = scene.client.as_(scene.world.ada)
    new = {"email": "linked@example.com", "role": "viewer"}
    invited = await ada.post(f"{API}/organizations/analytical/invitations", new, headers=headers)
    asked = await scene.client.post(f"{API}/sign-ups", {"email": "l@example.com"}, headers=headers)
    reset = {"email": scene.world.bo.email}
    forgot = await scene.client.post(f"{API}/password-resets", reset, headers=headers)

    assert (invited.status_code, asked.status_code, forgot.status_code) == (201, 202, 202)
    async with scene.database.reader() as reader:
        rows = await reader.fetch_all("SELECT parameters::text, link_path FROM messages")
    assert all(row["link_path"] is None or row["link_path"].startswith("/") for row in rows)
    assert not any("evil" in str(dict(row)) for row in rows)
    assert "evil" not in invited.headers["Location"]


async def test_a_target_that_is_too_long_is_refused(client: Client) -> None:
    for path in ("/" + "x" * 5000, "/sign-in?next=" + "x" * 5000):
        answer = await client.get(path)
        assert answer.status_code == 414
        assert_dressed(answer)


@get("/fault", include_in_schema=False)
async def fault() -> None:
    """Break."""
    raise RuntimeError("a secret of ours, at /etc/passwd, in SELECT * FROM accounts")


@get(f"{API}/fault")
async def api_fault() -> None:
    """Break."""
    raise RuntimeError("a secret of ours, at /etc/passwd, in SELECT * FROM accounts")


@pytest.fixture
def breaking(house: House) -> httpx.AsyncClient:
    """The application with two routes that break."""
    application = _litestar(house)
    application.register(fault)
    application.register(api_fault)
    transport = httpx.ASGITransport(Shell(application, house.settings))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url=BASE)


@pytest.mark.parametrize("path", ["/fault", f"{API}/fault"])
async def test_a_fault_of_ours_tells_nothing(breaking: httpx.AsyncClient, path: str) -> None:
    answer = await breaking.get(path)
    assert answer.status_code == 500
    for word in ("secret", "RuntimeError", "Traceback", "SELECT", "/etc", ".py"):
        assert word not in answer.text
    assert_dressed(answer)
    if path.startswith(API):
        assert answer.json()["code"] == "internal_error"


async def test_with_https_cookies_are_secure_and_browsers_stay_with_it(house: House) -> None:
    settings = dataclasses.replace(house.settings, base_url="https://people.example")
    client = Client.of(dataclasses.replace(house, settings=settings))
    answer = await client.get("/sign-in")

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    for cookie in answer.headers.get_list("Set-Cookie"):
        assert cookie.startswith("__Host-")
        assert "Secure" in cookie


@pytest.mark.parametrize("example", PAGE_EXAMPLES, ids=str)
async def test_no_cookie_is_within_reach_of_scripts(scene: Scene, example: Example) -> None:
    client = scene.client.as_(person(scene.world, example.who))
    answer = await client.http.post(
        scene.path(example.path), data=dict(example.sent), headers=FROM_OUR_PAGE
    )
    for cookie in answer.headers.get_list("Set-Cookie"):
        assert "httponly" in cookie.lower()
        assert "samesite=lax" in cookie.lower()
