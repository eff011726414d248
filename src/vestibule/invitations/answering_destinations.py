"""Who answers for an invitation where it leads: who sent it, or whose API key did."""

from vestibule.api_keys import actions as api_keys
from vestibule.audit.model import ActorKind
from vestibule.invitations.model import Inviter
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import AccountId, ApiKeyId, AppMemberId, UserId
from vestibule.organizations.permission_model import Role


async def find_user(reader: Reader, inviter: Inviter) -> UserId | None:
    """Give the user who answers: who invited, or the maker of the API key that did."""
    if inviter.id is None:
        return None
    if inviter.kind is ActorKind.API_KEY:
        key = await api_keys.find(reader, ApiKeyId(inviter.id))
        return key.maker_id if key else None
    return UserId(AccountId(inviter.id)) if inviter.kind is ActorKind.USER else None


def member_id(inviter: Inviter) -> AppMemberId | None:
    """Give the app member who answers, if one invited."""
    if inviter.kind is not ActorKind.APP_MEMBER or inviter.id is None:
        return None
    return AppMemberId(AccountId(inviter.id))


async def limited(tx: Transaction, inviter: Inviter, role: Role | None) -> Role | None:
    """Give what the inviter is, if the user who answers is this: by a key, within its permissions.

    An expired key still counts, a revoked one does not. The place is held, so that it stays so.
    """
    if role is None or inviter.id is None or inviter.kind is not ActorKind.API_KEY:
        return role
    key = await api_keys.find(tx, ApiKeyId(inviter.id))
    return role.within(key.permissions) if key else None
