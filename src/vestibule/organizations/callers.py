"""Whether who calls may still call: a key, or a session, may end while its request is answered."""

from typing import assert_never

from vestibule.accounts import sessions
from vestibule.kernel.database import Reader, Transaction
from vestibule.organizations import caller_queries, caller_store
from vestibule.organizations.caller_model import ApiKeyNotGood, Caller, Program
from vestibule.users.model import ActedFor, SignedIn, TokenNotGood


async def keep(tx: Transaction, program: Program) -> None:
    """Keep the key of a program that holds a place, until the transaction ends.

    It may have ended while the call waited for the place, and what it does would then outlive it.
    Raises ApiKeyNotGood.
    """
    if not await caller_store.share_key(tx, program.key_id):
        raise ApiKeyNotGood


async def ensure_live(reader: Reader, caller: Caller) -> None:
    """Ask whether key or session has ended, for what goes on after its beginning. Holds neither.

    The operator's command has neither: it is as live as who runs it. Raises ApiKeyNotGood to a
    program, TokenNotGood to a user.
    """
    match caller:
        case Program():
            if not await caller_queries.find_good_key(reader, caller.key_id):
                raise ApiKeyNotGood
        case SignedIn():
            if not await sessions.find_live(reader, caller.account_id, caller.session_id):
                raise TokenNotGood
        case ActedFor():
            return
        case _:
            assert_never(caller)
