"""Addresses of other places, to which people may be sent: which of them are safe, and plain."""

import re
from urllib.parse import urlsplit

from vestibule.kernel.errors import Invalid
from vestibule.kernel.i18n import mark

MOST_LETTERS = 500
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

# No space, control character or anything that two parsers may read in two ways.
_PLAIN = re.compile(r"[!-\[\]-~]+")
# As browsers write a host: what else a parser takes (`;`, `*`) means something in a header of ours.
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f]*:[0-9a-f:]+")


class RedirectNotAllowed(Invalid):
    """Not an address that people may be sent on to."""

    sentence = mark(
        "People cannot be sent on to this address. It must be https, of at most 500 characters, "
        "and for an app's pages exactly one that the app has registered."
    )


def is_safe(url: str) -> bool:
    """Tell whether it is a whole https address, or an http one of this machine; without a login."""
    if len(url) > MOST_LETTERS or not _PLAIN.fullmatch(url):
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    is_local = parts.scheme == "http" and host in LOOPBACK
    # In brackets stands an IPv6 address, as browsers write it, and nothing else.
    is_written_plainly = _HOST.fullmatch(host) and parts.netloc.startswith("[") == (":" in host)
    is_bare = parts.username is None and bool(is_written_plainly)
    return is_bare and (parts.scheme == "https" or is_local)


def is_origin(url: str) -> bool:
    """Tell whether it is the origin of a safe address, as browsers write it: no path behind."""
    return is_safe(url) and url == origin_of(url)


def origin_of(url: str) -> str:
    """Give the origin of a safe address: `https://shifts.example.com`."""
    parts = urlsplit(url.lower())
    usual = {"https": 443, "http": 80}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}" + (
        f":{parts.port}" if parts.port not in {None, usual} else ""
    )
