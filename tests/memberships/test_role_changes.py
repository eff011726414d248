"""Roles of an organization's own: made and changed, and what follows for who has them."""

import pytest

from tests.memberships.hall import Hall
from tests.memberships.role_desk import CLERK, DEPUTY, RoleDesk
from vestibule.kernel.errors import InvalidRequest
from vestibule.kernel.ids import InvitationId
from vestibule.memberships.model import PermissionsChanged
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
