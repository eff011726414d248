"""What the invited do: accept, decline. The key proves whose it is to answer, or their own address.

One accept, in order: find the invitation by the key, lock its place (with the inviter's right),
lock the invitation, decide, let them in, close it by asking state, clock and key once more.
"""

from dataclasses import dataclass
from typing import assert_never

from vestibule.accounts import sessions
from vestibule.accounts.model import Started
from vestibule.audit.model import Actor
from vestibule.invitations import (
    also_pending,
    destinations,
    ends,
    mails,
    presented_queries,
    store,
    trail,
)
from vestibule.invitations import newcomer_destinations as newcomers
from vestibule.invitations import oneself_destinations as oneself
from vestibule.invitations import place_destinations as places
from vestibule.invitations.accepters import (
    Accepter,
    KeyAlone,
    Newcomer,
    SignedInAs,
    ensure_may_join,
    find_asking,
    recognised,
)
from vestibule.invitations.destination_model import EVERY_KIND, AnyMembershipId, Place
from vestibule.invitations.model import (
    AccountRequired,
    Invitation,
    InvitationAlreadyAccepted,
    InvitationExpired,
    InvitationNotFound,
    InvitationPlaceDeleted,
    InvitationSuperseded,
    InviterNotEntitled,
    ShownState,
    SignInRequired,
    State,
)
from vestibule.invitations.presented_queries import Presented
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AccountId, InvitationId
from vestibule.kernel.secrets import digest
from vestibule.keys.model import KeyNotFound
from vestibule.messages import actions as messages
from vestibule.messages.model import Outbox
from vestibule.users.model import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """Who joined where. `session` is there for a newcomer alone."""

    invitation: Invitation
    place: Place
    membership: AnyMembershipId
    session: Started | None = None


@dataclass(frozen=True, slots=True)
class Joining:
    """The account that is about to be let in, and who that is for the trail."""

    account: AccountId
    by: Actor
    session: Started | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Where an answer comes from, and the outbox for the mails that it causes."""

    origin: Actor
    outbox: Outbox


def hashes_of(key: str) -> list[bytes]:
    """Give what the database may know the key by: we are not told which purpose it is good for."""
    return [digest(facts.purpose, key) for facts in EVERY_KIND]


async def accept(
    tx: Transaction, key: str, accepter: Accepter, *, circumstances: Circumstances
) -> Acceptance:
    """Accept the invitation behind this key, and let them in.

    Who has joined by it already gets the same membership again, without a session.
    Raises KeyNotFound, a Gone that says why, InviterNotEntitled, DomainNotAllowed, AlreadyMember,
    InvitationToOneself, WrongAccount, SignInRequired, AccountRequired, AccountExists.
    """
    proof = hashes_of(key)
    found = await _get_by_key(tx, proof)
    return await _accept(tx, found, accepter, proof=proof, circumstances=circumstances)


async def accept_waiting(
    tx: Transaction, invitation_id: InvitationId, user: User, *, circumstances: Circumstances
) -> Acceptance:
    """Accept an invitation to the user's own address: the address is the proof.

    Raises InvitationNotFound unless it is theirs; else as `accept`.
    """
    found = await _get_waiting(tx, invitation_id, user)
    acceptance = await _accept(tx, found, SignedInAs(user), proof=None, circumstances=circumstances)
    await messages.withdraw(tx, invitation_id)
    return acceptance


async def decline(tx: Transaction, key: str, reason: str | None, *, by: Actor) -> Invitation:
    """Say no to the invitation behind this key. Raises KeyNotFound, or a Gone that says why."""
    proof = hashes_of(key)
    found = await _get_by_key(tx, proof)
    return await _decline(tx, found.invitation, reason, proof=proof, by=by)


async def decline_waiting(
    tx: Transaction, invitation_id: InvitationId, user: User, reason: str | None, *, by: Actor
) -> Invitation:
    """Say no to an invitation to the user's own address. Raises InvitationNotFound, or a Gone."""
    found = await _get_waiting(tx, invitation_id, user)
    return await _decline(tx, found.invitation, reason, proof=None, by=by)


async def _get_by_key(tx: Transaction, proof: list[bytes]) -> Presented:
    """Give the invitation behind the key. Raises KeyNotFound, or a Gone that says why.

    A replaced key stays replaced, so that needs no lock: it is said before anything else is asked,
    but that the invitation itself is over.
    """
    found = await presented_queries.find_by_key(tx, proof)
    if found is None:
        raise KeyNotFound
    if found.is_place_gone:
        raise InvitationPlaceDeleted
    if found.is_superseded and found.invitation.shown_state is ShownState.PENDING:
        raise InvitationSuperseded
    return found


