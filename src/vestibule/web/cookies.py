"""Cookies: their names and flags, in one place.

HttpOnly always; Secure and `__Host-` wherever people use https.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from vestibule.kernel.settings import Settings

CARRIED_KEY_LIFETIME = timedelta(hours=1)

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2


@dataclass(frozen=True, slots=True)
class Jar:
    """Makes, reads and ends our cookies.

    Lax, not Strict: somebody who comes from a mail keeps the session that they have.
    """

    is_https: bool

    @classmethod
    def of(cls, settings: Settings) -> "Jar":
        """Make the jar for how people reach the server."""
        return cls(settings.is_https)

    def name(self, name: str) -> str:
        """Give the full name; `__Host-` keeps other hosts of the domain from planting one."""
        return f"__Host-{name}" if self.is_https else name

    def read(self, request: Request[Any, Any, Any], name: str) -> str | None:
        """Give what the browser sent."""
        return sent(request).get(self.name(name))

    def put(self, response: Response[Any], name: str, value: str, *, lifetime: timedelta) -> None:
        """Have the browser keep it for so long."""
        response.set_cookie(
            Cookie(
                key=self.name(name),
                value=value,
                max_age=int(lifetime.total_seconds()),
                path="/",
                httponly=True,
                secure=self.is_https,
                samesite="lax",
            )
        )

    def end(self, response: Response[Any], name: str) -> None:
        """Have the browser forget it."""
        self.put(response, name, "", lifetime=timedelta(0))


def sent(connection: ASGIConnection[Any, Any, Any, Any]) -> dict[str, str]:
    """Give the cookies that the browser sent, each by its exact name.

    The framework's reader strips other white space too: what another host of the domain planted as
    `\\xa0__Host-session` would count as ours. One that is there twice is not there: one of the two
    is planted, and which one nobody knows.
    """
    lines = ";".join(connection.headers.getall("cookie", []))
    pairs = [each.strip(" \t").partition("=") for each in lines.split(";")]
    named = [(name, value) for name, equals, value in pairs if equals and _TOKEN.fullmatch(name)]
    times = Counter(name for name, _ in named)
    return {name: value for name, value in named if times[name] == 1}


SESSION = "session"


def session_name(realm_path: str) -> str:
    """Name the session cookie of a realm by where its pages are: the platform's is `session`."""
    return SESSION + realm_path.replace("/", "_").removesuffix("_")


def carry(jar: Jar, response: Response[Any], name: str, key: str) -> None:
    """Have the browser carry a mailed key, out of sight, for an hour. The name tells which."""
    jar.put(response, name, key, lifetime=CARRIED_KEY_LIFETIME)
