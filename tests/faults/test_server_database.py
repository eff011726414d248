"""A PostgreSQL that crashes, hangs or is too busy under a server: 503, and well again by itself."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests import running
from tests.faults import cluster as clusters
from tests.faults import load
from tests.faults.cluster import Cluster
from tests.faults.load import ORGANIZATION, Journal
from tests.races.arena import Arena
from tests.races.lines import Answer, Call
from tests.running import Running
from tests.world import Person

HEALING_SECONDS = 5.0
PATIENCE_SECONDS = 11.0


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with clusters.running() as started:
        yield started


@pytest.fixture
def server(cluster: Cluster, tmp_path: Path) -> Iterator[Running]:
    with running.serve(tmp_path, database_url=cluster.url) as served:
        yield served


@pytest.fixture
async def arena(server: Running, cluster: Cluster, tmp_path: Path) -> AsyncIterator[Arena]:
    async with load.arena_of(server, tmp_path, cluster.url) as opened:
        yield opened


@dataclass(slots=True)
class Watch:
    """Somebody who asks for a page of theirs again and again."""

    server: Running
    person: Person
    seen: list[Answer | None] = field(default_factory=list)
    is_over: bool = False

    @property
    def is_well(self) -> bool:
        """Say whether all has gone well for a while."""
        return {answer.status if answer else 0 for answer in self.seen[-10:]} == {200}

    async def look(self) -> None:
        while not self.is_over:
            answer = await load.attempt(self.server, _me(self.person))
            self.seen.append(answer)
            await asyncio.sleep(0.02)


def _crash(cluster: Cluster) -> None:
    cluster.crash()
    time.sleep(0.5)
    cluster.start()


def _kill_a_backend(cluster: Cluster) -> None:
    """Kill -9 one of its processes: it ends all the others, and recovers by itself."""
    cluster.kill_a_backend()


@pytest.mark.parametrize("fault", [_crash, _kill_a_backend])
async def test_a_crash_of_the_database_is_503_and_heals_without_a_restart(
    fault: Callable[[Cluster], None], cluster: Cluster, server: Running, arena: Arena
) -> None:
    errands = await load.errands(arena, guests=3)
    watches = [Watch(server, errands[0].guest) for _ in range(4)]
    looking = [asyncio.create_task(watch.look()) for watch in watches]
    journal = Journal()
    running_errands = asyncio.create_task(journal.run(server, errands))
    await journal.reaches(40)

    await asyncio.to_thread(fault, cluster)
    async with asyncio.timeout(HEALING_SECONDS):
        while not all(watch.is_well for watch in watches):  # noqa: ASYNC110  lists that grow
            await asyncio.sleep(0.05)
    await running_errands
    for watch in watches:
        watch.is_over = True
    await asyncio.gather(*looking)

    seen = [one for watch in watches for one in watch.seen]
    _ensure_only_busy(seen + list(journal.told.values()))
    assert "unavailable" in {answer.word for answer in seen if answer}
    assert server.process.poll() is None

    again = Journal()
    await again.run(server, errands)
    assert again.words == {"200": len(errands)}
    assert journal.joined.items() <= again.joined.items()
    await arena.ensure_sound()


async def test_a_database_that_hangs_is_503_in_seconds_and_the_server_stays_alive(
    cluster: Cluster, server: Running, arena: Arena
) -> None:
    errands = await load.errands(arena, guests=1)
    calls = [_me(errands[0].guest)] * 15 + [errand.call for errand in errands[:15]]
    with cluster.frozen():
        began = time.monotonic()
        asked = [asyncio.create_task(load.attempt(server, call)) for call in calls]
        await asyncio.sleep(0.5)
        assert await _status(server, "/healthz") == 200
        assert await _status(server, "/readyz") == 503
        answers = await asyncio.gather(*asked)
        assert time.monotonic() - began < PATIENCE_SECONDS
        assert await _status(server, "/healthz") == 200
    _ensure_only_busy(answers)
    assert {answer.word for answer in answers if answer} == {"unavailable"}

    ends_at = time.monotonic() + HEALING_SECONDS
    while await _status(server, "/readyz") != 200:
        assert time.monotonic() < ends_at
    again = Journal()
    await again.run(server, errands)
    assert again.words == {"200": len(errands)}
    await arena.ensure_sound()


async def test_when_every_connection_waits_others_are_told_so_and_all_is_well_after(
    own_database: str, tmp_path: Path
) -> None:
    with running.serve(tmp_path, database_url=own_database, pool_size="2") as server:
        async with load.arena_of(server, tmp_path, own_database) as arena:
            errands = await load.errands(arena, guests=1)
            began = time.monotonic()
            async with arena.database.transaction() as tx:
                await tx.fetch_all("SELECT id FROM organizations FOR UPDATE")
                calls = [errand.call for errand in errands[:40]]
                asked = [asyncio.create_task(load.attempt(server, call)) for call in calls]
                await asyncio.sleep(0.5)
                assert await _status(server, "/healthz") == 200
                answers = await asyncio.gather(*asked)
            assert time.monotonic() - began < PATIENCE_SECONDS
            _ensure_only_busy(answers)
            assert {answer.word for answer in answers if answer} == {"unavailable"}

            again = Journal()
            await again.run(server, errands)
            assert again.words == {"200": len(errands)}
            assert len(await arena.members(ORGANIZATION, errands[0].invited.place)) == 1
            await arena.ensure_sound()


def _me(person: Person) -> Call:
    return Call(path="/me", method="GET", by=person)


def _ensure_only_busy(answers: list[Answer | None]) -> None:
    """Check that each was served, or told when to try again. None was dropped, none failed."""
    assert None not in answers
    told = [answer for answer in answers if answer]
    assert {answer.status for answer in told} <= {200, 503}
    assert all(answer.headers["retry-after"].isdigit() for answer in told if answer.status == 503)


async def _status(server: Running, path: str) -> int:
    reader, writer = await asyncio.open_connection(running.HOST, server.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost:{server.port}\r\n".encode())
    writer.write(b"Connection: close\r\n\r\n")
    async with asyncio.timeout(PATIENCE_SECONDS):
        received = await reader.read(-1)
    writer.close()
    return int(received.split(b" ", 2)[1])
