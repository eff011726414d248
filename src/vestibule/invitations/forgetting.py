"""The end of a closed invitation: after the retention, or with the account that came in by it.

It and its keys are deleted; the audit trail remains.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from vestibule.audit import actions as audit
from vestibule.audit.model import SERVER, Actor, Entry
from vestibule.invitations import consequences_store, store
from vestibule.kernel.database import Transaction
from vestibule.keys import actions as keys
from vestibule.messages import actions as messages

BATCH = 500


async def forget_ended(tx: Transaction, *, retention: timedelta) -> int:
    """Delete one batch of what ended longer ago than the retention. Gives their number."""
    gone = await store.delete_ended(tx, after=retention, at_most=BATCH)
    await _forget_keys(tx, gone, by=SERVER)
    return len(gone)


async def forget_of_place(tx: Transaction, place_id: UUID, *, at_most: int) -> int:
    """Delete the oldest invitations of a place that is gone, with their mails. Gives their number.

    The organization's own, or those of one app.
    """
    gone = await consequences_store.delete_of_place(tx, place_id, at_most=at_most)
    await messages.forget_about(tx, gone)
    await _forget_keys(tx, gone, by=SERVER)
    return len(gone)


async def forget(tx: Transaction, invitation_ids: Sequence[UUID], *, by: Actor) -> None:
    """Delete these held invitations, with the mails that carried them."""
    await consequences_store.delete(tx, list(invitation_ids))
    await messages.forget_about(tx, invitation_ids)
    await _forget_keys(tx, invitation_ids, by=by)


async def _forget_keys(tx: Transaction, gone: Sequence[UUID], *, by: Actor) -> None:
    if not gone:
        return
    await keys.forget(tx, [str(invitation_id) for invitation_id in gone])
    entry = Entry(
        event="invitations.forgotten",
        by=by,
        subject_kind="invitation",
        subject_id=None,
        details={"invitations": [str(invitation_id) for invitation_id in gone]},
    )
    await audit.record(tx, entry)
