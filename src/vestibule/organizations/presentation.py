"""How organizations and memberships read in the API, for this room's edges and for those above."""

from typing import Annotated, Literal

import msgspec

from vestibule.kernel.ids import encode
from vestibule.kernel.wire import Email, FirstName, LastName, Time, said, typed_id
from vestibule.organizations.end_model import MemberUntil
from vestibule.organizations.model import Member, Seat
from vestibule.organizations.permission_model import Permission
from vestibule.organizations.seat_model import Seating
from vestibule.organizations.seat_presentation import SeatsBody, present_seats

Id = Annotated[str, typed_id("org")]
Name = Annotated[str, said(example="Acme")]
RoleName = Annotated[
    str,
    said(
        "`owner`, `admin`, `manager`, `viewer`, or a role of the organization's own.",
        example="admin",
    ),
]
Domain = Annotated[str, said("In lower case and ASCII.", example="example.com")]
Slug = Annotated[str, said("Its name in addresses.", example="acme", pattern="^[a-z0-9-]{3,40}$")]


class OrganizationBody(msgspec.Struct, frozen=True, kw_only=True):
    """An organization, as one of its members sees it."""

    object: Literal["organization"]
    id: Id
    name: Name
    slug: Slug
    invitation_lifetime: Annotated[
        int,
        said("How long an invitation lives unless it says otherwise, in s.", example=432000),
    ]
    requires_sign_in: Annotated[bool, said("Whether people can join only while signed in.")]
    allowed_domains: Annotated[
        list[Domain], said("Only addresses of exactly these can join; empty: any address.")
    ]
    default_role: Annotated[RoleName, said("What an invitation offers that names no role.")]
    takes_other_accounts: Annotated[
        bool, said("Whether people can join with another account than that of the invited address.")
    ]
    role: Annotated[RoleName, said("What the caller is there.")]
    permissions: Annotated[
        list[Permission], said("What the caller may do there, whatever the role is called.")
    ]
    seats: Annotated[SeatsBody, said("Who takes its seats, and how many there are.")]
    created_at: Time


class OrganizationOfMembership(msgspec.Struct, frozen=True, kw_only=True):
    """The organization that somebody is a member of."""

    id: Id
    name: Name
    slug: Slug


class UserOfMembership(msgspec.Struct, frozen=True, kw_only=True):
    """The user who is a member."""

    id: Annotated[str, typed_id("user")]
    first_name: FirstName
    last_name: LastName
    email: Annotated[Email, said("The address of their account, at present.")]


class MembershipBody(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="object", tag="membership"
):
    """That a user belongs to an organization, as what, and since when."""

    id: Annotated[str, typed_id("mbr")]
    organization: OrganizationOfMembership
    user: UserOfMembership
    role: RoleName
    invited_email: Annotated[
        Email | None, said("The address that the invitation was sent to; null for a founder.")
    ]
    member_until: MemberUntil
    created_at: Annotated[Time, said("When they joined.")]


def present_organization(seat: Seat, seating: Seating) -> OrganizationBody:
    """Give the organization as one of its members sees it."""
    organization = seat.organization
    return OrganizationBody(
        object="organization",
        id=encode("org", organization.id),
        name=organization.name,
        slug=organization.slug,
        invitation_lifetime=int(organization.invitation_lifetime.total_seconds()),
        requires_sign_in=organization.requires_sign_in,
        allowed_domains=list(organization.allowed_domains),
        default_role=organization.default_role,
        takes_other_accounts=organization.takes_other_accounts,
        role=seat.role.name,
        permissions=[one for one in Permission if one in seat.role.permissions],
        seats=present_seats(seating),
        created_at=organization.created_at,
    )


def present_membership(member: Member) -> MembershipBody:
    """Give the membership, with who it is and of what."""
    return MembershipBody(
        id=encode("mbr", member.id),
        organization=OrganizationOfMembership(
            id=encode("org", member.organization_id),
            name=member.organization_name,
            slug=member.organization_slug,
        ),
        user=UserOfMembership(
            id=encode("user", member.user_id),
            first_name=member.first_name,
            last_name=member.last_name,
            email=member.email,
        ),
        role=member.role.name,
        invited_email=member.invited_address,
        member_until=member.member_until,
        created_at=member.created_at,
    )
