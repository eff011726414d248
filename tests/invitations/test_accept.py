"""Accepting, in each case of the table: who opens the link, and what happens."""

import pytest

from tests.invitations.life import ANA, ANA_ANEW, SOMEBODY, Life
from tests.world import Person
from vestibule.accounts.model import AccountExists
from vestibule.invitations.model import (
    AccountRequired,
    InvitationAlreadyAccepted,
    InvitationNotFound,
    SignInRequired,
    State,
    WrongAccount,
)


async def test_a_newcomer_gets_account_membership_and_session_at_once(life: Life) -> None:
    invitation, key = await life.invited()
    before = await life.counts()
    acceptance = await life.accept(key)

    assert acceptance.invitation.state is State.ACCEPTED
    assert acceptance.session is not None
    joined = acceptance.session.account_id
    assert acceptance.invitation.accepted_by == joined
    assert await life.destination.role_of(life.tx, joined) == life.destination.roles.low
    after = await life.counts()
    grown = {table: after[table] - before[table] for table in after}
    assert {name: grown[name] for name in ("accounts", "sessions", "members")} == {
        "accounts": 1,
        "sessions": 1,
        "members": 1,
    }
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
    assert acceptance.session is not None
    default = await life.tx.fetch_value(
        "SELECT default_organization_id FROM users WHERE id = $1", acceptance.session.account_id
    )
    assert default == life.world.analytical.id
    assert acceptance.place.path == life.destination.page


async def test_the_membership_remembers_the_invitation_and_the_address(life: Life) -> None:
    invitation, key = await life.invited(life.world.flo.email.upper())
    acceptance = await life.accept_signed_in(key, life.world.flo)
    row = await life.tx.fetch_one(
        "SELECT invitation_id, invited_address FROM members WHERE id = $1", acceptance.membership
    )
    assert row is not None
    assert tuple(row.values()) == (invitation.id, life.world.flo.email.upper())


async def test_signed_in_with_the_invited_address_one_button_joins(life: Life) -> None:
    _, key = await life.invited(life.world.flo.email)
    before = await life.counts()
    acceptance = await life.accept_signed_in(key, life.world.flo)

    assert acceptance.session is None
    assert await life.destination.role_of(life.tx, life.world.flo.id) is not None
    after = await life.counts()
    assert (after["accounts"], after["sessions"]) == (before["accounts"], before["sessions"])
    assert after["messages"] == before["messages"]


async def test_signed_in_with_another_address_joining_is_a_choice(life: Life) -> None:
    _, key = await life.invited()
    with pytest.raises(WrongAccount):
        await life.accept_signed_in(key, life.world.flo)
    assert await life.destination.role_of(life.tx, life.world.flo.id) is None

    acceptance = await life.accept_signed_in(key, life.world.flo, as_me=True)
    assert acceptance.session is None
    assert acceptance.invitation.accepted_by == life.world.flo.id


async def test_the_invited_address_never_becomes_that_of_another_account(life: Life) -> None:
    _, key = await life.invited()
    acceptance = await life.accept_signed_in(key, life.world.flo, as_me=True)

    taken = "SELECT count(*) FROM accounts WHERE address_canonical = $1"
    assert await life.tx.fetch_value(taken, ANA) == 0
    assert await life.tx.fetch_value(taken, life.world.flo.email) == 1
    remembered = "SELECT invited_address FROM members WHERE id = $1"
    assert await life.tx.fetch_value(remembered, acceptance.membership) == ANA


async def test_nobody_joins_as_themselves_by_a_mail_to_another_account(life: Life) -> None:
    _, key = await life.invited(life.world.flo.email)
    for as_me in (False, True):
        with pytest.raises(WrongAccount):
            await life.accept_signed_in(key, life.world.eve, as_me=as_me)
    assert await life.destination.role_of(life.tx, life.world.eve.id) is None


async def test_the_key_alone_lets_the_account_of_the_address_in(life: Life) -> None:
    flo = life.world.flo
    _, key = await life.invited(flo.email)
    sessions = await life.count("sessions")
    acceptance = await life.accept_by_key_alone(key)

    assert acceptance.session is None
    assert acceptance.invitation.accepted_by == flo.id
    assert await life.count("sessions") == sessions
    told = (await life.letters(flo.email))[-1]
    assert "?key=" not in told.text
    assert "Analytical" in told.text


async def test_without_an_account_the_key_alone_lets_nobody_in(life: Life) -> None:
    _, key = await life.invited()
    before = await life.counts()
    with pytest.raises(AccountRequired):
        await life.accept_by_key_alone(key)
    assert await life.counts() == before


