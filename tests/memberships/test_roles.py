"""Changing the roles of an app's members: who may, what it takes along, who is told."""

import pytest

from tests.client import Mailbox
from tests.memberships.cast import Stage
from vestibule.apps.model import AppMemberNotFound
from vestibule.kernel.errors import InvalidRequest
from vestibule.memberships.model import RoleBeyondReach
from vestibule.organizations.model import NotPermitted


async def test_an_admin_gives_any_roles(stage: Stage) -> None:
    emil = await stage.member("Emil", "Employee")

    changed = await stage.change(emil, "Guest", "Planner", by=stage.world.bo)

    assert sorted(changed.roles) == ["Guest", "Planner"]
    (entry,) = await stage.entries("app_member.roles_changed")
    assert entry["details"]["before"] == ["Employee"]
    assert entry["details"]["after"] == ["Planner", "Guest"]


async def test_a_manager_of_the_organization_and_a_viewer_may_not(stage: Stage) -> None:
    emil = await stage.member("Emil", "Employee")

    for person in (stage.world.cy, stage.world.di):
        with pytest.raises(NotPermitted):
            await stage.change(emil, "Manager", by=person)


async def test_a_member_who_manages_gives_and_takes_what_their_roles_manage(stage: Stage) -> None:
    manager = await stage.member("Mia", "Manager")
    emil = await stage.member("Emil", "Employee")

    assert (await stage.change(emil, "Manager", by=manager)).roles == ("Manager",)


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        (("Employee",), ("Employee", "Planner")),  # gives one
        (("Employee", "Planner"), ("Employee",)),  # takes one
        (("Planner",), ("Employee",)),
    ],
)
async def test_a_member_who_manages_leaves_other_roles_alone(
    stage: Stage, held: tuple[str, ...], wanted: tuple[str, ...]
) -> None:
    manager = await stage.member("Mia", "Manager")
    emil = await stage.member("Emil", *held)

    with pytest.raises(RoleBeyondReach, match="role_not_allowed"):
        await stage.change(emil, *wanted, by=manager)


async def test_roles_beyond_reach_may_stay_as_they_are(stage: Stage) -> None:
    manager = await stage.member("Mia", "Manager")
    emil = await stage.member("Emil", "Guest", "Planner")

    changed = await stage.change(emil, "Guest", "Planner", "Employee", by=manager)
    assert len(changed.roles) == 3


async def test_members_who_may_not_manage_may_change_nobody(stage: Stage) -> None:
    emil = await stage.member("Emil", "Employee")
    planner = await stage.member("Pia", "Planner")

    with pytest.raises(NotPermitted):
        await stage.change(emil, "Planner", by=planner)


async def test_nobody_changes_themselves(stage: Stage) -> None:
    manager = await stage.member("Mia", "Manager")

    with pytest.raises(NotPermitted):
        await stage.change(manager, "Employee", by=manager)


@pytest.mark.parametrize(
    ("wanted", "paths"),
    [
        ((), ["roles"]),
        (("Nobody",), ["roles.0"]),
        (("Guest", "Guest"), ["roles.1"]),
        (("Guest", "nobody", "Guest"), ["roles.1", "roles.2"]),
    ],
)
async def test_roles_are_one_at_least_and_known_and_said_once(
    stage: Stage, wanted: tuple[str, ...], paths: list[str]
) -> None:
    emil = await stage.member("Emil", "Employee")

    with pytest.raises(InvalidRequest) as refused:
        await stage.change(emil, *wanted)
    assert [error.path for error in refused.value.errors] == paths


async def test_thousands_of_faults_are_told_in_few_words(stage: Stage) -> None:
    emil = await stage.member("Emil", "Employee")

    with pytest.raises(InvalidRequest) as refused:
        await stage.change(emil, *("x" for _ in range(10_000)))
    assert len(refused.value.errors) == 20


async def test_a_role_that_is_no_more_is_for_users_to_take_away(stage: Stage) -> None:
    manager = await stage.member("Mia", "Manager")
    ghost = await stage.member("Gus", "Employee", "Ghost")

    with pytest.raises(RoleBeyondReach):
        await stage.change(ghost, "Employee", by=manager)
    assert (await stage.change(ghost, "Employee")).roles == ("Employee",)


async def test_no_change_leaves_no_trace_and_mails_nothing(stage: Stage) -> None:
    emil = await stage.member("Emil", "Employee", "Guest")
    before = (await stage.count("audit"), await stage.count("messages"))

    await stage.change(emil, "Guest", "Employee")

    assert (await stage.count("audit"), await stage.count("messages")) == before


async def test_what_a_member_may_no_longer_grant_is_revoked(stage: Stage) -> None:
    mia = await stage.member("Mia", "Manager", "Planner")
    lost = await stage.invited("ana@example.com", "Employee", by=mia)
    kept = await stage.invited("bea@example.com", "Planner", by=mia)
    others = await stage.invited("cid@example.com", "Employee", by=stage.world.bo)

    await stage.change(mia, "Planner")

    assert await stage.invitation(lost) == {
        "role": "Employee",
        "state": "revoked",
        "mail": "failed",
    }
    for invitation in (kept, others):
        assert (await stage.invitation(invitation))["state"] == "pending"
    (entry,) = await stage.entries("invitation.revoked")
    assert (entry["subject_id"], entry["actor_id"]) == (lost, stage.world.ada.id)


async def test_the_changed_member_is_told_in_the_apps_name(stage: Stage, mailbox: Mailbox) -> None:
    emil = await stage.member("Emil", "Employee")

    await stage.change(emil, "Guest", "Planner", by=stage.world.bo)

    letter = await mailbox.last(stage.tx, to=emil.email)
    assert letter.subject == "Your role in Rounds was changed"
    assert "Bo Berg changed what you" in letter.text
    assert "Planner, Guest" in letter.text
    assert "/apps/rounds/login" in letter.text


async def test_the_linked_user_is_told_as_well_if_they_read_elsewhere(
    stage: Stage, mailbox: Mailbox
) -> None:
    emil = await stage.link(await stage.member("Emil", "Employee"), stage.world.bo)
    ada = await stage.own_member(stage.world.ada)

    await stage.change(emil, "Guest")
    await stage.change(ada, "Guest", by=stage.world.bo)

    assert len(await mailbox.letters(stage.tx, to=stage.world.bo.email)) == 1
    assert len(await mailbox.letters(stage.tx, to=emil.email)) == 1
    assert len(await mailbox.letters(stage.tx, to=stage.world.ada.email)) == 1


async def test_a_member_of_another_app_is_not_found(stage: Stage) -> None:
    emil = await stage.member("Emil", "Employee")
    await stage.tx.execute("DELETE FROM app_members WHERE id = $1", emil.id)

    with pytest.raises(AppMemberNotFound):
        await stage.change(emil, "Guest")
