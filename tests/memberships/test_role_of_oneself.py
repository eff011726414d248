"""Nobody raises themselves by what becomes of a role that they are invited to."""

import pytest

from tests.api_keys.cast import Bot, add_key
from tests.memberships.hall import Hall
from tests.memberships.role_desk import CLERK, RoleDesk
from tests.world import Person
from vestibule.audit.model import Actor, ActorKind
from vestibule.kernel.ids import InvitationId
from vestibule.memberships import role_changes
from vestibule.memberships.model import RoleDeletion, RoleShape

READ = "members:read"
NEW = "bo.new@example.com"


@pytest.fixture
def desk(hall: Hall) -> RoleDesk:
    return RoleDesk(hall)


async def invited_oneself(desk: RoleDesk, person: Person, *permissions: str) -> InvitationId:
    """Have somebody be invited to the role, at an address that is theirs by now."""
    hall = desk.hall
    await desk.make(CLERK, *permissions)
    invitation_id = await hall.invited(NEW, CLERK, by=hall.world.ada)
    await hall.tx.execute(
        "UPDATE accounts SET address = $2, address_canonical = $2 WHERE id = $1", person.id, NEW
    )
    return invitation_id


async def actors(desk: RoleDesk) -> tuple[Actor, Actor]:
    """Give Bo, and a program of theirs, as they act."""
    bot = await add_key(desk.hall.tx, Bot(1, maker=desk.hall.world.bo))
    program = Actor(kind=ActorKind.API_KEY, id=bot.id, name=bot.shown_name)
    return desk.hall.world.bo.actor, program


@pytest.mark.parametrize("which", [0, 1], ids=["person", "program"])
async def test_what_a_deleted_role_would_offer_oneself_is_revoked(
    desk: RoleDesk, which: int
) -> None:
    hall, bo = desk.hall, desk.hall.world.bo
    own = await invited_oneself(desk, bo, READ)
    other = await hall.invited("one@example.com", CLERK, by=hall.world.ada)
    by = (await actors(desk))[which]
    wanted = RoleDeletion(role=CLERK, to="admin")
    await role_changes.delete(hall.tx, await desk.seat(bo), wanted, by=by, outbox=hall.outbox)

    assert await hall.state(own) == "revoked by Ada Abel"
    assert await hall.state(other) == "pending by Ada Abel"
    assert await desk.offered(other) == "admin"
    (revoked,) = await hall.entries("invitation.revoked")
    assert (revoked["subject_id"], revoked["actor_id"]) == (own, by.id)
    assert revoked["details"]["role"] == CLERK


@pytest.mark.parametrize("which", [0, 1], ids=["person", "program"])
async def test_what_a_widened_role_would_offer_oneself_is_revoked(
    desk: RoleDesk, which: int
) -> None:
    hall, bo = desk.hall, desk.hall.world.bo
    own = await invited_oneself(desk, bo, READ)
    other = await hall.invited("one@example.com", CLERK, by=hall.world.ada)
    by = (await actors(desk))[which]
    wanted = RoleShape(role=CLERK, permissions=(READ, "apps:manage"))
    await role_changes.change(hall.tx, await desk.seat(bo), wanted, by=by)

    assert await hall.state(own) == "revoked by Ada Abel"
    assert await hall.state(other) == "pending by Ada Abel"


async def test_what_would_offer_oneself_less_stays(desk: RoleDesk) -> None:
    hall, bo = desk.hall, desk.hall.world.bo
    own = await invited_oneself(desk, bo, READ, "apps:manage")
    await desk.change(CLERK, READ, "apps:read", by=bo)
    assert await hall.state(own) == "pending by Ada Abel"
    await desk.delete(CLERK, "viewer", by=bo)
    assert await hall.state(own) == "pending by Ada Abel"
    assert await desk.offered(own) == "viewer"


async def test_what_others_offer_by_the_role_to_somebody_else_stays(desk: RoleDesk) -> None:
    hall = desk.hall
    own = await invited_oneself(desk, hall.world.bo, READ)
    await desk.delete(CLERK, "admin")
    assert await hall.state(own) == "pending by Ada Abel"
    assert await desk.offered(own) == "admin"
