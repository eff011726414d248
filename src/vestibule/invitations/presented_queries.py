"""How an invitation is found by who answers it: by a key, or as one to their own address."""

from collections.abc import Sequence
from dataclasses import dataclass

from vestibule.invitations.model import Invitation
from vestibule.invitations.queries import COLUMNS, IS_PLACE_GONE, invitation_from_row
from vestibule.kernel.database import Reader, Row
from vestibule.kernel.ids import InvitationId


@dataclass(frozen=True, slots=True)
class Presented:
    """The invitation that a key is for.

    Whether a newer mail has replaced that key, whether its place was deleted, and whether anybody
    is left there whose time is over, perhaps the one who comes.
    """

    invitation: Invitation
    is_superseded: bool
    is_place_gone: bool
    has_anybody_over: bool


_HAS_ANYBODY_OVER = """
    (EXISTS (SELECT FROM members m
              WHERE m.organization_id = i.organization_id AND m.member_until <= clock_timestamp())
     OR EXISTS (SELECT FROM app_member_roles r
                 WHERE r.app_id = i.app_id AND r.member_until <= clock_timestamp())
    ) AS has_anybody_over
"""


async def find_by_key(reader: Reader, key_hashes: Sequence[bytes]) -> Presented | None:
    """Give the invitation that the key of one of these hashes is for, not held."""
    row = await reader.fetch_one(
        f"""
        SELECT {COLUMNS}, k.superseded_at IS NOT NULL AS is_superseded, {IS_PLACE_GONE},
               {_HAS_ANYBODY_OVER}
          FROM keys k JOIN invitations i ON i.id = k.subject::uuid
         WHERE k.key_hash = ANY($1) AND k.purpose IN ('organization_invitation', 'app_invitation')
        """,
        list(key_hashes),
    )
    return _presented_from_row(row) if row else None


async def find_waiting(reader: Reader, invitation_id: InvitationId) -> Presented | None:
    """Give the invitation as who needs no key for it meets it, not held."""
    row = await reader.fetch_one(
        f"""
        SELECT {COLUMNS}, false AS is_superseded, {IS_PLACE_GONE}, {_HAS_ANYBODY_OVER}
          FROM invitations i WHERE i.id = $1
        """,
        invitation_id,
    )
    return _presented_from_row(row) if row else None


def _presented_from_row(row: Row) -> Presented:
    return Presented(
        invitation_from_row(row),
        is_superseded=row["is_superseded"],
        is_place_gone=row["is_place_gone"],
        has_anybody_over=row["has_anybody_over"],
    )
