"""The worker and a real mail server, while a place is deleted: nothing of it leaves any more."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest

from tests import smtp_sink
from tests.faults.deliveries import make_due, outcome, queue, until_states, working
from tests.messages import mailroom
from tests.smtp_sink import Sink
from tests.world import World
from vestibule.deletion import organization_deletion
from vestibule.kernel.database import Database
from vestibule.messages.model import WITHDRAWN, Mail
from vestibule.organizations import actions as organizations


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink.running() as running:
        yield running


def of(place_id: UUID, email: str) -> Mail:
    return replace(mailroom.invitation(email), place_id=place_id)


async def delete(database: Database, world: World) -> None:
    async with database.transaction() as tx:
        held = await organizations.lock_for_change(tx, world.analytical.id)
        await organization_deletion.delete(tx, held, by=world.ada.actor, outbox=mailroom.OUTBOX)


async def test_what_waits_when_its_place_is_deleted_does_not_leave(
    database: Database, world: World, sink: Sink
) -> None:
    here, there, app = world.analytical.id, world.elsewhere.id, world.shifts.id
    sink.script.answers["put-off@x.test"] = ["451 4.7.1 Greylisted"]
    (put_off,) = await queue(database, of(here, "put-off@x.test"))
    async with working(database, sink.url):
        await until_states(database, {"deferred": 1})

    await queue(database, of(here, "queued@x.test"), of(app, "app@x.test"), of(there, "e@x.test"))
    await delete(database, world)
    await make_due(database)
    # As a request queues it that found the place a moment before.
    (late,) = await queue(database, of(app, "late@x.test"))
    async with working(database, sink.url):
        await asyncio.to_thread(sink.wait_for, 1, seconds=10)
        await until_states(database, {"failed": 3, "sent": 1, "queued": 1})

    assert [mail.recipients[0] for mail in sink.mails] == ["e@x.test"]
    assert (await outcome(database, put_off))[2] == WITHDRAWN
    assert (await outcome(database, late))[:2] == ("queued", 0)
