"""Somebody who goes from a place: how, and as their invitations are looked for. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from vestibule.kernel.addresses import Address
from vestibule.kernel.ids import AppId, OrganizationId


class Going(StrEnum):
    """How somebody goes: by their own will, put out by somebody, or by the clock.

    The words are kept in the audit trail (`member.left`), and for ever.
    """

    LEFT = "left"
    REMOVED = "removed"
    ENDED = "ended"


class SentInvitations(StrEnum):
    """What becomes of the pending invitations of somebody who is removed, or of a key revoked."""

    REVOKE = "revoke"
    KEEP = "keep"  # who does it answers for them, as far as they may grant the role


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
