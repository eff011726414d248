"""Which user is calling: of the session cookie (pages), or of a bearer token (API)."""

from typing import Any

from litestar import Request

from vestibule.accounts import sessions
from vestibule.kernel.database import Database
from vestibule.kernel.errors import NotAuthenticated
from vestibule.users import actions as users
from vestibule.users.model import SignedIn
from vestibule.web.cookies import Jar, session_name
from vestibule.web.injected import Injected

PLATFORM_COOKIE = session_name("")
MOST_LETTERS = 200

_BEARER = "bearer "

AnyRequest = Request[Any, Any, Any]


async def provide_visitor(
    request: AnyRequest, database: Injected[Database], jar: Injected[Jar]
) -> SignedIn:
    """Give the user of the cookie.

    Raises NotAuthenticated, which pages answer by the sign-in page.
    """
    visitor = await provide_maybe_visitor(request, database, jar)
    if visitor is None:
        raise NotAuthenticated
    return visitor


async def provide_maybe_visitor(
    request: AnyRequest, database: Injected[Database], jar: Injected[Jar]
) -> SignedIn | None:
    """Give the user of the cookie; a cookie that is no longer good is none."""
    token = jar.read(request, PLATFORM_COOKIE)
    return await find(database, token) if token else None


def token_of(request: AnyRequest) -> str | None:
    """Give the bearer token of a request, if it has one. Raises NotAuthenticated for another."""
    authorization = request.headers.get("authorization")
    if authorization is None:
        return None
    if authorization[: len(_BEARER)].lower() != _BEARER:
        raise NotAuthenticated
    return authorization[len(_BEARER) :].strip()


async def find(database: Database, token: str) -> SignedIn | None:
    """One round trip; once in five minutes another one notes that the session was seen."""
    if len(token) > MOST_LETTERS:
        return None
    async with database.reader() as reader:
        found = await users.find_signed_in(reader, token)
    if found and found.is_to_be_touched:
        async with database.transaction() as tx:
            await sessions.touch(tx, found.session_id)
    return found
