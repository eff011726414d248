"""Who is given an app, by which right: users of its organization, its members, and all others."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.apps.cast import Stage
from tests.world import World
from vestibule.apps import actions as apps
from vestibule.apps.model import AppNotFound, AppNotPublished, AppSeat
from vestibule.kernel.database import Transaction
from vestibule.kernel.errors import Problem
from vestibule.kernel.ids import encode
from vestibule.organizations.model import NotPermitted
from vestibule.organizations.permission_model import ADMIN

Way = Callable[..., Any]
USERS = ("ada", "bo", "cy", "di")  # owner, admin, manager, viewer of the organization
CREW = ("bea", "mia", "emil")  # Boss, Manager and Employee of the app
STRANGERS = ("eve", "flo", "rob")  # who owns another place, who has none, and of another app
ROLES = {"Boss", "Manager", "Employee"}

# Who of the organization and the crew is given the app by each way; the rest of them may not.
GIVEN: dict[Way, set[str]] = {
    apps.get_for_seeing: {"ada", "bo", "cy"},
    apps.get_for_managing: {"ada", "bo"},
    apps.lock_for_managing: {"ada", "bo"},
    apps.get_for_members: {"ada", "bo", "cy", "bea", "mia"},
    apps.get_for_invitations: {"ada", "bo", "cy", "bea", "mia"},
    apps.get_for_inviting: {"ada", "bo", "bea", "mia"},
    apps.lock_for_inviting: {"ada", "bo", "bea", "mia"},
    apps.lock_for_managing_members: {"ada", "bo", "bea", "mia"},
    apps.get_own: {*CREW},
}
WAYS = pytest.mark.parametrize("way", GIVEN, ids=lambda way: way.__name__)


@pytest.fixture
def stage(tx: Transaction, world: World) -> Stage:
    return Stage(tx, world)


async def ask(stage: Stage, way: Way, name: str, reference: str = "shifts") -> object:
    """What somebody is given, or the kind of what is raised."""
    try:
        return await way(stage.tx, await stage.caller(name), reference)
    except Problem as problem:
        return type(problem)


@WAYS
async def test_each_right_gives_the_app_to_who_has_it(stage: Stage, way: Way) -> None:
    answers = {name: await ask(stage, way, name) for name in (*USERS, *CREW)}
    refused = {name for name, answer in answers.items() if answer is NotPermitted}

    assert {*answers} - refused == GIVEN[way]
    assert not any(isinstance(answers[name], type) for name in GIVEN[way])


@WAYS
async def test_who_does_not_belong_to_it_does_not_learn_that_it_is_there(
    stage: Stage, way: Way
) -> None:
    for name in STRANGERS:
        assert await ask(stage, way, name) is AppNotFound
    for name in (*USERS, *CREW):
        assert await ask(stage, way, name, "rota") is AppNotFound
        assert await ask(stage, way, name, "no-such-app") is AppNotFound


@pytest.mark.parametrize(
    "reference",
    ["", "x", "Shifts ", "app_", "app_x", "org_01h455vb4pex5vsknk084sn02q", "' OR 1=1", "\x00"],
)
async def test_what_names_no_app_is_not_found(stage: Stage, reference: str) -> None:
    for name in ("ada", "bea"):
        assert await ask(stage, apps.get_for_members, name, reference) is AppNotFound


async def test_an_app_is_called_by_its_id_or_by_its_slug(stage: Stage) -> None:
    shifts = stage.world.shifts
    for reference in (shifts.slug, shifts.public_id, encode("app", shifts.id)):
        seat = await apps.get_for_seeing(stage.tx, await stage.caller("cy"), reference)
        assert (seat.app.id, seat.app.slug) == (shifts.id, "shifts")


@pytest.mark.parametrize(
    ("name", "invitable", "manageable"),
    [
        ("ada", ROLES, ROLES),
        ("bo", ROLES, ROLES),
        ("cy", set(), set()),
        ("bea", ROLES, ROLES),
        ("mia", {"Manager", "Employee"}, {"Manager", "Employee"}),
    ],
)
async def test_a_seat_says_which_roles_one_may_grant(
    stage: Stage, name: str, invitable: set[str], manageable: set[str]
) -> None:
    seat = await apps.get_for_members(stage.tx, await stage.caller(name), "shifts")

    assert seat.invitable == invitable
    assert seat.manageable == manageable
    assert seat.every_role == ("Boss", "Manager", "Employee")


async def test_a_manager_of_the_organization_who_is_in_the_app_has_no_right_by_that(
    stage: Stage,
) -> None:
    """A user calls as a user: what the linked member may, the member's own session may."""
    member = (await stage.member(stage.world.bea)).member
    await stage.tx.execute(
        "UPDATE app_members SET user_id = $2 WHERE id = $1", member.id, stage.world.cy.id
    )
    assert await ask(stage, apps.lock_for_inviting, "cy") is NotPermitted


