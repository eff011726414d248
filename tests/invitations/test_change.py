"""Editing, resending and revoking an invitation that is pending."""

from datetime import timedelta

import pytest

from tests.invitations.life import Life
from vestibule.invitations import actions
from vestibule.invitations.actions import Means
from vestibule.invitations.model import (
    InvitationClosed,
    InvitationNotFound,
    InvitationRevoked,
    InvitationSuperseded,
    ShownState,
    State,
)
from vestibule.invitations.offer_model import UNHURRIED, Changes, Expiry, Pace, ResentTooOften
from vestibule.organizations.model import RoleNotAllowed

PACE = Pace()


async def test_editing_keeps_the_id_and_the_link(life: Life) -> None:
    invitation, key = await life.invited()
    changes = Changes(
        role=life.destination.roles.inviting, expiry=Expiry(after=timedelta(days=9)), locale="sv"
    )
    edited = await life.edit(invitation, changes)

    assert edited.id == invitation.id
    assert edited.destination.role == life.destination.roles.inviting
    assert edited.expires_at - edited.read_at > timedelta(days=8, hours=23)
    assert edited.locale == "sv"
    assert edited.send_count == 1
    assert len(await life.letters()) == 1
    assert (await life.accept(key)).invitation.id == invitation.id


async def test_editing_nothing_keeps_role_expiry_and_language(life: Life) -> None:
    invitation = (await life.invite()).invitation
    edited = await life.edit(invitation, Changes())

    assert edited.destination == invitation.destination
    assert (edited.expires_at, edited.locale) == (invitation.expires_at, invitation.locale)


async def test_who_edits_becomes_the_inviter(life: Life) -> None:
    invitation = (await life.invite()).invitation
    edited = await life.edit(invitation, Changes(locale="sv"), by=life.cast.chief)
    assert (edited.inviter.id, edited.inviter.name) == (life.cast.chief.id, life.cast.chief.name)


async def test_editing_writes_before_and_after(life: Life) -> None:
    invitation = (await life.invite()).invitation
    await life.edit(invitation, Changes(role=life.destination.roles.inviting))
    entry = await life.last_entry()

    assert entry["event"] == "invitation.edited"
    assert entry["details"]["before"]["role"] == life.destination.roles.low
    assert entry["details"]["after"]["role"] == life.destination.roles.inviting
    assert (entry["actor_id"], entry["subject_id"]) == (life.cast.inviter.id, invitation.id)


async def test_an_expired_one_may_be_edited_back_to_life(life: Life) -> None:
    invitation, key = await life.invited()
    await life.expire(invitation)
    edited = await life.edit(invitation, Changes(expiry=Expiry(after=timedelta(days=1))))

    assert edited.shown_state is ShownState.PENDING
    assert (await life.accept(key)).invitation.id == invitation.id


async def test_editing_needs_the_right_for_both_roles(life: Life) -> None:
    roles = life.destination.roles
    low = (await life.invite()).invitation
    top = (await life.invite("top@example.com", roles.top, by=life.cast.chief)).invitation

    with pytest.raises(RoleNotAllowed):
        await life.edit(low, Changes(role=roles.top))
    with pytest.raises(RoleNotAllowed):
        await life.edit(top, Changes(role=roles.low))
    assert (await life.find(low.id)).destination.role == roles.low


async def test_resending_needs_the_right_for_the_role(life: Life) -> None:
    top = (await life.invite(role=life.destination.roles.top, by=life.cast.chief)).invitation
    with pytest.raises(RoleNotAllowed):
        await life.resend(top)


async def test_revoking_needs_the_right_for_the_role(life: Life) -> None:
    top = (await life.invite(role=life.destination.roles.top, by=life.cast.chief)).invitation
    with pytest.raises(RoleNotAllowed):
        await life.revoke(top)
    assert (await life.find(top.id)).state is State.PENDING


async def test_resending_keeps_the_id_and_replaces_the_link(life: Life) -> None:
    invitation, old = await life.invited()
    await life.tx.execute("UPDATE messages SET state = 'sent', key_seed = NULL")
    sent = await life.resend(invitation, by=life.cast.chief)
    seeds = "SELECT count(*) FROM messages WHERE key_seed IS NOT NULL"

    assert sent.id == invitation.id
    assert sent.send_count == 2
    assert sent.inviter.id == life.cast.chief.id
    assert await life.tx.fetch_value(seeds) == 1
    with pytest.raises(InvitationSuperseded):
        await life.accept(old)


async def test_the_newest_link_works(life: Life) -> None:
    invitation, old = await life.invited()
    await life.resend(invitation)
    newest = await life.key()

    assert newest != old
    assert (await life.accept(newest)).invitation.id == invitation.id


