"""What holds for every answer: whose host it is, headers, language, and a body that comes in time.

`tests/matrix/test_answers.py` goes over every route; here are the shell's own rules.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from vestibule.kernel import i18n
from vestibule.kernel.errors import Problem
from vestibule.kernel.http import RequestIncomplete
from vestibule.kernel.settings import Settings
from vestibule.web import shell
from vestibule.web.shell import HEADERS, Application, Message, Receive, Scope, Send, Shell

DEVELOPER = Settings()
PRODUCTION = replace(DEVELOPER, base_url="https://join.example.com")
ODD_PORT = replace(DEVELOPER, base_url="https://join.example.com:8443")
PLAIN = replace(DEVELOPER, base_url="http://app.localhost")


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the language that is spoken and the method; with headers of its own."""
    body = f"{i18n.current_locale()} {scope['method']}".encode()
    headers = [(b"Cache-Control", b"public"), (b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def client(settings: Settings = DEVELOPER) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Shell(echo, settings))
    return httpx.AsyncClient(transport=transport, base_url=settings.base_url)


async def status(settings: Settings, *hosts: str) -> int:
    async with client(settings) as http:
        headers = [(b"Host", host.encode("latin-1")) for host in hosts]
        return (await http.get("/", headers=headers)).status_code


@pytest.mark.parametrize(
    ("settings", "host"),
    [
        (DEVELOPER, "localhost:8000"),
        (DEVELOPER, "LocalHost:8000"),
        (DEVELOPER, "127.0.0.1:8000"),
        (DEVELOPER, "[::1]:8000"),
        (PRODUCTION, "join.example.com"),
        (PRODUCTION, "JOIN.example.com"),
        (PRODUCTION, "join.example.com:443"),
        (PRODUCTION, "join.example.com:"),  # RFC 3986, 3.2.3: an empty port is the usual one
        (ODD_PORT, "join.example.com:8443"),
        (PLAIN, "app.localhost"),
        (PLAIN, "app.localhost:80"),
        (PLAIN, "localhost"),
    ],
)
async def test_our_own_name_is_answered(settings: Settings, host: str) -> None:
    assert await status(settings, host) == 200


@pytest.mark.parametrize(
    ("settings", "host"),
    [
        (DEVELOPER, "localhost.:8000"),
        (DEVELOPER, "127.0.0.2:8000"),
        (DEVELOPER, "app.localhost:8000"),
        (DEVELOPER, "[::2]:8000"),
        (DEVELOPER, "0.0.0.0:8000"),
        (DEVELOPER, "2130706433:8000"),
        (DEVELOPER, "localhost:08000000000000"),
        (PRODUCTION, "join.example.com."),
        (PRODUCTION, "join.example.com:80"),
        (PRODUCTION, "join.example.com:8443"),
        (PRODUCTION, "localhost"),
        (PRODUCTION, "127.0.0.1"),
        (PRODUCTION, "[::1]"),
        (PRODUCTION, "sub.join.example.com"),
        (PRODUCTION, "join.example.com.evil.example"),
        (PRODUCTION, "evil.example/join.example.com"),
        (PRODUCTION, "join.example.com/evil"),
        (PRODUCTION, "user@join.example.com"),
        (PRODUCTION, "@join.example.com"),
        (PRODUCTION, ":@join.example.com"),
        (PRODUCTION, "join.example.com?evil"),
        (PRODUCTION, "join.example.com#evil"),
        (PRODUCTION, "https://join.example.com"),
        (PRODUCTION, "join.example.com evil.example"),
        (PRODUCTION, "join.example.com,evil.example"),
        (PRODUCTION, "join.exam\tple.com"),
        (PRODUCTION, "join.example.com:-1"),
        (PRODUCTION, "join.example.com:99999"),
        (PRODUCTION, ""),
        (PRODUCTION, " "),
        (PRODUCTION, "\xe9"),
        (ODD_PORT, "join.example.com"),
        (PLAIN, "app.localhost:8000"),
    ],
)
async def test_any_other_name_is_misdirected(settings: Settings, host: str) -> None:
    assert await status(settings, host) == 421


async def test_two_names_or_none_are_misdirected() -> None:
    assert await status(PRODUCTION, "join.example.com", "join.example.com") == 421
    assert await status(PRODUCTION, "join.example.com", "evil.example") == 421
    sent = await converse(headers=[])
    assert sent[0]["status"] == 421


async def converse(
    headers: list[tuple[bytes, bytes]],
    *,
    receive: Receive | None = None,
    application: Application = echo,
    **more: object,
) -> list[Message]:
    """One request by hand, of a client that may do anything. Gives the messages of the answer."""
    scope: Scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", **more}
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    arrive = receive or arriving((0, part(0, more=False)))
    await Shell(application, DEVELOPER)({**scope, "headers": headers}, arrive, send)
    return sent


async def test_a_refusal_tells_what_to_do_in_a_problem() -> None:
    async with client() as http:
        answer = await http.get("/", headers={"Host": "evil.example"})
        long = await http.get("/?" + "x" * 5000)
    assert answer.headers["content-type"] == long.headers["content-type"]
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["code"], answer.json()["status"]) == ("misdirected_request", 421)
    assert (long.json()["code"], long.json()["status"]) == ("request_too_large", 414)
    assert "evil" not in answer.text


