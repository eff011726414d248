"""What the edges that deal with accounts have at hand: the desk, the browser, a page's frame.

How often somebody may try stands in `limit_guards`.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from litestar import Request

from vestibule.accounts.model import Holder, Started
from vestibule.accounts.passwords import Passwords
from vestibule.accounts.realms import Entrance, Occasion
from vestibule.audit.model import Actor
from vestibule.kernel.database import Database
from vestibule.kernel.i18n import gettext, mark
from vestibule.kernel.limits import Limiter
from vestibule.messages.model import Outbox
from vestibule.web import forms, peers
from vestibule.web.cookies import Jar
from vestibule.web.injected import Injected

# What a profile says that was just changed, by the word in its address.
_SAVED = {
    "profile": mark("Your profile is saved."),
    "password": mark("Your new password is saved. You are signed out everywhere else."),
    "address": mark("Your new address is saved. Sign in with it from now on."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What it takes to let somebody try, and who tries: one per request."""

    database: Database
    limiter: Limiter
    passwords: Passwords
    outbox: Outbox
    origin: Actor

    @property
    def network(self) -> str:
        """Give what limits count by."""
        return peers.network_of(self.origin.network or "")

    def occasion(self, entrance: Entrance, by: Actor | None = None) -> Occasion:
        """Give the circumstances of a change; without `by`, by somebody whom we do not know."""
        return Occasion(entrance=entrance, outbox=self.outbox, by=by or self.origin)


@dataclass(frozen=True, slots=True)
class Browser:
    """A person's end of a request: what they sent, and the cookies that they carry."""

    request: Request[Any, Any, Any]
    jar: Jar

    async def form(self, *fields: str) -> dict[str, str]:
        """Give exactly these fields of the form. Raises InvalidRequest."""
        return await forms.read(self.request, *fields)

    def cookie(self, name: str) -> str | None:
        """Give what the browser carries under the name."""
        return self.jar.read(self.request, name)


def provide_browser(request: Request[Any, Any, Any], jar: Injected[Jar]) -> Browser:
    """Give the browser of a request."""
    return Browser(request, jar)


def provide_desk(
    database: Injected[Database],
    limiter: Injected[Limiter],
    passwords: Injected[Passwords],
    outbox: Injected[Outbox],
    origin: Injected[Actor],
) -> Desk:
    """Make the desk of a request."""
    return Desk(
        database=database, limiter=limiter, passwords=passwords, outbox=outbox, origin=origin
    )


def onward(entrance: Entrance, path: str | None) -> str:
    """Give the path to go on to, if it is one of the entrance's own; else ""."""
    local = forms.local_path(path, "")
    if not entrance.path or not local:
        return local
    way = unquote(local.partition("?")[0])
    is_below = f"{way}/".startswith(f"{entrance.path}/") and not {".", ".."} & set(way.split("/"))
    return local if is_below else ""


async def land(desk: Desk, entrance: Entrance, started: Started) -> str:
    """Give where somebody is led who has just signed in, and has nowhere to go on to."""
    async with desk.database.transaction() as tx:
        return await entrance.landing(tx, started.account_id, started.id)


def frame(entrance: Entrance, visitor: Holder, *, current: str | None = None) -> dict[str, Any]:
    """Give what the studio's template needs around a page: entrance, user, navigation.

    `current` is the page's path; None: one of the profile.
    """
    current = current or entrance.to(entrance.pages.profile)
    links = [
        {
            "href": entrance.to(path),
            "label": gettext(label),
            "current": entrance.to(path) == current,
        }
        for path, label in entrance.navigation
    ]
    return {"entrance": entrance, "user": visitor.person, "navigation": links}


def saved_notice(saved: str | None) -> dict[str, str] | None:
    """Give what a page of the profile says of what was just `saved`; None: nothing."""
    sentence = _SAVED.get(saved or "")
    return {"kind": "good", "text": gettext(sentence)} if sentence else None
