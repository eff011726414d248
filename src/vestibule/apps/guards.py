"""What the edges of an app have at hand: its door as each request finds it, and who is there."""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from litestar import Request
from litestar.params import FromPath

from vestibule.accounts.realms import Entrance
from vestibule.apps import actions as apps
from vestibule.apps import caller as callers
from vestibule.apps.code_model import Return
from vestibule.apps.entrance import Door, entrance_of
from vestibule.apps.model import App, AppNotFound, SignedInMember
from vestibule.kernel.database import Database
from vestibule.kernel.errors import InvalidRequest, NotAuthenticated
from vestibule.kernel.i18n import gettext
from vestibule.kernel.links import RedirectNotAllowed
from vestibule.kernel.settings import Settings
from vestibule.web import pages
from vestibule.web.cookies import Jar, session_name
from vestibule.web.injected import Injected

METHOD = "S256"
MOST_STATE = 500
RETURN_FIELDS = ("redirect_url", "state", "code_challenge", "code_challenge_method")

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # RFC 7636, 4.2: base64url of a SHA-256
_STATE = re.compile(r"[!-~]*")

AnyRequest = Request[Any, Any, Any]


async def provide_door(
    app: FromPath[str],
    request: AnyRequest,
    *,
    database: Injected[Database],
    jar: Injected[Jar],
    settings: Injected[Settings],
) -> Door:
    """Give the app's door to a page: who the app's cookie says, and where the app wants them.

    Raises AppNotFound, also if the app is not published; RedirectNotAllowed, InvalidRequest.
    """
    found = await _get_published(database, app)
    pages.come_by(request, entrance_of(found, shows_mailbox=settings.shows_mailbox))
    token = jar.read(request, session_name(found.app.path))
    member = await callers.find(database, token) if token else None
    is_theirs = member is not None and member.member.app_id == found.app.id
    asked = read_return(request, found.app)
    return replace(
        found, member=member if is_theirs else None, asked=asked, carried=_carried(asked)
    )


def provide_entrance(door: Injected[Door], *, settings: Injected[Settings]) -> Entrance:
    """Give the entrance that the pages of the app are shown by."""
    return entrance_of(door, shows_mailbox=settings.shows_mailbox)


def provide_maybe_visitor(door: Injected[Door]) -> SignedInMember | None:
    """Give the app member of the cookie."""
    return door.member


def provide_visitor(door: Injected[Door]) -> SignedInMember:
    """Give the app member of the cookie. Raises NotAuthenticated: pages answer by the login."""
    if door.member is None:
        raise NotAuthenticated
    return door.member


async def provide_api_entrance(
    app: FromPath[str], *, database: Injected[Database], settings: Injected[Settings]
) -> Entrance:
    """Give the entrance that programs come by. Raises AppNotFound."""
    door = await _get_published(database, app)
    return entrance_of(door, shows_mailbox=settings.shows_mailbox)


async def provide_member(
    app: FromPath[str], request: AnyRequest, *, database: Injected[Database]
) -> SignedInMember:
    """Give the member of this very app whose token it is.

    Raises NotAuthenticated, AppNotFound to who does not belong to it, NotPermitted to its users.
    """
    caller = await callers.provide_caller(request, database)
    async with database.reader() as reader:
        return await apps.get_own(reader, caller, app)


def read_return(request: AnyRequest, app: App) -> Return | None:
    """Read where the app wants the person back. Raises RedirectNotAllowed, InvalidRequest.

    Only an address that the app has registered, letter by letter (RFC 9700, 2.1), with a challenge.
    """
    given = {name: request.query_params.get(name, "") for name in RETURN_FIELDS}
    if not given["redirect_url"] and not given["code_challenge"]:
        return None
    if given["redirect_url"] not in app.redirect_urls:
        raise RedirectNotAllowed(path="redirect_url")
    if given["code_challenge_method"] not in {"", METHOD}:
        sentence = gettext("Send a challenge of the method S256.")
        raise InvalidRequest.at("code_challenge_method", sentence)
    if not _CHALLENGE.fullmatch(given["code_challenge"]):
        sentence = gettext("Send the challenge that goes with your verifier (PKCE, S256).")
        raise InvalidRequest.at("code_challenge", sentence)
    if len(given["state"]) > MOST_STATE or not _STATE.fullmatch(given["state"]):
        raise InvalidRequest.at("state", gettext("Send a state of at most 500 plain characters."))
    return Return(
        redirect_url=given["redirect_url"],
        state=given["state"],
        challenge=given["code_challenge"],
    )


def _carried(asked: Return | None) -> str:
    """Give the query by which the next page knows as well where the app wants the person."""
    if asked is None:
        return ""
    said = {
        "redirect_url": asked.redirect_url,
        "state": asked.state,
        "code_challenge": asked.challenge,
        "code_challenge_method": METHOD,
    }
    return urlencode({name: value for name, value in said.items() if value})


async def _get_published(database: Database, reference: str) -> Door:
    async with database.reader() as reader:
        found = await apps.get_by_reference(reader, reference)
    if found.definition is None:
        raise AppNotFound
    return Door(app=found.app, definition=found.definition)
