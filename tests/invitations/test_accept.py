"""Accepting, in each case of the table: who opens the link, and what happens."""

import pytest

from tests.invitations import kinds
from tests.invitations.kinds import OF_APPS, OF_ORGANIZATIONS
from tests.invitations.life import ANA, SOMEBODY, Life
from vestibule.accounts.model import AccountExists
from vestibule.invitations.accepters import SignedInAs
from vestibule.invitations.model import (
    AccountRequired,
    InvitationAlreadyAccepted,
    InvitationNotFound,
    SignInRequired,
    State,
    WrongAccount,
)
from vestibule.kernel.errors import NotAuthenticated


async def test_a_newcomer_gets_account_membership_and_session_at_once(life: Life) -> None:
    invitation, key = await life.invited()
    before = await life.counts()
    acceptance = await life.accept(key)

    assert acceptance.invitation.state is State.ACCEPTED
    assert acceptance.session is not None
    joined = acceptance.session.account_id
    assert acceptance.invitation.accepted_by == joined
    assert await life.destination.role_of(life.tx, joined) == life.destination.roles.low
    after, made = await life.counts(), life.destination.made
    grown = {table: after[table] - before[table] for table in after}
    assert {name: grown[name] for name in made} == made
    assert grown["messages"] == 0
    assert "invitation.accepted" in await life.events()
    assert (await life.find(invitation.id)).closed_at is not None


async def test_the_account_of_a_newcomer_has_the_invited_address(life: Life) -> None:
    _, key = await life.invited("Ana@Example.com")
    acceptance = await life.accept(key)
    assert acceptance.session is not None
    row = await life.tx.fetch_one(
        "SELECT address, address_canonical FROM accounts WHERE id = $1",
        acceptance.session.account_id,
    )
    assert row is not None
    assert tuple(row.values()) == ("Ana@Example.com", ANA)


async def test_a_newcomer_lands_where_they_were_invited_to(life: Life) -> None:
    _, key = await life.invited()
    acceptance = await life.accept(key)
    assert acceptance.place.path == life.destination.page


@OF_ORGANIZATIONS
async def test_a_newcomer_lands_in_their_first_organization_from_then_on(life: Life) -> None:
    _, key = await life.invited()
    acceptance = await life.accept(key)
    assert acceptance.session is not None
    default = await life.tx.fetch_value(
        "SELECT default_organization_id FROM users WHERE id = $1", acceptance.session.account_id
    )
    assert default == life.destination.organization.id


async def test_the_membership_remembers_the_invitation_and_the_address(life: Life) -> None:
    invitation, key = await life.invited(life.cast.guest.email.upper())
    await life.accept_signed_in(key, life.cast.guest)
    remembered = await life.destination.remembered(life.tx, life.cast.guest.id)
    assert remembered == (invitation.id, life.cast.guest.email.upper())


async def test_signed_in_with_the_invited_address_one_button_joins(life: Life) -> None:
    _, key = await life.invited(life.cast.guest.email)
    before = await life.counts()
    acceptance = await life.accept_signed_in(key, life.cast.guest)

    assert acceptance.session is None
    assert await life.destination.role_of(life.tx, life.cast.guest.id) is not None
    after = await life.counts()
    assert (after["accounts"], after["sessions"]) == (before["accounts"], before["sessions"])
    assert after["messages"] == before["messages"]


@OF_ORGANIZATIONS
async def test_signed_in_with_another_address_joining_is_a_choice(life: Life) -> None:
    _, key = await life.invited()
    with pytest.raises(WrongAccount):
        await life.accept_signed_in(key, life.cast.guest)
    assert await life.destination.role_of(life.tx, life.cast.guest.id) is None

    acceptance = await life.accept_signed_in(key, life.cast.guest, as_me=True)
    assert acceptance.session is None
    assert acceptance.invitation.accepted_by == life.cast.guest.id


