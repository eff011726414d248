"""Who is calling on an app: a user of its organization, a program of theirs, or a member of it.

By the bearer token (API), or by the cookie of the app's own pages.
"""

from vestibule.accounts import sessions
from vestibule.api_keys import caller as api_keys
from vestibule.api_keys.model import PeopleOnly, is_meant
from vestibule.apps import actions as apps
from vestibule.apps import continuing
from vestibule.apps.model import Caller, SignedInMember
from vestibule.kernel.database import Database
from vestibule.kernel.errors import NotAuthenticated
from vestibule.organizations.caller_model import Program
from vestibule.users import caller as users
from vestibule.users.caller import MOST_LETTERS, AnyRequest
from vestibule.users.model import SignedIn
from vestibule.web.injected import Injected


async def provide_caller(request: AnyRequest, database: Injected[Database]) -> Caller:
    """Give whose token it is. Raises NotAuthenticated."""
    caller = await provide_maybe_caller(request, database)
    if caller is None:
        raise NotAuthenticated
    return caller


async def provide_maybe_caller(
    request: AnyRequest, database: Injected[Database]
) -> SignedIn | Program | SignedInMember | None:
    """Give the user, the program or the app member of the token, if there is a token.

    Raises TokenNotGood, ApiKeyNotGood.
    """
    token = users.token_of(request)
    if token is None:
        return None
    found = await api_keys.find(database, token)
    if found is None and not is_meant(token):
        member = await find(database, token)
        if member is not None:
            return member
    if found is None:
        raise api_keys.refusal_of(token)
    return found


async def provide_maybe_person(
    request: AnyRequest, database: Injected[Database]
) -> SignedIn | SignedInMember | None:
    """Give the user or the app member of the token, if there is a token.

    Raises TokenNotGood, ApiKeyNotGood, and PeopleOnly to a program.
    """
    caller = await provide_maybe_caller(request, database)
    if isinstance(caller, Program):
        raise PeopleOnly
    return caller


async def find(database: Database, token: str) -> SignedInMember | None:
    """Give the app member of the token; once in five minutes note that they were seen.

    A session that was continued by who may no longer is ended.
    """
    if len(token) > MOST_LETTERS:
        return None
    async with database.reader() as reader:
        found = await apps.find_signed_in(reader, token)
        over = None if found else await continuing.find_presented(reader, token)
    if over:
        async with database.transaction() as tx:
            await continuing.end(tx, over)
    if found and found.is_to_be_touched:
        async with database.transaction() as tx:
            await sessions.touch(tx, found.session_id)
    return found
