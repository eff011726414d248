"""The end of a closed invitation: after the retention, it and its keys are deleted.

The audit trail remains.
"""

from datetime import timedelta

from vestibule.audit import actions as audit
from vestibule.audit.model import SERVER, Entry
from vestibule.invitations import store
from vestibule.kernel.database import Transaction
from vestibule.keys import actions as keys

BATCH = 500


async def forget_ended(tx: Transaction, *, retention: timedelta) -> int:
    """Delete one batch of what ended longer ago than the retention. Gives their number."""
    gone = await store.delete_ended(tx, after=retention, at_most=BATCH)
    if not gone:
        return 0
    await keys.forget(tx, [str(invitation_id) for invitation_id in gone])
    entry = Entry(
        event="invitations.forgotten",
        by=SERVER,
        subject_kind="invitation",
        subject_id=None,
        details={"invitations": [str(invitation_id) for invitation_id in gone]},
    )
    await audit.record(tx, entry)
    return len(gone)
