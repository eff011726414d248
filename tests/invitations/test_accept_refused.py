"""Accepting what is over, or what the inviter may no longer give: nobody gets in."""

import pytest

from tests.invitations.kinds import OF_ORGANIZATIONS
from tests.invitations.life import Life
from vestibule.invitations.model import (
    InvitationDeclined,
    InvitationExpired,
    InvitationRevoked,
    InviterNotEntitled,
    State,
)
from vestibule.keys.model import KeyNotFound
from vestibule.organizations.model import AlreadyMember


async def test_an_inviter_who_may_no_longer_invite_lets_nobody_in(life: Life) -> None:
    invitation, key = await life.invited()
    await life.destination.give_role(life.tx, life.cast.inviter, life.destination.roles.low)
    before = await life.counts()

    with pytest.raises(InviterNotEntitled):
        await life.accept(key)
    assert await life.counts() == before
    assert (await life.find(invitation.id)).state is State.PENDING


async def test_an_inviter_who_left_lets_nobody_in(life: Life) -> None:
    _, key = await life.invited()
    await life.destination.remove(life.tx, life.cast.inviter)
    with pytest.raises(InviterNotEntitled):
        await life.accept(key)


async def test_an_inviter_who_may_invite_but_not_to_that_role_lets_nobody_in(life: Life) -> None:
    top = life.destination.roles.top
    await life.destination.give_role(life.tx, life.cast.inviter, top)
    _, key = await life.invited(role=top)
    await life.destination.give_role(life.tx, life.cast.inviter, life.destination.roles.inviting)
    with pytest.raises(InviterNotEntitled):
        await life.accept(key)


async def test_a_lowered_inviter_s_invitation_works_again_in_another_s_hands(life: Life) -> None:
    invitation, key = await life.invited()
    await life.destination.give_role(life.tx, life.cast.inviter, life.destination.roles.low)
    await life.resend(invitation, by=life.cast.chief)
    assert key != await life.key()
    assert (await life.accept(await life.key())).invitation.id == invitation.id


async def test_an_expired_invitation_lets_nobody_in(life: Life) -> None:
    invitation, key = await life.invited(life.cast.guest.email)
    await life.expire(invitation)

    with pytest.raises(InvitationExpired):
        await life.accept_signed_in(key, life.cast.guest)
    with pytest.raises(InvitationExpired):
        await life.accept_by_key_alone(key)
    with pytest.raises(InvitationExpired):
        await life.decline(key)
    assert await life.destination.role_of(life.tx, life.cast.guest.id) is None


async def test_an_invitation_that_expires_while_it_is_accepted_lets_nobody_in(life: Life) -> None:
    invitation, key = await life.invited(life.cast.guest.email)
    await life.tx.execute(
        """
        UPDATE invitations SET expires_at = clock_timestamp() + interval '100 milliseconds'
         WHERE id = $1
        """,
        invitation.id,
    )
    await life.tx.execute("SELECT pg_sleep(0.12)")
    with pytest.raises(InvitationExpired):
        await life.accept_signed_in(key, life.cast.guest)


@OF_ORGANIZATIONS
async def test_a_member_is_told_that_they_are_one(life: Life) -> None:
    invitation, key = await life.invited()
    with pytest.raises(AlreadyMember):
        await life.accept_signed_in(key, life.cast.member, as_me=True)
    assert (await life.find(invitation.id)).state is State.PENDING


async def test_a_revoked_invitation_lets_nobody_in(life: Life) -> None:
    invitation, key = await life.invited(life.cast.guest.email)
    await life.revoke(invitation)
    with pytest.raises(InvitationRevoked):
        await life.accept_signed_in(key, life.cast.guest)


@OF_ORGANIZATIONS
async def test_what_is_over_lets_nobody_in_from_their_console(life: Life) -> None:
    revoked = (await life.invite(life.cast.guest.email)).invitation
    await life.revoke(revoked)
    with pytest.raises(InvitationRevoked):
        await life.accept_waiting(revoked, life.cast.guest)
    expired = (await life.invite(life.cast.guest.email)).invitation
    await life.expire(expired)
    with pytest.raises(InvitationExpired):
        await life.accept_waiting(expired, life.cast.guest)


@OF_ORGANIZATIONS
async def test_a_manager_s_invitation_lets_nobody_in(life: Life) -> None:
    _, key = await life.invited()
    await life.destination.give_role(life.tx, life.cast.inviter, "manager")
    with pytest.raises(InviterNotEntitled):
        await life.accept(key)


async def test_a_declined_invitation_lets_nobody_in(life: Life) -> None:
    _, key = await life.invited(life.cast.guest.email)
    await life.decline(key)
    with pytest.raises(InvitationDeclined):
        await life.accept_signed_in(key, life.cast.guest)


@pytest.mark.parametrize("key", ["", "x", "x" * 43, "\u00e5", "inv_01h455vb4pex5vsknk084sn02q"])
async def test_an_unknown_key_is_not_found(life: Life, key: str) -> None:
    await life.invite()
    with pytest.raises(KeyNotFound):
        await life.accept(key)
    with pytest.raises(KeyNotFound):
        await life.decline(key)
