"""Workers that die, pause, race and stop (security, F4 to F6): every mail arrives, and once."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from tests import smtp_sink
from tests.faults.deliveries import (
    QUICK,
    fingerprints,
    outcome,
    queue,
    states,
    until,
    until_states,
    working,
)
from tests.messages import mailroom
from tests.smtp_sink import Caught, Sink
from vestibule.kernel.database import Database
from vestibule.messages import actions
from vestibule.messages.delivery import Pace
from vestibule.messages.smtp import Timeouts

ROOT = Path(__file__).parents[2]


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink.running() as running:
        yield running


async def test_a_worker_killed_between_the_yes_and_the_record_leaves_one_more_copy_of_the_same_mail(
    database: Database, sink: Sink
) -> None:
    workers: list[subprocess.Popen[bytes]] = []

    def kill_the_first(mail: Caught) -> None:
        if len(sink.mails) == 1:
            os.kill(workers[0].pid, signal.SIGKILL)

    sink.script.on_mail = kill_the_first
    (message_id,) = await queue(database, mailroom.invitation())
    try:
        workers.append(_start_worker(database, sink))
        assert await asyncio.to_thread(workers[0].wait, 15) == -signal.SIGKILL
        assert (await outcome(database, message_id))[0] == "queued"

        workers.append(_start_worker(database, sink))
        await until_states(database, {"sent": 1})
    finally:
        _end(workers)

    assert len(sink.mails) == 2
    assert len(fingerprints(sink.mails)) == 1
    assert sink.mails[0].message["Message-ID"] == f"<{message_id}@vestibule.test>"
    assert mailroom.LINK in sink.mails[1].text


def _start_worker(database: Database, sink: Sink) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.faults.delivery_worker", database.url, sink.url, "2"]
    return subprocess.Popen(command, cwd=ROOT)


def _end(workers: list[subprocess.Popen[bytes]]) -> None:
    for worker in workers:
        with suppress(ProcessLookupError):
            worker.kill()
        worker.wait(10)


async def test_a_worker_paused_past_its_lease_sends_nothing_more(
    database: Database, sink: Sink
) -> None:
    workers: list[subprocess.Popen[bytes]] = []

    def pause_the_first(mail: Caught) -> None:
        if len(sink.mails) == 1:
            workers[0].send_signal(signal.SIGSTOP)

    sink.script.seconds = 0.3
    sink.script.on_mail = pause_the_first
    await queue(database, *[mailroom.invitation(f"u{n}@x.test") for n in range(12)])
    try:
        workers.append(_start_worker(database, sink))
        await asyncio.to_thread(sink.wait_for, 1)
        async with working(database, sink.url):
            await until_states(database, {"sent": 12})
            workers[0].send_signal(signal.SIGCONT)
            await asyncio.sleep(1.5)
    finally:
        _end(workers)

    assert len(sink.mails) <= 12 + 4, "no more than what was on its four connections may come twice"
    assert len(fingerprints(sink.mails)) == 12
    assert await states(database) == {"sent": 12}


async def test_four_workers_send_every_mail_once(database: Database, sink: Sink) -> None:
    recipients = sorted(f"u{n:03}@x.test" for n in range(200))
    await queue(database, *[mailroom.invitation(each) for each in recipients])
    async with (
        working(database, sink.url),
        working(database, sink.url),
        working(database, sink.url),
        working(database, sink.url),
    ):
        await until_states(database, {"sent": 200})

    assert sorted(mail.recipients[0] for mail in sink.mails) == recipients


async def test_a_mail_that_takes_longer_than_a_lease_is_kept_by_the_heartbeat(
    database: Database, sink: Sink
) -> None:
    sink.script.seconds = 1.2
    pace = Pace(lease=0.5, heartbeat=0.1, poll=0.05)
    await queue(database, mailroom.invitation())
    async with working(database, sink.url, pace=pace), working(database, sink.url, pace=pace):
        await until_states(database, {"sent": 1})

    assert len(sink.mails) == 1


async def test_the_worker_outlives_every_database_connection_it_had(
    database: Database, sink: Sink
) -> None:
    pace = Pace(poll=0.1, relisten=0.5, grace=1)
    async with working(database, sink.url, pace=pace):
        await queue(database, mailroom.invitation("one@x.test"))
        await until_states(database, {"sent": 1})
        for _ in range(3):
            await _cut_connections(database)
            await asyncio.sleep(0.2)
        await until(lambda: _queues(database))
        await asyncio.to_thread(sink.wait_for, 2)
        await until_states(database, {"sent": 2})

    assert [mail.recipients[0] for mail in sink.mails] == ["one@x.test", "two@x.test"]


async def _queues(database: Database) -> bool:
    try:
        await queue(database, mailroom.invitation("two@x.test"))
    except Exception:  # the pool's dead connections are found out one by one
        return False
    return True


async def _cut_connections(database: Database) -> None:
    with suppress(Exception):
        async with database.reader() as reader:
            await reader.fetch_all(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


async def test_a_stop_lets_what_is_being_sent_arrive_and_gives_back_the_rest(
    database: Database, sink: Sink
) -> None:
    sink.script.seconds = 0.4
    await queue(database, *[mailroom.invitation(f"u{n}@x.test") for n in range(12)])
    async with working(database, sink.url):
        await until(lambda: _has_begun(sink))

    assert 4 <= len(sink.mails) <= 8
    assert await states(database) == {"sent": len(sink.mails), "queued": 12 - len(sink.mails)}
    async with database.transaction() as tx:
        left = await actions.claim(tx, at_most=99, lease=timedelta(minutes=1))
    assert len(left) == 12 - len(sink.mails)


async def _has_begun(sink: Sink) -> bool:
    return any(command.startswith("RCPT") for command in sink.commands)


async def test_a_stop_does_not_wait_for_a_server_that_hangs(database: Database, sink: Sink) -> None:
    sink.script.hangs["*"] = "dot"
    await queue(database, mailroom.invitation())
    async with working(database, sink.url, timeouts=Timeouts()):
        await until(lambda: _has_begun(sink))
        begun_at = time.monotonic()

    assert time.monotonic() - begun_at < QUICK.grace + 2
    assert await states(database) == {"queued": 1}
