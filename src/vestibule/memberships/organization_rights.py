"""Who may change and remove whom in an organization, and that an owner stays. Pure."""

from vestibule.kernel.ids import UserId
from vestibule.memberships.model import (
    LastOwner,
    MemberBeyondReach,
    NobodyChangesThemselves,
    OwnersHandOver,
    RoleChanged,
)
from vestibule.organizations import actions as organizations
from vestibule.organizations.model import NotPermitted, RoleNotAllowed, Seat
from vestibule.organizations.permission_model import Role


def may_change(seat: Seat, present: Role) -> bool:
    """Tell whether a member who is this now is the caller's to change or remove."""
    return organizations.may_change(seat.role, present)


def ensure_may_change(seat: Seat, present: Role) -> None:
    """Raise MemberBeyondReach unless such a member is the caller's to change or remove."""
    if not may_change(seat, present):
        raise MemberBeyondReach


def ensure_may_give(seat: Seat, role: Role) -> None:
    """Raise RoleNotAllowed unless the caller may make somebody this: the rule of inviting."""
    if not organizations.may_grant(seat.role, role):
        raise RoleNotAllowed


def ensure_somebody_else(seat: Seat, user_id: UserId) -> None:
    """Raise NobodyChangesThemselves to who would change or remove themselves.

    Leaving is its own verb, and so is handing over. A program is its maker.
    """
    if seat.account_id == user_id:
        raise OwnersHandOver if seat.role.owns else NobodyChangesThemselves


def ensure_expected(present: Role, expected: str | None) -> None:
    """Raise RoleChanged if the member was something else when the caller looked."""
    if expected is not None and expected != present.name:
        raise RoleChanged(role=present.name)


def ensure_owner(seat: Seat) -> None:
    """Raise NotPermitted unless the caller owns the organization: only owners hand over."""
    if not seat.role.owns:
        raise NotPermitted


def ensure_owner_stays(present: Role, *, owners: int) -> None:
    """Raise LastOwner if who goes, or is less from now on, is the only one of the owners."""
    if present.owns and owners <= 1:
        raise LastOwner