async def test_an_app_that_is_not_published_is_seen_and_managed_and_invites_nobody(
    stage: Stage,
) -> None:
    app = await stage.make()

    seen = await ask(stage, apps.get_for_seeing, "cy", app.slug)
    managed = await ask(stage, apps.lock_for_managing, "bo", app.slug)
    assert isinstance(seen, AppSeat)
    assert isinstance(managed, AppSeat)
    assert managed.definition is None
    assert not managed.invitable | managed.manageable
    for way in (apps.get_for_inviting, apps.lock_for_inviting):
        assert await ask(stage, way, "ada", app.slug) is AppNotPublished
        assert await ask(stage, way, "cy", app.slug) is NotPermitted
        assert await ask(stage, way, "bea", app.slug) is AppNotFound
    assert await ask(stage, apps.lock_for_managing_members, "ada", app.slug) is NotPermitted


async def test_a_right_that_was_lost_is_found_lost_under_the_lock(stage: Stage) -> None:
    """What counts is what is now, not what the request began with."""
    mia, bo = await stage.caller("mia"), await stage.caller("bo")
    await stage.tx.execute(
        "UPDATE app_member_roles SET role = 'Employee' WHERE app_member_id = $1", mia.member.id
    )
    await stage.tx.execute("UPDATE members SET role = 'manager' WHERE user_id = $1", bo.user.id)

    for way in (apps.lock_for_inviting, apps.lock_for_managing_members):
        with pytest.raises(NotPermitted):
            await way(stage.tx, mia, "shifts")
    with pytest.raises(NotPermitted):
        await apps.lock_for_managing(stage.tx, bo, "shifts")


async def test_a_role_that_is_no_more_gives_no_right(stage: Stage) -> None:
    await stage.tx.execute("UPDATE app_member_roles SET role = 'Captain'")
    for name in CREW:
        assert await ask(stage, apps.get_for_members, name) is NotPermitted
        assert await ask(stage, apps.lock_for_inviting, name) is NotPermitted


async def test_letting_somebody_in_holds_what_the_inviter_is_now(stage: Stage) -> None:
    shifts, world = stage.world.shifts, stage.world
    place = shifts.organization.id
    by_user = await apps.lock_for_admitting(stage.tx, place, shifts.id, user=world.bo.id)
    by_member = await apps.lock_for_admitting(stage.tx, place, shifts.id, member=world.mia.id)
    by_foreign = await apps.lock_for_admitting(stage.tx, place, shifts.id, member=world.rob.id)
    by_nobody = await apps.lock_for_admitting(stage.tx, place, shifts.id)

    assert (by_user.organization_role, by_user.roles) == (ADMIN, ())
    assert (by_member.organization_role, by_member.roles) == (None, ("Manager",))
    for hosting in (by_foreign, by_nobody):
        assert (hosting.organization_role, hosting.roles) == (None, ())
        assert hosting.definition is not None
