"""Holding all invitations that end with people who go, at once and in the order of their ids."""

from collections.abc import Sequence
from uuid import UUID

from vestibule.invitations.departure_model import Departure
from vestibule.invitations.model import State
from vestibule.kernel.database import Transaction

# What each answers for: what they sent, and what their API keys did, which end with them.
_SENDERS = """
    (SELECT g.person_id AS going_id, g.person_id AS inviter_id, false AS is_key FROM going g
      UNION
     SELECT k.user_id, k.id, true FROM api_keys k JOIN going g ON g.person_id = k.user_id) AS s
"""
# What was closed, and names the address of who is deleted; what others accepted is theirs.
_NAMING = """
    p.address_canonical = g.canonical AND p.app_id IS NOT DISTINCT FROM g.app_id
    AND p.state IN ('declined', 'revoked')
"""


async def hold(tx: Transaction, departures: Sequence[Departure]) -> None:
    """Hold what is pending by, or for, each of these people in the place that they leave.

    Of who is deleted also what they ever sent or came in by, and what names their address.
    """
    await tx.execute(
        f"""
        WITH going AS (
            SELECT person_id, organization_id, app_id, canonical, is_deleted,
                   coalesce(app_id, organization_id) AS place_id
              FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::boolean[])
                AS g (person_id, organization_id, app_id, canonical, is_deleted)
        )
        SELECT i.id FROM invitations i
         WHERE i.id IN (
               SELECT p.id FROM invitations p
                 JOIN going g ON g.canonical = p.address_canonical
                             AND g.place_id = coalesce(p.app_id, p.organization_id)
                WHERE p.state = 'pending'
                UNION ALL
               SELECT p.id FROM {_SENDERS}
                 JOIN going g ON g.person_id = s.going_id
                 JOIN invitations p ON p.inviter_id = s.inviter_id
                                   AND (p.inviter_kind = 'api_key') = s.is_key
                WHERE g.is_deleted
                   OR g.place_id IN (p.organization_id, p.app_id)
                      AND (p.state = 'pending' OR s.is_key)
                UNION ALL
               SELECT p.id FROM going g JOIN invitations p ON p.accepted_by = g.person_id
                WHERE g.is_deleted
                UNION ALL
               SELECT p.id FROM going g JOIN invitations p ON {_NAMING} WHERE g.is_deleted)
         ORDER BY i.id FOR UPDATE OF i
        """,
        [one.person_id for one in departures],
        [one.organization_id for one in departures],
        [one.app_id for one in departures],
        [one.address.canonical for one in departures],
        [one.is_deleted for one in departures],
    )


async def list_naming(tx: Transaction, departure: Departure, states: Sequence[State]) -> list[UUID]:
    """Give the closed invitations in these states that name the address of who is deleted."""
    rows = await tx.fetch_all(
        f"""
        SELECT p.id FROM invitations p, (SELECT $1::text AS canonical, $2::uuid AS app_id) AS g
         WHERE {_NAMING} AND p.state = ANY($3)
        """,
        departure.address.canonical,
        departure.app_id,
        list(states),
    )
    return [row["id"] for row in rows]
