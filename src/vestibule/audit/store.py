"""What is written of the trail: rows are added, never changed, and go when their time is over."""

from collections.abc import Sequence

from vestibule.audit.model import Entry
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import new_id


async def insert(tx: Transaction, entries: Sequence[Entry]) -> None:
    """Add entries."""
    await tx.execute(
        """
        INSERT INTO audit (id, event, actor_kind, actor_id, actor_name, organization_id,
                           subject_kind, subject_id, subject_name, network, user_agent, details)
        SELECT id, event, actor_kind, actor_id, actor_name, organization_id,
               subject_kind, subject_id, subject_name, network, user_agent, details
          FROM jsonb_to_recordset($1::jsonb) AS e (
               id uuid, event text, actor_kind text, actor_id uuid, actor_name text,
               organization_id uuid, subject_kind text, subject_id uuid, subject_name text,
               network text, user_agent text, details jsonb)
        """,
        [_row(entry) for entry in entries],
    )


def _row(entry: Entry) -> dict[str, object]:
    return {
        "id": new_id(),
        "event": entry.event,
        "actor_kind": entry.by.kind,
        "actor_id": entry.by.id,
        "actor_name": entry.by.name,
        "organization_id": entry.organization_id,
        "subject_kind": entry.subject_kind,
        "subject_id": entry.subject_id,
        "subject_name": entry.subject_name,
        "network": entry.by.network,
        "user_agent": entry.by.user_agent,
        "details": entry.details,
    }


async def forget(tx: Transaction, *, at_most: int) -> int:
    """Have some of what is past the retention deleted. Gives their number.

    The server may not delete entries: the owner's function does, and knows the retention.
    """
    number: int = await tx.fetch_value("SELECT forget_audit($1)", at_most)
    return number
