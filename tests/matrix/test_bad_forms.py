"""Bad forms on every page: fields that are not ours, and forms that are not sent from ours."""

from urllib.parse import urlencode

import httpx
import pytest

from tests.client import FROM_OUR_PAGE, Client
from tests.matrix.conftest import Handlers
from tests.matrix.example import Example
from tests.matrix.examples import ARRIVALS, PAGE_EXAMPLES, route_of
from tests.matrix.scene import Scene, person

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
Fields = list[tuple[str, str]]
NOT_FROM_OUR_PAGE: list[dict[str, str]] = [
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost:8000"},
    {"Sec-Fetch-Site": ""},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:8000.evil.example"},
    {"Origin": "http://localhost:8000, https://evil.example"},
    {"Origin": "http://localhost"},
    {"Origin": "https://localhost:8000"},
    {"Referer": "http://localhost:8000/"},
    {"X-HTTP-Method-Override": "GET", "Origin": "https://evil.example"},
]
BAD_TEXTS = [
    "\x00",
    "a\x00b",
    "\x1b[31m",
    "x" * 3000,
    "\u202e",
    "\ud800".encode("utf-8", "replace").decode(),
]


def test_every_form_has_an_example(handlers: Handlers) -> None:
    """One for each function that reads it, wherever it is mounted again."""
    asked = {
        function: path
        for (method, path), function in handlers.items()
        if method == "POST" and not path.startswith("/api/")
    }
    there = {handlers["POST", route_of(example.path)] for example in PAGE_EXAMPLES}
    assert [path for function, path in asked.items() if function not in there] == []


@pytest.mark.parametrize("example", PAGE_EXAMPLES, ids=str)
async def test_the_example_is_good(scene: Scene, example: Example) -> None:
    client = await arrive(scene, example)
    answer = await post(scene, client, example, await fields(scene, client, example))
    assert answer.status_code in {200, 303}, answer.text[:3000]
    assert not answer.headers.get("Location", "").startswith("/sign-in?next")


@pytest.mark.parametrize("example", PAGE_EXAMPLES, ids=str)
async def test_a_field_that_is_not_ours_is_refused(still: Scene, example: Example) -> None:
    client = await arrive(still, example)
    good = await fields(still, client, example)
    spoiled = [[*good, (name, "x")] for name in ("zz", "role_", "id", "account", "")]
    spoiled += [[*good, (name, value)] for name, value in good if name != "_csrf_token"]
    before = await still.rows()
    for sent in spoiled:
        answer = await post(still, client, example, sent)
        assert answer.status_code == 422, sent
        assert answer.headers["Content-Type"].startswith("text/html")
    assert await still.rows() == before


@pytest.mark.parametrize("example", PAGE_EXAMPLES, ids=str)
async def test_a_form_without_our_token_is_refused(still: Scene, example: Example) -> None:
    client = await arrive(still, example)
    good = await fields(still, client, example)
    token = good[-1][1]
    stranger = await still.client.as_(None).form_token()
    before = await still.rows()
    for other in (None, "", "x", token[:-1], token + "x", stranger, token.swapcase()):
        sent = good[:-1] + ([] if other is None else [("_csrf_token", other)])
        answer = await post(still, client, example, sent)
        assert answer.status_code == 403, other
    assert await still.rows() == before


@pytest.mark.parametrize("example", PAGE_EXAMPLES, ids=str)
async def test_a_form_from_elsewhere_is_refused(still: Scene, example: Example) -> None:
    client = await arrive(still, example)
    good = await fields(still, client, example)
    before = await still.rows()
    for headers in NOT_FROM_OUR_PAGE:
        answer = await post(still, client, example, good, headers)
        assert answer.status_code == 403, headers
    assert await still.rows() == before


@pytest.mark.parametrize("example", PAGE_EXAMPLES, ids=str)
async def test_what_is_no_form_is_refused(still: Scene, example: Example) -> None:
    client = await arrive(still, example)
    token = (await fields(still, client, example))[-1][1]
    before = await still.rows()
    file = b'--x\r\nContent-Disposition: form-data; name="%s"; filename="a"\r\n\r\nx\r\n--x--\r\n'
    name = next(iter(example.sent), "zz").encode()
    for content_type, content in (
        ("application/json", b'{"zz": "x"}'),
        ("application/json", b"[" * 10_000),
        ("text/plain", b"zz=x"),
        ("application/x-www-form-urlencoded", b"zz=" + b"x" * 70_000),
        ("application/x-www-form-urlencoded", b"&".join(b"z%d=x" % n for n in range(5_000))),
        ("application/x-www-form-urlencoded", b"\xff\xfe=%FF%00&zz=%"),
        ("multipart/form-data; boundary=x", file % name),
        ("multipart/form-data; boundary=x", b"--x\r\nnonsense"),
        ("multipart/form-data", b"--x\r\n"),
    ):
        headers = {**FROM_OUR_PAGE, "X-CSRFToken": token, "Content-Type": content_type}
        answer = await client.http.post(still.path(example.path), content=content, headers=headers)
        told = (content_type, content[:40], answer.status_code)
        assert 400 <= answer.status_code < 500, told
    assert await still.rows() == before


@pytest.mark.parametrize("example", [one for one in PAGE_EXAMPLES if one.sent], ids=str)
async def test_a_text_that_nobody_types_is_no_fault_of_ours(still: Scene, example: Example) -> None:
    client = await arrive(still, example)
    good = await fields(still, client, example)
    for name in example.sent:
        for text in BAD_TEXTS:
            sent = [(field, text if field == name else value) for field, value in good]
            answer = await post(still, client, example, sent)
            assert answer.status_code < 500, (name, text)


async def arrive(scene: Scene, example: Example) -> Client:
    """A browser of the person, that has followed the link in the mail if the page needs one."""
    client = scene.client.as_(person(scene.world, example.who))
    for page, (link, key) in ARRIVALS.items():
        if example.path.startswith(page):
            await client.get(f"{link}?key={scene.keys[key]}")
    return client


async def fields(scene: Scene, client: Client, example: Example) -> Fields:
    """The fields of the example, and our token last."""
    sent = {name: str(scene.body(value)) for name, value in example.sent.items()}
    return [*sent.items(), ("_csrf_token", await client.form_token("/forgotten-password"))]


async def post(
    scene: Scene,
    client: Client,
    example: Example,
    sent: Fields,
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    return await client.http.post(
        scene.path(example.path),
        content=urlencode(sent).encode(),
        headers=FORM | (FROM_OUR_PAGE if headers is None else headers),
    )
