"""Roles of an organization's own: made, changed, deleted, and what follows for who has them."""

from datetime import timedelta

import pytest

from tests.memberships.hall import Hall
from tests.memberships.role_desk import CLERK, DEPUTY, RoleDesk
from vestibule.kernel.errors import InvalidRequest
from vestibule.kernel.ids import InvitationId
from vestibule.memberships.model import MemberBeyondReach, PermissionsChanged, RoleInUse
from vestibule.organizations.model import NotPermitted, RoleNotAllowed
from vestibule.organizations.role_model import (
    MOST_ROLES,
    NoPermission,
    RoleBeyondYours,
    RoleNameTaken,
    RoleNotFound,
    RoleNotYours,
    TooManyRoles,
)

READ = "members:read"


@pytest.fixture
def desk(hall: Hall) -> RoleDesk:
    return RoleDesk(hall)


async def test_a_role_is_made_and_members_can_be_given_it(desk: RoleDesk) -> None:
    hall = desk.hall
    made = await desk.make(CLERK, "settings:manage", "invitations:manage")
    assert made.name == CLERK
    assert await desk.kept() == {
        CLERK: {"settings:manage", "invitations:manage", "invitations:read"}
    }

    await hall.change(hall.world.di, CLERK, by=hall.world.ada)
    assert await hall.role(hall.world.di) == CLERK
    (letter,) = await hall.letters(hall.world.di)
    assert f"Your role is {CLERK} now." in letter.text
    (entry,) = await hall.entries("organization.role_made")
    assert entry["details"]["role"] == CLERK
    assert entry["details"]["after"] == [
        "invitations:read",
        "invitations:manage",
        "settings:manage",
    ]


async def test_an_invitation_to_it_is_sent_and_says_its_name(desk: RoleDesk) -> None:
    hall = desk.hall
    await desk.make("R&D: clerk", READ)
    await hall.invited("one@example.com", "R&D: clerk", by=hall.world.bo)
    letters = await hall.mailbox.letters(hall.tx, to="one@example.com")
    assert "invites you, one@example.com, to join Analytical as R&D clerk." in letters[0].text
    assert "to join Analytical as R&amp;D clerk." in letters[0].html


async def test_nobody_makes_a_role_without_the_right_or_beyond_it(desk: RoleDesk) -> None:
    world = desk.hall.world
    for person in (world.cy, world.di):
        with pytest.raises(NotPermitted):
            await desk.make(CLERK, READ, by=person)
    with pytest.raises(RoleBeyondYours):
        await desk.make(CLERK, "organization:delete", by=world.bo)
    with pytest.raises(InvalidRequest):
        await desk.make(CLERK, "organization:own", by=world.ada)
    with pytest.raises(NoPermission):
        await desk.make(CLERK, by=world.ada)
    await desk.make(CLERK, *DEPUTY, "audit:read", "keys:manage", by=world.bo)
    assert await desk.hall.entries("organization.role_made") != []


async def test_a_name_is_given_once_and_there_are_fifty(desk: RoleDesk) -> None:
    for number in range(MOST_ROLES):
        await desk.make(f"Role {number}", READ)
    with pytest.raises(TooManyRoles):
        await desk.make("One more", READ)
    await desk.delete("Role 7")
    with pytest.raises(RoleNameTaken):
        await desk.make("rOLE 8", READ)
    await desk.make("Role 7", READ)


async def test_fifty_roles_of_the_longest_names_fit(desk: RoleDesk) -> None:
    every = [*DEPUTY, "audit:read", "keys:manage", "organization:delete"]
    for number in range(MOST_ROLES):
        await desk.make(f"{number:02}" + "\U00010400" * 38, *every)
    assert len(await desk.kept()) == MOST_ROLES


async def test_a_role_is_changed_for_all_and_the_trail_has_before_and_after(
    desk: RoleDesk,
) -> None:
    await desk.make(CLERK, "audit:read")
    changed = await desk.change(CLERK, "apps:manage", expected=("audit:read",))
    assert {str(one) for one in changed.permissions} == {"apps:manage", "apps:read"}
    (entry,) = await desk.hall.entries("organization.role_changed")
    assert entry["details"] == {
        "role": CLERK,
        "before": ["audit:read"],
        "after": ["apps:read", "apps:manage"],
    }
    await desk.change(CLERK, "apps:read", "apps:manage")
    assert len(await desk.hall.entries("organization.role_changed")) == 1


async def test_who_saw_something_else_is_told_and_changes_nothing(desk: RoleDesk) -> None:
    await desk.make(CLERK, "audit:read")
    with pytest.raises(PermissionsChanged, match="role_changed"):
        await desk.change(CLERK, READ, expected=("apps:read",))
    assert await desk.kept() == {CLERK: {"audit:read"}}


@pytest.mark.parametrize("name", ["owner", "admin", "Admin", "nothing", "billing clerk", ""])
async def test_what_is_no_role_of_their_own_is_not_found(desk: RoleDesk, name: str) -> None:
    await desk.make(CLERK, READ)
    with pytest.raises(RoleNotFound):
        await desk.change(name, READ)
    with pytest.raises(RoleNotFound):
        await desk.delete(name)


