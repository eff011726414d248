"""Whether who calls may still call: a key, or a session, may end while its request is answered."""

from vestibule.accounts import sessions
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.errors import NotAuthenticated
from vestibule.organizations import caller_queries, caller_store
from vestibule.organizations.caller_model import Caller, Program
from vestibule.users.model import SignedIn


async def keep(tx: Transaction, program: Program) -> None:
    """Keep the key of a program that holds a place, until the transaction ends.

    It may have ended while the call waited for the place, and what it does would then outlive it.
    Raises NotAuthenticated.
    """
    if not await caller_store.share_key(tx, program.key_id):
        raise NotAuthenticated


async def ensure_live(reader: Reader, caller: Caller) -> None:
    """Raise NotAuthenticated if key or session has ended. For what goes on after its beginning."""
    match caller:
        case Program():
            is_live = bool(await caller_queries.find_good_key(reader, caller.key_id))
        case SignedIn():
            live = await sessions.list_live(reader, caller.account_id)
            is_live = caller.session_id in {session.id for session in live}
        case _:
            is_live = True
    if not is_live:
        raise NotAuthenticated
