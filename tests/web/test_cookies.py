"""Cookies: their names and flags, by http and by https."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from litestar import Request, Response

from tests.client import FROM_OUR_PAGE, Client, token_in
from vestibule.kernel.settings import Settings
from vestibule.web import cookies
from vestibule.web.cookies import Jar

PLAIN = Jar.of(Settings())
SECURE = Jar.of(replace(Settings(), base_url="https://join.example.com"))


def written(response: Response[Any]) -> dict[str, set[str]]:
    """The cookies of an answer: name=value, and the flags."""
    found = [cookie.to_header(header="") for cookie in response.cookies]
    return {line.split("; ")[0]: {flag.lower() for flag in line.split("; ")[1:]} for line in found}


def request_with(*lines: str) -> Request[Any, Any, Any]:
    headers = [(b"cookie", line.encode("latin-1")) for line in lines]
    return Request({"type": "http", "headers": headers})  # type: ignore[arg-type]


@pytest.mark.parametrize("jar", [PLAIN, SECURE], ids=["http", "https"])
def test_a_cookie_is_out_of_reach_of_scripts_and_other_sites(jar: Jar) -> None:
    response = Response("")
    jar.put(response, "session", "abc", lifetime=timedelta(days=30))
    [(cookie, flags)] = written(response).items()

    assert {"httponly", "samesite=lax", "path=/", "max-age=2592000"} <= flags
    assert not any(flag.startswith("domain") for flag in flags)
    assert ("secure" in flags) == jar.is_https
    assert cookie == ("__Host-session=abc" if jar.is_https else "session=abc")


@pytest.mark.parametrize("jar", [PLAIN, SECURE], ids=["http", "https"])
def test_a_cookie_that_is_ended_is_gone_at_once_under_the_same_name_and_flags(jar: Jar) -> None:
    response = Response("")
    jar.end(response, "session")
    [(cookie, flags)] = written(response).items()

    assert cookie.partition("=")[0] == jar.name("session")
    assert cookie.partition("=")[2].strip('"') == ""
    assert {"max-age=0", "path=/"} <= flags
    assert ("secure" in flags) == jar.is_https


def test_with_https_a_cookie_that_another_host_could_plant_is_not_read() -> None:
    planted = request_with("session=planted")
    assert PLAIN.read(planted, "session") == "planted"
    assert SECURE.read(planted, "session") is None
    assert SECURE.read(request_with("__Host-session=ours; session=planted"), "session") == "ours"


@pytest.mark.parametrize("space", ["\xa0", "\x85", "\x0b", "\x0c", "\x1c", "\x1f", '"', "\x00"])
def test_a_name_that_is_ours_but_for_a_letter_that_some_strip_is_not_read(space: str) -> None:
    for planted in (f"{space}__Host-session=planted", f"__Host-session{space}=planted"):
        assert SECURE.read(request_with(planted), "session") is None
        assert SECURE.read(request_with(f"__Host-session=ours; {planted}"), "session") == "ours"
        assert SECURE.read(request_with(planted, "__Host-session=ours"), "session") == "ours"


@pytest.mark.parametrize(
    ("lines", "read"),
    [
        (["session=a"], "a"),
        (["x=1;session=a;y"], "a"),
        (["x=1;\t session=a \t; y=2"], "a"),
        (["x=1", "session=a"], "a"),
        (["session=a=b=="], "a=b=="),
        (["session="], ""),
        (["Session=a"], None),
        (["session"], None),
        (["session =a"], None),
        (["=session=a"], None),
        ([""], None),
        ([], None),
        (["session=a; session=b"], None),
        (["session=a; session=a"], None),
        (["session=a", "session=b"], None),
        (["session=; session=b"], None),
    ],
)
def test_a_cookie_is_read_by_its_exact_name_if_it_is_there_once(
    lines: list[str], read: str | None
) -> None:
    assert PLAIN.read(request_with(*lines), "session") == read


async def test_a_form_is_not_let_through_by_a_planted_cookie(client: Client) -> None:
    shown = await client.get("/sign-in")
    token, ours = token_in(shown.text), client.http.cookies["csrf"]
    client.http.cookies.clear()
    form = {"email": "ana@example.com", "password": "x", "next": "", "_csrf_token": token}

    async def status(cookie: bytes) -> int:
        headers = {name.encode(): value.encode() for name, value in FROM_OUR_PAGE.items()}
        answer = await client.http.post(
            "/sign-in", data=form, headers={**headers, b"Cookie": cookie}
        )
        return answer.status_code

    assert await status(b"csrf=" + ours.encode()) == 401
    for planted in (b"\xa0csrf=", b"\x85csrf=", b"csrf=x; csrf="):
        assert await status(planted + ours.encode()) == 403


def test_a_mailed_key_is_carried_for_an_hour() -> None:
    response = Response("")
    cookies.carry(SECURE, response, "activation_x", "a-key")
    assert "max-age=3600" in written(response)["__Host-activation_x=a-key"]


@pytest.mark.parametrize(
    ("path", "name"),
    [("", "session"), ("/", "session"), ("/apps/shifts", "session_apps_shifts")],
)
def test_each_realm_has_a_session_cookie_of_its_own(path: str, name: str) -> None:
    assert cookies.session_name(path) == name
