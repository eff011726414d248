"""Statements about many pending invitations of a place at once: whose sender or role has changed.

The place is held, so that nobody invites or accepts there meanwhile; decline they may.
"""

from collections.abc import Sequence
from uuid import UUID

from vestibule.invitations.consequences_queries import SENT_BY
from vestibule.invitations.model import Invitation, Inviter
from vestibule.invitations.queries import (
    COLUMNS,
    KEY_OF,
    PLACE,
    STANDING,
    invitation_from_row,
    is_entitled_from_row,
)
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import ApiKeyId, AppMemberId, OrganizationId


async def hold_pending_of(
    tx: Transaction, place_id: UUID, member_id: AppMemberId
) -> list[Invitation]:
    """Give what this member of an app sent there and is pending, expired ones too, held."""
    rows = await tx.fetch_all(
        f"""
        SELECT {COLUMNS} FROM invitations i
         WHERE {PLACE} = $1 AND i.inviter_id = $2 AND i.inviter_kind = 'app_member'
           AND i.state = 'pending'
         ORDER BY i.id FOR UPDATE
        """,
        place_id,
        member_id,
    )
    return [invitation_from_row(row) for row in rows]


async def hold_pending_with(tx: Transaction, place_id: UUID, role: str) -> list[Invitation]:
    """Give the pending invitations that carry this role, expired ones too, held."""
    rows = await tx.fetch_all(
        f"""
        SELECT {COLUMNS} FROM invitations i
         WHERE {PLACE} = $1 AND i.role = $2 AND i.state = 'pending'
         ORDER BY i.id FOR UPDATE
        """,
        place_id,
        role,
    )
    return [invitation_from_row(row) for row in rows]


async def hold_pending_for(
    tx: Transaction, organization_id: OrganizationId, role: str, person_id: UUID
) -> list[Invitation]:
    """Give what is pending with this role for this user, or the maker of this API key, held.

    Expired ones too.
    """
    rows = await tx.fetch_all(
        f"""
        SELECT {COLUMNS} FROM invitations i
         WHERE {PLACE} = $1 AND i.role = $2 AND i.state = 'pending'
           AND i.address_canonical IN (
               SELECT c.address_canonical FROM accounts c JOIN users u ON u.id = c.id
                WHERE c.id = $3
                   OR c.id = (SELECT k.user_id FROM api_keys k
                               WHERE k.organization_id = $1 AND k.id = $3))
         ORDER BY i.id FOR UPDATE OF i
        """,
        organization_id,
        role,
        person_id,
    )
    return [invitation_from_row(row) for row in rows]


async def hold_concerned(
    tx: Transaction, organization_id: OrganizationId, role: str
) -> list[tuple[Invitation, bool]]:
    """Give what is pending by or for who has this role of the organization, its apps' too, held.

    With whether its inviter, by an API key or not, may grant its role by what they are now.
    """
    rows = await tx.fetch_all(
        f"""
        SELECT {COLUMNS}, {STANDING}
          FROM invitations i
          JOIN organizations o ON o.id = i.organization_id
          LEFT JOIN apps p ON p.id = i.app_id
         WHERE i.organization_id = $1 AND i.state = 'pending'
           AND (i.app_id IS NULL AND i.role = $2
                OR EXISTS (SELECT FROM members c
                            WHERE c.organization_id = i.organization_id AND c.role = $2
                              AND (i.inviter_kind = 'user' AND c.user_id = i.inviter_id
                                   OR EXISTS (SELECT FROM api_keys k
                                               WHERE {KEY_OF} AND k.user_id = c.user_id))))
         ORDER BY i.id FOR UPDATE OF i
        """,
        organization_id,
        role,
    )
    return [(invitation_from_row(row), is_entitled_from_row(row)) for row in rows]


async def set_role(tx: Transaction, invitation_ids: Sequence[UUID], role: str) -> None:
    """Have held pending invitations carry another role."""
    await tx.execute(
        "UPDATE invitations SET role = $2 WHERE id = ANY($1) AND state = 'pending'",
        list(invitation_ids),
        role,
    )


