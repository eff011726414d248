"""What a role of an organization is: a named set of permissions. Pure.

Grants compare the sets, never the names of roles: a role that can do less may be given by whoever
can do more, whatever both are called.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


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
    # To be an owner: an organization always has one. No role of its own has it, and no API key.
    ORGANIZATION_OWN = "organization:own"


CHOOSABLE = tuple(one for one in Permission if one is not Permission.ORGANIZATION_OWN)

# Who may change a thing may see it.
_IMPLIED = {
    Permission.MEMBERS_MANAGE: Permission.MEMBERS_READ,
    Permission.INVITATIONS_MANAGE: Permission.INVITATIONS_READ,
    Permission.APPS_MANAGE: Permission.APPS_READ,
}


@dataclass(frozen=True, slots=True)
class Role:
    """What a member is: a name, and what it allows. One that is no more allows nothing."""

    name: str
    permissions: frozenset[Permission] = frozenset()

    def __str__(self) -> str:
        """Give the name: what is stored, told and shown of a role."""
        return self.name

    @property
    def owns(self) -> bool:
        """Tell whether who has it is an owner."""
        return Permission.ORGANIZATION_OWN in self.permissions

    def within(self, permissions: Collection[Permission]) -> "Role":
        """Give the role with nothing that is not among these permissions."""
        return replace(self, permissions=self.permissions & frozenset(permissions))


def closed(permissions: Iterable[Permission]) -> frozenset[Permission]:
    """Give the permissions, and those that go with them: who may change a thing may see it."""
    wanted = frozenset(permissions)
    return wanted | {_IMPLIED[one] for one in wanted if one in _IMPLIED}


_VIEWER = frozenset({Permission.MEMBERS_READ})
_MANAGER = _VIEWER | {Permission.INVITATIONS_READ, Permission.APPS_READ}
_OWNER = frozenset(Permission)
_ADMIN = _OWNER - {Permission.ORGANIZATION_DELETE, Permission.ORGANIZATION_OWN}

OWNER = Role("owner", _OWNER)
ADMIN = Role("admin", _ADMIN)
MANAGER = Role("manager", _MANAGER)
VIEWER = Role("viewer", _VIEWER)

# The four that every organization has, the greatest first.
BUILT_IN = (OWNER, ADMIN, MANAGER, VIEWER)


def find_role(custom: Iterable[Role], name: str) -> Role | None:
    """Give the role of this name, built in or one of the organization's own."""
    return next((role for role in (*BUILT_IN, *custom) if role.name == name), None)


def read_roles(kept: Mapping[str, Iterable[str]]) -> tuple[Role, ...]:
    """Read the roles that an organization keeps of its own: name to permissions."""
    return tuple(
        Role(name, frozenset(Permission(one) for one in permissions))
        for name, permissions in kept.items()
    )


def read_role(kept: Mapping[str, Iterable[str]], name: str) -> Role:
    """Give the role of this name as it is now. One that is no more allows nothing."""
    return find_role(read_roles(kept), name) or Role(name)
