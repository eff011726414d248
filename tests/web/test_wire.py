"""Requests as only programs of ill will send them, to a real server: byte by byte."""

import asyncio
from collections.abc import Iterator

import pytest

from tests import running
from tests.postgres import Postgres
from tests.running import HOST, Running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, house_url: str) -> Iterator[Running]:
    with running.serve(tmp_path_factory.mktemp("wire"), database_url=house_url) as served:
        yield served


@pytest.fixture(scope="module")
async def house_url(postgres: Postgres) -> str:
    return str(postgres.url(await postgres.clone()))


async def ask(server: Running, head: str) -> str:
    """Send the head of a request. Gives what comes back, whole."""
    ours = f"localhost:{server.port}"
    reader, writer = await asyncio.open_connection(HOST, server.port)
    writer.write(head.replace("OURS", ours).replace("\n", "\r\n").encode("latin-1"))
    writer.write(b"Connection: close\r\n\r\n")
    async with asyncio.timeout(5):
        answer = await reader.read(-1)
    writer.close()
    return answer.decode("latin-1")


def status(answer: str) -> int:
    return int(answer.split(" ", 2)[1])


@pytest.mark.parametrize(
    ("head", "statuses"),
    [
        ("GET /sign-in HTTP/1.1\nHost: OURS\n", {200}),
        ("GET http://OURS/sign-in HTTP/1.1\nHost: OURS\n", {200, 400, 421}),
        ("GET http://evil.example/sign-in HTTP/1.1\nHost: OURS\n", {200, 400, 421}),
        ("GET http://OURS/sign-in HTTP/1.1\nHost: evil.example\n", {400, 421}),
        ("GET /sign-in HTTP/1.1\n", {400, 421}),
        ("GET /sign-in HTTP/1.0\n", {400, 421}),
        ("GET /sign-in HTTP/1.1\nHost: OURS\nHost: evil.example\n", {400, 421}),
        ("GET /sign-in HTTP/1.1\nHost: evil.example\nHost: OURS\n", {400, 421}),
        ("GET /sign-in HTTP/1.1\nHost: OURS, evil.example\n", {400, 421}),
        ("GET /sign-in HTTP/1.1\nHost: OURS\n evil.example\n", {400, 421}),
        ("GET /sign-in HTTP/1.1\nHost : OURS\n", {400, 421}),
        ("GET //evil.example/%2e%2e HTTP/1.1\nHost: OURS\n", {400, 404}),
        ("GET /static/1/../../server.py HTTP/1.1\nHost: OURS\n", {400, 404}),
        ("GET /sign-in\x00 HTTP/1.1\nHost: OURS\n", {400, 404}),
        ("CONNECT evil.example:443 HTTP/1.1\nHost: OURS\n", {400, 404, 405, 421}),
        ("OPTIONS * HTTP/1.1\nHost: OURS\n", {200, 204, 400, 404, 405}),
        ("PRI * HTTP/2.0\n", {400, 404, 405, 421, 505}),
        ("GET /sign-in HTTP/1.1\nHost: OURS\nX-Forwarded-Host: evil.example\n", {200}),
    ],
    ids=lambda value: value[:70] if isinstance(value, str) else "",
)
async def test_whoever_lies_about_the_host_gets_nothing_of_it_back(
    server: Running, head: str, statuses: set[int]
) -> None:
    answer = await ask(server, head)
    if answer:  # else the connection was closed without a word
        assert status(answer) in statuses, answer[:300]
    assert "evil.example" not in answer


async def test_the_server_tells_no_version_and_not_what_it_is_made_of(server: Running) -> None:
    head = (await ask(server, "GET /sign-in HTTP/1.1\nHost: OURS\n")).partition("\r\n\r\n")[0]
    names = {line.partition(":")[0].lower() for line in head.split("\r\n")[1:]}
    assert not names & {"x-powered-by", "via"}
    assert {"content-security-policy", "x-frame-options", "referrer-policy"} <= names
    for word in ("granian/", "litestar", "python"):
        assert word not in head.lower()
