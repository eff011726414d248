"""Who may make and change the roles of an organization's own. Pure.

To whom a role may be given is another question: that stands in `policy`.
"""

from vestibule.organizations.permission_model import Role
from vestibule.organizations.role_model import RoleBeyondYours, RoleNotYours


def may_make(actor: Role, role: Role) -> bool:
    """Tell whether an actor may have a role be this: nothing that they may not do themselves."""
    return role.permissions <= actor.permissions


def may_change(actor: Role, role: Role) -> bool:
    """Tell whether the role is the actor's to change or delete: not their own, and less than it.

    As with members: nobody takes from who may as much as they, but an owner from anybody.
    """
    if actor.name == role.name:
        return False
    return actor.owns or role.permissions < actor.permissions


def ensure_may_make(actor: Role, role: Role) -> None:
    """Raise RoleBeyondYours unless an actor may have a role be this."""
    if not may_make(actor, role):
        raise RoleBeyondYours


def ensure_may_change(actor: Role, role: Role) -> None:
    """Raise RoleNotYours unless the role is the actor's to change or delete."""
    if not may_change(actor, role):
        raise RoleNotYours
