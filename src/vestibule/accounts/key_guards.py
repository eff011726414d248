"""Pages around a mailed link.

That it is on its way, from the link to a clean address, and what a link says that is dead.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from litestar import Response

from vestibule.accounts.guards import Browser
from vestibule.accounts.model import OtherSession
from vestibule.accounts.realms import Entrance
from vestibule.kernel import http
from vestibule.kernel.errors import Problem
from vestibule.kernel.ids import KeyId, decode, encode
from vestibule.keys.model import KeyExpired, KeyNotFound, KeySuperseded, KeyUsed, Purpose
from vestibule.web import pages
from vestibule.web.cookies import carry

_REASONS: dict[type[Problem], str] = {
    KeyExpired: "expired",
    KeyUsed: "used",
    KeySuperseded: "superseded",
    OtherSession: "other_session",
}


@dataclass(frozen=True, slots=True)
class KeyPage:
    """A page that a mailed link leads to.

    `GET {path}?key=…` goes on to `{path}/{id}`; a cookie of this name and id carries the key.
    """

    path: str
    cookie: str

    def arrive(self, browser: Browser, key_id: KeyId, key: str) -> Response[Any]:
        """Send the browser on to the page whose address does not hold the key."""
        answer = pages.see_other(f"{self.path}/{encode('key', key_id)}")
        answer.headers["Referrer-Policy"] = "no-referrer"
        carry(browser.jar, answer, self._name(key_id), key)
        return answer

    def carried(self, browser: Browser, key_id: str) -> str:
        """Give the key that the browser carries for this page. Raises KeyNotFound."""
        key = browser.cookie(self._name(KeyId(decode("key", key_id))))
        if not key:
            raise KeyNotFound
        return key

    def leave(self, browser: Browser, answer: Response[Any], key_id: KeyId) -> None:
        """Have the browser forget the key: it is spent."""
        browser.jar.end(answer, self._name(key_id))

    def _name(self, key_id: KeyId) -> str:
        return f"{self.cookie}_{key_id.hex}"


def check_mail(
    entrance: Entrance, email: str, *, purpose: Purpose, lifetime: timedelta, again: str
) -> pages.Answer:
    """Say that a link is on its way, the same to everybody; `again` is where to ask once more."""
    return pages.render(
        "accounts/check_mail.html",
        email=email,
        purpose=purpose,
        hours=int(lifetime.total_seconds() // 3600),
        again=again,
        mailbox=entrance.shows_mailbox,
    )


def dead_key(problem: Problem, entrance: Entrance, *, again: str, label: str) -> pages.Answer:
    """Say why a link is dead, and where to ask for another one."""
    return pages.render(
        "accounts/dead_key.html",
        status=http.status_of(problem),
        entrance=entrance,
        reason=_REASONS.get(type(problem), "unknown"),
        again={"href": again, "label": label},
    )
