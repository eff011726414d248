"""*Continue as …*: who manages an app goes on from the studio as its linked member.

The session is good as long as they may manage it; every look-up asks, and ends what is not.
"""

from contextlib import suppress

from vestibule.accounts import sessions
from vestibule.accounts.model import SessionNotFound, Started
from vestibule.apps import code_store, member_queries
from vestibule.apps.member_queries import Continued
from vestibule.apps.members import entry
from vestibule.apps.model import AppMember, AppMemberNotFound, AppSeat
from vestibule.audit import actions as audit
from vestibule.audit.model import SERVER, Actor
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import AppId, UserId


async def find_linked(reader: Reader, app_id: AppId, user_id: UserId) -> AppMember | None:
    """Give the member as whom the user may go on."""
    return await member_queries.find_member_of_user(reader, app_id, user_id)


async def start(
    tx: Transaction, seat: AppSeat, user_id: UserId, *, origin: Actor, by: Actor
) -> tuple[AppMember, Started]:
    """Start a session of the linked member. The seat is of `lock_for_managing`.

    Raises AppMemberNotFound if no member of the app is linked to the user.
    """
    member = await find_linked(tx, seat.app.id, user_id)
    if member is None:
        raise AppMemberNotFound
    started = await sessions.start(tx, member.account, origin=origin)
    await code_store.insert_continuation(tx, started.id, member, user_id)
    details = {"session": started.id, "user": user_id}
    await audit.record(tx, entry("app_member.continued", member, by=by, details=details))
    return member, started


async def find_presented(reader: Reader, token: str) -> Continued | None:
    """Give the session of this token, if a user began it from the studio, be it good or not."""
    return await member_queries.find_continued(reader, sessions.hash_of(token))


async def end(tx: Transaction, session: Continued) -> None:
    """End a session whose user may manage the app no more.

    It must not come back with the right, which somebody may get again for another reason.
    """
    with suppress(SessionNotFound):
        await sessions.end(tx, session.account_id, session.id, by=SERVER)
