"""Where people are sent back to: never away from here, whatever a link says."""

from urllib.parse import quote, urljoin, urlsplit

import pytest

from tests.client import Client
from tests.world import PASSWORD, World

HERE = "http://localhost:8000"
HOSTILE = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "https://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "http://localhost:8000.evil.example/",
    "http://localhost:8000@evil.example/",
    "HTTPS://EVIL.EXAMPLE",
    "%2f%2fevil.example",
    "/%2fevil.example",
    "/%5cevil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "\n//evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\x00//evil.example",
    "/\x00/evil.example",
    " //evil.example",
    "/ /evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,x",
    "@evil.example",
    "/@evil.example//..//evil.example",
    ".evil.example",
    ":8000@evil.example",
    "?//evil.example",
    "#//evil.example",
    "evil.example",
    "/\u2215evil.example",
    "\uff0f\uff0fevil.example",
    "/\u3002evil.example",
    "/\u200b/evil.example",
    "//evil%E3%80%82example",
    "/.//evil.example",
    "/..//evil.example",
    "/x\r\nLocation: https://evil.example",
    "/x\r\nSet-Cookie: a=b",
    "//[::1]/",
    "//2130706433/",
    "http:///evil.example",
    "/" + "x" * 3000,
]


def assert_here(location: str) -> None:
    assert "\r" not in location
    assert "\n" not in location
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    parts = urlsplit(urljoin(f"{HERE}/sign-in", location))
    assert f"{parts.scheme}://{parts.netloc}" == HERE


@pytest.mark.parametrize("target", HOSTILE)
async def test_signing_in_never_leads_away(client: Client, world: World, target: str) -> None:
    browser = client.as_(None)
    page = await browser.get(f"/sign-in?next={quote(target, safe='')}")
    assert page.status_code == 200
    assert 'action="http' not in page.text

    form = {"email": world.ada.email, "password": PASSWORD, "next": target}
    answer = await browser.submit("/sign-in", form)
    assert answer.status_code in {303, 422}
    if answer.status_code == 303:
        assert_here(answer.headers["Location"])
        assert len([name for name in answer.headers if name == "location"]) == 1


@pytest.mark.parametrize("target", HOSTILE)
async def test_who_is_signed_in_already_is_not_led_away(
    client: Client, world: World, target: str
) -> None:
    ada = client.as_(world.ada)
    for path in ("/sign-in", "/sign-up", "/forgotten-password"):
        answer = await ada.get(f"{path}?next={quote(target, safe='')}")
        assert answer.status_code in {200, 303}
        if answer.status_code == 303:
            assert_here(answer.headers["Location"])
        assert 'href="//' not in answer.text


@pytest.mark.parametrize("path", ["/organizations/analytical", "/profile/password", "/"])
async def test_a_page_that_asks_to_sign_in_comes_back_to_itself(client: Client, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/sign-in?next={path}"


@pytest.mark.parametrize("path", ["//evil.example", "//evil.example/profile", "/%2fevil.example"])
async def test_a_path_that_names_a_host_leads_nowhere(client: Client, path: str) -> None:
    answer = await client.http.get(f"{HERE}{path}")
    assert answer.status_code in {303, 404}
    if answer.status_code == 303:
        assert_here(answer.headers["Location"])


@pytest.mark.parametrize("target", ["/", "/profile", "/organizations/analytical?q=a%20b"])
async def test_a_page_of_ours_is_come_back_to(client: Client, world: World, target: str) -> None:
    form = {"email": world.ada.email, "password": PASSWORD, "next": target}
    answer = await client.as_(None).submit("/sign-in", form)
    assert (answer.status_code, answer.headers["Location"]) == (303, target)
