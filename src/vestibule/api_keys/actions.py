"""The verbs of API keys: make, find by the secret, note that one was used, end.

Who ends one sees to what it invited to: `programs/revoking`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from vestibule.api_keys import policy, queries, store
from vestibule.api_keys.model import (
    MOST_KEYS,
    MOST_NAME,
    ApiKey,
    ApiKeyNotFound,
    Calling,
    Made,
    NewApiKey,
    TooManyApiKeys,
    is_whole,
    secret_of,
)
from vestibule.audit import actions as audit
from vestibule.audit.model import Actor, Entry
from vestibule.kernel import names
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import ApiKeyId, AppId, OrganizationId, UserId
from vestibule.kernel.secrets import digest, new_token
from vestibule.organizations.model import Seat
from vestibule.organizations.permission_model import Permission

_SECRET = "api_key"  # noqa: S105  what its hash is bound to


async def make(
    tx: Transaction, seat: Seat, new: NewApiKey, *, maker: UserId, by: Actor
) -> Made | None:
    """Make a key; its secret is known to nobody but who reads the answer. None: it was made before.

    The seat is its maker's, of `organizations.lock_for_keys`. Raises InvalidName, InvalidText,
    InvalidRequest, PermissionBeyondReach, TooManyApiKeys.
    """
    name = names.clean(names.clean_line(new.name, path="name", maximum=MOST_NAME), path="name")
    permissions = policy.clean_permissions(
        seat.role, new.permissions, in_app=new.app_id is not None
    )
    kept = replace(new, name=name, permissions=permissions)

    secret = secret_of(new_token())
    key_id = await store.insert(
        tx, seat.organization.id, maker, kept, secret=(secret, digest(_SECRET, secret))
    )
    if key_id is None:
        return None
    if await queries.count_made_by(tx, seat.organization.id, maker) > MOST_KEYS:
        raise TooManyApiKeys(most=MOST_KEYS)
    key = await get(tx, seat.organization.id, key_id)
    await audit.record(tx, _entry("made", key, by=by))
    return Made(key, secret)


async def find_calling(reader: Reader, secret: str) -> Calling | None:
    """Give the program that shows this secret. One round trip; none for what cannot be one."""
    if not is_whole(secret):
        return None
    return await queries.find_calling(reader, digest(_SECRET, secret))


async def note_use(tx: Transaction, key_id: ApiKeyId) -> None:
    """Note that the key was used."""
    await store.note_use(tx, key_id)


async def get_for_revoking(
    reader: Reader, seat: Seat, key_id: ApiKeyId, *, user_id: UserId
) -> ApiKey:
    """Give the key to a member who may revoke it: their own, or one that may no more than they.

    Raises NotPermitted to who may see no keys, ApiKeyNotFound, ApiKeyBeyondReach.
    """
    key = await queries.find_of(reader, seat.organization.id, key_id)
    policy.ensure_may_revoke(seat.role, key, user_id=user_id)
    if key is None:
        raise ApiKeyNotFound
    return key


def may_revoke(seat: Seat, key: ApiKey, *, user_id: UserId) -> bool:
    """Tell whether a user may revoke the key: `policy.may_revoke`, for the rooms above."""
    return policy.may_revoke(seat.role, key, user_id=user_id)


def giveable(seat: Seat) -> list[Permission]:
    """List what the caller may give a key: `policy.giveable`, for the rooms above."""
    return policy.giveable(seat.role)


async def find(reader: Reader, key_id: ApiKeyId) -> ApiKey | None:
    """Give the key, expired or not, whoever asks."""
    return await queries.find(reader, key_id)


async def get(reader: Reader, organization_id: OrganizationId, key_id: ApiKeyId) -> ApiKey:
    """Give the key of the organization, whoever asks. Raises ApiKeyNotFound."""
    key = await queries.find_of(reader, organization_id, key_id)
    if key is None:
        raise ApiKeyNotFound
    return key


async def list_made_by(
    reader: Reader, organization_id: OrganizationId, user_id: UserId
) -> Sequence[ApiKey]:
    """Give every key that a member made there, the oldest first."""
    return await queries.list_made_by(reader, organization_id, user_id)


async def list_of_app(
    reader: Reader, organization_id: OrganizationId, app_id: AppId
) -> Sequence[ApiKey]:
    """Give every key of the organization's app, the oldest first."""
    return await queries.list_of_app(reader, organization_id, app_id)


async def list_ended(reader: Reader, *, ago: timedelta, at_most: int) -> Sequence[ApiKey]:
    """Give keys that expired so long ago."""
    return await queries.list_ended(reader, ago=ago, at_most=at_most)


async def end(tx: Transaction, keys: Sequence[ApiKey], event: str, *, by: Actor) -> None:
    """End these keys. `event`: `revoked` or `expired`. Raises ApiKeyNotFound if one is gone.

    The organization is held, and what the keys invited to is seen to.
    """
    if await store.delete(tx, [key.id for key in keys]) < len(keys):
        raise ApiKeyNotFound
    await audit.record_all(tx, [_entry(event, key, by=by) for key in keys])


def _entry(event: str, key: ApiKey, *, by: Actor) -> Entry:
    of_app = {"app": key.app_id} if key.app_id else {}
    return Entry(
        event=f"api_key.{event}",
        by=by,
        subject_kind="api_key",
        subject_id=key.id,
        subject_name=key.name,
        organization_id=key.organization_id,
        details={
            "user": key.maker_id,
            "permissions": [one for one in Permission if one in key.permissions],
            "expires_at": key.expires_at,
            **of_app,
        },
    )
