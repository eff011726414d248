"""Forms are read strictly, and paths to come back to lead nowhere else."""

from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar, Request, post

from vestibule.kernel import http
from vestibule.kernel.errors import Conflict, FieldError, Invalid, InvalidRequest
from vestibule.web import forms

BASE = "https://join.example.com"
FORM = "application/x-www-form-urlencoded"
GOOD_PATHS = [
    "/",
    "/console",
    "/organizations/acme/invitations?state=pending&limit=20",
    "/organization-invite/inv_01h455vb4pex5vsknk084sn02q",
    "/a/b-c_d.e~f?x=%20y",
    "/x//y",
    "/" + "x" * 500,
]
HOSTILE_PATHS = [
    "",
    " ",
    "console",
    "//evil.example",
    "///evil.example",
    "////evil.example/%2e%2e",
    "/\\evil.example",
    "/\\/evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/ /evil.example",
    " /console",
    " //evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "/\x00/evil.example",
    "\x00//evil.example",
    "\x0b//evil.example",
    "\x1f//evil.example",
    "/console\n",
    "/console\r\nSet-Cookie: session=x",
    "/console\r\n\r\n<script>",
    "/console\u2028",
    "/console\u0085",
    "http://evil.example",
    "https://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "http:///evil.example",
    "HtTpS://evil.example",
    "ftp://evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "blob:https://evil.example/x",
    "mailto:eve@evil.example",
    "evil.example",
    "www.evil.example/x",
    "@evil.example",
    "/@evil.example",
    "https://join.example.com@evil.example",
    "https://join.example.com.evil.example",
    "https://join.example.com",
    "//join.example.com",
    "%2f%2fevil.example",
    "%5cevil.example",
    "?next=//evil.example",
    "#//evil.example",
    "/#//evil.example",
    "\uff0f\uff0fevil.example",
    "/\uff0fevil.example",
    "/\u2044evil.example",
    "\u2215\u2215evil.example",
    "/\u3002evil",
    "/\u202econsole",
    "/cafe\u0301",
    "/console;jsessionid=x",
    "/'\"><script>alert(1)</script>",
    "/{{7*7}}",
    "/console:80",
    "/*",
    "/" + "x" * 501,
]


@pytest.mark.parametrize("path", GOOD_PATHS, ids=ascii)
def test_a_path_of_ours_is_come_back_to(path: str) -> None:
    assert forms.local_path(path) == path


@pytest.mark.parametrize("path", HOSTILE_PATHS, ids=lambda path: ascii(path)[:50])
def test_a_path_that_leads_elsewhere_is_not_taken(path: str) -> None:
    assert forms.local_path(path) == "/"
    assert forms.local_path(path, "/console") == "/console"


def test_there_are_sixty_hostile_paths_and_no_path_is_none_of_them() -> None:
    assert len(set(HOSTILE_PATHS)) >= 60
    assert forms.local_path(None, "") == ""


@given(text=st.text(alphabet="/\\.:@%?#&=a \t\n\r\x00é2fF5cC", max_size=30))
def test_whatever_is_taken_stays_on_our_host(text: str) -> None:
    taken = forms.local_path(text)
    assert urlsplit(urljoin(f"{BASE}/sign-in", taken)).netloc == "join.example.com"
    assert taken.startswith("/")
    assert not taken.startswith(("//", "/\\"))


@post("/")
async def show(request: Request[Any, Any, Any]) -> dict[str, str]:
    return await forms.read(request, "email", "password", "note")


@post("/picture")
async def measure(request: Request[Any, Any, Any]) -> dict[str, Any]:
    form = await forms.read(request, "note", files=("picture",))
    picture = await forms.read_file(request, "picture", most=10)
    return {**form, "picture": None if picture is None else picture.decode()}


@pytest.fixture
def browser() -> httpx.AsyncClient:
    application = Litestar(
        [show, measure],
        exception_handlers={Exception: lambda _, fault: http.answer_problem(fault)},
        openapi_config=None,
        logging_config=None,
    )
    transport = httpx.ASGITransport(application)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url=BASE)


async def send(browser: httpx.AsyncClient, content: str | bytes) -> httpx.Response:
    body = content.encode() if isinstance(content, str) else content
    return await browser.post("/", content=body, headers={"Content-Type": FORM})


