"""Publishing: versions, who is let in at the first, and what becomes of roles that are dropped."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import world as cast
from tests.client import Mailbox
from tests.memberships.cast import DEFINITION, ROUNDS, Stage, without
from tests.world import calling
from vestibule.apps import actions as apps
from vestibule.apps import making
from vestibule.apps.model import DefinitionNotFound, NewApp
from vestibule.definitions.model import Role
from vestibule.kernel.database import Transaction
from vestibule.kernel.errors import InvalidRequest
from vestibule.memberships.model import Move, RoleInUse, RoleUse
from vestibule.messages.model import Outbox
from vestibule.organizations import actions as organizations

WORKER = without("Employee", Worker=Role(name="Worker"))


async def test_the_first_publish_makes_its_publisher_a_member_with_the_default_role(
    stage: Stage,
) -> None:
    ada = await stage.own_member(stage.world.ada)

    assert ada.roles == ("Manager",)
    assert ada.email == stage.world.ada.email
    password = "SELECT password_hash FROM accounts WHERE id = $1"
    assert await stage.tx.fetch_value(password, ada.id) is None


async def test_only_the_first_publish_lets_somebody_in(stage: Stage) -> None:
    published = await stage.publish(replace(DEFINITION, description="Better"), by=stage.world.bo)

    assert published.is_new
    assert published.app.version == 2
    assert await stage.count_members() == 1


async def test_a_draft_that_counts_already_makes_no_version(stage: Stage) -> None:
    before = await stage.count("audit")

    published = await stage.publish(moved={"Employee": "Worker"})

    assert not published.is_new
    assert published.app.version == 1
    assert await stage.count("audit") == before


async def test_another_text_that_means_the_same_is_a_version(stage: Stage) -> None:
    await stage.draft(DEFINITION, source="the same in other words")

    assert (await stage.publish()).app.version == 2


async def test_an_app_without_a_draft_is_not_published(tx: Transaction, outbox: Outbox) -> None:
    stage = Stage(tx, await cast.make(tx), outbox)
    ada = stage.world.ada
    seat = await organizations.lock_for_managing_apps(tx, await calling(tx, ada.id), "analytical")
    await making.make(tx, seat, NewApp(name="Rounds", slug=ROUNDS), by=ada.actor)

    with pytest.raises(DefinitionNotFound):
        await stage.publish()


async def test_a_role_that_nobody_has_may_go(stage: Stage) -> None:
    published = await stage.publish(without("Guest"))

    assert published.moves == ()
    found = await apps.get_by_reference(stage.tx, ROUNDS)
    assert found.definition is not None
    assert "Guest" not in found.definition.roles


async def test_a_role_in_use_stays_until_it_is_said_what_becomes_of_it(stage: Stage) -> None:
    await stage.member("Emil", "Employee")
    await stage.member("Else", "Employee", "Guest")
    await stage.invited("ana@example.com", "Employee")

    with pytest.raises(RoleInUse) as refused:
        await stage.publish(without("Employee", "Guest"))

    assert refused.value.uses == (
        RoleUse(role="Employee", members=2, invitations=1),
        RoleUse(role="Guest", members=1, invitations=0),
    )
    assert refused.value.explain() == (
        "2 members and 1 open invitation have the role Employee. 1 member has the role Guest. "
        "Say what becomes of them."
    )


async def test_an_expired_invitation_counts_for_it_may_be_renewed(stage: Stage) -> None:
    await stage.invited("ana@example.com", "Guest", lives=timedelta(hours=-1))

    with pytest.raises(RoleInUse) as refused:
        await stage.publish(without("Guest"))
    assert refused.value.uses == (RoleUse(role="Guest", members=0, invitations=1),)


async def test_a_refusal_names_what_is_not_said_alone(stage: Stage) -> None:
    await stage.member("Else", "Employee", "Guest")

    with pytest.raises(RoleInUse) as refused:
        await stage.publish(without("Employee", "Guest"), {"Guest": "Planner"})
    assert [use.role for use in refused.value.uses] == ["Employee"]


async def test_members_and_invitations_move_to_the_role_that_is_said(stage: Stage) -> None:
    emil = await stage.member("Emil", "Employee")
    open_one = await stage.invited("ana@example.com", "Employee")
    expired = await stage.invited("bea@example.com", "Employee", lives=timedelta(hours=-1))
    other = await stage.invited("cid@example.com", "Planner")

    published = await stage.publish(WORKER, {"Employee": "Worker"})

    assert published.moves == (Move(role="Employee", to="Worker", members=1, invitations=2),)
    assert (await stage.again(emil)).roles == ("Worker",)
    for moved in (open_one, expired):
        found = await stage.invitation(moved)
        assert (found["role"], found["state"]) == ("Worker", "pending")
        assert found["mail"] != "failed"  # its link stays good
    assert (await stage.invitation(other))["role"] == "Planner"


async def test_who_has_both_roles_keeps_one(stage: Stage) -> None:
    both = await stage.member("Else", "Guest", "Planner", "Employee")

    await stage.publish(without("Guest"), {"Guest": "Planner"})

    assert sorted((await stage.again(both)).roles) == ["Employee", "Planner"]


async def test_how_a_role_came_stays_with_it(stage: Stage) -> None:
    emil = await stage.member("Emil", "Employee")
    invitation = await stage.invited("e@x.test", "Planner")
    await stage.tx.execute(
        """
        UPDATE app_member_roles SET invitation_id = $2, invited_address = 'e@x.test'
         WHERE app_member_id = $1
        """,
        emil.id,
        invitation,
    )

    await stage.publish(WORKER, {"Employee": "Worker"})

    row = await stage.tx.fetch_one(
        """
        SELECT role, invitation_id, invited_address FROM app_member_roles WHERE app_member_id = $1
        """,
        emil.id,
    )
    assert row is not None
    assert tuple(row.values()) == ("Worker", invitation, "e@x.test")


async def test_two_roles_may_become_one(stage: Stage) -> None:
    both = await stage.member("Else", "Guest", "Employee")

    published = await stage.publish(
        without("Guest", "Employee", Worker=Role(name="Worker")),
        {"Guest": "Worker", "Employee": "Worker"},
    )

    assert (await stage.again(both)).roles == ("Worker",)
    assert [move.members for move in published.moves] == [1, 1]
    (entry,) = await stage.entries("app_member.roles_moved")
    assert entry["details"]["roles"] == {"Employee": "Worker", "Guest": "Worker"}


async def test_closed_invitations_keep_the_role_that_they_had(stage: Stage) -> None:
    declined = await stage.invited("ana@example.com", "Employee")
    sql = "UPDATE invitations SET state = 'declined', closed_at = clock_timestamp() WHERE id = $1"
    await stage.tx.execute(sql, declined)

    await stage.publish(WORKER)

    assert (await stage.invitation(declined))["role"] == "Employee"


@pytest.mark.parametrize(
    ("roles", "path"),
    [
        ({"Employee": "Nobody"}, "roles.Employee"),
        ({"Employee": "Employee"}, "roles.Employee"),
        ({"Employee": "Worker", "Manager": "Worker"}, "roles.Manager"),
        ({"Employee": "Worker", "Ghost": "Worker"}, "roles.Ghost"),
    ],
)
async def test_what_is_said_must_be_of_roles_that_go_and_come_to_roles_that_stay(
    stage: Stage, roles: dict[str, str], path: str
) -> None:
    await stage.member("Emil", "Employee")

    with pytest.raises(InvalidRequest) as refused:
        await stage.publish(WORKER, roles)
    assert [error.path for error in refused.value.errors] == [path]


async def test_a_script_may_always_say_what_becomes_of_a_role_in_use_or_not(stage: Stage) -> None:
    assert (await stage.publish(WORKER, {"Employee": "Worker"})).is_new


async def test_the_trail_tells_of_everybody_whose_role_moved(stage: Stage) -> None:
    emil = await stage.member("Emil", "Employee")
    invitation = await stage.invited("ana@example.com", "Employee")

    await stage.publish(WORKER, {"Employee": "Worker"})

    (moved,) = await stage.entries("app_member.roles_moved")
    assert moved["subject_id"] == emil.id
    assert moved["actor_id"] == stage.world.ada.id
    (edited,) = await stage.entries("invitation.edited")
    assert edited["subject_id"] == invitation
    assert edited["details"]["before"]["role"] == "Employee"
    assert edited["details"]["after"]["role"] == "Worker"


async def test_nobody_is_mailed_about_a_publish(stage: Stage, mailbox: Mailbox) -> None:
    emil = await stage.member("Emil", "Employee")
    before = await stage.count("messages")

    await stage.publish(WORKER, {"Employee": "Worker"})

    assert await stage.count("messages") == before
    assert await mailbox.letters(stage.tx, to=emil.email) == []