async def test_an_account_is_not_made_twice(life: Life) -> None:
    invitation, key = await life.invited(life.world.flo.email)
    before = await life.counts()
    with pytest.raises(AccountExists):
        await life.accept(key, ANA_ANEW)
    assert await life.counts() == before
    assert (await life.find(invitation.id)).state is State.PENDING


async def test_a_place_may_ask_to_be_signed_in(life: Life) -> None:
    _, key = await life.invited(life.world.flo.email)
    await life.destination.require_sign_in(life.tx)
    with pytest.raises(SignInRequired):
        await life.accept_by_key_alone(key)
    assert (await life.accept_signed_in(key, life.world.flo)).membership is not None


async def test_a_newcomer_needs_no_sign_in_where_it_is_asked(life: Life) -> None:
    _, key = await life.invited()
    await life.destination.require_sign_in(life.tx)
    assert (await life.accept(key)).session is not None


async def test_who_joined_gets_the_same_membership_again(life: Life) -> None:
    flo = life.world.flo
    _, key = await life.invited(flo.email)
    first = await life.accept_signed_in(key, flo)
    before = await life.counts()
    again = await life.accept_signed_in(key, flo)
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


async def test_a_used_link_alone_tells_nobody_who_joined_where_signing_in_is_asked(
    life: Life,
) -> None:
    _, key = await life.invited(life.world.flo.email)
    first = await life.accept_signed_in(key, life.world.flo)
    await life.destination.require_sign_in(life.tx)
    with pytest.raises(SignInRequired):
        await life.accept_by_key_alone(key)
    assert (await life.accept_signed_in(key, life.world.flo)).membership == first.membership


async def test_nobody_else_joins_by_a_link_that_was_used(life: Life) -> None:
    _, key = await life.invited()
    await life.accept_signed_in(key, life.world.flo, as_me=True)
    for attempt in (
        life.accept_signed_in(key, life.world.eve),
        life.accept_signed_in(key, life.world.eve, as_me=True),
        life.accept_by_key_alone(key),
        life.accept(key, ANA_ANEW),
    ):
        with pytest.raises(InvitationAlreadyAccepted):
            await attempt


async def test_a_member_is_not_taken_for_the_one_who_joined_by_the_link(life: Life) -> None:
    _, key = await life.invited()
    await life.accept_signed_in(key, life.world.flo, as_me=True)
    with pytest.raises(InvitationAlreadyAccepted):
        await life.accept_signed_in(key, life.world.di)


async def test_who_left_again_does_not_come_back_by_the_used_link(life: Life) -> None:
    flo = life.world.flo
    _, key = await life.invited(flo.email)
    await life.accept_signed_in(key, flo)
    await life.destination.remove(life.tx, flo)
    with pytest.raises(InvitationAlreadyAccepted):
        await life.accept_signed_in(key, flo)
    assert await life.destination.role_of(life.tx, flo.id) is None


async def test_who_signed_up_by_themselves_accepts_on_their_console(life: Life) -> None:
    flo = life.world.flo
    invitation, key = await life.invited(flo.email)
    acceptance = await life.accept_waiting(invitation, flo)

    assert acceptance.session is None
    assert acceptance.invitation.accepted_by == flo.id
    assert (await life.accept_signed_in(key, flo)).membership == acceptance.membership


async def test_an_invitation_to_another_address_waits_for_nobody_else(life: Life) -> None:
    invitation = (await life.invite(life.world.flo.email)).invitation
    with pytest.raises(InvitationNotFound):
        await life.accept_waiting(invitation, life.world.eve)
    with pytest.raises(InvitationNotFound):
        await life.decline_waiting(invitation, life.world.eve)


async def test_the_trail_tells_who_joined_and_from_where(life: Life) -> None:
    flo: Person = life.world.flo
    invitation, key = await life.invited(flo.email)
    acceptance = await life.accept_signed_in(key, flo)
    entry = await life.last_entry()

    assert entry["event"] == "invitation.accepted"
    assert (entry["actor_id"], entry["subject_id"]) == (flo.id, invitation.id)
    assert entry["organization_id"] == life.world.analytical.id
    assert entry["network"] == SOMEBODY.network
    assert entry["details"]["membership"] == str(acceptance.membership)


async def test_names_are_those_of_then(life: Life) -> None:
    invitation = (await life.invite()).invitation
    await life.tx.execute("UPDATE users SET last_name = 'Bear' WHERE id = $1", life.world.bo.id)
    assert (await life.find(invitation.id)).inviter.name == "Bo Berg"
    assert (await life.resend(invitation)).inviter.name == "Bo Bear"
