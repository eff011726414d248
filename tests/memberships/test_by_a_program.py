"""A program is its maker: whom they may not change and remove, it may not either."""

from datetime import UTC, datetime

import pytest

from tests.api_keys.cast import Bot, add_key
from tests.memberships.cast import ROUNDS, Stage
from tests.memberships.hall import ANALYTICAL, Hall
from tests.world import Person
from vestibule.api_keys import actions as api_keys
from vestibule.apps import actions as apps
from vestibule.apps.model import AppMember, AppMemberNotFound
from vestibule.audit.model import SERVER
from vestibule.kernel.database import Transaction
from vestibule.memberships import (
    app_end_change,
    app_removal,
    app_roles,
    organization_end_change,
    organization_removal,
    organization_roles,
)
from vestibule.memberships.model import NewAppEnd, NewEnd, NewRole, Removal, RoleChange
from vestibule.organizations import actions as organizations
from vestibule.organizations.caller_model import Program
from vestibule.organizations.model import NotPermitted

MARCH = datetime(2034, 3, 3, 23, 59, 59, tzinfo=UTC)
DOINGS = ["role", "end", "removal"]


async def program_of(tx: Transaction, maker: Person) -> Program:
    bot = await add_key(tx, Bot(1, maker=maker))
    found = await api_keys.find_calling(tx, bot.token)
    assert found
    return found.program


async def act(hall: Hall, program: Program, doing: str, whom: Person) -> None:
    """Have a program do it to a member of the organization, past every door."""
    tx, by, outbox = hall.tx, program.actor(SERVER), hall.outbox
    seat = await organizations.lock_for_managing_members(tx, program, ANALYTICAL)
    match doing:
        case "role":
            role = NewRole(user_id=whom.id, role="viewer")
            await organization_roles.change(tx, seat, role, by=by, outbox=outbox)
        case "end":
            end = NewEnd(whom.id, MARCH)
            await organization_end_change.change(tx, seat, end, by=by, outbox=outbox)
        case _:
            removal = Removal(user_id=whom.id)
            await organization_removal.remove(tx, seat, removal, by=by, outbox=outbox)


async def act_in_app(stage: Stage, program: Program, doing: str, whom: AppMember) -> None:
    """Have a program do it to a member of the app, past every door."""
    tx, by, outbox = stage.tx, program.actor(SERVER), stage.outbox
    seat = await apps.lock_for_managing_members(tx, program, ROUNDS)
    match doing:
        case "role":
            roles = RoleChange(whom.id, ["Guest"])
            await app_roles.change(tx, seat, roles, by=by, outbox=outbox)
        case "end":
            end = NewAppEnd(whom.id, MARCH)
            await app_end_change.change(tx, seat, end, by=by, outbox=outbox)
        case _:
            await app_removal.remove(tx, seat, whom.id, by=by, outbox=outbox)


@pytest.mark.parametrize("doing", DOINGS)
async def test_it_neither_changes_nor_removes_its_maker(hall: Hall, doing: str) -> None:
    program = await program_of(hall.tx, hall.world.bo)
    with pytest.raises(NotPermitted):
        await act(hall, program, doing, hall.world.bo)
    assert await hall.role(hall.world.bo) == "admin"

    await act(hall, program, doing, hall.world.cy)
    left = {"role": "viewer", "end": "manager", "removal": None}
    assert await hall.role(hall.world.cy) == left[doing]


@pytest.mark.parametrize("doing", DOINGS)
async def test_it_neither_changes_nor_removes_whom_its_maker_continues_as(
    stage: Stage, doing: str
) -> None:
    linked = await stage.link(await stage.member("Mia", "Employee"), stage.world.bo)
    program = await program_of(stage.tx, stage.world.bo)
    with pytest.raises(NotPermitted):
        await act_in_app(stage, program, doing, linked)
    assert await stage.again(linked) == linked

    other = await stage.member("Emil", "Employee")
    await act_in_app(stage, program, doing, other)
    if doing == "removal":
        with pytest.raises(AppMemberNotFound):
            await stage.again(other)
    else:
        assert await stage.again(other) != other
