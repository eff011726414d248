"""What pages and API do alike with invitations. Limits first, then hash, then the transaction."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from vestibule.accounts.guards import Desk
from vestibule.accounts.limit_guards import counting_misses, spend_mail_by_network
from vestibule.accounts.model import AccountExists
from vestibule.apps import callers
from vestibule.invitations import actions, answers, asking, destinations, offered_queries, queries
from vestibule.invitations import host_destinations as hosts
from vestibule.invitations import newcomer_destinations as newcomers
from vestibule.invitations import place_destinations as places
from vestibule.invitations.accepters import Accepter, Newcomer
from vestibule.invitations.actions import Means
from vestibule.invitations.answers import Acceptance, Circumstances
from vestibule.invitations.destination_model import Caller, Person, Whither
from vestibule.invitations.limit_guards import spend_inviting
from vestibule.invitations.model import (
    REASON_LENGTH,
    AccountNotWanted,
    Invitation,
    InvitationPlaceDeleted,
    InvitationSuperseded,
)
from vestibule.invitations.offer_model import UNHURRIED, Changes, Host, Offer, Pace
from vestibule.invitations.offered_queries import Offered
from vestibule.invitations.queries import Filter, Shown
from vestibule.kernel import lists, names
from vestibule.kernel.database import Transaction
from vestibule.kernel.errors import Problem
from vestibule.kernel.ids import InvitationId, decode
from vestibule.kernel.lists import Page
from vestibule.keys.model import KeyNotFound
from vestibule.organizations.seat_model import SeatLimitMoved
from vestibule.users.model import SignedIn
from vestibule.web.listing import Part

T = TypeVar("T")

ACCEPT, SIGN_IN = "accept", "sign_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """What a newcomer sends: what they say of themselves, by field, and a password.

    `within` is the path of the object that holds them (`account.`).
    """

    said: Mapping[str, str | None]
    password: str = field(repr=False)
    within: str = ""


async def invite(desk: Desk, caller: Caller, whither: Whither, offer: Offer) -> tuple[Shown, bool]:
    """Invite to the place. Gives the invitation, and whether it is new.

    Raises RateLimited, NotFound, NotPermitted, RoleNotAllowed, AlreadyMember, SeatLimitReached.
    """
    return await _invite(desk, caller, whither, offer)


async def invite_later(
    desk: Desk, caller: Caller, whither: Whither, read: Callable[[], Offer]
) -> tuple[Shown, bool]:
    """Invite by a call that began a while ago, as if it began now; `read` gives the offer.

    Key or session may have ended, and who has none is told so before all else. Raises as `invite`
    and `read`, and ApiKeyNotGood, TokenNotGood.
    """
    try:
        offer = read()
    except Problem:
        async with desk.database.reader() as reader:
            await callers.ensure_live(reader, caller)
        raise
    return await _invite(desk, caller, whither, offer, is_later=True)


async def edit(
    desk: Desk, caller: Caller, whither: Whither, invitation_id: InvitationId, changes: Changes
) -> Shown:
    """Change a pending invitation. Raises as `actions.edit`, and who may not invite."""
    by = caller.actor(desk.origin)

    async def work(tx: Transaction, host: Host) -> Shown:
        await actions.edit(tx, host, invitation_id, changes, by=by)
        return await queries.get_shown(tx, host, invitation_id)

    return await _with_place(desk, caller, whither, work)


async def resend(
    desk: Desk, caller: Caller, whither: Whither, invitation_id: InvitationId
) -> Shown:
    """Mail a pending invitation again. Raises as `actions.resend`, and RateLimited."""
    async with desk.database.reader() as reader:
        seen = await hosts.view(reader, whither, caller)
        shown = await queries.find_shown(reader, seen.place_id, invitation_id)
    if shown is not None:
        await spend_inviting(desk, caller, whither, email=shown.invitation.email)

    by = caller.actor(desk.origin)

    async def work(tx: Transaction, host: Host) -> Shown:
        await actions.resend(tx, host, invitation_id, by=by, means=_means(desk))
        return await queries.get_shown(tx, host, invitation_id)

    return await _with_place(desk, caller, whither, work)


async def revoke(
    desk: Desk, caller: Caller, whither: Whither, invitation_id: InvitationId
) -> Shown:
    """Take an invitation back. Raises as `actions.revoke`."""
    by = caller.actor(desk.origin)

    async def work(tx: Transaction, host: Host) -> Shown:
        await actions.revoke(tx, host, invitation_id, by=by)
        return await queries.get_shown(tx, host, invitation_id)

    return await _with_place(desk, caller, whither, work)


async def get_shown(
    desk: Desk, caller: Caller, whither: Whither, invitation_id: InvitationId
) -> tuple[Host, Shown]:
    """Give one invitation of a place to who may see those. Raises InvitationNotFound, as `view`."""
    async with desk.database.reader() as reader:
        seen = await hosts.view(reader, whither, caller)
        return seen, await queries.get_shown(reader, seen, invitation_id)


async def list_shown(
    desk: Desk, caller: Caller, whither: Whither, asked: Filter, part: Part
) -> tuple[Host, Page[Shown]]:
    """Give a page of the invitations of a place to who may see those. Raises as `view`."""
    async with desk.database.reader() as reader:
        seen = await hosts.view(reader, whither, caller)
        window = part.window(f"invitations/{seen.place_id}")
        found = await queries.list_shown(reader, seen.place_id, asked, window)
    return seen, lists.page(window, found, queries.id_of)


async def get_offered(desk: Desk, key: str) -> Offered:
    """Give what the key offers, live or dead. Raises KeyNotFound, RateLimited for who guesses."""
    async with counting_misses(desk), desk.database.reader() as reader:
        offered = await offered_queries.find_offered(reader, answers.hashes_of(key))
        if offered is None:
            raise KeyNotFound
        return offered


def ensure_open(offered: Offered) -> None:
    """Raise the Gone that says why, or DomainNotAllowed, unless the key can be answered."""
    if offered.is_place_gone:
        raise InvitationPlaceDeleted
    offered.invitation.ensure_open()
    if offered.is_superseded:
        raise InvitationSuperseded
    offered.ensure_allowed()


def next_step(offered: Offered, person: Person | None) -> str:
    """Say what is needed to join: nothing more, to sign in, or to make an account."""
    destination = offered.invitation.destination
    known = places.recognise(destination, person)
    if known is not None and known.address.canonical == offered.invitation.email.canonical:
        return ACCEPT
    if not offered.has_account:
        may_choose = known is not None and may_join_as(offered, known)
        return ACCEPT if may_choose else destinations.facts(destination).making
    return SIGN_IN if known is not None or offered.requires_sign_in else ACCEPT


def may_join_as(offered: Offered, person: Person) -> bool:
    """Tell whether somebody may choose to join with an account of another address."""
    takes_own_account = destinations.facts(offered.invitation.destination).takes_own_account
    return takes_own_account and offered.takes(person)


async def accept(desk: Desk, key: str, accepter: Accepter) -> Acceptance:
    """Accept the invitation behind the key. Raises as `answers.accept`; RateLimited to guessers."""
    async with counting_misses(desk), desk.database.transaction() as tx:
        return await answers.accept(tx, key, accepter, circumstances=_circumstances(desk))


async def accept_as_newcomer(
    desk: Desk, key: str, joining: Joining, *, person: Person | None = None
) -> Acceptance:
    """Make the account of the invited address, and join with it.

    `person` is who is signed in. Raises AccountNotWanted if they are known there, WeakPassword, and
    what is wrong with what they said of themselves.
    """
    offered = await get_offered(desk, key)
    ensure_open(offered)
    destination, within = offered.invitation.destination, joining.within
    if places.recognise(destination, person) is not None:
        raise AccountNotWanted(path="account")
    profile = newcomers.read_profile(destination, joining.said, within=within)
    if offered.has_account:
        raise AccountExists
    about = (*profile.words, offered.invitation.email.typed)
    password_hash = await desk.passwords.hash(
        joining.password, about=about, path=f"{within}password"
    )
    return await accept(desk, key, Newcomer(profile, password_hash))


async def decline(desk: Desk, key: str, reason: str | None) -> Invitation:
    """Say no. Raises as `answers.decline`."""
    clean = _clean_reason(reason)
    async with counting_misses(desk), desk.database.transaction() as tx:
        return await answers.decline(tx, key, clean, by=desk.origin)


async def accept_waiting(desk: Desk, caller: SignedIn, invitation_id: InvitationId) -> Acceptance:
    """Accept an invitation to the caller's own address. Raises as `answers.accept_waiting`."""
    circumstances = _circumstances(desk)
    async with desk.database.transaction() as tx:
        return await answers.accept_waiting(
            tx, invitation_id, caller.user, circumstances=circumstances
        )


