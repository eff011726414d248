"""Who may do what in an organization, and the one rule of granting roles. Pure."""

from vestibule.organizations.model import NotPermitted, OrganizationRole
from vestibule.organizations.permission_model import BUILT_IN, Permission


def may(role: OrganizationRole, permission: Permission) -> bool:
    """Tell whether the role allows it."""
    return permission in BUILT_IN[role]


def ensure_may(role: OrganizationRole, permission: Permission) -> None:
    """Raise NotPermitted unless the role allows it."""
    if not may(role, permission):
        raise NotPermitted


def may_grant(actor: OrganizationRole, role: OrganizationRole) -> bool:
    """Tell whether an actor may make somebody this: the one rule, for every path.

    Only who may invite grants at all, and nothing that they may not do themselves: so only owners
    make owners.
    """
    return may(actor, Permission.INVITATIONS_MANAGE) and BUILT_IN[role] <= BUILT_IN[actor]


def grantable(actor: OrganizationRole) -> list[OrganizationRole]:
    """List what the actor may make somebody, lowest first: what a form offers."""
    return [role for role in reversed(OrganizationRole) if may_grant(actor, role)]


def may_change(actor: OrganizationRole, present: OrganizationRole) -> bool:
    """Tell whether an actor may change or remove a member who is this now.

    Nobody does so with who may do as much as they: but an owner with anybody.
    """
    if not may(actor, Permission.MEMBERS_MANAGE):
        return False
    return actor is OrganizationRole.OWNER or BUILT_IN[present] < BUILT_IN[actor]
