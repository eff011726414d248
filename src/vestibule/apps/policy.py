"""Who may do what in an app: by what they are in its organization, or by their roles in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from vestibule.apps.model import App, AppNotPublished, AppSeat
from vestibule.definitions.model import Definition
from vestibule.kernel.ids import AccountId
from vestibule.organizations.model import NotPermitted
from vestibule.organizations.permission_model import Permission, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosting:
    """An app that lets somebody in, and what who invited is now: in its organization, or in it."""

    app: App
    definition: Definition | None
    organization_role: Role | None = None
    roles: tuple[str, ...] = ()


def may_see(role: Role | None) -> bool:
    """Tell whether who is this in the organization may see its apps."""
    return role is not None and Permission.APPS_READ in role.permissions


def may_manage(role: Role | None) -> bool:
    """Tell whether who is this in the organization may all that there is to be done in its apps."""
    return role is not None and Permission.APPS_MANAGE in role.permissions


def invitable(
    definition: Definition | None, organization_role: Role | None, roles: Sequence[str]
) -> frozenset[str]:
    """Give the roles that somebody may grant by inviting: the one rule, for every path."""
    if definition is None:
        return frozenset()
    if may_manage(organization_role):
        return frozenset(definition.roles)
    return definition.invitable_by(roles)


def seat_of(hosting: Hosting, account_id: AccountId) -> AppSeat:
    """Say what the caller may: who manages the organization's apps anything, others by roles."""
    definition, role = hosting.definition, hosting.organization_role
    every = frozenset(definition.roles) if definition else frozenset[str]()
    manages = may_manage(role)
    return AppSeat(
        app=hosting.app,
        account_id=account_id,
        definition=definition,
        organization_role=role,
        roles=hosting.roles,
        invitable=invitable(definition, role, hosting.roles),
        manageable=definition.manageable_by(hosting.roles) if definition and not manages else every,
    )


def inviting(seat: AppSeat) -> AppSeat:
    """Raise NotPermitted unless they may invite, AppNotPublished if nobody can yet."""
    if seat.definition is None:
        managed(seat)
        raise AppNotPublished
    if not seat.invitable:
        raise NotPermitted
    return seat


def seen(seat: AppSeat) -> AppSeat:
    """Raise NotPermitted unless they may see the organization's apps."""
    if not may_see(seat.organization_role):
        raise NotPermitted
    return seat


def managed(seat: AppSeat) -> AppSeat:
    """Raise NotPermitted unless they may manage the organization's apps."""
    if not may_manage(seat.organization_role):
        raise NotPermitted
    return seat
