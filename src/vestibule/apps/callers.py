"""Whether who calls on an app may still call: a key, or a session, may end meanwhile."""

from typing import assert_never

from vestibule.apps import member_queries
from vestibule.apps.model import Caller, SignedInMember
from vestibule.kernel.database import Reader, Transaction
from vestibule.organizations import callers
from vestibule.organizations.caller_model import Program
from vestibule.users.model import ActedFor, SignedIn, TokenNotGood


async def keep(tx: Transaction, caller: Caller) -> None:
    """Ask for what a caller is there by who is not there by themselves. What they change is locked.

    That is a program's key, which is kept until the transaction ends, and a user's right to
    continue as a member: who is that member may stay when the right ends. It is a membership with
    its role, and held by the lock of the place, under which alone those change; by the member's
    own lock it is as it was when asked, and so is the user's password always.

    Raises ApiKeyNotGood, TokenNotGood: it ended while the call waited.
    """
    match caller:
        case Program():
            await callers.keep(tx, caller)
        case SignedInMember():
            if caller.continued_by is not None:
                await ensure_live(tx, caller)
        case SignedIn() | ActedFor():
            return
        case _:
            assert_never(caller)


async def ensure_live(reader: Reader, caller: Caller) -> None:
    """Ask whether key or session has ended, for what goes on after its beginning. Holds neither.

    The session of a continued member ends with their right. Raises ApiKeyNotGood, TokenNotGood.
    """
    if not isinstance(caller, SignedInMember):
        await callers.ensure_live(reader, caller)
    elif not await member_queries.find_live(reader, caller.session_id):
        raise TokenNotGood
