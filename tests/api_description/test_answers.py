"""Every answer is one that the description promises: on a walk, and to whatever is sent."""

import json

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.api_description import api_key_walk, app_walk
from tests.api_description.promises import Document, Promise
from tests.api_description.senders import Senders
from tests.api_description.walk import Walk, part_ways, walk
from tests.client import Client, Mailbox
from tests.world import OPERATOR, Member, Operator, Person, World
from vestibule.kernel.database import Database

# What is sent is made for one chapter at a time: for all calls it is more than is made at once.
TAGS = (
    *("Accounts", "Users", "Organizations", "Audit trail", "Apps", "App members"),
    "API keys",
    *("Invitations", "Invitations, by key", "Invitations to the caller", "For the operator"),
)


@pytest.fixture
async def walked(client: Client, world: World, mailbox: Mailbox, database: Database) -> Walk:
    walker = Walk(client, world, mailbox, database)
    await walk(walker)
    await app_walk.walk(walker)
    await api_key_walk.walk(walker)
    await part_ways(walker)
    await app_walk.delete(walker)
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


def test_something_is_sent_to_every_chapter(document: Document) -> None:
    assert {tag for promise in document.promises() for tag in promise.told["tags"]} == {*TAGS}


@pytest.mark.parametrize("tag", TAGS)
@settings(
    max_examples=15,
    phases=[Phase.generate],  # an answer depends on those before: there is nothing to shrink
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_whatever_is_sent_is_answered_as_promised(
    client: Client, world: World, document: Document, *, tag: str, data: st.DataObject
) -> None:
    senders = Senders(document)
    for promise in document.promises():
        if tag not in promise.told["tags"]:
            continue
        sending = data.draw(senders.of(promise), label=promise.name)
        person = data.draw(st.sampled_from(_callers(world, promise)))
        options = {} if sending.body is None else {"content": _json(sending.body)}
        answer = await client.as_(person).request(
            promise.method,
            sending.path,
            headers={"Content-Type": "application/json"} if options else {},
            **options,
        )
        document.ensure_kept(promise, answer)


def _callers(world: World, promise: Promise) -> list[Person | Member | Operator | None]:
    """Who may be the one that calls."""
    if promise.name in {"endCurrentSession", "changePassword"}:
        return [world.di]  # who may be nobody afterwards
    if promise.name in {"endCurrentSessionInApp", "changePasswordInApp", "leaveApp"}:
        return [world.emil]
    if promise.path.startswith("/api/v1/operator/"):
        return [OPERATOR, world.ada, None]
    if "/apps/{app}/" in promise.path:
        return [world.cy, world.ada, world.mia, world.rob, None]
    return [world.cy, world.ada, world.eve, None]


def _json(body: object) -> bytes:
    """What a careless program writes: with `NaN` and all."""
    return json.dumps(body).encode()
