"""How organizations and memberships read in the API, for this room's edges and for those above."""

from typing import Any

from vestibule.kernel.ids import encode
from vestibule.organizations.model import Seat
from vestibule.organizations.queries import Member


def present_organization(seat: Seat) -> dict[str, Any]:
    """Give the organization as one of its members sees it. `invitation_lifetime` is in seconds."""
    organization = seat.organization
    return {
        "object": "organization",
        "id": encode("org", organization.id),
        "name": organization.name,
        "slug": organization.slug,
        "invitation_lifetime": int(organization.invitation_lifetime.total_seconds()),
        "requires_sign_in": organization.requires_sign_in,
        "role": seat.role,
        "created_at": organization.created_at,
    }


def present_membership(member: Member) -> dict[str, Any]:
    """Give the membership, with who it is and of what. `invited_email` is null for a founder."""
    return {
        "object": "membership",
        "id": encode("mbr", member.id),
        "organization": {
            "id": encode("org", member.organization_id),
            "name": member.organization_name,
            "slug": member.organization_slug,
        },
        "user": {
            "id": encode("user", member.user_id),
            "first_name": member.first_name,
            "last_name": member.last_name,
            "email": member.email,
        },
        "role": member.role,
        "invited_email": member.invited_address,
        "created_at": member.created_at,
    }
