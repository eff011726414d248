"""Nobody invites themselves: a role that ends would be prolonged by who has it."""

from datetime import UTC, datetime, timedelta

import pytest

from tests import ends
from tests.api_keys.cast import Bot, add_key
from tests.invitations.kinds import OF_APPS, OF_ORGANIZATIONS
from tests.invitations.life import ANA, SOMEBODY, Life
from vestibule.api_keys import actions as api_keys
from vestibule.invitations import actions
from vestibule.invitations import host_destinations as hosts
from vestibule.invitations.accepters import KeyAlone
from vestibule.invitations.destination_model import OfOrganization
from vestibule.invitations.model import InvitationToOneself, State
from vestibule.invitations.offer_model import Changes
from vestibule.organizations.model import AlreadyMember

NEW = "mia.new@example.com"


async def move(life: Life, address: str) -> None:
    """Give the inviter another address, by SQL alone."""
    sql = "UPDATE accounts SET address = $2, address_canonical = $2 WHERE id = $1"
    await life.tx.execute(sql, life.cast.inviter.id, address)


async def test_nobody_invites_their_own_address(life: Life) -> None:
    for role in (life.destination.roles.low, life.destination.roles.inviting):
        with pytest.raises(AlreadyMember):
            await life.invite(life.cast.inviter.email, role)


@OF_APPS
async def test_the_refusal_says_so_by_the_code_of_who_is_in_already(life: Life) -> None:
    with pytest.raises(InvitationToOneself) as refusal:
        await life.invite(life.cast.inviter.email)
    assert refusal.value.code() == "already_member"
    assert "yourself" in refusal.value.explain()


async def test_nobody_takes_over_what_somebody_else_offers_them(life: Life) -> None:
    until = datetime.now(UTC) + timedelta(days=30)
    made, _ = await life.invited(by=life.cast.chief, member_until=until)
    await move(life, ANA)
    with pytest.raises(InvitationToOneself):
        await life.edit(made, Changes(locale="sv"))
    with pytest.raises(InvitationToOneself):
        await life.resend(made)
    assert (await life.find(made.id)).inviter.id == life.cast.chief.id
    assert (await life.revoke(made)).state is State.REVOKED


@OF_APPS
async def test_nobody_joins_by_what_they_sent_to_an_address_that_is_theirs_now(life: Life) -> None:
    mia = life.cast.inviter
    made, key = await life.invited(NEW)
    await move(life, NEW)
    with pytest.raises(InvitationToOneself):
        await life.accept(key, KeyAlone())
    with pytest.raises(InvitationToOneself):
        await life.accept_signed_in(key, mia)
    assert (await life.find(made.id)).state is State.PENDING
    assert [row["role"] for row in await ends.ends_of(life.tx, mia.id)] == ["Manager"]


@OF_APPS
@pytest.mark.parametrize("is_program", [False, True])
async def test_nor_does_whom_a_user_continues_as_who_sent_it(life: Life, is_program: bool) -> None:
    mia, bo = life.cast.inviter, life.world.bo
    made, key = await life.invited(NEW, by=bo)
    bot = await add_key(life.tx, Bot(1, maker=bo))
    if is_program:
        sql = "UPDATE invitations SET inviter_kind = 'api_key', inviter_id = $2 WHERE id = $1"
        await life.tx.execute(sql, made.id, bot.id)
    await move(life, NEW)
    await life.tx.execute("UPDATE app_members SET user_id = $2 WHERE id = $1", mia.id, bo.id)
    for attempt in (life.accept(key, KeyAlone()), life.accept_signed_in(key, mia)):
        with pytest.raises(InvitationToOneself):
            await attempt
    assert (await life.find(made.id)).state is State.PENDING


@OF_ORGANIZATIONS
async def test_nobody_has_a_program_change_what_is_for_them(life: Life) -> None:
    bo = life.world.bo
    made, _ = await life.invited(NEW, by=life.cast.chief)
    bot = await add_key(life.tx, Bot(1, maker=bo))
    await life.tx.execute(
        "UPDATE accounts SET address = $2, address_canonical = $2 WHERE id = $1", bo.id, NEW
    )
    calling = await api_keys.find_calling(life.tx, bot.token)
    assert calling is not None
    program = calling.program
    host = await hosts.lock(life.tx, OfOrganization("analytical"), program)
    with pytest.raises(InvitationToOneself):
        await actions.edit(
            life.tx, host, made.id, Changes(role="admin"), by=program.actor(SOMEBODY)
        )


@OF_ORGANIZATIONS
async def test_nor_does_a_member_of_an_organization(life: Life) -> None:
    made, key = await life.invited(NEW)
    await move(life, NEW)
    for attempt in (
        life.accept_signed_in(key, life.cast.inviter),
        life.accept_by_key_alone(key),
        life.accept_waiting(made, life.cast.inviter),
    ):
        with pytest.raises(InvitationToOneself):
            await attempt


@OF_APPS
async def test_what_somebody_else_offers_is_for_who_has_a_role_there(life: Life) -> None:
    mia = life.cast.inviter
    _, key = await life.invited(mia.email, by=life.cast.chief)
    await life.accept_signed_in(key, mia)
    assert len(await ends.ends_of(life.tx, mia.id)) == 2


async def test_another_account_of_the_same_person_is_somebody_else(life: Life) -> None:
    _, key = await life.invited(life.cast.guest.email)
    acceptance = await life.accept_signed_in(key, life.cast.guest)
    assert acceptance.invitation.accepted_by == life.cast.guest.id
