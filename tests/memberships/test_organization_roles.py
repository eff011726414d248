"""Changing what somebody is in an organization: who may, whom, to what, and what follows."""

import pytest

from tests.memberships.hall import Hall
from vestibule.memberships.model import (
    LastOwner,
    MemberBeyondReach,
    NobodyChangesThemselves,
    RoleChanged,
)
from vestibule.organizations.model import MemberNotFound, NotPermitted, RoleNotAllowed


async def test_an_owner_makes_anybody_anything(hall: Hall) -> None:
    world = hall.world
    for person, role in ((world.bo, "owner"), (world.bo, "viewer"), (world.di, "admin")):
        await hall.change(person, role, by=world.ada)
        assert await hall.role(person) == role


async def test_an_admin_changes_who_is_less_and_to_no_more_than_they_are(hall: Hall) -> None:
    world = hall.world
    await hall.change(world.di, "manager", by=world.bo)
    await hall.change(world.di, "admin", by=world.bo)
    assert await hall.role(world.di) == "admin"

    with pytest.raises(MemberBeyondReach, match="role_not_allowed"):
        await hall.change(world.di, "viewer", by=world.bo)
    with pytest.raises(RoleNotAllowed):
        await hall.change(world.cy, "owner", by=world.bo)
    with pytest.raises(MemberBeyondReach):
        await hall.change(world.ada, "viewer", by=world.bo)


@pytest.mark.parametrize("role", ["owner", "admin", "manager", "viewer"])
async def test_nobody_changes_themselves(hall: Hall, role: str) -> None:
    for person in (hall.world.ada, hall.world.bo):
        with pytest.raises(NobodyChangesThemselves, match="not_permitted") as refusal:
            await hall.change(person, role, by=person)
        may_hand_over = person == hall.world.ada
        assert refusal.value.explain().endswith("hand over.") is may_hand_over


async def test_who_does_not_manage_members_changes_nobody(hall: Hall) -> None:
    for person in (hall.world.cy, hall.world.di):
        with pytest.raises(NotPermitted):
            await hall.change(hall.world.di, "viewer", by=person)


async def test_who_is_no_member_is_not_found(hall: Hall) -> None:
    for person in (hall.world.eve, hall.world.flo):
        with pytest.raises(MemberNotFound):
            await hall.change(person, "viewer", by=hall.world.ada)


async def test_an_owner_demotes_another_but_one_stays(hall: Hall) -> None:
    await hall.make(hall.world.bo, "owner")
    await hall.change(hall.world.ada, "viewer", by=hall.world.bo)
    assert await hall.role(hall.world.ada) == "viewer"
    with pytest.raises(LastOwner):
        await hall.leave(hall.world.bo)


async def test_the_person_is_told_and_the_trail_has_before_and_after(hall: Hall) -> None:
    await hall.change(hall.world.cy, "admin", by=hall.world.ada)

    (letter,) = await hall.letters(hall.world.cy)
    assert letter.subject == "Your role in Analytical was changed"
    assert "Ada Abel changed what you" in letter.text
    assert "You are an admin now." in letter.text
    assert "/organizations/analytical" in letter.text
    (entry,) = await hall.entries("member.role_changed")
    assert (entry["actor_id"], entry["subject_id"]) == (hall.world.ada.id, hall.world.cy.id)
    assert entry["organization_id"] == hall.world.analytical.id
    assert (entry["details"]["before"], entry["details"]["after"]) == ("manager", "admin")


async def test_no_change_leaves_no_trace(hall: Hall) -> None:
    await hall.change(hall.world.cy, "manager", by=hall.world.ada)
    assert await hall.letters(hall.world.cy) == []
    assert await hall.entries("member.role_changed") == []


async def test_who_saw_another_role_is_told_and_changes_nothing(hall: Hall) -> None:
    with pytest.raises(RoleChanged) as refused:
        await hall.change(hall.world.cy, "admin", by=hall.world.ada, expected="viewer")
    assert "it is manager now" in refused.value.explain()
    await hall.change(hall.world.cy, "admin", by=hall.world.ada, expected="manager")
    assert await hall.role(hall.world.cy) == "admin"


async def test_what_they_may_no_longer_grant_is_revoked_there_and_in_the_apps(hall: Hall) -> None:
    bo, ada = hall.world.bo, hall.world.ada
    await hall.make(bo, "owner")
    owner = await hall.invited("one@example.com", "owner", by=bo)
    viewer = await hall.invited("two@example.com", "viewer", by=bo)
    boss = await hall.invited("three@example.com", "Boss", by=bo, app="shifts")
    other = await hall.invited("four@example.com", "owner", by=ada)

    await hall.change(bo, "admin", by=ada)
    assert await hall.state(owner) == "revoked by Bo Berg"
    assert await hall.state(viewer) == "pending by Bo Berg"
    assert await hall.state(boss) == "pending by Bo Berg"

    await hall.change(bo, "manager", by=ada)
    assert await hall.state(viewer) == "revoked by Bo Berg"
    assert await hall.state(boss) == "revoked by Bo Berg"
    assert await hall.state(other) == "pending by Ada Abel"
    sql = "SELECT state FROM messages WHERE about = $1"
    assert await hall.value(sql, boss) == "failed"


async def test_what_they_began_in_apps_from_the_studio_ends_when_they_manage_none(
    hall: Hall,
) -> None:
    bo, mia = hall.world.bo, hall.world.mia
    await hall.tx.execute(
        """
        INSERT INTO app_continuations (session_id, app_id, organization_id, user_id)
        VALUES ($1, $2, $3, $4)
        """,
        mia.session_id,
        mia.app.id,
        hall.world.analytical.id,
        bo.id,
    )
    sql = "SELECT count(*) FROM sessions WHERE id = $1"

    await hall.change(bo, "owner", by=hall.world.ada)
    assert await hall.value(sql, mia.session_id) == 1
    await hall.change(bo, "manager", by=hall.world.ada)
    assert await hall.value(sql, mia.session_id) == 0
