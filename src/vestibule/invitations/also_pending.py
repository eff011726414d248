"""What else is pending for who joins as themselves by an invitation to another address.

They are in then, so their own invitation to the very place ends with that: it would let them in
again, and as something else, after they were removed.
"""

from vestibule.apps.model import AppNotFound
from vestibule.audit.model import Actor
from vestibule.invitations import also_pending_store, consequences, destinations, store
from vestibule.invitations import place_destinations as places
from vestibule.invitations.accepters import Accepter, SignedInAs
from vestibule.invitations.destination_model import Place
from vestibule.invitations.model import Invitation, InvitationPlaceDeleted
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Transaction
from vestibule.organizations import actions as organizations
from vestibule.organizations.model import OrganizationNotFound


async def lock_place(tx: Transaction, found: Invitation, accepter: Accepter) -> Place:
    """Give the place, and the inviter's present right, kept so until the transaction ends.

    If something else may be pending for who joins, the organization is held for a change, up front:
    else they could be invited at this moment, as if they were not there. Raises
    InvitationPlaceDeleted.
    """
    try:
        if _other_address(found, accepter) is not None:
            await organizations.lock_for_change(tx, found.destination.organization_id)
        return await places.lock(tx, found.destination, found.inviter)
    except (OrganizationNotFound, AppNotFound) as fault:
        raise InvitationPlaceDeleted from fault


async def hold(tx: Transaction, found: Invitation, accepter: Accepter) -> Invitation | None:
    """Give the invitation, held, and hold what else is pending, in the order of their ids."""
    other = _other_address(found, accepter)
    if other is not None:
        place_id = destinations.place_id(found.destination)
        await also_pending_store.hold(tx, found.id, place_id, other)
    return await store.hold(tx, found.id)


async def close(tx: Transaction, found: Invitation, accepter: Accepter, *, by: Actor) -> None:
    """Revoke that: they have joined."""
    other = _other_address(found, accepter)
    if other is not None:
        await consequences.revoke_to(tx, destinations.place_id(found.destination), other, by=by)


def _other_address(found: Invitation, accepter: Accepter) -> Address | None:
    if not isinstance(accepter, SignedInAs):
        return None
    own = accepter.person.address
    return own if own.canonical != found.email.canonical else None