async def decline_waiting(
    desk: Desk, caller: SignedIn, invitation_id: InvitationId, reason: str | None
) -> Invitation:
    """Say no to an invitation to the caller's own address. Raises as `answers.decline_waiting`."""
    kept, by = _clean_reason(reason), caller.actor(desk.origin)
    async with desk.database.transaction() as tx:
        return await answers.decline_waiting(tx, invitation_id, caller.user, kept, by=by)


async def ask_for_new(desk: Desk, key: str) -> bool:
    """Ask for a new invitation. Gives whether a mail is on its way; an unknown key is no error."""
    await spend_mail_by_network(desk)
    async with desk.database.transaction() as tx:
        return await asking.ask(tx, key, by=desk.origin, means=_means(desk))


def read_id(reference: str) -> InvitationId:
    """Read an invitation's id as people and programs write it. Raises NotFound."""
    return InvitationId(decode("inv", reference))


async def _invite(
    desk: Desk, caller: Caller, whither: Whither, offer: Offer, *, is_later: bool = False
) -> tuple[Shown, bool]:
    await spend_inviting(desk, caller, whither, email=offer.email, is_later=is_later)
    by = caller.actor(desk.origin)

    async def work(tx: Transaction, host: Host) -> tuple[Shown, bool]:
        invited = await actions.invite(tx, host, offer, by=by, means=_means(desk))
        return await queries.get_shown(tx, host, invited.invitation.id), invited.is_new

    return await _with_place(desk, caller, whither, work, is_later=is_later)


