"""What those who invite do: invite, edit, resend, revoke. The answers stand in `answers.py`.

Each is one transaction: the host (a destination in the hands of somebody who may invite there) is
locked first, then the invitation, then decided, then changed by a compare-and-set.
"""

from dataclasses import dataclass, replace

from vestibule.audit.model import Actor
from vestibule.invitations import destinations, ends, mails, queries, store, trail
from vestibule.invitations import host_destinations as hosts
from vestibule.invitations import oneself_destinations as oneself
from vestibule.invitations.model import (
    Invitation,
    InvitationNotFound,
    State,
)
from vestibule.invitations.offer_model import Changes, Expiry, Host, Offer, Pace
from vestibule.invitations.store import Terms
from vestibule.kernel.database import Transaction
from vestibule.kernel.errors import Unavailable
from vestibule.kernel.ids import InvitationId
from vestibule.messages import actions as messages
from vestibule.messages.model import Outbox
from vestibule.organizations import seats

TRIES = 3


@dataclass(frozen=True, slots=True)
class Invited:
    """What inviting made: a new invitation, or one that was pending already, renewed in place.

    `is_seated`: it had its seat before, if the place has seats.
    """

    invitation: Invitation
    is_new: bool
    is_mailed: bool
    is_seated: bool


@dataclass(frozen=True, slots=True)
class Means:
    """What inviting takes beside the transaction: the outbox, and how often a mail may be sent."""

    outbox: Outbox
    pace: Pace


async def invite(tx: Transaction, host: Host, offer: Offer, *, by: Actor, means: Means) -> Invited:
    """Invite an address. If it is invited there already, that invitation is renewed in place.

    Within the cool-down a renewal saves the change, keeps the key and mails nothing.
    Raises InvalidRequest for a role, RoleNotAllowed, RedirectNotAllowed, DomainNotAllowed,
    InvalidMemberUntil, OwnersHaveNoEnd, AlreadyMember, InvitationToOneself, SeatLimitReached.
    """
    host.ensure_may_grant(host.chosen_role(offer.role))
    host.ensure_may_lead_to(offer.redirect_url)
    host.ensure_takes(offer.email)
    offered = hosts.offered_by(host, host.chosen_role(offer.role))
    await ends.ensure_may_offer(tx, offered, offer.member_until)

    invited = await _insert_or_renew(tx, host, offer, pace=means.pace)
    invitation = invited.invitation
    await oneself.ensure_lacks(tx, invitation.destination, offer.email, by=host.account_id)
    if not invited.is_seated:
        await _ensure_seated(tx, host)

    if invited.is_mailed:
        await mails.send_invitation(tx, invitation, place_name=host.name, outbox=means.outbox)
    event = "made" if invited.is_new else "renewed"
    await trail.record(tx, event, invitation, by=by, details=trail.facts(invitation))
    return invited


async def edit(
    tx: Transaction, host: Host, invitation_id: InvitationId, changes: Changes, *, by: Actor
) -> Invitation:
    """Change role, expiry, end or language of a pending invitation. Its id and its link stay.

    Raises InvitationNotFound, InvitationClosed, RoleNotAllowed, InvitationToOneself,
    InvalidMemberUntil, OwnersHaveNoEnd, SeatLimitReached.
    """
    before = await _hold_for_another(tx, host, invitation_id)
    role = before.destination.role if changes.role is None else changes.role
    host.ensure_may_grant(role)
    wanted = await _wanted(tx, before, role, changes)

    after = await store.edit(
        tx,
        wanted,
        locale=changes.locale or before.locale,
        expiry=changes.expiry,
        inviter=host.inviter,
    )
    if before.is_expired and not after.is_expired:
        await _ensure_seated(tx, host)
    details = {"before": trail.facts(before), "after": trail.facts(after)}
    if details["before"] != details["after"] or after.inviter != before.inviter:
        await trail.record(tx, "edited", after, by=by, details=details)
    return after


