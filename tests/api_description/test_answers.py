"""Every answer is one that the description promises: on a walk, and to whatever is sent."""

import pytest

from tests.api_description.promises import Document
from tests.api_description.walk import Walk, walk
from tests.client import Client, Mailbox
from tests.world import World
from vestibule.kernel.database import Database


@pytest.fixture
async def walked(client: Client, world: World, mailbox: Mailbox, database: Database) -> Walk:
    walker = Walk(client, world, mailbox, database)
    await walk(walker)
    return walker


async def test_every_answer_on_a_walk_through_all_calls_is_promised(
    walked: Walk, document: Document
) -> None:
    good = set()
    for step in walked.steps:
        promise = document.promise_for(step.method, step.path)
        document.ensure_kept(promise, step.answer)
        if step.answer.is_success:
            good.add((promise.name, str(step.answer.status_code)))

    promised = {
        (promise.name, status)
        for promise in document.promises()
        for status in promise.told["responses"]
        if status.startswith("2")
    }
    assert promised - good == set()
