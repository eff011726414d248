"""Pages around a mailed link.

That it is on its way, from the link to a clean address, and what a link says that is dead.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from litestar import Response

from vestibule.accounts.guards import Browser, Desk
from vestibule.accounts.model import OtherSession
from vestibule.accounts.realms import Entrance
from vestibule.kernel import http
from vestibule.kernel.errors import Problem
from vestibule.kernel.i18n import gettext
from vestibule.kernel.ids import KeyId, decode, encode
from vestibule.keys.model import Key, KeyExpired, KeyNotFound, KeySuperseded, KeyUsed, Purpose
from vestibule.web import forms, pages
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

    A mailed link goes on to `{path}/{id}`; a cookie of this name and id carries the key.
    """

    path: str
    cookie: str

    def arrive(
        self, browser: Browser, key_id: KeyId, key: str, *, carried: str = ""
    ) -> Response[Any]:
        """Send the browser on to the page whose address does not hold the key.

        `carried` is the query of an entrance that goes along.
        """
        page = f"{self.path}/{encode('key', key_id)}"
        answer = pages.see_other(f"{page}?{carried}" if carried else page)
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


class Opened(Protocol):
    """What a key opens that becomes a password."""

    @property
    def key(self) -> Key:
        """Give the key."""

    @property
    def email(self) -> str:
        """Give the address that the password will go with."""


def registration(entrance: Entrance) -> KeyPage:
    """Give the page where the key of a sign-up becomes an account."""
    return KeyPage(entrance.to(entrance.pages.registration), "activation")


def check_mail(
    entrance: Entrance, email: str, *, purpose: Purpose, lifetime: timedelta, again: str
) -> pages.Answer:
    """Say that a link is on its way, the same to everybody; `again` is where to ask once more."""
    return pages.render(
        "accounts/check_mail.html",
        entrance=entrance,
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


def dead_activation(problem: Problem, entrance: Entrance) -> pages.Answer:
    """Say why the link of a sign-up is dead."""
    again = entrance.link(entrance.pages.sign_up)
    return dead_key(problem, entrance, again=again, label=gettext("Send me a new link"))


def activation_page(
    desk: Desk,
    entrance: Entrance,
    opened: Opened,
    *,
    form: dict[str, str] | None = None,
    problem: Problem | None = None,
) -> pages.Answer:
    """Ask for what a key becomes: a new password, and for a new account a name."""
    return pages.render(
        "accounts/activation.html",
        status=http.status_of(problem) if problem else 200,
        entrance=entrance,
        form=form or {},
        errors=forms.errors(problem) if problem else {},
        email=opened.email,
        purpose=opened.key.purpose,
        minimum=desk.passwords.minimum,
    )