@OF_ORGANIZATIONS
async def test_the_invited_address_never_becomes_that_of_another_account(life: Life) -> None:
    _, key = await life.invited()
    acceptance = await life.accept_signed_in(key, life.cast.guest, as_me=True)

    taken = "SELECT count(*) FROM accounts WHERE address_canonical = $1"
    assert await life.tx.fetch_value(taken, ANA) == 0
    assert await life.tx.fetch_value(taken, life.cast.guest.email) == 1
    remembered = "SELECT invited_address FROM members WHERE id = $1"
    assert await life.tx.fetch_value(remembered, acceptance.membership) == ANA


@OF_ORGANIZATIONS
async def test_nobody_joins_as_themselves_by_a_mail_to_another_account(life: Life) -> None:
    _, key = await life.invited(life.cast.guest.email)
    for as_me in (False, True):
        with pytest.raises(WrongAccount):
            await life.accept_signed_in(key, life.cast.stranger, as_me=as_me)
    assert await life.destination.role_of(life.tx, life.cast.stranger.id) is None


async def test_the_key_alone_lets_the_account_of_the_address_in(life: Life) -> None:
    guest = life.cast.guest
    _, key = await life.invited(guest.email)
    sessions = await life.count("sessions")
    acceptance = await life.accept_by_key_alone(key)

    assert acceptance.session is None
    assert acceptance.invitation.accepted_by == guest.id
    assert await life.count("sessions") == sessions
    told = (await life.letters(guest.email))[-1]
    assert "?key=" not in told.text
    assert life.destination.name in told.text


async def test_without_an_account_the_key_alone_lets_nobody_in(life: Life) -> None:
    _, key = await life.invited()
    before = await life.counts()
    with pytest.raises(AccountRequired):
        await life.accept_by_key_alone(key)
    assert await life.counts() == before


async def test_an_account_is_not_made_twice(life: Life) -> None:
    invitation, key = await life.invited(life.cast.guest.email)
    before = await life.counts()
    with pytest.raises(AccountExists):
        await life.accept(key, life.destination.newcomer)
    assert await life.counts() == before
    assert (await life.find(invitation.id)).state is State.PENDING


@OF_ORGANIZATIONS
async def test_a_place_may_ask_to_be_signed_in(life: Life) -> None:
    _, key = await life.invited(life.cast.guest.email)
    await require_sign_in(life)
    with pytest.raises(SignInRequired):
        await life.accept_by_key_alone(key)
    assert (await life.accept_signed_in(key, life.cast.guest)).membership is not None


@OF_ORGANIZATIONS
async def test_a_newcomer_needs_no_sign_in_where_it_is_asked(life: Life) -> None:
    _, key = await life.invited()
    await require_sign_in(life)
    assert (await life.accept(key)).session is not None


async def test_who_joined_gets_the_same_membership_again(life: Life) -> None:
    guest = life.cast.guest
    _, key = await life.invited(guest.email)
    first = await life.accept_signed_in(key, guest)
    before = await life.counts()
    again = await life.accept_signed_in(key, guest)
    alone = await life.accept_by_key_alone(key)

    assert first.membership == again.membership == alone.membership
    assert again.session is None
    assert alone.session is None
    assert await life.counts() == before


async def test_a_newcomer_who_asks_again_gets_the_same_membership_without_a_session(
    life: Life,
) -> None:
    _, key = await life.invited()
    first = await life.accept(key)
    sessions = await life.count("sessions")
    again = await life.accept_by_key_alone(key)

    assert again.membership == first.membership
    assert again.session is None
    assert await life.count("sessions") == sessions


@OF_ORGANIZATIONS
async def test_a_used_link_alone_tells_nobody_who_joined_where_signing_in_is_asked(
    life: Life,
) -> None:
    _, key = await life.invited(life.cast.guest.email)
    first = await life.accept_signed_in(key, life.cast.guest)
    await require_sign_in(life)
    with pytest.raises(SignInRequired):
        await life.accept_by_key_alone(key)
    assert (await life.accept_signed_in(key, life.cast.guest)).membership == first.membership


