"""What is written of the trail: rows are added, never changed, and go when their time is over."""

from vestibule.audit.model import Entry
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import new_id


async def insert(tx: Transaction, entry: Entry) -> None:
    """Add an entry."""
    await tx.execute(
        """
        INSERT INTO audit (id, event, actor_kind, actor_id, actor_name, organization_id,
                           subject_kind, subject_id, subject_name, network, user_agent, details)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """,
        new_id(),
        entry.event,
        entry.by.kind,
        entry.by.id,
        entry.by.name,
        entry.organization_id,
        entry.subject_kind,
        entry.subject_id,
        entry.subject_name,
        entry.by.network,
        entry.by.user_agent,
        entry.details,
    )


async def forget(tx: Transaction, *, at_most: int) -> int:
    """Have some of what is past the retention deleted. Gives their number.

    The server may not delete entries: the owner's function does, and knows the retention.
    """
    number: int = await tx.fetch_value("SELECT forget_audit($1)", at_most)
    return number