async def _with_place(
    desk: Desk,
    caller: Caller,
    whither: Whither,
    work: Callable[[Transaction, Host], Awaitable[T]],
    *,
    is_later: bool = False,
) -> T:
    """Do the work on the place, locked, in one transaction. `is_later`: ask first who still calls.

    It starts anew, once, if a limit of seats comes or goes just then: see SeatLimitMoved.
    """

    async def attempt() -> T:
        async with desk.database.transaction() as tx:
            if is_later:
                await callers.ensure_live(tx, caller)
            return await work(tx, await hosts.lock(tx, whither, caller))

    try:
        return await attempt()
    except SeatLimitMoved:
        return await attempt()


def _means(desk: Desk) -> Means:
    """Give what inviting takes. Without limits (tests, benchmarks) mails may follow each other."""
    return Means(outbox=desk.outbox, pace=Pace() if desk.limiter.is_on else UNHURRIED)


def _circumstances(desk: Desk) -> Circumstances:
    """Give where an answer comes from."""
    return Circumstances(origin=desk.origin, outbox=desk.outbox)


def _clean_reason(reason: str | None) -> str | None:
    """Give the reason of a refusal as it is kept. Raises InvalidText."""
    return names.clean_line(reason or "", path="reason", maximum=REASON_LENGTH) or None
