"""What somebody may give an API key, and which they may take back. Pure."""

from collections.abc import Collection

from vestibule.api_keys.model import (
    GIVEABLE,
    GIVEABLE_IN_APPS,
    ApiKey,
    ApiKeyBeyondReach,
    PermissionBeyondReach,
)
from vestibule.kernel.ids import UserId
from vestibule.organizations.model import NotPermitted
from vestibule.organizations.permission_model import Permission, Role, closed
from vestibule.organizations.role_model import read_permissions


def giveable(role: Role) -> list[Permission]:
    """List what who is this may give a key, in their order: what a form offers."""
    return [one for one in GIVEABLE if closed([one]) <= role.permissions]


def clean_permissions(
    role: Role, wanted: Collection[str], *, in_app: bool
) -> frozenset[Permission]:
    """Give what the key shall be able to: who may change a thing may see it.

    Raises NoPermission, InvalidRequest for what no such key can, PermissionBeyondReach for what the
    maker may not do themselves.
    """
    permissions = read_permissions(wanted, among=GIVEABLE_IN_APPS if in_app else GIVEABLE)
    beyond = permissions - role.permissions
    if beyond:
        named = ", ".join(one for one in Permission if one in beyond)
        raise PermissionBeyondReach(permissions=named)
    return permissions


def may_revoke(role: Role, key: ApiKey, *, user_id: UserId) -> bool:
    """Tell whether a user may revoke the key: their own always, else one that may no more."""
    if key.maker_id == user_id:
        return True
    return Permission.KEYS_MANAGE in role.permissions and key.permissions <= role.permissions


def ensure_may_revoke(role: Role, key: ApiKey | None, *, user_id: UserId) -> None:
    """Raise NotPermitted to who may see no keys, ApiKeyBeyondReach to who may not revoke this."""
    if key is not None and may_revoke(role, key, user_id=user_id):
        return
    if Permission.KEYS_MANAGE not in role.permissions:
        raise NotPermitted
    if key is not None:
        raise ApiKeyBeyondReach
