"""What somebody was still to be told of a place goes with them: they are nobody there any more."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tests import ends
from tests.memberships.hall import Hall
from tests.world import Person
from vestibule.apps import actions as apps
from vestibule.deletion import mails as deletion_mails
from vestibule.invitations import ends as endings
from vestibule.kernel.ids import AccountId
from vestibule.messages import actions as messages
from vestibule.messages.model import WITHDRAWN, Mail
from vestibule.organizations import actions as organizations

DAY = timedelta(days=1)


async def ask(hall: Hall, person: Person, place_id: UUID) -> None:
    """Have somebody be asked for a new invitation: the mail names who asks."""
    mail = Mail(
        template="invitations/asked_again",
        recipient=person.email,
        locale="en",
        parameters={"email": "ana@example.com"},
        not_after=datetime.now(UTC) + DAY,
        place_id=place_id,
        account_id=AccountId(person.id),
    )
    await messages.queue(hall.tx, mail, outbox=hall.outbox)


async def unsent(hall: Hall, person: Person) -> list[tuple[str, UUID]]:
    """Give what is still to be sent to somebody, and of which place."""
    rows = await hall.tx.fetch_all(
        """
        SELECT template, place_id FROM messages
         WHERE account_id = $1 AND settled_at IS NULL ORDER BY id
        """,
        person.id,
    )
    return [(row["template"].partition("/")[2], row["place_id"]) for row in rows]


async def remove(hall: Hall) -> None:
    await hall.remove(hall.world.bo, by=hall.world.ada)


async def leave(hall: Hall) -> None:
    await hall.leave(hall.world.bo)


async def end(hall: Hall) -> None:
    await ends.let_end(hall.tx, hall.world.bo.id)
    await endings.clear_membership(hall.tx, hall.world.analytical.id, hall.world.bo.id)


@pytest.mark.parametrize(
    ("go", "told"), [(remove, ["organization_removed"]), (leave, []), (end, [])]
)
async def test_who_goes_is_told_of_their_going_alone(
    hall: Hall, go: Callable[[Hall], Awaitable[None]], told: list[str]
) -> None:
    world = hall.world
    for place in (world.analytical, world.shifts):
        await ask(hall, world.bo, place.id)
    await hall.change(world.bo, "manager", by=world.ada)
    assert len(await unsent(hall, world.bo)) == 3

    await go(hall)
    assert [template for template, _ in await unsent(hall, world.bo)] == told
    failed = await hall.tx.fetch_all("SELECT reason FROM messages WHERE state = 'failed'")
    assert [row["reason"] for row in failed] == [WITHDRAWN] * 3


async def test_what_others_are_to_be_told_and_of_other_places_leaves(hall: Hall) -> None:
    world = hall.world
    await ask(hall, world.bo, world.elsewhere.id)
    await ask(hall, world.ada, world.analytical.id)
    await remove(hall)
    assert ("asked_again", world.elsewhere.id) in await unsent(hall, world.bo)
    assert await unsent(hall, world.ada) == [("asked_again", world.analytical.id)]


async def test_an_owner_who_goes_is_not_told_of_an_app_that_was_deleted(hall: Hall) -> None:
    world = hall.world
    await hall.make(world.bo, "owner")
    app = (await apps.get_by_reference(hall.tx, "shifts")).app
    owners = await organizations.list_owners(hall.tx, world.analytical.id)
    told = deletion_mails.others(owners, world.ada.actor)
    await deletion_mails.tell_app_deleted(
        hall.tx, app, told, by=world.ada.actor, outbox=hall.outbox
    )
    assert await unsent(hall, world.bo) == [("app_deleted", world.analytical.id)]
    await leave(hall)
    assert await unsent(hall, world.bo) == []
