"""Who is at the other end: believed of trusted proxies alone, and garbage is nobody."""

from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest
from litestar import Request
from litestar.connection import ASGIConnection

from vestibule.kernel.settings import Settings
from vestibule.web import peers

DIRECT = Settings()
PROXIED = replace(
    DIRECT,
    trusted_proxies=(
        ip_network("10.0.0.0/8"),
        ip_network("192.0.2.1/32"),
        ip_network("2001:db8:1::/48"),
    ),
)
SPOOF = "6.6.6.6"
Headers = list[tuple[str, str]]


def scope_of(peer: str | None, headers: Headers) -> Any:  # noqa: ANN401
    return {
        "type": "http",
        "method": "GET",
        "path": "/",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
        "client": (peer, 50_000) if peer is not None else None,
    }


def address_of(settings: Settings, peer: str | None, *forwarded: str) -> str:
    headers = [("X-Forwarded-For", each) for each in forwarded]
    return peers.address_of(ASGIConnection(scope_of(peer, headers)), settings)


@pytest.mark.parametrize("forwarded", [SPOOF, f"{SPOOF}, 10.0.0.1", "127.0.0.1", "x", ""])
def test_without_a_trusted_proxy_nothing_is_believed(forwarded: str) -> None:
    assert address_of(DIRECT, "203.0.113.7", forwarded) == "203.0.113.7"
    assert address_of(PROXIED, "203.0.113.7", forwarded) == "203.0.113.7"


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (["198.51.100.7"], "198.51.100.7"),
        ([f"{SPOOF}, 198.51.100.7"], "198.51.100.7"),
        ([f"{SPOOF}, 198.51.100.7, 10.1.2.3, 192.0.2.1"], "198.51.100.7"),
        ([f"10.9.9.9, {SPOOF}, 198.51.100.7 , 10.1.2.3"], "198.51.100.7"),
        # Some proxies add to the line, and some add a line of their own.
        ([SPOOF, "198.51.100.7"], "198.51.100.7"),
        ([f"{SPOOF}, {SPOOF}", "198.51.100.7", "10.1.2.3"], "198.51.100.7"),
        (["2001:db8:2::7, 2001:db8:1::1"], "2001:db8:2::7"),
        (["10.1.2.3, 10.1.2.4"], "10.1.2.3"),
        ([""], "10.0.0.1"),
        ([], "10.0.0.1"),
        ([" , ,"], "10.0.0.1"),
        # Some write the port, too.
        ([f"{SPOOF}, 198.51.100.7:5678"], "198.51.100.7"),
        ([f"{SPOOF}, 198.51.100.7:5678, 10.1.2.3:80"], "198.51.100.7"),
        ([f"{SPOOF}:1, [2001:db8:2::7]:5678"], "2001:db8:2::7"),
        ([f"{SPOOF}, [2001:db8:2::7], [2001:db8:1::1]:443"], "2001:db8:2::7"),
        (["[::ffff:198.51.100.7]:5678"], "198.51.100.7"),
    ],
)
def test_behind_trusted_proxies_it_is_the_last_who_is_not_one(
    forwarded: list[str], address: str
) -> None:
    assert address_of(PROXIED, "10.0.0.1", *forwarded) == address


@pytest.mark.parametrize(
    "garbage",
    [
        "unknown",
        "_hidden",
        "1.2.3",
        "1.2.3:80",
        "1.2.3.4:",
        "1.2.3.4:x",
        "[1.2.3.4]:80",
        "[2001:db8::1",
        "[2001:db8::1]80",
        "x" * 5000,
        "é",
        "\t\x00",
    ],
)
def test_garbage_is_nobody(garbage: str) -> None:
    assert address_of(PROXIED, "10.0.0.1", f"{SPOOF}, {garbage}") == ""
    assert address_of(PROXIED, garbage) == ""


def test_a_peer_without_an_address_is_nobody() -> None:
    assert address_of(DIRECT, None) == ""
    assert address_of(PROXIED, None, SPOOF) == ""


def test_an_ipv4_peer_of_a_socket_for_both_is_an_ipv4_peer() -> None:
    assert address_of(PROXIED, "::ffff:203.0.113.7", SPOOF) == "203.0.113.7"
    assert address_of(PROXIED, "::ffff:10.0.0.1", "198.51.100.7") == "198.51.100.7"
    assert is_this_machine("::ffff:127.0.0.1")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_limits_count_by_address_or_by_a_households_64_bits(address: str, network: str) -> None:
    assert peers.network_of(address) == network


def is_this_machine(peer: str | None, *headers: tuple[str, str]) -> bool:
    return peers.is_this_machine(Request(scope_of(peer, list(headers))))


def test_this_machine_is_one_that_forwards_for_nobody() -> None:
    assert is_this_machine("127.0.0.1")
    assert is_this_machine("127.9.9.9")
    assert is_this_machine("::1")
    for peer in ("203.0.113.7", "0.0.0.0", "10.0.0.1", "localhost", "", None):  # noqa: S104
        assert not is_this_machine(peer)
    assert is_this_machine("127.0.0.1", ("User-Agent", "via"), ("Host", "localhost"))


@pytest.mark.parametrize(
    "name",
    [
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Forwarded-Port",
        "X-Forwarded-Anything",
        "Forwarded",
        "Via",
        "X-Real-IP",
        "X-Client-IP",
        "X-Cluster-Client-IP",
        "CF-Connecting-IP",
        "True-Client-IP",
    ],
)
def test_who_asks_for_another_is_not_this_machine(name: str) -> None:
    for value in ("127.0.0.1", ""):
        assert not is_this_machine("127.0.0.1", (name, value))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Mozilla/5.0 (X11)", "Mozilla/5.0 (X11)"),
        ("a\tb\x00c\x1b[2J\x85", "abc[2J"),
        ("x" * 500, "x" * 200),
        ("", ""),
    ],
)
def test_what_a_peer_says_that_it_is_is_kept_short_and_printable(sent: str, kept: str) -> None:
    connection: Any = ASGIConnection(scope_of("127.0.0.1", [("User-Agent", sent)]))
    assert peers.user_agent_of(connection) == kept