@pytest.mark.parametrize(("length", "expected"), [(4096, 200), (4097, 414), (100_000, 414)])
async def test_an_address_may_be_4096_bytes_long(length: int, expected: int) -> None:
    for path, query in (("/" + "x" * (length - 1), b""), ("/", b"x" * (length - 1))):
        sent = await converse(
            headers=[(b"host", b"localhost:8000")], raw_path=path.encode(), query_string=query
        )
        assert sent[0]["status"] == expected


async def test_an_answers_own_header_stays_and_the_others_are_added_once() -> None:
    async with client() as http:
        answer = await http.get("/")
    assert answer.headers["cache-control"] == "public"
    for name, value in HEADERS.items():
        assert answer.headers.get_list(name) == ["public" if name == "cache-control" else value]


def test_the_policy_lets_nothing_in_that_is_not_ours() -> None:
    policy = dict(part.split(" ", 1) for part in HEADERS["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    sources = {word for value in policy.values() for word in value.split()}
    assert sources == {"'none'", "'self'", "data:"}


async def test_browsers_are_told_to_stay_with_https_only_where_there_is_https() -> None:
    for settings, told in ((DEVELOPER, False), (PLAIN, False), (PRODUCTION, True)):
        async with client(settings) as http:
            for answer in (await http.get("/"), await http.get("/", headers={"Host": "evil"})):
                assert ("strict-transport-security" in answer.headers) == told


@pytest.mark.parametrize(
    "asked",
    [
        "en",
        "xx-YY",
        "*",
        "",
        ";;;",
        ",,,",
        "q=1",
        "../../../etc/passwd",
        "en;q=banana",
        "e" * 10_000,
        "\xe9\xff",
        "\x00",
        "en\x0d\x0aX-Evil: 1",
    ],
)
async def test_a_language_that_is_none_is_english(asked: str) -> None:
    headers = [(b"host", b"localhost:8000"), (b"accept-language", asked.encode("latin-1"))]
    sent = await converse(headers=headers)
    assert sent[1]["body"] == b"en GET"


async def test_the_language_is_asked_for_by_the_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "locales", lambda: ("en", "sv"))
    async with client() as http:
        for asked, spoken in (
            ("sv", "sv"),
            ("sv-SE,sv;q=0.9", "sv"),
            ("SV;q=0.5, en", "sv"),
            ("fr, sv", "en"),
        ):
            answer = await http.get("/", headers={"Accept-Language": asked})
            assert answer.text.split()[0] == spoken
    assert i18n.current_locale() == "en"


async def test_head_is_get_whose_body_stays_here() -> None:
    async with client() as http:
        answer = await http.head("/")
    assert (answer.status_code, answer.content) == (200, b"")


async def test_what_is_no_http_goes_through_as_it_is() -> None:
    seen = []

    async def lifespan(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    await converse(headers=[], type="lifespan", application=lifespan)
    assert seen == ["lifespan"]


async def reading(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the whole body, and one message beyond it."""
    length, more = 0, True
    while more:
        message = await receive()
        length, more = length + len(message["body"]), message.get("more_body", False)
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(length).encode()})


def arriving(*parts: tuple[float, Message]) -> Receive:
    """A body that comes in parts, each after so many seconds; then the client hangs up."""

    async def come() -> AsyncIterator[Message]:
        for seconds, message in parts:
            await asyncio.sleep(seconds)
            yield message
        while True:
            yield {"type": "http.disconnect"}

    return aiter(come()).__anext__


def part(size: int, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": b"x" * size, "more_body": more}


async def read_body(receive: Receive) -> list[Message]:
    headers = [(b"host", b"localhost:8000")]
    return await converse(headers=headers, receive=receive, application=reading)


async def test_a_body_that_comes_in_time_is_read_and_hanging_up_after_it_is_no_fault() -> None:
    sent = await read_body(arriving((0, part(10)), (0.01, part(20)), (0.01, part(5, more=False))))
    assert sent[1]["body"] == b"35"


async def test_a_body_that_stops_coming_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "BODY_SECONDS", 0.1)
    with pytest.raises(RequestIncomplete):
        await read_body(arriving((0, part(10)), (5, part(10, more=False))))
    with pytest.raises(RequestIncomplete):
        await read_body(arriving(*[(0.02, part(1))] * 50))


async def test_a_large_body_has_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "BODY_SECONDS", 0.1)
    sent = await read_body(arriving((0, part(20_000)), (0.3, part(1, more=False))))
    assert sent[1]["body"] == b"20001"


async def test_who_hangs_up_in_the_middle_is_not_waited_for() -> None:
    with pytest.raises(Problem) as told:
        await read_body(arriving((0, part(10))))
    assert told.value.code() == "request_incomplete"