async def test_nobody_changes_their_own_role_nor_one_that_may_as_much_or_more(
    desk: RoleDesk,
) -> None:
    """Not by changing it, not by deleting it, and not by another who is alike."""
    hall, world = desk.hall, desk.hall.world
    await desk.make(CLERK, *DEPUTY)
    await desk.make("Twin", *DEPUTY)
    await desk.make("Greater", *DEPUTY, "audit:read")
    await desk.make("Aside", "keys:manage")
    await desk.make("Lesser", "members:manage")
    await hall.make(world.cy, CLERK)
    await hall.make(world.di, "Twin")

    for name in (CLERK, "Twin", "Greater", "Aside"):
        with pytest.raises(RoleNotYours):
            await desk.change(name, READ, by=world.cy)
        with pytest.raises(RoleNotYours):
            await desk.delete(name, "viewer", by=world.cy)
    with pytest.raises(RoleBeyondYours):
        await desk.change("Lesser", "keys:manage", by=world.cy)
    await desk.change("Lesser", *DEPUTY, by=world.cy)
    with pytest.raises(RoleNotYours):
        await desk.change("Lesser", READ, by=world.cy)
    with pytest.raises(RoleNotYours):
        await desk.change(CLERK, READ, by=world.di)
    await desk.change(CLERK, READ, by=world.ada)
    with pytest.raises(NotPermitted):
        await desk.change("Lesser", READ, by=world.cy)


async def test_what_its_holders_may_no_longer_grant_is_revoked_there_and_in_the_apps(
    desk: RoleDesk,
) -> None:
    hall, world = desk.hall, desk.hall.world
    await desk.make("Lesser", READ)
    await desk.make(CLERK, *DEPUTY, "audit:read")
    await hall.make(world.cy, CLERK)
    await hall.make(world.di, CLERK)
    lesser = await hall.invited("one@example.com", "Lesser", by=world.cy)
    own = await hall.invited("two@example.com", CLERK, by=world.di)
    boss = await hall.invited("three@example.com", "Boss", by=world.cy, app="shifts")
    other = await hall.invited("four@example.com", CLERK, by=world.bo)

    await desk.change(CLERK, *DEPUTY[:3])
    assert await hall.state(boss) == "revoked by Cy Cole"
    assert await hall.state(lesser) == "pending by Cy Cole"
    assert await hall.state(own) == "pending by Di Dahl"
    sql = "SELECT state FROM messages WHERE about = $1"
    assert await hall.value(sql, boss) == "failed"

    await desk.change(CLERK, *DEPUTY[:2])
    assert await hall.state(lesser) == "revoked by Cy Cole"
    assert await hall.state(own) == "revoked by Di Dahl"
    assert await hall.state(other) == "pending by Bo Berg"


async def test_a_role_that_gains_takes_back_who_was_invited_to_it_beyond_the_inviter(
    desk: RoleDesk,
) -> None:
    hall, world = desk.hall, desk.hall.world
    await desk.make(CLERK, READ)
    await desk.make("Inviting", "invitations:manage", READ, "audit:read")
    await hall.make(world.cy, "Inviting")
    by_cy = await hall.invited("one@example.com", CLERK, by=world.cy)
    by_bo = await hall.invited("two@example.com", CLERK, by=world.bo)

    await desk.change(CLERK, READ, "audit:read")
    assert await hall.state(by_cy) == "pending by Cy Cole"
    await desk.change(CLERK, READ, "keys:manage")
    assert await hall.state(by_cy) == "revoked by Cy Cole"
    assert await hall.state(by_bo) == "pending by Bo Berg"
    await desk.change(CLERK, READ, "organization:delete")
    assert await hall.state(by_bo) == "revoked by Bo Berg"


async def test_what_its_holders_began_in_apps_ends_when_they_manage_none(desk: RoleDesk) -> None:
    hall, world = desk.hall, desk.hall.world
    await desk.make(CLERK, "apps:manage", "audit:read")
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
    sql = "SELECT count(*) FROM sessions WHERE id = $1"
    await desk.change(CLERK, "apps:manage")
    assert await hall.value(sql, world.mia.session_id) == 1
    await desk.change(CLERK, "apps:read")
    assert await hall.value(sql, world.mia.session_id) == 0


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
    assert [fault.path for fault in refusal.value.errors] == ["to"]


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


async def test_an_invitation_to_a_role_that_changed_is_judged_by_what_it_is_now(
    desk: RoleDesk,
) -> None:
    hall, world = desk.hall, desk.hall.world
    await desk.make(CLERK, READ)
    with pytest.raises(RoleNotAllowed):
        await _invited_after(desk, "organization:delete")
    await desk.change(CLERK, "audit:read")
    assert await hall.state(await hall.invited("x@example.com", CLERK, by=world.bo)) == (
        "pending by Bo Berg"
    )


async def _invited_after(desk: RoleDesk, *permissions: str) -> InvitationId:
    await desk.change(CLERK, *permissions)
    return await desk.hall.invited("one@example.com", CLERK, by=desk.hall.world.bo)
