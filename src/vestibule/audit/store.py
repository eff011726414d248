"""The trail's one statement: rows are added, never changed."""

from vestibule.audit.model import Entry
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import new_id


async def insert(tx: Transaction, entry: Entry) -> None:
    """Add an entry."""
    await tx.execute(
        """
        INSERT INTO audit (id, event, actor_kind, actor_id, actor_name, organization_id,
                           subject_kind, subject_id, network, user_agent, details)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """,
        new_id(),
        entry.event,
        entry.by.kind,
        entry.by.id,
        entry.by.name,
        entry.organization_id,
        entry.subject_kind,
        entry.subject_id,
        entry.by.network,
        entry.by.user_agent,
        entry.details,
    )
