"""Roles of an organization's own deleted, and what becomes of who has them."""

from datetime import timedelta

import pytest

from tests.memberships.hall import Hall
from tests.memberships.role_desk import CLERK, DEPUTY, RoleDesk
from vestibule.kernel.errors import InvalidRequest
from vestibule.memberships.model import MemberBeyondReach, RoleInUse
from vestibule.organizations.model import RoleNotAllowed

READ = "members:read"


@pytest.fixture
def desk(hall: Hall) -> RoleDesk:
    return RoleDesk(hall)


async def test_a_role_that_nobody_has_is_deleted(desk: RoleDesk) -> None:
    await desk.make(CLERK, READ)
    await desk.delete(CLERK)
    assert await desk.kept() == {}
    (entry,) = await desk.hall.entries("organization.role_deleted")
    assert entry["details"] == {"role": CLERK, "before": [READ]}


async def test_a_role_in_use_stays_until_it_is_said_what_becomes_of_it(desk: RoleDesk) -> None:
    hall, world = desk.hall, desk.hall.world
    await desk.make(CLERK, READ)
    await hall.make(world.cy, CLERK)
    await hall.make(world.di, CLERK)
    await hall.invited("one@example.com", CLERK, by=world.bo)
    with pytest.raises(RoleInUse) as refusal:
        await desk.delete(CLERK)
    assert refusal.value.explain() == (
        f"2 members and 1 open invitation have the role {CLERK}. Say what becomes of them."
    )
    assert await desk.kept() == {CLERK: {READ}}


async def test_a_default_role_is_in_use(desk: RoleDesk) -> None:
    await desk.make(CLERK, READ)
    await desk.hall.tx.execute(
        "UPDATE organizations SET default_role = $1 WHERE slug = 'analytical'", CLERK
    )
    with pytest.raises(RoleInUse) as refusal:
        await desk.delete(CLERK)
    assert CLERK in refusal.value.explain()
    await desk.delete(CLERK, "manager")
    sql = "SELECT default_role FROM organizations WHERE slug = 'analytical'"
    assert await desk.hall.value(sql) == "manager"


async def test_who_has_it_and_who_is_invited_to_it_gets_the_other_role(desk: RoleDesk) -> None:
    hall, world = desk.hall, desk.hall.world
    await desk.make(CLERK, READ)
    await hall.make(world.cy, CLERK)
    await hall.make(world.di, CLERK)
    pending = await hall.invited("one@example.com", CLERK, by=world.bo)
    await desk.delete(CLERK, "manager", by=world.bo)

    assert await desk.kept() == {}
    for person in (world.cy, world.di):
        assert await hall.role(person) == "manager"
        (letter,) = await hall.letters(person)
        assert "Bo Berg changed what you" in letter.text
        assert "You are a manager now." in letter.text
    entries = await hall.entries("member.role_changed")
    assert {entry["subject_id"] for entry in entries} == {world.cy.id, world.di.id}
    assert [entry["details"]["before"] for entry in entries] == [CLERK, CLERK]
    assert await desk.offered(pending) == "manager"
    assert await hall.state(pending) == "pending by Bo Berg"
    (edited,) = await hall.entries("invitation.edited")
    assert edited["details"]["before"]["role"] == CLERK
    assert edited["details"]["after"]["role"] == "manager"
    (deleted,) = await hall.entries("organization.role_deleted")
    assert (deleted["details"]["role"], deleted["details"]["to"]) == (CLERK, "manager")


async def test_who_deletes_answers_for_invitations_that_their_inviter_may_not_send(
    desk: RoleDesk,
) -> None:
    hall, world = desk.hall, desk.hall.world
    await desk.make(CLERK, READ)
    await desk.make("Inviting", "invitations:manage", READ)
    await hall.make(world.cy, "Inviting")
    by_cy = await hall.invited("one@example.com", CLERK, by=world.cy)
    await desk.delete(CLERK, "manager", by=world.bo)
    assert await desk.offered(by_cy) == "manager"
    assert await hall.state(by_cy) == "pending by Bo Berg"
    (edited,) = await hall.entries("invitation.edited")
    assert edited["details"]["after"]["inviter"] == str(world.bo.id)


