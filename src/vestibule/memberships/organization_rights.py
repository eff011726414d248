"""Who may change and remove whom in an organization, and that an owner stays. Pure."""

from vestibule.audit.model import Actor
from vestibule.kernel.ids import UserId
from vestibule.memberships.model import LastOwner, MemberBeyondReach, RoleChanged
from vestibule.organizations import actions as organizations
from vestibule.organizations.model import NotPermitted, OrganizationRole, RoleNotAllowed, Seat

OWNER = OrganizationRole.OWNER


def may_change(seat: Seat, present: OrganizationRole) -> bool:
    """Tell whether a member who is this now is the caller's to change or remove."""
    return organizations.may_change(seat.role, present)


def ensure_may_change(seat: Seat, present: OrganizationRole) -> None:
    """Raise MemberBeyondReach unless such a member is the caller's to change or remove."""
    if not may_change(seat, present):
        raise MemberBeyondReach


def ensure_may_give(seat: Seat, role: OrganizationRole) -> None:
    """Raise RoleNotAllowed unless the caller may make somebody this: the rule of inviting."""
    if not organizations.may_grant(seat.role, role):
        raise RoleNotAllowed


def ensure_somebody_else(user_id: UserId, by: Actor) -> None:
    """Raise NotPermitted to who would change or remove themselves: leaving is its own verb."""
    if by.id == user_id:
        raise NotPermitted


def ensure_expected(present: OrganizationRole, expected: OrganizationRole | None) -> None:
    """Raise RoleChanged if the member was something else when the caller looked."""
    if expected is not None and expected is not present:
        raise RoleChanged(role=present)


def ensure_owner(seat: Seat) -> None:
    """Raise NotPermitted unless the caller owns the organization: only owners hand over."""
    if seat.role is not OWNER:
        raise NotPermitted


def ensure_owner_stays(present: OrganizationRole, *, owners: int) -> None:
    """Raise LastOwner if who goes, or is less from now on, is the only one of the owners."""
    if present is OWNER and owners <= 1:
        raise LastOwner
