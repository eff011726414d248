"""How the end of an organization reads: what it took along."""

from typing import Literal

import msgspec

from vestibule.deletion.model import Extent
from vestibule.kernel.ids import encode
from vestibule.organizations.model import Organization


class DeletedOrganizationBody(msgspec.Struct, frozen=True, kw_only=True):
    """An organization that the operator deleted, and how many went along."""

    object: Literal["organization_deletion"]
    id: str
    name: str
    slug: str
    members: int
    invitations: int
    apps: int
    app_members: int


def present_deleted(organization: Organization, extent: Extent) -> DeletedOrganizationBody:
    """Give what is gone."""
    return DeletedOrganizationBody(
        object="organization_deletion",
        id=encode("org", organization.id),
        name=organization.name,
        slug=organization.slug,
        **extent.numbers(),
    )
