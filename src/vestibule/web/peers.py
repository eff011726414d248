"""Who is at the other end of a request: their network, and whether that is this machine."""

import ipaddress
import re
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection

from vestibule.kernel.settings import Settings

USER_AGENT_LENGTH = 200
# What proxies, and nobody else, say of whom they ask for.
_FORWARDING = frozenset(
    {
        "cf-connecting-ip",
        "forwarded",
        "true-client-ip",
        "via",
        "x-client-ip",
        "x-cluster-client-ip",
        "x-real-ip",
    }
)
_FORWARDING_PREFIX = "x-forwarded-"
# Some proxies write the port too: `192.0.2.1:5678`, `[2001:db8::1]:5678`.
_WITH_PORT = re.compile(r"(?:([0-9.]+)|\[([0-9A-Fa-f]*:[0-9A-Fa-f:.]*)\])(?::[0-9]{1,5})?")


def address_of(connection: ASGIConnection[Any, Any, Any, Any], settings: Settings) -> str:
    """Give the peer's IP address; behind trusted proxies, that of the last who is not trusted."""
    peer = connection.client.host if connection.client else ""
    # Every line of the header counts, in order: a proxy may add its own below the client's.
    lines = connection.headers.getall("x-forwarded-for", [])
    hops = [_without_port(hop.strip()) for hop in ",".join(lines).split(",") if hop.strip()]
    while hops and _is_trusted(peer, settings):
        peer = hops.pop()
    return str(_parsed(peer) or "")


def network_of(address: str) -> str:
    """Give what limits count by: the address, or for IPv6 the /64 that one household is given."""
    parsed = _parsed(address)
    if parsed is None or parsed.version == 4:
        return str(parsed or address)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def is_this_machine(request: Request[Any, Any, Any]) -> bool:
    """Tell whether the peer is a program of this machine, and no proxy for others."""
    parsed = _parsed(request.client.host if request.client else "")
    return bool(parsed and parsed.is_loopback) and not any(
        name in _FORWARDING or name.startswith(_FORWARDING_PREFIX)
        for name in map(str.lower, request.headers)
    )


def user_agent_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Give what the peer says that it is, printable and short."""
    agent = connection.headers.get("user-agent", "")
    return "".join(letter for letter in agent if letter.isprintable())[:USER_AGENT_LENGTH]


def _without_port(hop: str) -> str:
    found = _WITH_PORT.fullmatch(hop)
    return (found[1] or found[2]) if found else hop


def _is_trusted(address: str, settings: Settings) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in settings.trusted_proxies)


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Read an address. A socket for both kinds writes IPv4 as `::ffff:192.0.2.1`: that is IPv4.

    A zone (`fe80::1%…`, any text) means something on its own machine alone, and is left out.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
