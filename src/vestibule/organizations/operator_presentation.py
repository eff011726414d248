"""How an organization reads to the operator, by the API and on the command line."""

from typing import Annotated, Literal

import msgspec

from vestibule.kernel.ids import encode
from vestibule.kernel.wire import Time, said
from vestibule.organizations.model import Organization
from vestibule.organizations.presentation import Id, Name, Slug
from vestibule.organizations.seat_model import Seating
from vestibule.organizations.seat_presentation import SeatsBody, present_seats


class OperatedOrganizationBody(msgspec.Struct, frozen=True, kw_only=True):
    """An organization, as the operator sees it."""

    object: Literal["organization"]
    id: Id
    name: Name
    slug: Slug
    seats: Annotated[SeatsBody, said("Who takes its seats, and how many there are.")]
    created_at: Time


def present(organization: Organization, seating: Seating) -> OperatedOrganizationBody:
    """Give the organization as the operator sees it, by the API or the command line."""
    return OperatedOrganizationBody(
        object="organization",
        id=encode("org", organization.id),
        name=organization.name,
        slug=organization.slug,
        seats=present_seats(seating),
        created_at=organization.created_at,
    )