@OF_ORGANIZATIONS
async def test_nobody_else_joins_by_a_link_that_was_used(life: Life) -> None:
    _, key = await life.invited()
    await life.accept_signed_in(key, life.cast.guest, as_me=True)
    for attempt in (
        life.accept_signed_in(key, life.cast.stranger),
        life.accept_signed_in(key, life.cast.stranger, as_me=True),
        life.accept_by_key_alone(key),
        life.accept(key, life.destination.newcomer),
    ):
        with pytest.raises(InvitationAlreadyAccepted):
            await attempt


@OF_ORGANIZATIONS
async def test_a_member_is_not_taken_for_the_one_who_joined_by_the_link(life: Life) -> None:
    _, key = await life.invited()
    await life.accept_signed_in(key, life.cast.guest, as_me=True)
    with pytest.raises(InvitationAlreadyAccepted):
        await life.accept_signed_in(key, life.cast.member)


@OF_ORGANIZATIONS
async def test_who_left_again_does_not_come_back_by_the_used_link(life: Life) -> None:
    guest = life.cast.guest
    _, key = await life.invited(guest.email)
    await life.accept_signed_in(key, guest)
    await life.destination.remove(life.tx, guest)
    with pytest.raises(InvitationAlreadyAccepted):
        await life.accept_signed_in(key, guest)
    assert await life.destination.role_of(life.tx, guest.id) is None


@OF_APPS
async def test_a_used_link_gives_no_role_again_to_who_lost_it(life: Life) -> None:
    guest = life.cast.guest
    _, key = await life.invited(guest.email)
    joined = await life.accept_signed_in(key, guest)
    await life.destination.remove(life.tx, guest)
    assert (await life.accept_signed_in(key, guest)).membership == joined.membership
    assert await life.destination.role_of(life.tx, guest.id) is None


@OF_ORGANIZATIONS
async def test_who_signed_up_by_themselves_accepts_on_their_console(life: Life) -> None:
    guest = life.cast.guest
    invitation, key = await life.invited(guest.email)
    acceptance = await life.accept_waiting(invitation, guest)

    assert acceptance.session is None
    assert acceptance.invitation.accepted_by == guest.id
    assert (await life.accept_signed_in(key, guest)).membership == acceptance.membership


@OF_ORGANIZATIONS
async def test_an_invitation_to_another_address_waits_for_nobody_else(life: Life) -> None:
    invitation = (await life.invite(life.cast.guest.email)).invitation
    with pytest.raises(InvitationNotFound):
        await life.accept_waiting(invitation, life.cast.stranger)
    with pytest.raises(InvitationNotFound):
        await life.decline_waiting(invitation, life.cast.stranger)


async def test_the_trail_tells_who_joined_and_from_where(life: Life) -> None:
    guest = life.cast.guest
    invitation, key = await life.invited(guest.email)
    acceptance = await life.accept_signed_in(key, guest)
    entry = await life.last_entry()

    assert entry["event"] == "invitation.accepted"
    assert (entry["actor_id"], entry["subject_id"]) == (guest.id, invitation.id)
    assert entry["organization_id"] == life.destination.organization.id
    assert entry["network"] == SOMEBODY.network
    assert entry["details"]["membership"] == str(acceptance.membership)


async def test_names_are_those_of_then(life: Life) -> None:
    invitation = (await life.invite()).invitation
    await life.destination.rename(life.tx, life.cast.inviter)
    assert (await life.find(invitation.id)).inviter.name == life.cast.inviter.name
    assert (await life.resend(invitation)).inviter.name.endswith("Bear")


@OF_ORGANIZATIONS
async def test_a_member_of_an_app_is_nobody_at_an_organization(life: Life) -> None:
    _, key = await life.invited()
    person = await kinds.known(life.tx, life.world.mia)
    with pytest.raises(NotAuthenticated):
        await life.accept(key, SignedInAs(person))


async def require_sign_in(life: Life) -> None:
    """Let people join only while signed in."""
    sql = "UPDATE organizations SET requires_sign_in = true WHERE id = $1"
    await life.tx.execute(sql, life.destination.organization.id)