async def test_exactly_the_fields_are_given_and_what_is_missing_is_empty(
    browser: httpx.AsyncClient,
) -> None:
    for content in ("email=ana%40x.test", "email=ana%40x.test&_csrf_token=x"):
        answer = await send(browser, content)
        assert answer.json() == {"email": "ana@x.test", "password": "", "note": ""}
    assert (await send(browser, "")).json() == {"email": "", "password": "", "note": ""}


async def test_a_text_of_several_lines_is_kept_as_it_is(browser: httpx.AsyncClient) -> None:
    answer = await send(browser, "note=++a%0D%0A++b+&email=+a%0A")
    assert answer.json() == {"email": " a\n", "password": "", "note": "  a\r\n  b "}


async def test_spaces_around_are_trimmed_but_in_passwords(browser: httpx.AsyncClient) -> None:
    answer = await send(browser, "email=+%20ana+b+&password=+two++words+&note=%09x%C2%A0")
    assert answer.json() == {"email": "ana b", "password": " two  words ", "note": "\tx\u00a0"}


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ("email=a&email=b", "email"),
        ("email=a&email=a", "email"),
        ("email=a&email=", "email"),
        ("password=a&password=b", "password"),
        ("email[]=a", "email[]"),
        ("email=a&zz=b", "zz"),
        ("email=a&Email=b", "Email"),
        ("email=a&%65mail=b", "email"),
        ("zz=a&aa=b", "aa"),
        ("=x", ""),
    ],
)
async def test_a_field_that_is_doubled_or_unknown_is_refused(
    browser: httpx.AsyncClient, content: str, path: str
) -> None:
    answer = await send(browser, content)
    assert answer.status_code == 422
    assert [error["path"] for error in answer.json()["errors"]] == [path]


async def test_a_file_in_the_place_of_a_text_is_refused(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/", data={"note": "x"}, files={"email": ("a.txt", b"ana@x.test")})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == "email"

    text = await browser.post("/", files={"email": (None, b"ana@x.test")})
    assert text.json()["email"] == "ana@x.test"


async def test_a_file_is_read_where_one_is_asked_for_and_no_further_than_asked(
    browser: httpx.AsyncClient,
) -> None:
    async def sent(content: bytes, name: str = "a.png") -> httpx.Response:
        files = {"picture": (name, content, "image/png")}
        return await browser.post("/picture", data={"note": "x"}, files=files)

    assert (await sent(b"0123456789")).json() == {"note": "x", "picture": "0123456789"}
    assert (await sent(b"0123456789abc")).json()["picture"] == "0123456789a"
    # What a browser sends when no file was chosen; and a form without the field.
    assert (await sent(b"", name="")).json()["picture"] is None
    assert (await browser.post("/picture", data={"note": "x"})).json()["picture"] is None


@pytest.mark.parametrize(
    ("data", "names"),
    [({"picture": "text"}, []), ({}, ["picture", "picture"]), ({"picture": "x"}, ["picture"]),
     ({}, ["other"])],
)  # fmt: skip
async def test_two_files_or_a_text_for_a_file_are_refused(
    browser: httpx.AsyncClient, data: dict[str, str], names: list[str]
) -> None:
    files = [(name, ("a.png", b"x")) for name in names]
    answer = await browser.post("/picture", data=data, files=files)
    assert answer.status_code == 422


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", ""])
async def test_what_is_no_form_is_refused(browser: httpx.AsyncClient, content_type: str) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    answer = await browser.post("/", content=b'{"email": "a"}', headers=headers)
    assert answer.status_code == 422


def test_each_field_at_fault_gets_its_sentence_and_a_problem_of_the_whole_the_empty_name() -> None:
    wrong = InvalidRequest(
        [
            FieldError(path="email", code="x", message="Not this."),
            FieldError(path="", code="y", message="Nor that."),
        ]
    )
    assert forms.errors(wrong) == {"email": "Not this.", "": "Nor that."}
    assert forms.errors(Invalid(path="name")) == {"name": "This cannot be done."}
    assert forms.errors(Conflict()) == {"": "This cannot be done."}
