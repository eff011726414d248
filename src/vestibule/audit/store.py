"""What is written of the trail: rows are added, never changed, and go when their time is over."""

from collections.abc import Sequence

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
        *_values(entry),
    )


async def insert_all(tx: Transaction, entries: Sequence[Entry]) -> None:
    """Add entries."""
    await tx.execute(
        """
        INSERT INTO audit (id, event, actor_kind, actor_id, actor_name, organization_id,
                           subject_kind, subject_id, subject_name, network, user_agent, details)
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[],
                             $6::uuid[], $7::text[], $8::uuid[], $9::text[], $10::text[],
                             $11::text[], $12::jsonb[])
        """,
        *([*column] for column in zip(*map(_values, entries), strict=True)),
    )


def _values(entry: Entry) -> tuple[object, ...]:
    return (
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
