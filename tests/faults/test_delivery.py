"""The worker and mail servers at fault (security, F13 to F18, F25): the state is the truth."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest

from tests import smtp_sink
from tests.faults.deliveries import (
    make_due,
    outcome,
    queue,
    states,
    until,
    until_states,
    working,
)
from tests.messages import mailroom
from tests.smtp_sink import Sink
from vestibule.kernel.database import Database
from vestibule.kernel.ids import MessageId
from vestibule.messages.delivery import Pace
from vestibule.messages.model import TOO_LATE
from vestibule.messages.smtp import NO_TLS, TOO_SLOW, UNREACHABLE, Timeouts


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink.running() as running:
        yield running


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


async def test_a_server_that_lets_nobody_in_is_left_alone_for_a_while(database: Database) -> None:
    script = smtp_sink.Script(accounts={"ana": "right"})
    with smtp_sink.running(script, tls="starttls") as sink:
        url = f"smtp://ana:wrong@localhost:{sink.port}?ca={smtp_sink.CERTIFICATE}"
        await queue(database, *[mailroom.invitation(f"u{n}@x.test") for n in range(40)])
        async with working(database, url, timeouts=Timeouts(pause=30)):
            await until_states(database, {"deferred": 16, "queued": 24})
            await asyncio.sleep(0.5)

    assert await states(database) == {"deferred": 16, "queued": 24}


async def test_where_starttls_is_stripped_the_mail_waits_and_says_why(
    database: Database, sink: Sink
) -> None:
    (message_id,) = await queue(database, mailroom.invitation())
    async with working(database, f"smtp://ana:secret@localhost:{sink.port}"):
        await until_states(database, {"deferred": 1})

    assert await outcome(database, message_id) == ("deferred", 1, NO_TLS)
    assert sink.mails == []
    assert not [command for command in sink.commands if command.startswith(("AUTH", "MAIL"))]


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
    timeouts = Timeouts(connect=2, command=1.5, data=1.5, quit=1, pause=0)
    (stuck,) = await queue(database, mailroom.invitation("stuck@x.test"))
    async with working(database, sink.url, timeouts=timeouts):
        await queue(database, *[mailroom.invitation(f"u{n}@x.test") for n in range(20)])
        await until_states(database, {"sent": 20, "queued": 1})
        async with database.reader() as reader:
            idle = await reader.fetch_value(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE state LIKE 'idle in transaction%' AND datname = current_database() "
                "AND state_change < clock_timestamp() - interval '500 ms'"
            )
        assert idle == 0
        await until_states(database, {"sent": 20, "deferred": 1})

    assert await outcome(database, stuck) == ("deferred", 1, TOO_SLOW)


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
