"""The worker under faults (security, F4 to F6, F13 to F18, F25): mails arrive, once, as it says."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests import smtp_sink
from tests.messages import mailroom
from tests.smtp_sink import Caught, Sink
from vestibule.kernel.database import Database
from vestibule.kernel.ids import MessageId
from vestibule.messages import actions
from vestibule.messages.delivery import Pace, work
from vestibule.messages.model import TOO_LATE, Mail
from vestibule.messages.smtp import NO_TLS, TOO_SLOW, UNREACHABLE, Timeouts

ROOT = Path(__file__).parents[2]
QUICK = Pace(lease=5, heartbeat=1, poll=0.1, grace=1)
PATIENT = Timeouts(connect=2, command=5, data=5, quit=1)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink.running() as running:
        yield running


@asynccontextmanager
async def working(
    database: Database, url: str | None, *, pace: Pace = QUICK, timeouts: Timeouts = PATIENT
) -> AsyncIterator[None]:
    """Run a worker for as long as the block, and see that it stops when it is told to."""
    stop = asyncio.Event()
    courier = mailroom.courier(url, timeouts=timeouts) if url else None
    task = asyncio.create_task(work(database, courier, stop, pace=pace))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, pace.grace + 5)


async def queue(database: Database, *mails: Mail) -> list[MessageId]:
    async with database.transaction() as tx:
        return [await actions.queue(tx, mail, outbox=mailroom.OUTBOX) for mail in mails]


async def states(database: Database) -> dict[str, int]:
    async with database.reader() as reader:
        rows = await reader.fetch_all("SELECT state, count(*) AS n FROM messages GROUP BY state")
    return {row["state"]: row["n"] for row in rows}


async def outcome(database: Database, message_id: MessageId) -> tuple[str, int, str | None]:
    async with database.reader() as reader:
        row = await reader.fetch_one(
            "SELECT state, attempts, reason FROM messages WHERE id = $1", message_id
        )
    assert row is not None
    return row["state"], row["attempts"], row["reason"]


async def until(
    condition: Callable[[], Awaitable[bool]], *, seconds: float = 15, every: float = 0.03
) -> None:
    ends_at = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < ends_at, "it did not come to pass"
        await asyncio.sleep(every)


async def until_states(database: Database, expected: dict[str, int]) -> None:
    async def reached() -> bool:
        return await states(database) == expected

    await until(reached)


async def make_due(database: Database) -> None:
    """Let the time of a deferred mail come."""
    async with database.transaction() as tx:
        await tx.execute("UPDATE messages SET due_at = clock_timestamp() WHERE state = 'deferred'")


def fingerprints(mails: Sequence[Caught]) -> set[bytes]:
    return {mail.content for mail in mails}


async def test_a_mail_leaves_at_once_and_its_state_says_so(database: Database, sink: Sink) -> None:
    slow = Pace(poll=30)  # so that the wake-up of the commit is what does it
    async with working(database, sink.url, pace=slow):
        await until(lambda: _is_listening(database))
        (message_id,) = await queue(database, mailroom.invitation())
        (mail,) = await asyncio.to_thread(sink.wait_for, 1, seconds=5)
        await until_states(database, {"sent": 1})

    assert mail.recipients == ("ana@x.test",)
    assert mail.sender == "no-reply@vestibule.test"
    assert mail.message["Message-ID"] == f"<{message_id}@vestibule.test>"
    assert mailroom.LINK in mail.text
    assert mailroom.LINK in mail.html
    assert await outcome(database, message_id) == ("sent", 1, None)


async def _is_listening(database: Database) -> bool:
    async with database.reader() as reader:
        count: int = await reader.fetch_value(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE query LIKE 'LISTEN%' AND datname = current_database()"
        )
    return count == 1


async def test_what_is_put_off_three_times_arrives_at_the_fourth(
    database: Database, sink: Sink
) -> None:
    sink.script.answers["ana@x.test"] = [f"451 4.7.{n} Greylisted" for n in (1, 2, 3)]
    (message_id,) = await queue(database, mailroom.invitation())
    async with working(database, sink.url):
        for attempts in (1, 2, 3):
            reason = f"The mail server put it off (451 4.7.{attempts})."
            expected = ("deferred", attempts, reason)
            await until(partial(_has, database, message_id, expected))
            await make_due(database)
        await until_states(database, {"sent": 1})

    assert len(sink.mails) == 1
    assert await outcome(database, message_id) == ("sent", 4, None)


async def _has(
    database: Database, message_id: MessageId, expected: tuple[str, int, str | None]
) -> bool:
    return await outcome(database, message_id) == expected


async def test_what_is_refused_is_tried_once_and_fails_with_the_reason(
    database: Database, sink: Sink
) -> None:
    sink.script.answers["ana@x.test"] = ["550 5.1.1 No such user"] * 9
    (message_id,) = await queue(database, mailroom.invitation())
    async with working(database, sink.url):
        await until_states(database, {"failed": 1})

    reason = "The mail server refused the recipient's address (550 5.1.1)."
    assert await outcome(database, message_id) == ("failed", 1, reason)
    assert sink.mails == []


async def test_mails_wait_while_the_mail_server_is_down(database: Database) -> None:
    with smtp_sink.running() as gone:
        port = gone.port
    ids = await queue(database, *[mailroom.invitation(f"u{n}@x.test") for n in range(5)])
    async with working(database, f"smtp+insecure://127.0.0.1:{port}"):
        await until_states(database, {"deferred": 5})
        assert await outcome(database, ids[0]) == ("deferred", 1, UNREACHABLE)

        with smtp_sink.running(port=port) as back:
            await make_due(database)
            await until_states(database, {"sent": 5})

    assert sorted(mail.recipients[0] for mail in back.mails) == [f"u{n}@x.test" for n in range(5)]


async def test_where_starttls_is_stripped_the_mail_waits_and_says_why(
    database: Database, sink: Sink
) -> None:
    (message_id,) = await queue(database, mailroom.invitation())
    async with working(database, f"smtp://ana:secret@localhost:{sink.port}"):
        await until_states(database, {"deferred": 1})

    assert await outcome(database, message_id) == ("deferred", 1, NO_TLS)
    assert sink.mails == []
    assert not [command for command in sink.commands if command.startswith(("AUTH", "MAIL"))]


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


async def test_a_worker_back_from_a_long_rest_mails_nothing_stale(
    database: Database, sink: Sink
) -> None:
    late, fresh = await queue(
        database,
        mailroom.invitation("late@x.test", lasts=timedelta(seconds=-1)),
        mailroom.invitation("fresh@x.test"),
    )
    async with working(database, sink.url):
        await until_states(database, {"sent": 1, "failed": 1})

    assert [mail.recipients for mail in sink.mails] == [("fresh@x.test",)]
    assert await outcome(database, late) == ("failed", 0, TOO_LATE)
    assert (await outcome(database, fresh))[0] == "sent"


async def test_poison_holds_up_no_other_mail(database: Database, sink: Sink) -> None:
    poison = [mailroom.poison(f"poison{n}@x.test") for n in range(50)]
    good = [mailroom.invitation(f"good{n}@x.test") for n in range(50)]
    await queue(database, *poison, *good)
    async with working(database, sink.url):
        await until_states(database, {"sent": 50, "deferred": 50})

    assert len(sink.mails) == 50


@pytest.mark.parametrize("phase", ["rcpt", "data", "dot"])
async def test_a_mail_that_hangs_holds_up_no_other_and_no_database_connection(
    database: Database, sink: Sink, phase: str
) -> None:
    sink.script.hangs["stuck@x.test"] = phase
    timeouts = Timeouts(connect=2, command=1.5, data=1.5, quit=1)
    (stuck,) = await queue(database, mailroom.invitation("stuck@x.test"))
    async with working(database, sink.url, timeouts=timeouts):
        await queue(database, *[mailroom.invitation(f"u{n}@x.test") for n in range(20)])
        await until_states(database, {"sent": 20, "queued": 1})
        async with database.reader() as reader:
            idle = await reader.fetch_value(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE state LIKE 'idle in transaction%' AND datname = current_database()"
            )
        assert idle == 0
        await until_states(database, {"sent": 20, "deferred": 1})

    assert await outcome(database, stuck) == ("deferred", 1, TOO_SLOW)


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


async def test_without_a_mail_server_only_the_stale_are_given_up(database: Database) -> None:
    await queue(database, mailroom.invitation(), mailroom.invitation(lasts=timedelta(seconds=-1)))
    async with working(database, None):
        await until_states(database, {"queued": 1, "failed": 1})


async def test_no_log_tells_an_address_or_a_link(
    database: Database, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await queue(database, mailroom.invitation("victor@x.test"), mailroom.poison("quentin@x.test"))
    async with working(database, sink.url):
        await until_states(database, {"sent": 1, "deferred": 1})

    said = "\n".join(
        f"{record.getMessage()} {record.__dict__}"
        for record in caplog.records
        if record.name.startswith("vestibule")
    )
    assert "v***@x.test: sent" in said
    assert "UndefinedError" in said or "TemplateNotFound" in said
    for secret in ("victor@", "quentin@", mailroom.KEY, "organization-invite"):
        assert secret not in said
