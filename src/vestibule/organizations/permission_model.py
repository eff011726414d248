"""What a role of an organization allows: a set of permissions. Pure.

Grants compare the sets, never the names of roles: a role that can do less may be given by whoever
can do more, whatever both are called.
"""

from enum import StrEnum

from vestibule.organizations.model import OrganizationRole


class Permission(StrEnum):
    """One thing that a role may allow. The words are kept in the database, and for ever."""

    MEMBERS_READ = "members:read"
    MEMBERS_MANAGE = "members:manage"
    INVITATIONS_READ = "invitations:read"
    INVITATIONS_MANAGE = "invitations:manage"
    APPS_READ = "apps:read"
    APPS_MANAGE = "apps:manage"
    SETTINGS_MANAGE = "settings:manage"
    AUDIT_READ = "audit:read"
    KEYS_MANAGE = "keys:manage"
    ORGANIZATION_DELETE = "organization:delete"


_VIEWER = frozenset({Permission.MEMBERS_READ})
_MANAGER = _VIEWER | {Permission.INVITATIONS_READ, Permission.APPS_READ}
_OWNER = frozenset(Permission)
_ADMIN = _OWNER - {Permission.ORGANIZATION_DELETE}

BUILT_IN: dict[OrganizationRole, frozenset[Permission]] = {
    OrganizationRole.OWNER: _OWNER,
    OrganizationRole.ADMIN: _ADMIN,
    OrganizationRole.MANAGER: _MANAGER,
    OrganizationRole.VIEWER: _VIEWER,
}
