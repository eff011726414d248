"""Which addresses of other places people may be sent to, and which origins may be named."""

import pytest

from vestibule.kernel import links
from vestibule.web.content_policy import content_policy


@pytest.mark.parametrize(
    "url",
    [
        "https://shifts.example.com",
        "https://shifts.example.com/back?from=vestibule",
        "https://shifts.example.com:8443/",
        "http://localhost:8100/back",
        "http://127.0.0.1/",
        "http://[::1]:8100/",
        "https://[2001:db8::1]/",
        "https://a_b.example.com/",
    ],
)
def test_people_may_be_sent_to_https_and_to_this_machine(url: str) -> None:
    assert links.is_safe(url)
    assert links.origin_of(url) in content_policy([links.origin_of(url)])


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shifts.example.com",
        "//shifts.example.com",
        "http://shifts.example.com",
        "http://localhost.example.com",
        "javascript:alert(1)",
        "https://",
        "https://ada@shifts.example.com",
        "https://shifts.example.com\\@evil.example.com",
        "https://shifts.example.com/a b",
        "https://shifts.example.com/\n",
        "https://shifts;script-src *.example.com",
        "https://*.example.com",
        "https://a,b.example.com",
        "https://shifts.example.com:99999",
        "https://ex\u00e4mple.com",
        "https://[::ffff:192.0.2.7]/",
        "https://[v1.example]/",
        "https://example.com/" + "a" * 500,
    ],
)
def test_people_are_sent_nowhere_else(url: str) -> None:
    assert not links.is_safe(url)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Shifts.Example.com/back", "https://shifts.example.com"),
        ("https://shifts.example.com:443/", "https://shifts.example.com"),
        ("http://localhost:8100/back", "http://localhost:8100"),
        ("http://[::1]:80/", "http://[::1]"),
    ],
)
def test_an_origin_is_scheme_host_and_an_unusual_port(url: str, origin: str) -> None:
    assert links.origin_of(url) == origin
    assert links.is_origin(origin)


@pytest.mark.parametrize(
    "url", ["https://a.example.com/", "https://A.example.com", "https://a.example.com:443", "null"]
)
def test_an_origin_is_written_as_browsers_write_it(url: str) -> None:
    assert not links.is_origin(url)
