"""People go, from an organization or an app: the one home of all that ends with that.

Who may end a membership, and who is told, is said in `memberships/`; the clock ends some as well.
The place is held. In the order of locks: apps, invitations (all at once), accounts, membership.

Who publishes an app first becomes a member of it without a password, as whom they continue from the
studio. That member ends with the right to manage the app. One with a password of their own there is
in the app by themselves: they stay, and the user no longer continues as them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vestibule.accounts.model import Account
from vestibule.api_keys import actions as api_keys
from vestibule.apps import codes, ties
from vestibule.apps import members as app_members
from vestibule.apps import queries as apps
from vestibule.apps.model import AppMember
from vestibule.audit.model import Actor
from vestibule.invitations import consequences, departures_store, forgetting
from vestibule.invitations.departure_model import Departure, Going
from vestibule.invitations.model import State
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import OrganizationId, UserId
from vestibule.messages import actions as messages
from vestibule.organizations import members
from vestibule.organizations.model import Member
from vestibule.users import actions as users

DECLINED = (State.DECLINED,)
CLOSED = (State.DECLINED, State.REVOKED)


@dataclass(frozen=True, slots=True)
class Leaver:
    """A member of an organization who goes, and who they are in its apps. What ends is held."""

    departure: Departure
    linked: Sequence[AppMember]


async def hold_member(tx: Transaction, member: Member) -> Leaver:
    """Hold what ends with a membership of a held organization, in the order of locks."""
    user = await users.get(tx, member.user_id)
    departure = Departure(
        person_id=user.id, address=user.address, organization_id=member.organization_id
    )
    linked = await ties.lock_apps(tx, [user.id], [member.organization_id])
    await departures_store.hold(tx, [departure, *map(_from_app, linked)])
    return Leaver(departure, linked)


async def end_member(
    tx: Transaction, member: Member, leaver: Leaver, going: Going, *, by: Actor
) -> None:
    """End a membership, with what was held for that.

    Pending invitations by them and for them are revoked, their API keys end, and so does what they
    are in the organization's apps for managing those. What they were still to be told of either is
    withdrawn; that they were removed is queued afterwards. Whose time has ended may have been
    invited anew since: what is pending for them stays.
    """
    organization_id, user_id = member.organization_id, member.user_id
    ended_at = member.member_until if going is Going.ENDED else None
    await _cut(tx, leaver.linked, going, by=by, ended_at=ended_at)
    await codes.end_continuing(tx, user_id, organization_id)
    await consequences.revoke_sent(tx, organization_id, user_id, by=by)
    if going is not Going.ENDED:
        await _close_way_back(tx, leaver.departure, by=by)
    made = await api_keys.list_made_by(tx, organization_id, user_id)
    await consequences.end_keys(tx, made, "revoked", by=by)
    await members.end(tx, member, going, by=by)
    await messages.forget_about(tx, [member.id])
    places = [organization_id, *await apps.list_ids(tx, organization_id)]
    await messages.withdraw_for(tx, user_id, places)


async def end_app_member(tx: Transaction, member: AppMember, going: Going, *, by: Actor) -> None:
    """End a membership of a held app.

    Pending invitations by them and for them are revoked, their account there is deleted with
    sessions and keys, and nothing but the trail names them.
    """
    departure = _from_app(member)
    await departures_store.hold(tx, [departure])
    await consequences.revoke_beyond(tx, member.app_id, member.id, grantable=(), by=by)
    if going is not Going.ENDED:
        await _close_way_back(tx, departure, by=by)
    await _forget(tx, departure, CLOSED if going is Going.LEFT else DECLINED, by=by)
    await app_members.end(tx, member, going, by=by)
    await messages.forget_about(tx, [member.id])


async def untie(
    tx: Transaction, user_ids: Sequence[UserId], organization_id: OrganizationId, *, by: Actor
) -> None:
    """End what these users are in the apps of a held organization that they manage no more."""
    linked = await ties.lock_apps(tx, user_ids, [organization_id])
    await departures_store.hold(tx, [_from_app(member) for member in linked])
    await _cut(tx, linked, Going.REMOVED, by=by)
    await codes.end_continuing_of(tx, user_ids, organization_id)


async def hold_account(
    tx: Transaction, account: Account, organization_ids: Sequence[OrganizationId]
) -> None:
    """Hold what ends with the account of a user, who is in these held organizations."""
    linked = await ties.lock_apps(tx, [UserId(account.id)], organization_ids)
    going = [_deleted(account, organization_id) for organization_id in organization_ids]
    await departures_store.hold(tx, [_deleted(account, None), *going, *map(_from_app, linked)])


async def forget_account(tx: Transaction, account: Account, *, by: Actor) -> None:
    """Delete what names a user who is nowhere any more: they have left all organizations.

    What is pending for them elsewhere stays: it is for whoever reads at the address.
    """
    await _forget(tx, _deleted(account, None), CLOSED, by=by)
    await codes.end_continuing(tx, UserId(account.id))


async def _cut(
    tx: Transaction,
    linked: Sequence[AppMember],
    going: Going,
    *,
    by: Actor,
    ended_at: datetime | None = None,
) -> None:
    """End these, or untie who has a password of their own there: one from before the end."""
    staying = await ties.lock_accounts(tx, linked, before=ended_at)
    for member in linked:
        if member.id in staying:
            await ties.unlink(tx, member, by=by)
        else:
            await end_app_member(tx, member, going, by=by)


async def _close_way_back(tx: Transaction, departure: Departure, *, by: Actor) -> None:
    """Revoke what is pending for who goes: they come back when they are invited again."""
    if departure.place_id is not None:
        await consequences.revoke_to(tx, departure.place_id, departure.address, by=by)


async def _forget(
    tx: Transaction, departure: Departure, states: Sequence[State], *, by: Actor
) -> None:
    """Delete what names who is deleted, of what was closed for them that which is in these states.

    Who was put out still learns from their links that they were revoked.
    """
    await consequences.forget_person(tx, departure.person_id, by=by)
    naming = await departures_store.list_naming(tx, departure, states)
    await forgetting.forget(tx, naming, by=by)


def _from_app(member: AppMember) -> Departure:
    return Departure(
        person_id=member.id,
        address=member.address,
        organization_id=member.organization_id,
        app_id=member.app_id,
        is_deleted=True,
    )


def _deleted(account: Account, organization_id: OrganizationId | None) -> Departure:
    return Departure(
        person_id=account.id,
        address=account.address,
        organization_id=organization_id,
        is_deleted=True,
    )
