"""Asking for a new invitation: what somebody with a dead link can still do.

At most once a day, three times in all.
"""

from datetime import timedelta

from vestibule.audit.model import Actor
from vestibule.invitations import mails, presented_queries, store, trail
from vestibule.invitations import place_destinations as places
from vestibule.invitations.actions import Means
from vestibule.invitations.answers import hashes_of
from vestibule.invitations.destination_model import Place
from vestibule.invitations.model import Invitation, State
from vestibule.invitations.offer_model import Expiry
from vestibule.invitations.store import Terms
from vestibule.kernel.database import Transaction

MOST = 3
PAUSE = timedelta(hours=24)


async def ask(tx: Transaction, key: str, *, by: Actor, means: Means) -> bool:
    """Ask for a new invitation in place of the dead one behind this key.

    A link that a newer mail replaced brings that mail again, to the invited address. Any other dead
    link brings a mail to the inviter, or to the owners if the inviter may no longer invite. Never
    after a decline, never for a link that still works. Gives whether a mail is on its way; unknown
    keys are no error.
    """
    found = await presented_queries.find_by_key(tx, hashes_of(key))
    if found is None or found.is_place_gone:
        return False
    asked = found.invitation
    place = await places.lock(tx, asked.destination, asked.inviter)
    held = await store.hold(tx, asked.id)
    if held is None or held.state is State.DECLINED:
        return False

    # Nobody is let in whom the inviter may no longer invite, whatever the link says.
    is_open = held.state is State.PENDING and not held.is_expired
    is_alive = is_open and place.is_inviter_entitled and place.takes(held.email)
    if is_alive and not found.is_superseded:
        return False
    if not await store.count_asking(tx, held.id, most=MOST, pause=PAUSE):
        return False
    if is_alive:
        await _mail_again(tx, held, place=place, means=means)
    else:
        await _ask_the_inviter(tx, held, place=place, means=means)
    await trail.record(tx, "asked_for", held, by=by, details=trail.facts(held))
    return True


async def _mail_again(
    tx: Transaction, invitation: Invitation, *, place: Place, means: Means
) -> None:
    """Send the newest invitation again, with a newer key: the old one cannot be known again."""
    terms = Terms(
        role=invitation.destination.role,
        inviter=invitation.inviter,
        locale=invitation.locale,
        expiry=Expiry(at=invitation.expires_at),
        redirect_url=invitation.redirect_url,
        metadata=invitation.metadata,
        member_until=invitation.member_until,
    )
    renewed = await store.renew(tx, invitation.id, terms, is_mailed=True)
    await mails.send_invitation(tx, renewed, place_name=place.name, outbox=means.outbox)


async def _ask_the_inviter(
    tx: Transaction, invitation: Invitation, *, place: Place, means: Means
) -> None:
    for host in await places.list_askable(tx, invitation, place=place):
        await mails.ask_for_new(tx, invitation, place=place, host=host, outbox=means.outbox)
