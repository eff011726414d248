"""Ending an API key: somebody revokes it, its app is deleted, or it expired long ago.

That its maker is no member any more ends it as well: `invitations/departures`.
What it invited to is revoked with it, or who revokes answers for it from now on. The organization
is held, so that nothing is invited to or accepted meanwhile.
"""

from vestibule.api_keys import actions as api_keys
from vestibule.api_keys.model import FORGOTTEN_AFTER, ApiKey
from vestibule.apps.model import App
from vestibule.audit.model import SERVER, Actor
from vestibule.invitations import consequences
from vestibule.invitations.departure_model import SentInvitations
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import ApiKeyId, OrganizationId
from vestibule.organizations import actions as organizations
from vestibule.organizations.model import OrganizationNotFound, Seat

BATCH = 100


async def revoke(
    tx: Transaction, seat: Seat, key: ApiKey, sent: SentInvitations, *, by: Actor
) -> None:
    """Revoke a key. The seat is of who revokes it, held for a change. Raises ApiKeyNotFound."""
    if sent is SentInvitations.KEEP:
        await consequences.hand_on_of_key(tx, key, role=seat.role, by=by)
    await _end(tx, key, "revoked", by=by)


async def revoke_all_of_app(tx: Transaction, app: App, *, by: Actor) -> None:
    """Revoke every key of an app that is deleted. Its invitations are gone with it, all at once."""
    keys = await api_keys.list_of_app(tx, app.organization_id, app.id)
    await consequences.end_keys(tx, keys, "revoked", by=by)


async def list_forgettable(reader: Reader) -> list[ApiKey]:
    """Give keys that expired so long ago that nothing they sent can be open, a batch at a time."""
    return list(await api_keys.list_ended(reader, ago=FORGOTTEN_AFTER, at_most=BATCH))


async def forget(tx: Transaction, organization_id: OrganizationId, key_id: ApiKeyId) -> bool:
    """Forget an expired key. False: somebody else did, or it goes with a closed organization."""
    try:
        await organizations.lock_for_change(tx, organization_id)
    except OrganizationNotFound:
        return False
    key = await api_keys.find(tx, key_id)
    if key is None:
        return False
    await _end(tx, key, "expired", by=SERVER)
    return True


async def _end(tx: Transaction, key: ApiKey, event: str, *, by: Actor) -> None:
    await consequences.revoke_of_key(tx, key, by=by)
    await consequences.end_keys(tx, [key], event, by=by)
