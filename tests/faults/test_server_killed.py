"""A server that is killed, or told to stop, in the middle of accepts."""

import asyncio
import signal
import time
from pathlib import Path

import pytest

from tests import running
from tests.faults import load
from tests.faults.load import ORGANIZATION, Journal
from tests.races.lines import Call
from tests.running import Running
from vestibule.embedded.server import EmbeddedPostgres

EMBEDDED, ELSEWHERE = "embedded", "elsewhere"


@pytest.mark.parametrize("where", [EMBEDDED, ELSEWHERE])
async def test_no_acknowledged_accept_is_lost_by_a_kill(
    where: str, own_database: str, tmp_path: Path
) -> None:
    settings = {"database_url": own_database} if where == ELSEWHERE else {}
    server = running.start(tmp_path, settings)
    running.wait_until_ready(server)
    try:
        async with load.arena_of(server, tmp_path, _url(settings, tmp_path)) as arena:
            errands = await load.errands(arena, guests=3)
        journal = Journal()
        for round_ends_at in (30, 80):
            left = [errand for errand in errands if errand.id not in journal.joined]
            running_errands = asyncio.create_task(journal.run(server, left))
            await journal.reaches(round_ends_at)
            server.kill()
            await running_errands
            server = load.restarted(server, tmp_path, **settings)

        assert set(journal.words) <= {"200", "nothing"}
        async with load.arena_of(server, tmp_path, _url(settings, tmp_path)) as arena:
            assert set(journal.joined) <= await load.accepted(arena)
            again = Journal()
            await again.run(server, errands)
            assert again.words == {"200": len(errands)}
            assert journal.joined.items() <= again.joined.items()
            await arena.ensure_sound()
    finally:
        server.stop()


async def test_a_server_told_to_stop_answers_all_that_it_began(
    own_database: str, tmp_path: Path
) -> None:
    with running.serve(tmp_path, database_url=own_database) as server:
        async with load.arena_of(server, tmp_path, own_database) as arena:
            errands = await load.errands(arena, guests=3)
            journal = Journal()
            running_errands = asyncio.create_task(journal.run(server, errands))
            await journal.reaches(40)
            status, seconds = await asyncio.to_thread(_stop, server)
            await running_errands

            assert status == 0
            assert seconds < 10
            assert set(journal.words) == {"200", "nothing"}
            assert set(journal.joined) == await load.accepted(arena)
            await arena.ensure_sound()


async def test_a_request_that_waits_for_a_lock_is_answered_before_the_server_ends(
    own_database: str, tmp_path: Path
) -> None:
    with running.serve(tmp_path, database_url=own_database) as server:
        async with load.arena_of(server, tmp_path, own_database) as arena:
            owner, inviter, guest = await arena.people(3)
            places = await arena.places(ORGANIZATION, owner, inviter, number=1)
            [one] = await arena.invite(places, [guest.email], by=inviter, role=ORGANIZATION.low)
            async with arena.database.transaction() as tx:
                await tx.fetch_value("SELECT id FROM organizations FOR UPDATE")
                waiting = asyncio.create_task(load.attempt(server, one.accept(guest)))
                await asyncio.sleep(0.5)
                server.process.send_signal(signal.SIGTERM)
                await asyncio.sleep(1)
                refused = await load.attempt(server, Call(path="/me", by=guest, method="GET"))
            answer = await waiting
            assert refused is None
            assert answer is not None
            assert answer.word == "200"
            assert await asyncio.to_thread(server.stop) == 0


def _url(settings: dict[str, str], folder: Path) -> str:
    if settings:
        return settings["database_url"]
    return EmbeddedPostgres.start(folder / "data", attach=True).url


def _stop(server: Running) -> tuple[int, float]:
    began = time.monotonic()
    return server.stop(), time.monotonic() - began
