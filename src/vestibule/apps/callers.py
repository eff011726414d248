"""Whether who calls on an app may still call: a key, or a session, may end meanwhile."""

from vestibule.apps import member_queries
from vestibule.apps.model import Caller, SignedInMember
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.errors import NotAuthenticated
from vestibule.organizations import callers
from vestibule.organizations.caller_model import Program


async def keep(tx: Transaction, caller: Caller) -> None:
    """Ask for what a caller is there by who is not there by themselves. The place is locked.

    That is a program's key, and a user's right to continue as a member: who is that member may stay
    when the right ends. Raises NotAuthenticated: it ended while the call waited.
    """
    match caller:
        case Program():
            await callers.keep(tx, caller)
        case SignedInMember() if caller.continued_by is not None:
            await ensure_live(tx, caller)
        case _:
            return


async def ensure_live(reader: Reader, caller: Caller) -> None:
    """Raise NotAuthenticated if key or session has ended. For what goes on after its beginning."""
    if not isinstance(caller, SignedInMember):
        await callers.ensure_live(reader, caller)
    elif not await member_queries.find_live(reader, caller.session_id):
        raise NotAuthenticated