async def hold_pending_by(
    tx: Transaction, organization_id: OrganizationId, person_id: UUID
) -> list[Invitation]:
    """Give what somebody, or an API key of theirs, sent in the organization and its apps, held.

    What is pending, expired ones too.
    """
    rows = await tx.fetch_all(
        f"""
        SELECT {COLUMNS} FROM invitations i
         WHERE i.organization_id = $1 AND i.state = 'pending' AND {SENT_BY}
         ORDER BY i.id FOR UPDATE
        """,
        organization_id,
        person_id,
    )
    return [invitation_from_row(row) for row in rows]


async def hold_pending_by_key(
    tx: Transaction, organization_id: OrganizationId, key_id: ApiKeyId
) -> list[Invitation]:
    """Give what an API key of the organization sent and is pending, expired ones too, held."""
    rows = await tx.fetch_all(
        f"""
        SELECT {COLUMNS} FROM invitations i
         WHERE i.organization_id = $1 AND i.state = 'pending' AND i.inviter_kind = 'api_key'
           AND i.inviter_id = $2
         ORDER BY i.id FOR UPDATE
        """,
        organization_id,
        key_id,
    )
    return [invitation_from_row(row) for row in rows]


async def hold_pending_to(tx: Transaction, place_id: UUID, address: Address) -> list[Invitation]:
    """Give what is pending for this address in the very place, held."""
    rows = await tx.fetch_all(
        f"""
        SELECT {COLUMNS} FROM invitations i
         WHERE {PLACE} = $1 AND i.address_canonical = $2 AND i.state = 'pending'
         ORDER BY i.id FOR UPDATE
        """,
        place_id,
        address.canonical,
    )
    return [invitation_from_row(row) for row in rows]


async def hold_of_person(tx: Transaction, person_id: UUID) -> list[Invitation]:
    """Give what somebody or an API key of theirs sent, and what they came in by, anywhere, held."""
    rows = await tx.fetch_all(
        f"""
        SELECT {COLUMNS} FROM invitations i
         WHERE i.accepted_by = $1 OR i.inviter_id = $1 AND i.inviter_kind <> 'api_key'
            OR EXISTS (SELECT FROM api_keys k WHERE {KEY_OF} AND k.user_id = $1)
         ORDER BY i.id FOR UPDATE
        """,
        person_id,
    )
    return [invitation_from_row(row) for row in rows]


async def set_inviter(tx: Transaction, invitation_ids: list[UUID], inviter: Inviter) -> None:
    """Have held pending invitations be answered for by somebody else."""
    await tx.execute(
        """
        UPDATE invitations SET inviter_kind = $2, inviter_id = $3, inviter_name = $4
         WHERE id = ANY($1) AND state = 'pending'
        """,
        invitation_ids,
        inviter.kind,
        inviter.id,
        inviter.name,
    )


async def forget_inviter(tx: Transaction, invitation_ids: list[UUID], person_id: UUID) -> None:
    """Take the inviter's name off those of these held invitations that they sent."""
    await tx.execute(
        """
        UPDATE invitations SET inviter_id = NULL, inviter_name = ''
         WHERE id = ANY($1) AND inviter_id = $2 AND inviter_kind <> 'api_key'
        """,
        invitation_ids,
        person_id,
    )


async def name_keys_alone(tx: Transaction, key_ids: Sequence[ApiKeyId]) -> None:
    """Have all that these API keys sent show the key's name, and no maker's."""
    await tx.execute(
        f"""
        WITH held AS (
            SELECT i.id, k.name FROM invitations i JOIN api_keys k ON {KEY_OF}
             WHERE k.id = ANY($1) ORDER BY i.id FOR UPDATE OF i
        )
        UPDATE invitations i SET inviter_name = held.name FROM held WHERE i.id = held.id
        """,
        list(key_ids),
    )


async def delete(tx: Transaction, invitation_ids: list[UUID]) -> None:
    """Delete held invitations."""
    await tx.execute("DELETE FROM invitations WHERE id = ANY($1)", invitation_ids)


async def delete_of_place(tx: Transaction, place_id: UUID, *, at_most: int) -> list[UUID]:
    """Delete the invitations of the place that were made first. Gives their ids."""
    rows = await tx.fetch_all(
        f"""
        DELETE FROM invitations
         WHERE id = ANY(ARRAY(SELECT i.id FROM invitations i WHERE {PLACE} = $1
                               ORDER BY i.id LIMIT $2 FOR UPDATE))
        RETURNING id
        """,
        place_id,
        at_most,
    )
    return [row["id"] for row in rows]
