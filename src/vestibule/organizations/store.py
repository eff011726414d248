"""Every statement that writes or locks an organization or a member.

Locks on an organization are chosen up front: FOR SHARE to let people in, FOR NO KEY UPDATE to
change what others decide by. A seat's lock holds the member too, so that a role read after waiting
is the present one; whose time ended during the wait has no seat.
"""

import asyncpg

from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import OrganizationId, UserId, new_id
from vestibule.organizations.end_model import TOLD_BEFORE
from vestibule.organizations.model import (
    Admission,
    Membership,
    NewOrganization,
    Organization,
    Seat,
    SlugTaken,
)
from vestibule.organizations.queries import (
    MEMBERSHIP,
    ORGANIZATION,
    SEAT,
    STILL_PRESENT,
    Reference,
    membership_from_row,
    organization_from_row,
    seat_from_row,
)

SLUG_IS_UNIQUE = "organizations_slug_is_unique"


async def share_seat(tx: Transaction, user_id: UserId, reference: Reference) -> Seat | None:
    """Give the user's seat; organization and membership stay so until the transaction ends."""
    row = await tx.fetch_one(
        f"WITH held AS ({SEAT} FOR SHARE OF o, m) {STILL_PRESENT}",
        user_id,
        reference.id,
        reference.slug,
    )
    return seat_from_row(row, user_id) if row else None


async def hold_seat(tx: Transaction, user_id: UserId, reference: Reference) -> Seat | None:
    """Give the user's seat, with the organization held for a change."""
    row = await tx.fetch_one(
        f"WITH held AS ({SEAT} FOR NO KEY UPDATE OF o FOR SHARE OF m) {STILL_PRESENT}",
        user_id,
        reference.id,
        reference.slug,
    )
    return seat_from_row(row, user_id) if row else None


async def share(tx: Transaction, organization_id: OrganizationId) -> Organization | None:
    """Give the organization; it stays as it is until the end of the transaction."""
    row = await tx.fetch_one(
        f"SELECT {ORGANIZATION} FROM open_organizations o WHERE o.id = $1 FOR SHARE",
        organization_id,
    )
    return organization_from_row(row) if row else None


async def hold(tx: Transaction, organization_id: OrganizationId) -> Organization | None:
    """Give the organization, held for a change."""
    row = await tx.fetch_one(
        f"SELECT {ORGANIZATION} FROM open_organizations o WHERE o.id = $1 FOR NO KEY UPDATE",
        organization_id,
    )
    return organization_from_row(row) if row else None


async def insert(tx: Transaction, new: NewOrganization, slug: str) -> Organization | None:
    """Add the organization. None: the slug is taken, or rests, and the transaction lives on."""
    row = await tx.fetch_one(
        f"""
        INSERT INTO organizations AS o (id, name, slug)
        SELECT $1, $2, $3
         WHERE NOT EXISTS (SELECT FROM resting_slugs r
                            WHERE r.kind = 'organization' AND r.slug = $3
                              AND r.rests_until > clock_timestamp())
        ON CONFLICT ON CONSTRAINT organizations_slug_is_unique DO NOTHING
        RETURNING {ORGANIZATION}
        """,
        new_id(),
        new.name,
        slug,
    )
    return organization_from_row(row) if row else None


async def update(tx: Transaction, organization: Organization) -> None:
    """Write the organization's settings. Raises SlugTaken, which ends the transaction."""
    try:
        await tx.execute(
            """
            UPDATE organizations
               SET name = $2, slug = $3, invitation_seconds = $4, requires_sign_in = $5,
                   allowed_domains = $6, default_role = $7, takes_other_accounts = $8
             WHERE id = $1
            """,
            organization.id,
            organization.name,
            organization.slug,
            int(organization.invitation_lifetime.total_seconds()),
            organization.requires_sign_in,
            list(organization.allowed_domains),
            organization.default_role,
            organization.takes_other_accounts,
        )
    except asyncpg.UniqueViolationError as fault:
        if fault.constraint_name != SLUG_IS_UNIQUE:
            raise
        raise SlugTaken from fault


async def insert_member(tx: Transaction, admission: Admission) -> Membership | None:
    """Add the member, unless they are one; then None, and the transaction lives on.

    Of an end within a week they know already: their invitation told of it.
    """
    row = await tx.fetch_one(
        f"""
        INSERT INTO members AS m
            (id, organization_id, user_id, role, invitation_id, invited_address, member_until,
             told_of_end_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7::timestamptz,
                CASE WHEN $7 <= clock_timestamp() + $8::interval THEN clock_timestamp() END)
        ON CONFLICT ON CONSTRAINT members_one_per_organization_and_user DO NOTHING
        RETURNING {MEMBERSHIP}
        """,
        new_id(),
        admission.organization_id,
        admission.user_id,
        admission.role,
        admission.invitation_id,
        admission.invited_address,
        admission.member_until,
        TOLD_BEFORE,
    )
    return membership_from_row(row) if row else None
