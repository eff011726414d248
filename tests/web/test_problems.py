"""Refusals as programs and as people see them, and what becomes of a cookie that is stale."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from litestar import Request, get

from tests.client import FROM_OUR_PAGE, Client, token_in
from tests.world import World
from vestibule.bootstrap import House
from vestibule.kernel import http
from vestibule.kernel.errors import (
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    InvalidRequest,
    NotAuthenticated,
    NotFound,
    Problem,
    RateLimited,
    Unavailable,
)
from vestibule.kernel.http import (
    FormExpired,
    InternalError,
    MethodNotAllowed,
    RequestIncomplete,
    RequestTooLarge,
    UnsupportedMediaType,
)
from vestibule.server import _litestar
from vestibule.web.shell import Shell

API_PATH, PAGE_PATH = "/api/v1/refuse", "/refuse"
HOSTILE_NAME = "<script>alert(1)</script>"


class Named(Conflict):
    """For these tests alone: a name of somebody's in a sentence."""

    sentence = "{name} is here already."


class Over(NotFound):
    """For these tests alone: one that says itself what has become of it."""

    headline = "This is over for you"


MADE: dict[str, Problem] = {
    each.code(): each
    for each in (
        Named(name=HOSTILE_NAME),
        Conflict(),
        Forbidden(),
        FormExpired(),
        Gone(),
        InternalError(),
        Invalid(path="email"),
        InvalidRequest.at("email", "Not this."),
        MethodNotAllowed(),
        NotAuthenticated(),
        NotFound(),
        Over(),
        RateLimited(retry_after=61),
        RequestIncomplete(),
        RequestTooLarge(),
        Unavailable(),
        UnsupportedMediaType(),
    )
}


@get([API_PATH, PAGE_PATH], include_in_schema=False)
async def refuse(request: Request[Any, Any, Any]) -> None:
    """Raise the problem that is asked for."""
    raise MADE[request.query_params["code"]]


@pytest.fixture(scope="module")
async def browser(house: House) -> AsyncIterator[httpx.AsyncClient]:
    application = _litestar(house)
    application.register(refuse)
    transport = httpx.ASGITransport(Shell(application, house.settings))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        yield client


@pytest.mark.parametrize("code", MADE)
async def test_a_program_gets_a_document(browser: httpx.AsyncClient, code: str) -> None:
    answer = await browser.get(API_PATH, params={"code": code})
    problem = MADE[code]

    assert answer.status_code == http.status_of(problem)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert {"type", "title", "status", "detail", "code"} <= body.keys()
    assert (body["code"], body["detail"]) == (code, problem.explain())
    assert ("errors" in body) == isinstance(problem, Invalid)
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("page", "leads_to"),
    [
        ("http://localhost:8000/apps/shifts/login?state=1", "/apps/shifts/login?state=1"),
        ("http://localhost:8000.evil.example/apps", "/"),
        ("http://localhost:8000//evil.example/", "/"),
        ("https://evil.example/http://localhost:8000/", "/"),
        ("", "/"),
    ],
)
async def test_a_form_that_was_open_for_too_long_leads_back_to_its_page(
    browser: httpx.AsyncClient, page: str, leads_to: str
) -> None:
    answer = await browser.get(
        PAGE_PATH, params={"code": "form_expired"}, headers={"Referer": page}
    )
    assert f'<a class="button wide" href="{leads_to}">' in answer.text
    other = await browser.get(PAGE_PATH, params={"code": "gone"}, headers={"Referer": page})
    assert '<a class="button wide" href="/">' in other.text


@pytest.mark.parametrize("code", sorted(MADE.keys() - {"not_authenticated"}))
async def test_a_person_gets_a_page(browser: httpx.AsyncClient, code: str) -> None:
    answer = await browser.get(PAGE_PATH, params={"code": code})
    problem = MADE[code]

    assert answer.status_code == http.status_of(problem)
    assert answer.headers["content-type"].startswith("text/html")
    assert f"Error {answer.status_code}" in answer.text
    assert 'href="/"' in answer.text
    for name, value in http.headers_of(problem).items():
        assert answer.headers[name] == value
    if code not in {"named", "invalid_request"}:
        assert problem.explain() in answer.text.replace("&#39;", "'")