async def resend(
    tx: Transaction, host: Host, invitation_id: InvitationId, *, by: Actor, means: Means
) -> Invitation:
    """Mail it again with a new key, and let it live as long again from now. The old link is dead.

    The rules are asked as they are now. Raises InvitationNotFound, InvitationClosed,
    InvitationToOneself, RoleNotAllowed, DomainNotAllowed, ResentTooOften, AccessEnded,
    SeatLimitReached.
    """
    before = await _hold_for_another(tx, host, invitation_id)
    host.ensure_may_grant(before.destination.role)
    host.ensure_takes(before.email)
    delivery = (await queries.get_shown(tx, host, before.id)).delivery
    means.pace.ensure_resendable(before, delivery)
    before.ensure_worthwhile()

    terms = Terms(
        role=before.destination.role,
        inviter=host.inviter,
        locale=before.locale,
        expiry=Expiry(after=before.renewed_lifetime()),
        redirect_url=before.redirect_url,
        metadata=before.metadata,
        member_until=before.member_until,
    )
    after = await store.renew(tx, before.id, terms, is_mailed=True)
    if before.is_expired:
        await _ensure_seated(tx, host)
    await mails.send_invitation(tx, after, place_name=host.name, outbox=means.outbox)
    await trail.record(tx, "resent", after, by=by, details=trail.facts(after))
    return after


async def revoke(
    tx: Transaction, host: Host, invitation_id: InvitationId, *, by: Actor
) -> Invitation:
    """Take it back; its link is dead from now on. Revoking a revoked one changes nothing.

    Raises InvitationNotFound, InvitationClosed, RoleNotAllowed.
    """
    before = await _hold(tx, host, invitation_id)
    if before.state is State.REVOKED:
        return before
    _ensure_may_change(host, before)

    after = await store.revoke(tx, before.id)
    await messages.withdraw(tx, before.id)
    await trail.record(tx, "revoked", after, by=by, details=trail.facts(after))
    return after


async def _insert_or_renew(tx: Transaction, host: Host, offer: Offer, *, pace: Pace) -> Invited:
    """Insert first; what is in the way is locked and renewed, unless it closes while we wait."""
    terms = _terms(host, offer)
    for _ in range(TRIES):
        made = await store.insert(tx, host, offer.email, terms)
        if made is not None:
            return Invited(made, is_new=True, is_mailed=True, is_seated=False)
        before = await store.hold_pending(tx, host, offer.email)
        if before is not None:
            host.ensure_may_change(before.destination.role)
            is_mailed = pace.may_resend(before)
            renewed = await store.renew(tx, before.id, terms, is_mailed=is_mailed)
            is_seated = not before.is_expired
            return Invited(renewed, is_new=False, is_mailed=is_mailed, is_seated=is_seated)
    raise Unavailable


async def _wanted(tx: Transaction, before: Invitation, role: str, changes: Changes) -> Invitation:
    """Give the invitation with its new role and end. An end that stays is not judged anew."""
    until = before.member_until if changes.end is None else changes.end.until
    destination = destinations.with_role(before.destination, role)
    if changes.end is None and changes.expiry is None:
        destinations.ensure_may_end(destination, until)
    else:
        await ends.ensure_may_offer(tx, destination, until)
    return replace(before, destination=destination, member_until=until)


async def _ensure_seated(tx: Transaction, host: Host) -> None:
    """Raise SeatLimitReached if the seat that the invitation has taken was not free.

    Whoever asks holds the place alone, so that what is counted stays so.
    """
    if host.has_seat_limit:
        await seats.ensure_seated(tx, host.organization_id)


async def _hold_for_another(tx: Transaction, host: Host, invitation_id: InvitationId) -> Invitation:
    """Give it held, for who answers for it from now on: somebody else than who it is for."""
    invitation = await _hold(tx, host, invitation_id)
    _ensure_may_change(host, invitation)
    await oneself.ensure_to_another(tx, invitation, by=host.account_id)
    return invitation


async def _hold(tx: Transaction, host: Host, invitation_id: InvitationId) -> Invitation:
    """Give the host's invitation, held. One of another host is not found."""
    invitation = await store.hold(tx, invitation_id)
    if invitation is None or not destinations.is_of(invitation.destination, host):
        raise InvitationNotFound
    return invitation


def _ensure_may_change(host: Host, invitation: Invitation) -> None:
    invitation.ensure_changeable()
    host.ensure_may_change(invitation.destination.role)


def _terms(host: Host, offer: Offer) -> Terms:
    return Terms(
        role=host.chosen_role(offer.role),
        inviter=host.inviter,
        locale=offer.locale,
        expiry=offer.expiry or Expiry(after=host.lifetime),
        redirect_url=offer.redirect_url,
        metadata=offer.metadata,
        member_until=offer.member_until,
    )
