"""Who is calling by the API: a user by the token of a session, or a program by its key.

Pages have no such door: a key is no cookie, and stands in no address.
"""

from vestibule.api_keys import actions as api_keys
from vestibule.api_keys.model import PeopleOnly, is_meant
from vestibule.kernel.database import Database
from vestibule.kernel.errors import NotAuthenticated
from vestibule.organizations.caller_model import ApiKeyNotGood, Program
from vestibule.users import caller as users
from vestibule.users.caller import AnyRequest, token_of
from vestibule.users.model import SignedIn, TokenNotGood
from vestibule.web.injected import Injected


async def provide_caller(request: AnyRequest, database: Injected[Database]) -> SignedIn | Program:
    """Give the user or the program of the token. Raises NotAuthenticated."""
    caller = await _find(request, database)
    if caller is None:
        raise NotAuthenticated
    return caller


async def provide_person(request: AnyRequest, database: Injected[Database]) -> SignedIn:
    """Give the user of the token, where only people are let. Raises NotAuthenticated.

    Raises PeopleOnly to a program, which is known, but no person.
    """
    person = await provide_maybe_person(request, database)
    if person is None:
        raise NotAuthenticated
    return person


async def provide_maybe_person(
    request: AnyRequest, database: Injected[Database]
) -> SignedIn | None:
    """Give the user of the token, if there is a token.

    Raises TokenNotGood, ApiKeyNotGood, and PeopleOnly to a program.
    """
    caller = await _find(request, database)
    if isinstance(caller, Program):
        raise PeopleOnly
    return caller


async def find(database: Database, token: str) -> SignedIn | Program | None:
    """Give the user or the program of the token: one round trip, whichever it is."""
    if is_meant(token):
        return await find_program(database, token)
    return await users.find(database, token)


async def find_program(database: Database, secret: str) -> Program | None:
    """Give the program of the secret; once in five minutes note that its key was used."""
    async with database.reader() as reader:
        calling = await api_keys.find_calling(reader, secret)
    if calling is None:
        return None
    if calling.is_to_be_noted:
        async with database.transaction() as tx:
            await api_keys.note_use(tx, calling.program.key_id)
    return calling.program


def refusal_of(token: str) -> TokenNotGood | ApiKeyNotGood:
    """Say that nobody is known by this token, in words for who meant to show a key, or not."""
    return ApiKeyNotGood() if is_meant(token) else TokenNotGood()


async def _find(request: AnyRequest, database: Database) -> SignedIn | Program | None:
    """Give who calls, if there is a token. Raises TokenNotGood, ApiKeyNotGood."""
    token = token_of(request)
    if token is None:
        return None
    caller = await find(database, token)
    if caller is None:
        raise refusal_of(token)
    return caller
