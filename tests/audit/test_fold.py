"""Folding the trail gives exactly the present memberships, whatever has happened."""

from random import Random

import pytest

from tests.audit import fold
from tests.audit.history import History
from tests.audit.trail import Trail

STEPS = 150
TRIES = 12
# What must have come to pass in all histories together for the test to say anything.
TELLING = {
    *("organization.founded", "invitation.accepted", "member.role_changed", "member.removed"),
    *("member.left", "app_member.joined", "app_member.roles_changed", "app_member.roles_moved"),
    *("app_member.removed", "app_member.left", "member.ended", "app_member.ended"),
}
_SEEN: set[str] = set()
SEEDS = (1, 2, 3)
# What all of them have seen is known where all of them ran.
pytestmark = pytest.mark.xdist_group("fold")


@pytest.mark.parametrize("seed", SEEDS)
async def test_after_a_random_history_the_trail_tells_who_is_where(trail: Trail, seed: int) -> None:
    history = History(trail, Random(seed), list(trail.world.people))  # noqa: S311 - no secret
    await history.found()
    await history.make_app()
    for _ in range(STEPS):
        await history.go_on()
    for number in range(TRIES):  # What is seldom in so short a history.
        await (history.leave() if number % 4 == 0 else history.end_in_app())
        await history.let_time_pass()
    await history.delete_account(trail.world.flo)

    async with trail.database.reader() as reader:
        told = await fold.told(reader, history.ids)
        there = await fold.present(reader, history.ids)
        rows = await reader.fetch_all("SELECT DISTINCT event FROM audit")
    assert told.organizations == there.organizations, history.done
    assert told.apps == there.apps, history.done
    assert there.organizations

    _SEEN.update(row["event"] for row in rows)
    if seed == SEEDS[-1]:
        assert set() == TELLING - _SEEN


async def test_a_fold_that_misses_an_entry_tells_something_else(trail: Trail) -> None:
    """The comparison would find an entry that is not written."""
    history = History(trail, Random(1), list(trail.world.people))  # noqa: S311 - no secret
    await history.found()
    async with trail.database.reader() as reader:
        entries = await reader.fetch_all(fold.ENTRIES, history.ids)
        there = await fold.present(reader, history.ids)
    assert fold.fold(entries) == there
    assert fold.fold(entries[1:]) != there
