"""What pages and API do alike with invitations. Limits first, then hash, then the transaction."""

from datetime import timedelta

from vestibule.accounts.guards import Desk
from vestibule.accounts.limit_guards import counting_misses, mail_tries, spend_mail_by_network
from vestibule.accounts.model import AccountExists
from vestibule.invitations import actions, answers, asking, destinations, queries
from vestibule.invitations.actions import Means
from vestibule.invitations.answers import Acceptance, Accepter, Circumstances, Newcomer
from vestibule.invitations.model import REASON_LENGTH, Invitation, InvitationSuperseded
from vestibule.invitations.offer_model import UNHURRIED, Changes, Offer, Pace
from vestibule.invitations.queries import Offered, Shown
from vestibule.kernel import names
from vestibule.kernel.addresses import Address
from vestibule.kernel.ids import InvitationId, decode
from vestibule.kernel.limits import Limit
from vestibule.keys.model import KeyNotFound
from vestibule.organizations import actions as organizations
from vestibule.users.model import Profile, SignedIn, User

# Its name is kept with the counters, for ever.
INVITE_BY_INVITER = Limit("invite-by-inviter", 1000, timedelta(hours=24))

ACCEPT, SIGN_IN, CREATE_ACCOUNT = "accept", "sign_in", "create_account"


async def invite(desk: Desk, caller: SignedIn, reference: str, offer: Offer) -> tuple[Shown, bool]:
    """Invite to the organization of this id or slug. Gives the invitation, and whether it is new.

    Raises RateLimited, OrganizationNotFound, NotPermitted, RoleNotAllowed, AlreadyMember.
    """
    await _spend_inviting(desk, caller, reference, email=offer.email)
    async with desk.database.transaction() as tx:
        host = await destinations.host_organization(tx, caller.user, reference)
        invited = await actions.invite(
            tx, host, offer, by=caller.actor(desk.origin), means=_means(desk)
        )
        return await queries.get_shown(tx, host, invited.invitation.id), invited.is_new


async def edit(
    desk: Desk, caller: SignedIn, reference: str, invitation_id: InvitationId, changes: Changes
) -> Shown:
    """Change a pending invitation. Raises as `actions.edit`, and who may not invite."""
    async with desk.database.transaction() as tx:
        host = await destinations.host_organization(tx, caller.user, reference)
        by = caller.actor(desk.origin)
        await actions.edit(tx, host, invitation_id, changes, by=by)
        return await queries.get_shown(tx, host, invitation_id)


async def resend(
    desk: Desk, caller: SignedIn, reference: str, invitation_id: InvitationId
) -> Shown:
    """Mail a pending invitation again. Raises as `actions.resend`, and RateLimited."""
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_inviting(reader, caller.user.id, reference)
        shown = await queries.find_shown(reader, seat.organization.id, invitation_id)
    if shown is not None:
        await _spend_inviting(desk, caller, reference, email=shown.invitation.email)

    async with desk.database.transaction() as tx:
        host = await destinations.host_organization(tx, caller.user, reference)
        by = caller.actor(desk.origin)
        await actions.resend(tx, host, invitation_id, by=by, means=_means(desk))
        return await queries.get_shown(tx, host, invitation_id)


async def revoke(
    desk: Desk, caller: SignedIn, reference: str, invitation_id: InvitationId
) -> Shown:
    """Take an invitation back. Raises as `actions.revoke`."""
    async with desk.database.transaction() as tx:
        host = await destinations.host_organization(tx, caller.user, reference)
        await actions.revoke(tx, host, invitation_id, by=caller.actor(desk.origin))
        return await queries.get_shown(tx, host, invitation_id)


async def get_offered(desk: Desk, key: str) -> Offered:
    """Give what the key offers, live or dead. Raises KeyNotFound, RateLimited for who guesses."""
    async with counting_misses(desk), desk.database.reader() as reader:
        offered = await queries.find_offered(reader, answers.hashes_of(key))
        if offered is None:
            raise KeyNotFound
        return offered


def ensure_open(offered: Offered) -> None:
    """Raise the Gone that says why, unless the key can still be answered."""
    offered.invitation.ensure_open()
    if offered.is_superseded:
        raise InvitationSuperseded


def next_step(offered: Offered, user: User | None) -> str:
    """Say what is needed to join: `accept` (nothing more), `sign_in`, `create_account`."""
    if user is not None and user.address.canonical == offered.invitation.email.canonical:
        return ACCEPT
    if not offered.has_account:
        return ACCEPT if user is not None else CREATE_ACCOUNT
    return SIGN_IN if user is not None or offered.requires_sign_in else ACCEPT


async def accept(desk: Desk, key: str, accepter: Accepter) -> Acceptance:
    """Accept the invitation behind the key. Raises as `answers.accept`; RateLimited to guessers."""
    async with counting_misses(desk), desk.database.transaction() as tx:
        return await answers.accept(tx, key, accepter, circumstances=_circumstances(desk))


async def accept_as_newcomer(
    desk: Desk, key: str, profile: Profile, *, password: str, within: str = ""
) -> Acceptance:
    """Make the account of the invited address, and join with it.

    `within` is the path of the object that holds the password. Raises WeakPassword besides.
    """
    offered = await get_offered(desk, key)
    ensure_open(offered)
    if offered.has_account:
        raise AccountExists
    about = (*profile.words, offered.invitation.email.typed)
    password_hash = await desk.passwords.hash(password, about=about, path=f"{within}password")
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


async def _spend_inviting(desk: Desk, caller: SignedIn, reference: str, *, email: Address) -> None:
    """Count the mail, for the inviter and for the address, whoever writes. Raises RateLimited.

    Only who may invite spends: else a stranger could use up the mails of anybody's address.
    """
    if not desk.limiter.is_on:
        return
    async with desk.database.reader() as reader:
        await organizations.get_for_inviting(reader, caller.user.id, reference)
    tries = [(INVITE_BY_INVITER, str(caller.user.id)), *mail_tries(email)]
    await desk.limiter.spend_each(tries)


def _means(desk: Desk) -> Means:
    """Give what inviting takes. Without limits (tests, benchmarks) mails may follow each other."""
    return Means(outbox=desk.outbox, pace=Pace() if desk.limiter.is_on else UNHURRIED)


def _circumstances(desk: Desk) -> Circumstances:
    """Give where an answer comes from."""
    return Circumstances(origin=desk.origin, outbox=desk.outbox)


def _clean_reason(reason: str | None) -> str | None:
    """Give the reason of a refusal as it is kept. Raises InvalidText."""
    return names.clean_line(reason or "", path="reason", maximum=REASON_LENGTH) or None
