"""Accepting, in each case of the table: who opens the link, and what happens."""

import pytest

from tests.invitations.life import ANA, ANA_ANEW, SOMEBODY, Life
from tests.world import Person
from vestibule.accounts.model import AccountExists
from vestibule.invitations.model import (
    AccountRequired,
    InvitationAlreadyAccepted,
    InvitationDeclined,
    InvitationExpired,
    InvitationNotFound,
    InvitationRevoked,
    InviterNotEntitled,
    SignInRequired,
    State,
    WrongAccount,
)
from vestibule.keys.model import KeyNotFound
from vestibule.organizations.model import AlreadyMember

TABLES = ("accounts", "users", "sessions", "members", "messages", "audit")


async def counts(life: Life) -> dict[str, int]:
    return {table: await life.count(table) for table in TABLES}


async def test_a_newcomer_gets_account_membership_and_session_at_once(life: Life) -> None:
    invitation, key = await life.invited()
    before = await counts(life)
    acceptance = await life.accept(key)

    assert acceptance.invitation.state is State.ACCEPTED
    assert acceptance.session is not None
    joined = acceptance.session.account_id
    assert acceptance.invitation.accepted_by == joined
    assert await life.destination.role_of(life.tx, joined) == life.destination.roles.low
    after = await counts(life)
    grown = {table: after[table] - before[table] for table in TABLES}
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
    before = await counts(life)
    acceptance = await life.accept_signed_in(key, life.world.flo)

    assert acceptance.session is None
    assert await life.destination.role_of(life.tx, life.world.flo.id) is not None
    after = await counts(life)
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
    before = await counts(life)
    with pytest.raises(AccountRequired):
        await life.accept_by_key_alone(key)
    assert await counts(life) == before


async def test_an_account_is_not_made_twice(life: Life) -> None:
    invitation, key = await life.invited(life.world.flo.email)
    before = await counts(life)
    with pytest.raises(AccountExists):
        await life.accept(key, ANA_ANEW)
    assert await counts(life) == before
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


@pytest.mark.parametrize("role", ["manager", "viewer"])
async def test_an_inviter_who_may_no_longer_invite_lets_nobody_in(life: Life, role: str) -> None:
    invitation, key = await life.invited()
    await life.destination.give_role(life.tx, life.world.bo, role)
    before = await counts(life)

    with pytest.raises(InviterNotEntitled):
        await life.accept(key)
    assert await counts(life) == before
    assert (await life.find(invitation.id)).state is State.PENDING


async def test_an_inviter_who_left_lets_nobody_in(life: Life) -> None:
    _, key = await life.invited()
    await life.destination.remove(life.tx, life.world.bo)
    with pytest.raises(InviterNotEntitled):
        await life.accept(key)


async def test_an_inviter_who_may_invite_but_not_to_that_role_lets_nobody_in(life: Life) -> None:
    top = life.destination.roles.top
    await life.destination.give_role(life.tx, life.world.bo, top)
    _, key = await life.invited(role=top)
    await life.destination.give_role(life.tx, life.world.bo, life.destination.roles.inviting)
    with pytest.raises(InviterNotEntitled):
        await life.accept(key)


async def test_a_lowered_inviter_s_invitation_works_again_in_another_s_hands(life: Life) -> None:
    invitation, key = await life.invited()
    await life.destination.give_role(life.tx, life.world.bo, life.destination.roles.low)
    await life.resend(invitation, by=life.world.ada)
    assert key != await life.key()
    assert (await life.accept(await life.key())).invitation.id == invitation.id


async def test_an_expired_invitation_lets_nobody_in(life: Life) -> None:
    invitation, key = await life.invited(life.world.flo.email)
    await life.expire(invitation)

    with pytest.raises(InvitationExpired):
        await life.accept_signed_in(key, life.world.flo)
    with pytest.raises(InvitationExpired):
        await life.accept_by_key_alone(key)
    with pytest.raises(InvitationExpired):
        await life.accept_waiting(invitation, life.world.flo)
    with pytest.raises(InvitationExpired):
        await life.decline(key)
    assert await life.destination.role_of(life.tx, life.world.flo.id) is None


async def test_an_invitation_that_expires_while_it_is_accepted_lets_nobody_in(life: Life) -> None:
    invitation, key = await life.invited(life.world.flo.email)
    await life.tx.execute(
        """
        UPDATE invitations SET expires_at = clock_timestamp() + interval '100 milliseconds'
         WHERE id = $1
        """,
        invitation.id,
    )
    await life.tx.execute("SELECT pg_sleep(0.12)")
    with pytest.raises(InvitationExpired):
        await life.accept_signed_in(key, life.world.flo)


async def test_who_joined_gets_the_same_membership_again(life: Life) -> None:
    flo = life.world.flo
    _, key = await life.invited(flo.email)
    first = await life.accept_signed_in(key, flo)
    before = await counts(life)
    again = await life.accept_signed_in(key, flo)
    alone = await life.accept_by_key_alone(key)

    assert first.membership == again.membership == alone.membership
    assert again.session is None
    assert alone.session is None
    assert await counts(life) == before


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


async def test_who_left_again_does_not_come_back_by_the_used_link(life: Life) -> None:
    flo = life.world.flo
    _, key = await life.invited(flo.email)
    await life.accept_signed_in(key, flo)
    await life.destination.remove(life.tx, flo)
    with pytest.raises(InvitationAlreadyAccepted):
        await life.accept_signed_in(key, flo)
    assert await life.destination.role_of(life.tx, flo.id) is None


async def test_a_member_is_told_that_they_are_one(life: Life) -> None:
    invitation, key = await life.invited()
    with pytest.raises(AlreadyMember):
        await life.accept_signed_in(key, life.world.di, as_me=True)
    assert (await life.find(invitation.id)).state is State.PENDING


async def test_a_revoked_invitation_lets_nobody_in(life: Life) -> None:
    invitation, key = await life.invited(life.world.flo.email)
    await life.revoke(invitation)
    with pytest.raises(InvitationRevoked):
        await life.accept_signed_in(key, life.world.flo)
    with pytest.raises(InvitationRevoked):
        await life.accept_waiting(invitation, life.world.flo)


async def test_a_declined_invitation_lets_nobody_in(life: Life) -> None:
    _, key = await life.invited(life.world.flo.email)
    await life.decline(key)
    with pytest.raises(InvitationDeclined):
        await life.accept_signed_in(key, life.world.flo)


@pytest.mark.parametrize("key", ["", "x", "x" * 43, "\u00e5", "inv_01h455vb4pex5vsknk084sn02q"])
async def test_an_unknown_key_is_not_found(life: Life, key: str) -> None:
    await life.invite()
    with pytest.raises(KeyNotFound):
        await life.accept(key)
    with pytest.raises(KeyNotFound):
        await life.decline(key)


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
