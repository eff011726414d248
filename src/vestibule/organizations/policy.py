"""Who may do what in an organization, and the one rule of granting roles. Pure."""

from collections.abc import Iterable

from vestibule.organizations.model import NotPermitted
from vestibule.organizations.permission_model import Permission, Role


def may(role: Role, permission: Permission) -> bool:
    """Tell whether the role allows it."""
    return permission in role.permissions


def ensure_may(role: Role, permission: Permission) -> None:
    """Raise NotPermitted unless the role allows it."""
    if not may(role, permission):
        raise NotPermitted


def may_grant(actor: Role, role: Role) -> bool:
    """Tell whether an actor may make somebody this: the one rule, for every path.

    Only who may invite grants at all, and nothing that they may not do themselves: so only owners
    make owners.
    """
    return may(actor, Permission.INVITATIONS_MANAGE) and role.permissions <= actor.permissions


def grantable(actor: Role, roles: Iterable[Role]) -> list[Role]:
    """List which of these roles the actor may give somebody, in their order: what a form offers."""
    return [role for role in roles if may_grant(actor, role)]


def may_change(actor: Role, present: Role) -> bool:
    """Tell whether an actor may change or remove a member who is this now.

    Nobody does so with who may do as much as they: but an owner with anybody.
    """
    if not may(actor, Permission.MEMBERS_MANAGE):
        return False
    return actor.owns or present.permissions < actor.permissions
