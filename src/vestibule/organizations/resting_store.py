"""Every statement about slugs that rest."""

from datetime import timedelta
from uuid import UUID

from vestibule.kernel.database import Transaction
from vestibule.organizations.resting_model import SlugKind


async def insert(tx: Transaction, kind: SlugKind, slug: str, *, by: UUID, lasts: timedelta) -> None:
    """Let the slug rest so long from now, whoever gave it up before."""
    await tx.execute(
        """
        INSERT INTO resting_slugs AS r (kind, slug, given_up_by, rests_until)
        VALUES ($1, $2, $3, clock_timestamp() + $4::interval)
        ON CONFLICT (kind, slug) DO UPDATE
           SET given_up_by = excluded.given_up_by, rests_until = excluded.rests_until
        """,
        kind,
        slug,
        by,
        lasts,
    )


async def insert_of_organization(
    tx: Transaction, organization_id: UUID, *, lasts: timedelta
) -> None:
    """Let the slugs of an organization and of its apps rest: given up by what is gone."""
    await tx.execute(
        """
        INSERT INTO resting_slugs AS r (kind, slug, given_up_by, rests_until)
        SELECT kind, slug, id, clock_timestamp() + $2::interval
          FROM (SELECT 'organization' AS kind, slug, id FROM organizations WHERE id = $1
                 UNION ALL
                SELECT 'app', slug, id FROM apps WHERE organization_id = $1) AS gone
         ORDER BY kind, slug
        ON CONFLICT (kind, slug) DO UPDATE
           SET given_up_by = excluded.given_up_by, rests_until = excluded.rests_until
        """,
        organization_id,
        lasts,
    )


async def is_resting(tx: Transaction, kind: SlugKind, slug: str, *, but_for: UUID) -> bool:
    """Tell whether the slug rests for everybody but this one."""
    resting: bool = await tx.fetch_value(
        """
        SELECT EXISTS (SELECT FROM resting_slugs
                        WHERE kind = $1 AND slug = $2 AND given_up_by <> $3
                          AND rests_until > clock_timestamp())
        """,
        kind,
        slug,
        but_for,
    )
    return resting


async def delete_over(tx: Transaction) -> int:
    """Delete the rests that are over. Gives their number."""
    return await tx.execute(
        "DELETE FROM resting_slugs WHERE rests_until <= (SELECT clock_timestamp())"
    )
