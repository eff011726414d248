"""What is over is deleted after the retention; the audit trail remains."""

from datetime import timedelta

import pytest

from tests.invitations.life import Life
from vestibule.invitations import forgetting, store
from vestibule.keys import actions as keys
from vestibule.keys.model import KeyNotFound

RETENTION = timedelta(days=30)
A_MINUTE = timedelta(minutes=1)


async def test_what_ended_long_ago_is_forgotten_with_its_keys(life: Life) -> None:
    accepted, accepted_key = await life.invited("a@example.com")
    declined, declined_key = await life.invited("d@example.com")
    revoked, _ = await life.invited("r@example.com")
    expired, expired_key = await life.invited("e@example.com")
    joined = (await life.accept(accepted_key)).invitation.accepted_by
    assert joined is not None
    await life.decline(declined_key)
    await life.revoke(revoked)
    for one in (accepted, declined, revoked, expired):
        await life.pass_time(one, RETENTION + timedelta(days=5) + A_MINUTE)

    assert await forgetting.forget_ended(life.tx, retention=RETENTION) == 4
    assert await life.count("invitations") == 0
    for key in (accepted_key, declined_key, expired_key):
        with pytest.raises(KeyNotFound):
            await keys.get(life.tx, life.destination.purpose, key)
    assert await life.destination.role_of(life.tx, joined) == life.destination.roles.low


async def test_what_ended_a_while_ago_can_still_say_why(life: Life) -> None:
    revoked, _ = await life.invited("r@example.com")
    expired, _ = await life.invited("e@example.com")
    await life.revoke(revoked)
    await life.pass_time(revoked, RETENTION - A_MINUTE)
    await life.pass_time(expired, RETENTION + timedelta(days=5) - A_MINUTE)

    assert await forgetting.forget_ended(life.tx, retention=RETENTION) == 0
    assert await life.count("invitations") == 2


async def test_what_is_pending_stays(life: Life) -> None:
    await life.invite()
    assert await forgetting.forget_ended(life.tx, retention=timedelta(0)) == 0


async def test_the_trail_outlives_what_it_tells_of(life: Life) -> None:
    invitation = (await life.invite()).invitation
    await life.revoke(invitation)
    await life.pass_time(invitation, RETENTION + A_MINUTE)
    await forgetting.forget_ended(life.tx, retention=RETENTION)

    assert await store.find(life.tx, invitation.id) is None
    events = ["invitation.made", "invitation.revoked", "invitations.forgotten"]
    assert await life.events() == events
    assert str(invitation.id) in (await life.last_entry())["details"]["invitations"]


async def test_forgetting_nothing_leaves_no_trace(life: Life) -> None:
    assert await forgetting.forget_ended(life.tx, retention=RETENTION) == 0
    assert await life.events() == []