async def test_what_the_moved_sent_and_may_no_longer_grant_is_revoked(desk: RoleDesk) -> None:
    hall, world = desk.hall, desk.hall.world
    await desk.make(CLERK, *DEPUTY)
    await hall.make(world.cy, CLERK)
    viewer = await hall.invited("one@example.com", "viewer", by=world.cy)
    boss = await hall.invited("two@example.com", "Boss", by=world.cy, app="shifts")
    theirs = await hall.invited("three@example.com", CLERK, by=world.cy)
    await desk.delete(CLERK, "viewer")
    assert await hall.state(viewer) == "revoked by Cy Cole"
    assert await hall.state(boss) == "revoked by Cy Cole"
    assert await hall.state(theirs) == "pending by Ada Abel"
    assert await desk.offered(theirs) == "viewer"


async def test_what_the_moved_began_in_apps_ends_when_they_manage_none(desk: RoleDesk) -> None:
    hall, world = desk.hall, desk.hall.world
    await desk.make(CLERK, "apps:manage")
    await hall.make(world.cy, CLERK)
    await hall.tx.execute(
        """
        INSERT INTO app_continuations (session_id, app_id, organization_id, user_id)
        VALUES ($1, $2, $3, $4)
        """,
        world.mia.session_id,
        world.mia.app.id,
        world.analytical.id,
        world.cy.id,
    )
    await desk.delete(CLERK, "viewer")
    sql = "SELECT count(*) FROM sessions WHERE id = $1"
    assert await hall.value(sql, world.mia.session_id) == 0


@pytest.mark.parametrize("to", ["owner", CLERK, "nothing", ""])
async def test_what_cannot_come_in_its_place_is_refused(desk: RoleDesk, to: str) -> None:
    await desk.make(CLERK, READ)
    await desk.hall.make(desk.hall.world.di, CLERK)
    with pytest.raises(InvalidRequest) as refusal:
        await desk.delete(CLERK, to)
    (fault,) = refusal.value.errors
    assert fault.path == "to"
    # What would be refused is not offered: neither the role itself, nor owner.
    assert fault.message == "Choose a role: viewer, manager, admin."


async def test_nobody_moves_members_without_the_right_to_give_and_to_change(
    desk: RoleDesk,
) -> None:
    hall, world = desk.hall, desk.hall.world
    await desk.make(CLERK, READ)
    await desk.make("Settings", "settings:manage", READ)
    await desk.make("Inviting", "settings:manage", "invitations:manage", READ)
    await hall.make(world.di, CLERK)
    await hall.make(world.cy, "Settings")
    with pytest.raises(RoleNotAllowed):
        await desk.delete(CLERK, "viewer", by=world.cy)
    await hall.make(world.cy, "Inviting")
    with pytest.raises(MemberBeyondReach):
        await desk.delete(CLERK, "viewer", by=world.cy)
    with pytest.raises(RoleNotAllowed):
        await desk.delete(CLERK, "manager", by=world.cy)
    await hall.make(world.di, "viewer")
    with pytest.raises(RoleNotAllowed):
        await desk.delete(CLERK, "manager", by=world.cy)
    await desk.delete(CLERK, "viewer", by=world.cy)


async def test_who_is_past_their_end_has_no_role_that_is_no_more(desk: RoleDesk) -> None:
    hall, world = desk.hall, desk.hall.world
    await desk.make(CLERK, READ)
    await hall.make(world.cy, CLERK)
    await hall.tx.execute(
        "UPDATE members SET member_until = clock_timestamp() - $1::interval WHERE user_id = $2",
        timedelta(hours=1),
        world.cy.id,
    )
    with pytest.raises(RoleInUse):
        await desk.delete(CLERK)
    await desk.delete(CLERK, "viewer")
    assert await hall.role(world.cy) == "viewer"
    assert await hall.letters(world.cy) == []
