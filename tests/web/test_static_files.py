"""Static files: those of the folder and no other, kept by the browser for ever."""

import re

import pytest

from tests.client import Client
from vestibule.web import templating
from vestibule.web.shell import HEADERS

KINDS = {
    "vestibule.css": "text/css",
    "vestibule.js": "javascript",
    "htmx.min.js": "javascript",
    "mark.svg": "image/svg+xml",
}


@pytest.mark.parametrize("name", KINDS)
async def test_a_file_is_given_whole_with_its_type_to_be_kept(client: Client, name: str) -> None:
    answer = await client.get(templating.static(name))

    assert answer.status_code == 200
    assert answer.content == (templating.STATIC / name).read_bytes()
    assert KINDS[name] in answer.headers["content-type"]
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == HEADERS["content-security-policy"]
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/static",
        "/static/",
        "/static/vestibule.css",
        "/static/1/",
        "/static/1/nothing.css",
        "/static/1/.",
        "/static/1/..",
        "/static/1/../static_files.py",
        "/static/1/%2e%2e/static_files.py",
        "/static/1/..%2fstatic_files.py",
        "/static/1/..%2f..%2fkernel%2fsecrets.py",
        "/static/1/..%5cstatic_files.py",
        "/static/1/....//static_files.py",
        "/static/1/%2fetc%2fpasswd",
        "/static/1//etc/passwd",
        "/static/1/vestibule.css/",
        "/static/1/vestibule.css/x",
        "/static/1/Vestibule.css",
        "/static/1/vestibule.css%00",
        "/static/1/%00",
        "/static/1/vestibule.css%20",
        "/static/1/vestibule.css%0d%0aX: y",
        "/static/../1/vestibule.css",
        "/static/%2e%2e/vestibule.css",
        "/static/%20/vestibule.css",
        "/static/1/" + "x" * 1000,
        "/static/1/%ff",
        "/static/1/%ed%a0%80",
    ],
    ids=lambda path: path[:50],
)
async def test_nothing_else_is_given(client: Client, path: str) -> None:
    answer = await client.get(path)
    if path == "/static/1/vestibule.css/":  # the same path to the framework
        assert answer.status_code in {200, 404}
        return
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"
    assert "import" not in answer.text
    assert "root:" not in answer.text


async def test_a_suffix_does_not_make_a_page_of_ours_one_to_be_kept(client: Client) -> None:
    for path in ("/profile/a.css", "/console/a.css", "/console.css", "/sign-in/a.js"):
        answer = await client.get(path)
        assert answer.status_code == 404
        assert answer.headers["cache-control"] == "no-store"


async def test_every_file_that_a_page_names_is_there(client: Client) -> None:
    page = await client.get("/sign-in")
    named = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text))
    assert len(named) >= 3
    for path in named:
        assert (await client.get(path)).status_code == 200
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text)
