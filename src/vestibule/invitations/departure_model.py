"""Somebody who goes from a place, as their invitations are looked for. Pure."""

from dataclasses import dataclass
from uuid import UUID

from vestibule.kernel.addresses import Address
from vestibule.kernel.ids import AppId, OrganizationId


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """Who goes from an organization, or from one of its apps. `is_deleted`: their account too.

    Without an organization: from everywhere.
    """

    person_id: UUID
    address: Address
    organization_id: OrganizationId | None
    app_id: AppId | None = None
    is_deleted: bool = False

    @property
    def place_id(self) -> UUID | None:
        """Give what they leave."""
        return self.app_id or self.organization_id
