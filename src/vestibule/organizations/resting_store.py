"""Every statement about slugs that rest."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from vestibule.kernel.database import Transaction
from vestibule.organizations.resting_model import SlugKind


async def insert(
    tx: Transaction, kind: SlugKind, slugs: Mapping[str, UUID], *, lasts: timedelta
) -> None:
    """Let the slugs rest so long from now, whoever gave them up before."""
    await tx.execute(
        """
        INSERT INTO resting_slugs (kind, slug, given_up_by, rests_until)
        SELECT $1, given_up.slug, given_up.by, clock_timestamp() + $4::interval
          FROM unnest($2::text[], $3::uuid[]) AS given_up (slug, by)
         ORDER BY given_up.slug
        ON CONFLICT (kind, slug) DO UPDATE
           SET given_up_by = excluded.given_up_by, rests_until = excluded.rests_until
        """,
        kind,
        list(slugs),
        list(slugs.values()),
        lasts,
    )


async def find_resting(tx: Transaction, kind: SlugKind, slug: str, *, but_for: UUID) -> UUID | None:
    """Give who gave the slug up, if it rests, and that was somebody else."""
    given_up_by: UUID | None = await tx.fetch_value(
        """
        SELECT given_up_by FROM resting_slugs
         WHERE kind = $1 AND slug = $2 AND given_up_by <> $3 AND rests_until > clock_timestamp()
        """,
        kind,
        slug,
        but_for,
    )
    return given_up_by


async def delete_over(tx: Transaction) -> int:
    """Delete the rests that are over. Gives their number."""
    return await tx.execute(
        "DELETE FROM resting_slugs WHERE rests_until <= (SELECT clock_timestamp())"
    )
