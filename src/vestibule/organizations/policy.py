"""Who may do what in an organization, and the one rule of granting roles. Pure."""

from enum import StrEnum

from vestibule.organizations.model import NotPermitted, OrganizationRole, RoleNotAllowed


class Right(StrEnum):
    """What a role may allow."""

    SEE = "see"
    SEE_MEMBERS = "see_members"
    SEE_INVITATIONS = "see_invitations"
    INVITE = "invite"
    CHANGE_SETTINGS = "change_settings"
    SEE_APPS = "see_apps"
    MANAGE_APPS = "manage_apps"


# The lowest role that has the right; every greater one has it too.
LOWEST = {
    Right.SEE: OrganizationRole.VIEWER,
    Right.SEE_MEMBERS: OrganizationRole.VIEWER,
    Right.SEE_INVITATIONS: OrganizationRole.MANAGER,
    Right.INVITE: OrganizationRole.ADMIN,
    Right.CHANGE_SETTINGS: OrganizationRole.ADMIN,
    Right.SEE_APPS: OrganizationRole.MANAGER,
    Right.MANAGE_APPS: OrganizationRole.ADMIN,
}


def may(role: OrganizationRole, right: Right) -> bool:
    """Tell whether the role has the right."""
    return role.rank >= LOWEST[right].rank


def ensure_may(role: OrganizationRole, right: Right) -> None:
    """Raise NotPermitted unless the role has the right."""
    if not may(role, right):
        raise NotPermitted


def may_grant(actor: OrganizationRole, role: OrganizationRole) -> bool:
    """Tell whether an actor may make somebody this: the one rule, for every path.

    Only who may invite grants at all, nobody above their own, so that only owners make owners.
    """
    return may(actor, Right.INVITE) and role.rank <= actor.rank


def ensure_may_grant(actor: OrganizationRole, role: OrganizationRole) -> None:
    """Raise RoleNotAllowed unless the actor may make somebody this."""
    if not may_grant(actor, role):
        raise RoleNotAllowed


def grantable(actor: OrganizationRole) -> list[OrganizationRole]:
    """List what the actor may make somebody, lowest first: what a form offers."""
    return [role for role in reversed(OrganizationRole) if may_grant(actor, role)]
