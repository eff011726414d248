"""How the end of an account reads: what it takes along."""

from typing import Annotated, Literal

import msgspec

from vestibule.kernel.ids import UserId, encode
from vestibule.kernel.wire import Password, said, typed_id
from vestibule.memberships.model import Deletion
from vestibule.organizations.model import Seat
from vestibule.organizations.presentation import Id, Name, RoleName, Slug


class AccountToDelete(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The password of the account that is to go."""

    password: Annotated[Password, said("The present one.")]


class OrganizationOfDeletion(msgspec.Struct, frozen=True, kw_only=True):
    """An organization that the account belongs to."""

    id: Id
    name: Name
    slug: Slug
    role: Annotated[RoleName, said("What the account is there.")]


class AppOfDeletion(msgspec.Struct, frozen=True, kw_only=True):
    """An app in which the account is somebody as well."""

    id: Annotated[str, typed_id("app")]
    name: Name
    slug: Slug
    stays: Annotated[
        bool,
        said(
            "Whether the account in the app stays: it has a password of its own. Else it is "
            "deleted as well.",
            example=False,
        ),
    ]


class DeletionBody(msgspec.Struct, frozen=True, kw_only=True):
    """What deleting the caller's account would take along, now."""

    object: Literal["deletion"]
    id: Annotated[str, typed_id("user")]
    organizations: Annotated[
        list[OrganizationOfDeletion], said("Those that are left, and go on without the account.")
    ]
    in_the_way: Annotated[
        list[OrganizationOfDeletion],
        said("Those that have no other owner: hand them over or delete them first."),
    ]
    pending_invitations: Annotated[
        int, said("How many that the account sent are revoked.", example=2)
    ]
    apps: Annotated[
        list[AppOfDeletion], said("Apps that know the account as one of their members.")
    ]


def present_deletion(user_id: UserId, deletion: Deletion) -> DeletionBody:
    """Give what deleting the account would take along."""
    return DeletionBody(
        object="deletion",
        id=encode("user", user_id),
        organizations=[_organization(seat) for seat in deletion.left],
        in_the_way=[_organization(seat) for seat in deletion.in_the_way],
        pending_invitations=deletion.pending_invitations,
        apps=[
            AppOfDeletion(
                id=encode("app", tie.app_id),
                name=tie.name,
                slug=tie.slug,
                stays=tie.has_password,
            )
            for tie in deletion.apps
        ],
    )


def _organization(seat: Seat) -> OrganizationOfDeletion:
    organization = seat.organization
    return OrganizationOfDeletion(
        id=encode("org", organization.id),
        name=organization.name,
        slug=organization.slug,
        role=seat.role.name,
    )
