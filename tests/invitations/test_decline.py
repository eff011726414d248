"""Saying no, and asking for a new invitation."""

from datetime import timedelta

import pytest

from tests.invitations.kinds import OF_ORGANIZATIONS
from tests.invitations.life import ANA, Life
from vestibule.invitations.asking import MOST, PAUSE
from vestibule.invitations.model import (
    Invitation,
    InvitationAlreadyAccepted,
    InvitationDeclined,
    InvitationRevoked,
    InvitationSuperseded,
    State,
)


async def test_declining_closes_it_with_a_reason(life: Life) -> None:
    invitation, key = await life.invited()
    declined = await life.decline(key, "Wrong person")

    assert declined.id == invitation.id
    assert declined.state is State.DECLINED
    assert declined.decline_reason == "Wrong person"
    entry = await life.last_entry()
    assert (entry["event"], entry["details"]["reason"]) == ("invitation.declined", "Wrong person")


async def test_no_reason_is_needed(life: Life) -> None:
    _, key = await life.invited()
    assert (await life.decline(key)).decline_reason is None


@OF_ORGANIZATIONS
async def test_who_signed_up_by_themselves_declines_on_their_console(life: Life) -> None:
    guest = life.cast.guest
    invitation, key = await life.invited(guest.email)
    assert (await life.decline_waiting(invitation, guest, "No")).state is State.DECLINED
    with pytest.raises(InvitationDeclined):
        await life.decline(key)
    entry = await life.last_entry()
    assert entry["actor_id"] == guest.id


@OF_ORGANIZATIONS
async def test_declining_takes_back_a_mail_that_waits(life: Life) -> None:
    guest = life.cast.guest
    invitation = (await life.invite(guest.email)).invitation
    await life.decline_waiting(invitation, guest)
    waiting = "SELECT count(*) FROM messages WHERE key_seed IS NOT NULL"
    assert await life.tx.fetch_value(waiting) == 0


async def test_declining_does_not_mail(life: Life) -> None:
    _, key = await life.invited()
    messages = await life.count("messages")
    await life.decline(key)
    assert await life.count("messages") == messages


async def test_what_is_closed_is_not_declined(life: Life) -> None:
    accepted, revoked = await life.invited(), await life.invited("b@example.com")
    await life.accept(accepted[1])
    await life.revoke(revoked[0])

    with pytest.raises(InvitationAlreadyAccepted):
        await life.decline(accepted[1])
    with pytest.raises(InvitationRevoked):
        await life.decline(revoked[1])


async def test_an_old_link_declines_nothing(life: Life) -> None:
    invitation, old = await life.invited()
    await life.resend(invitation)
    with pytest.raises(InvitationSuperseded):
        await life.decline(old)
    assert (await life.find(invitation.id)).state is State.PENDING


async def test_asking_mails_the_inviter(life: Life) -> None:
    invitation, key = await life.invited()
    await life.expire(invitation)

    assert await life.ask(key) is True
    [letter] = await life.letters(life.cast.inviter.email)
    assert ANA in letter.text
    assert "?key=" not in letter.text
    assert len(await life.letters(ANA)) == 1
    assert (await life.events())[-1] == "invitation.asked_for"


async def test_asking_mails_the_owners_if_the_inviter_may_no_longer_invite(life: Life) -> None:
    invitation, key = await life.invited()
    await life.expire(invitation)
    await life.destination.give_role(life.tx, life.cast.inviter, life.destination.roles.low)

    assert await life.ask(key) is True
    assert await life.letters(life.cast.inviter.email) == []
    assert len(await life.letters(life.cast.owner.email)) == 1


async def test_asking_mails_the_owners_if_the_inviter_is_gone(life: Life) -> None:
    invitation, key = await life.invited()
    await life.revoke(invitation)
    await life.destination.remove(life.tx, life.cast.inviter)

    assert await life.ask(key) is True
    assert len(await life.letters(life.cast.owner.email)) == 1


async def test_asking_does_not_renew_by_itself(life: Life) -> None:
    invitation, key = await life.invited()
    await life.expire(invitation)
    await life.ask(key)
    after = await life.find(invitation.id)
    assert after.is_expired
    assert after.send_count == 1


async def test_asking_counts_once_a_day_and_three_times_in_all(life: Life) -> None:
    invitation, key = await life.invited()
    await life.revoke(invitation)
    asked = []
    for _ in range(MOST + 1):
        asked += [await life.ask(key), await life.ask(key)]
        await life.pass_time(invitation, PAUSE)

    assert asked == [True, False] * MOST + [False, False]
    assert len(await life.letters(life.cast.inviter.email)) == MOST


async def test_asking_after_a_decline_mails_nobody(life: Life) -> None:
    _, key = await life.invited()
    await life.decline(key)
    messages = await life.count("messages")
    assert await life.ask(key) is False
    assert await life.count("messages") == messages


async def test_asking_while_the_link_works_mails_nobody(life: Life) -> None:
    _, key = await life.invited()
    messages = await life.count("messages")
    assert await life.ask(key) is False
    assert await life.count("messages") == messages


async def test_asking_with_an_unknown_key_is_no_error(life: Life) -> None:
    assert await life.ask("x" * 43) is False


async def test_a_replaced_link_brings_the_newest_to_the_invited_address(life: Life) -> None:
    invitation, old = await life.invited()
    sent = await life.resend(invitation)
    replaced = await life.key()

    assert await life.ask(old) is True
    assert await life.letters(life.cast.inviter.email) == []
    newest = await life.key()
    assert newest not in {old, replaced}
    again = await life.find(invitation.id)
    assert (again.expires_at, again.inviter) == (sent.expires_at, sent.inviter)
    assert (await life.accept(newest)).invitation.id == invitation.id


async def test_a_replaced_link_of_an_expired_one_asks_the_inviter(life: Life) -> None:
    invitation, old = await life.invited()
    await life.resend(invitation)
    await life.expire(invitation)

    assert await life.ask(old) is True
    assert len(await life.letters(life.cast.inviter.email)) == 1


@pytest.mark.parametrize("time", [PAUSE - timedelta(minutes=1), PAUSE])
async def test_the_day_is_a_whole_day(life: Life, time: timedelta) -> None:
    invitation, key = await life.invited()
    await life.revoke(invitation)
    await life.ask(key)
    await life.pass_time(invitation, time)
    assert await life.ask(key) is (time >= PAUSE)


async def test_asking_is_counted_for_each_invitation(life: Life) -> None:
    keys: list[tuple[Invitation, str]] = [
        await life.invited(email) for email in ("a@example.com", "b@example.com")
    ]
    for invitation, key in keys:
        await life.revoke(invitation)
        assert await life.ask(key) is True