async def test_a_page_says_what_is_at_fault_and_speaks_of_no_list(
    browser: httpx.AsyncClient,
) -> None:
    answer = await browser.get(PAGE_PATH, params={"code": "invalid_request"})
    assert "<p>Not this.</p>" in answer.text
    assert "list of errors" not in answer.text


async def test_a_page_is_headed_by_what_has_become_of_it(browser: httpx.AsyncClient) -> None:
    answer = await browser.get(PAGE_PATH, params={"code": "over"})
    assert "<h1>This is over for you</h1>" in answer.text
    assert "Error 404" in answer.text
    assert "There is no such page" not in answer.text


async def test_a_name_in_a_sentence_is_text(browser: httpx.AsyncClient) -> None:
    answer = await browser.get(PAGE_PATH, params={"code": "named"})
    assert HOSTILE_NAME not in answer.text
    assert "&lt;script&gt;" in answer.text


async def test_only_what_broke_on_our_side_says_so(browser: httpx.AsyncClient) -> None:
    for code in sorted(MADE.keys() - {"not_authenticated"}):
        answer = await browser.get(PAGE_PATH, params={"code": code})
        assert ("Something went wrong" in answer.text) == (code == "internal_error"), code


async def test_who_is_not_signed_in_is_led_to_sign_in_and_back(client: Client) -> None:
    for path, there in (
        ("/profile", "/sign-in?next=/profile"),
        ("/profile?x=//evil.example", "/sign-in?next=/profile"),
        ("/profile/sessions", "/sign-in?next=/profile/sessions"),
    ):
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, there)
    answer = await client.submit("/profile/sessions/end-others")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/")


async def test_a_stale_cookie_of_forms_is_ended_and_the_next_form_is_good(
    client: Client, world: World
) -> None:
    client.http.cookies.set("csrf", "signed-by-a-secret-that-is-no-longer-ours", "localhost.local")
    form = {"email": world.ada.email, "password": world.ada.password, "next": ""}
    token = token_in((await client.get("/sign-in")).text)
    refused = await client.http.post(
        "/sign-in", data={**form, "_csrf_token": token}, headers=FROM_OUR_PAGE
    )
    assert refused.status_code == 403
    assert 'csrf="";' in refused.headers["set-cookie"].replace("csrf=;", 'csrf="";')
    assert "Max-Age=0" in refused.headers["set-cookie"]

    again = await client.submit("/sign-in", form)
    assert again.status_code == 303


@pytest.mark.parametrize("token", ["é" * 128, "x" * 128, "\x00" * 128, "\u017f" * 200])
async def test_a_token_of_any_letters_is_refused_and_no_fault(client: Client, token: str) -> None:
    await client.get("/sign-in")
    form = {"email": "a", "password": "b", "next": "", "_csrf_token": token}
    shown = {b"X-CSRFToken": token.encode(), b"Sec-Fetch-Site": b"same-origin"}
    for answer in (
        await client.http.post("/sign-in", data=form, headers=FROM_OUR_PAGE),
        await client.http.post("/sign-in", data={"next": ""}, headers=shown),
    ):
        assert answer.status_code == 403


async def test_a_file_is_no_token(client: Client) -> None:
    await client.get("/sign-in")
    file = {"_csrf_token": b"x" * 128}
    answer = await client.http.post("/sign-in", files=file, headers=FROM_OUR_PAGE)
    assert answer.status_code == 403


async def test_a_cookie_of_forms_is_never_more_than_text_in_a_page(client: Client) -> None:
    for planted in ('"><script>alert(1)</script>', "'\"onload=x"):
        answer = await client.get("/sign-in", headers={"Cookie": f"csrf={planted}"})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        assert '"onload' not in answer.text