async def _accept(
    tx: Transaction,
    found: Presented,
    accepter: Accepter,
    *,
    proof: list[bytes] | None,
    circumstances: Circumstances,
) -> Acceptance:
    accepter = recognised(found.invitation, accepter)
    invitation, place = await _lock(tx, found, accepter)
    if invitation.state is State.ACCEPTED:
        return await _accepted_before(tx, invitation, accepter, place=place)
    invitation.ensure_open()
    if not place.is_inviter_entitled:
        raise InviterNotEntitled
    place.ensure_takes(invitation.email)

    joining = await _join(tx, invitation, accepter, place=place, circumstances=circumstances)
    await oneself.ensure_by_another(tx, invitation, joining.account)
    membership = await places.admit(tx, joining.account, invitation)
    closed = await store.accept(tx, invitation.id, by=joining.account, proof=proof)
    if closed is None:
        raise await _too_late(tx, invitation.id)

    details = trail.facts(closed) | {"membership": membership, "account": joining.account}
    await trail.record(tx, "accepted", closed, by=joining.by, details=details)
    await also_pending.close(tx, closed, accepter, by=joining.by)
    return Acceptance(
        invitation=closed, place=place, membership=membership, session=joining.session
    )


async def _lock(
    tx: Transaction, presented: Presented, accepter: Accepter
) -> tuple[Invitation, Place]:
    """Hold the place, then the invitation; if that was moved meanwhile, its new place as well.

    In between, what is left there of who joins, and is over, is cleared away.
    """
    found = presented.invitation
    place = await also_pending.lock_place(tx, found, accepter)
    if presented.has_anybody_over and found.state is State.PENDING:
        await ends.clear_way(tx, found, await find_asking(tx, found, accepter))
    held = await also_pending.hold(tx, found, accepter)
    if held is None:
        raise InvitationNotFound
    if (held.destination, held.inviter) != (found.destination, found.inviter):
        place = await also_pending.lock_place(tx, held, accepter)
    return held, place


async def _join(
    tx: Transaction,
    invitation: Invitation,
    accepter: Accepter,
    *,
    place: Place,
    circumstances: Circumstances,
) -> Joining:
    """Find, or make, the account that joins. Raises unless this accepter may."""
    match accepter:
        case SignedInAs(person, _):
            await ensure_may_join(tx, invitation, accepter, place=place)
            return Joining(person.id, person.as_actor(circumstances.origin))
        case KeyAlone():
            account = await destinations.find_account(tx, invitation)
            if account is None:
                raise AccountRequired(path="account")
            if place.requires_sign_in:
                raise SignInRequired
            await mails.tell_joined(
                tx, invitation, place=place, account=account, outbox=circumstances.outbox
            )
            return Joining(account.id, account.as_actor(circumstances.origin))
        case Newcomer():
            return await _make(tx, invitation, accepter, origin=circumstances.origin)
        case _:
            assert_never(accepter)


async def _make(
    tx: Transaction, invitation: Invitation, newcomer: Newcomer, *, origin: Actor
) -> Joining:
    """Make the account of the invited address. Raises AccountExists."""
    account = await newcomers.make_account(
        tx, invitation, newcomer.profile, newcomer.password_hash, by=origin
    )
    session = await sessions.start(tx, account, origin=origin)
    return Joining(account.id, account.as_actor(origin), session)


async def _accepted_before(
    tx: Transaction, invitation: Invitation, accepter: Accepter, *, place: Place
) -> Acceptance:
    """Give who joined the same membership again. Raises InvitationAlreadyAccepted to others."""
    if isinstance(accepter, KeyAlone) and place.requires_sign_in:
        raise SignInRequired
    account = await find_asking(tx, invitation, accepter)
    if account is None or account != invitation.accepted_by:
        raise InvitationAlreadyAccepted
    membership = await places.find_membership(tx, invitation.destination, account)
    if membership is None:
        raise InvitationAlreadyAccepted
    return Acceptance(invitation=invitation, place=place, membership=membership)


async def _decline(
    tx: Transaction,
    found: Invitation,
    reason: str | None,
    *,
    proof: list[bytes] | None,
    by: Actor,
) -> Invitation:
    held = await store.hold(tx, found.id)
    if held is None:
        raise InvitationNotFound
    held.ensure_open()

    closed = await store.decline(tx, held.id, reason=reason, proof=proof)
    if closed is None:
        raise await _too_late(tx, held.id)
    await messages.withdraw(tx, closed.id)
    details = trail.facts(closed) | {"reason": reason}
    await trail.record(tx, "declined", closed, by=by, details=details)
    return closed


async def _too_late(tx: Transaction, invitation_id: InvitationId) -> Exception:
    """Give why a held, pending invitation could not be closed: its time ended, or its key's."""
    now = await store.find(tx, invitation_id)
    return InvitationExpired() if now is None or now.is_expired else InvitationSuperseded()


async def _get_waiting(tx: Transaction, invitation_id: InvitationId, user: User) -> Presented:
    found = await presented_queries.find_waiting(tx, invitation_id)
    if found is None or not _is_to(found.invitation, user):
        raise InvitationNotFound
    if found.is_place_gone:
        raise InvitationPlaceDeleted
    return found


def _is_to(invitation: Invitation, user: User) -> bool:
    """Tell whether the user's own address is the invited one, where users count."""
    known = places.recognise(invitation.destination, user)
    return known is not None and invitation.email.canonical == known.address.canonical
