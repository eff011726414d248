"""Inviting, and inviting again: one pending invitation per destination and address."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.invitations.life import ANA, Life
from vestibule.invitations.model import InvitationSuperseded, ShownState, State
from vestibule.invitations.offer_model import Expiry, Pace
from vestibule.organizations.model import AlreadyMember, NotPermitted, RoleNotAllowed

PACE = Pace()
ALL_BUT_INVITATIONS = ("accounts", "users", "sessions", "members", "app_members")


async def test_an_invitation_is_pending_and_mailed_once(life: Life) -> None:
    invited = await life.invite()

    invitation = invited.invitation
    assert (invited.is_new, invited.is_mailed) == (True, True)
    assert invitation.shown_state is ShownState.PENDING
    assert invitation.send_count == 1
    by, inviter = life.cast.inviter.actor, invitation.inviter
    assert (inviter.kind, inviter.id, inviter.name) == (by.kind, by.id, by.name)
    assert len(await life.letters()) == 1
    assert await life.events() == ["invitation.made"]


async def test_an_invitation_lives_for_five_days(life: Life) -> None:
    invitation = (await life.invite()).invitation
    lives = invitation.expires_at - invitation.created_at
    assert abs(lives - timedelta(days=5)) < timedelta(seconds=5)


async def test_an_invitation_may_say_until_when(life: Life) -> None:
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    first = (await life.invite(expiry=Expiry(at=at))).invitation
    second = (
        await life.invite("b@example.com", expiry=Expiry(after=timedelta(hours=1)))
    ).invitation

    assert first.expires_at == at
    lives = second.expires_at - second.created_at
    assert abs(lives - timedelta(hours=1)) < timedelta(seconds=5)


async def test_inviting_makes_no_account_and_no_password(life: Life) -> None:
    before = {table: await life.count(table) for table in ALL_BUT_INVITATIONS}
    passwords = "SELECT count(*) FROM accounts WHERE password_hash IS NOT NULL"
    with_password = await life.tx.fetch_value(passwords)

    invitation = (await life.invite()).invitation
    await life.invite()
    await life.resend(invitation)

    assert {table: await life.count(table) for table in ALL_BUT_INVITATIONS} == before
    assert await life.tx.fetch_value(passwords) == with_password


@pytest.mark.parametrize("again", [ANA, "ANA@example.com", "ana@EXAMPLE.com"])
async def test_inviting_again_renews_in_place(life: Life, again: str) -> None:
    first = (await life.invite()).invitation
    await life.pass_time(first, timedelta(days=1))
    second = await life.invite(again, life.destination.roles.inviting, by=life.cast.chief)

    renewed = second.invitation
    assert (second.is_new, second.is_mailed) == (False, True)
    assert renewed.id == first.id
    assert renewed.send_count == 2
    assert renewed.destination.role == life.destination.roles.inviting
    assert renewed.inviter.id == life.cast.chief.id
    assert renewed.expires_at - renewed.read_at > timedelta(days=4, hours=23)
    assert await life.count("invitations") == 1
    assert await life.events() == ["invitation.made", "invitation.renewed"]


async def test_inviting_again_replaces_the_link(life: Life) -> None:
    _, old = await life.invited()
    await life.tx.execute("UPDATE messages SET state = 'sent', key_seed = NULL")
    await life.invite()
    newest = await life.tx.fetch_value("SELECT count(*) FROM messages WHERE key_seed IS NOT NULL")

    assert newest == 1
    with pytest.raises(InvitationSuperseded):
        await life.accept(old)


async def test_within_the_cool_down_the_change_is_saved_and_nothing_is_mailed(life: Life) -> None:
    first, key = await life.invited(pace=PACE)
    again = await life.invite(
        role=life.destination.roles.inviting, by=life.cast.chief, pace=PACE, metadata={"team": "x"}
    )

    assert (again.is_new, again.is_mailed) == (False, False)
    assert again.invitation.id == first.id
    assert again.invitation.destination.role == life.destination.roles.inviting
    assert again.invitation.metadata == {"team": "x"}
    assert again.invitation.send_count == 1
    assert len(await life.letters()) == 1
    assert (await life.accept(key)).invitation.id == first.id


async def test_past_the_cap_the_change_is_saved_and_nothing_is_mailed(life: Life) -> None:
    first, key = await life.invited()
    for _ in range(PACE.most - 1):
        await life.pass_time(first, PACE.cool_down)
        assert (await life.invite(pace=PACE)).is_mailed
    await life.pass_time(first, PACE.cool_down)
    again = await life.invite(pace=PACE)

    assert again.is_mailed is False
    assert again.invitation.send_count == PACE.most
    assert await life.key() != key


async def test_inviting_again_brings_an_expired_one_back(life: Life) -> None:
    invitation, old = await life.invited()
    await life.expire(invitation)
    again = await life.invite()

    assert again.is_new is False
    assert again.invitation.id == invitation.id
    assert again.invitation.shown_state is ShownState.PENDING
    assert (await life.accept(await life.key())).invitation.id == invitation.id
    assert old != await life.key()


@pytest.mark.parametrize("state", [State.REVOKED, State.DECLINED])
async def test_after_the_end_inviting_makes_a_new_one(life: Life, state: State) -> None:
    first, key = await life.invited()
    await (life.revoke(first) if state is State.REVOKED else life.decline(key))
    again = await life.invite()

    assert again.is_new is True
    assert again.invitation.id != first.id
    assert (await life.find(first.id)).state is state


async def test_a_member_cannot_be_invited(life: Life) -> None:
    for role, person in life.cast.inside.items():
        with pytest.raises(AlreadyMember):
            await life.invite(person.email.upper(), role, by=life.cast.chief)


async def test_who_joined_meanwhile_cannot_be_invited_again(life: Life) -> None:
    _, key = await life.invited()
    await life.accept(key)
    with pytest.raises(AlreadyMember):
        await life.invite()


async def test_the_same_address_may_be_invited_to_several_places(life: Life) -> None:
    here = await life.invite(life.cast.guest.email)
    there = await life.invite("ana@example.com")
    assert here.is_new
    assert there.is_new


async def test_who_may_not_invite_gets_no_hold_of_the_place(life: Life) -> None:
    for person in (life.cast.onlooker, life.cast.member):
        with pytest.raises(NotPermitted):
            await life.invite(by=person)
    assert await life.count("invitations") == await life.count("messages") == 0


async def test_nobody_grants_a_role_above_their_own(life: Life) -> None:
    with pytest.raises(RoleNotAllowed):
        await life.invite(role=life.destination.roles.top)
    assert (await life.invite(role=life.destination.roles.top, by=life.cast.chief)).is_new


async def test_renewing_needs_the_right_for_the_role_it_had(life: Life) -> None:
    await life.invite(role=life.destination.roles.top, by=life.cast.chief)
    with pytest.raises(RoleNotAllowed):
        await life.invite(role=life.destination.roles.low)


async def test_the_mail_says_who_invites_to_what_and_until_when(life: Life) -> None:
    invitation, key = await life.invited()
    [letter] = await life.letters()

    assert life.cast.inviter.name in letter.text
    assert life.destination.name in letter.text
    assert ANA in letter.text
    assert f"?key={key}" in letter.text
    assert f"?key={key}" in letter.html
    assert str(invitation.expires_at.day) in letter.text


async def test_the_key_is_in_no_table(life: Life) -> None:
    _, key = await life.invited()
    for table in ("keys", "invitations", "messages", "audit"):
        text = await life.tx.fetch_value(f"SELECT string_agg(t::text, '') FROM {table} t")
        assert key not in text
