"""Who answers for an invitation where it leads: who sent it, or whose API key did."""

from vestibule.api_keys import actions as api_keys
from vestibule.api_keys.model import ApiKey
from vestibule.audit.model import ActorKind
from vestibule.invitations.model import Inviter
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import AccountId, ApiKeyId, AppMemberId, OrganizationId, UserId
from vestibule.organizations.permission_model import Role


async def find_user(
    reader: Reader, organization_id: OrganizationId, inviter: Inviter
) -> UserId | None:
    """Give the user who answers: who invited, or the maker of the API key that did."""
    if inviter.kind is ActorKind.API_KEY:
        key = await _find_key(reader, organization_id, inviter)
        return key.maker_id if key else None
    if inviter.kind is not ActorKind.USER or inviter.id is None:
        return None
    return UserId(AccountId(inviter.id))


def member_id(inviter: Inviter) -> AppMemberId | None:
    """Give the app member who answers, if one invited."""
    if inviter.kind is not ActorKind.APP_MEMBER or inviter.id is None:
        return None
    return AppMemberId(AccountId(inviter.id))


async def limited(
    tx: Transaction, organization_id: OrganizationId, inviter: Inviter, *, role: Role | None
) -> Role | None:
    """Give what the inviter is, if the user who answers is this: by a key, within its permissions.

    An expired key still counts, a revoked one does not. The place is held, so that it stays so.
    """
    if role is None or inviter.kind is not ActorKind.API_KEY:
        return role
    key = await _find_key(tx, organization_id, inviter)
    return role.within(key.permissions) if key else None


async def _find_key(
    reader: Reader, organization_id: OrganizationId, inviter: Inviter
) -> ApiKey | None:
    """Give the API key that invited to this organization, or to an app of it."""
    key = await api_keys.find(reader, ApiKeyId(inviter.id)) if inviter.id else None
    return key if key and key.organization_id == organization_id else None