async def test_a_mail_that_waits_is_withdrawn_by_the_next(life: Life) -> None:
    invitation = (await life.invite()).invitation
    await life.resend(invitation)
    waiting = "SELECT count(*) FROM messages WHERE key_seed IS NOT NULL AND about = $1"
    assert await life.tx.fetch_value(waiting, invitation.id) == 1


async def test_resending_lets_it_live_as_long_again(life: Life) -> None:
    expiry = Expiry(after=timedelta(days=10))
    invitation = (await life.invite(expiry=expiry)).invitation
    await life.pass_time(invitation, timedelta(days=11))
    sent = await life.resend(invitation)

    assert sent.shown_state is ShownState.PENDING
    assert abs(sent.expires_at - sent.read_at - timedelta(days=10)) < timedelta(seconds=5)


async def test_resending_within_the_cool_down_is_refused(life: Life) -> None:
    invitation = (await life.invite()).invitation
    with pytest.raises(ResentTooOften) as refusal:
        await life.resend(invitation, pace=PACE)

    assert 0 < refusal.value.retry_after <= PACE.cool_down.total_seconds()
    assert "has not left" in refusal.value.explain()
    await life.tx.execute("UPDATE messages SET state = 'sent', key_seed = NULL")
    with pytest.raises(ResentTooOften, match="rate_limited") as refusal:
        await life.resend(invitation, pace=PACE)
    assert "Give it time to arrive" in refusal.value.explain()
    await life.pass_time(invitation, PACE.cool_down)
    assert (await life.resend(invitation, pace=PACE)).send_count == 2


async def test_resending_has_a_cap(life: Life) -> None:
    invitation = (await life.invite()).invitation
    for _ in range(PACE.most - 1):
        await life.pass_time(invitation, PACE.cool_down)
        invitation = await life.resend(invitation, pace=PACE)
    await life.pass_time(invitation, PACE.cool_down)

    assert invitation.send_count == PACE.most
    with pytest.raises(ResentTooOften):
        await life.resend(invitation, pace=PACE)


async def test_revoking_kills_the_link_and_the_mail(life: Life) -> None:
    invitation, key = await life.invited()
    revoked = await life.revoke(invitation)

    assert revoked.state is State.REVOKED
    with pytest.raises(InvitationRevoked):
        await life.accept(key)
    seeds = "SELECT count(*) FROM messages WHERE key_seed IS NOT NULL"
    assert await life.tx.fetch_value(seeds) == 0


async def test_revoking_twice_changes_nothing(life: Life) -> None:
    invitation = (await life.invite()).invitation
    first = await life.revoke(invitation)
    second = await life.revoke(invitation)

    assert second.closed_at == first.closed_at
    assert await life.events() == ["invitation.made", "invitation.revoked"]


async def test_an_expired_one_may_be_revoked(life: Life) -> None:
    invitation = (await life.invite()).invitation
    await life.expire(invitation)
    assert (await life.revoke(invitation)).shown_state is ShownState.REVOKED


@pytest.mark.parametrize("state", [State.ACCEPTED, State.DECLINED, State.REVOKED])
async def test_what_is_closed_is_not_changed(life: Life, state: State) -> None:
    invitation, key = await life.invited()
    match state:
        case State.ACCEPTED:
            await life.accept(key)
        case State.DECLINED:
            await life.decline(key)
        case _:
            await life.revoke(invitation)
    before = await life.find(invitation.id)

    with pytest.raises(InvitationClosed):
        await life.edit(invitation, Changes(locale="sv"))
    with pytest.raises(InvitationClosed):
        await life.resend(invitation)
    if state is not State.REVOKED:
        with pytest.raises(InvitationClosed):
            await life.revoke(invitation)
    after = await life.find(invitation.id)
    assert (after.state, after.closed_at, after.locale, after.send_count) == (
        before.state,
        before.closed_at,
        before.locale,
        before.send_count,
    )


async def test_an_invitation_of_another_place_is_not_found(life: Life) -> None:
    invitation = (await life.invite()).invitation
    elsewhere = await life.destination.elsewhere(life.tx)
    by, means = life.cast.stranger.actor, Means(life.outbox, UNHURRIED)

    with pytest.raises(InvitationNotFound):
        await actions.edit(life.tx, elsewhere, invitation.id, Changes(locale="sv"), by=by)
    with pytest.raises(InvitationNotFound):
        await actions.resend(life.tx, elsewhere, invitation.id, by=by, means=means)
    with pytest.raises(InvitationNotFound):
        await actions.revoke(life.tx, elsewhere, invitation.id, by=by)
