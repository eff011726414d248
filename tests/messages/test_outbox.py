"""The outbox on a real database: who may send a mail, and what is kept of it."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from asyncpg import CheckViolationError

from tests.messages import mailroom
from vestibule.kernel import lists
from vestibule.kernel.database import Database, Transaction
from vestibule.kernel.ids import MessageId, new_id
from vestibule.messages import actions, queries
from vestibule.messages.model import (
    TOO_LATE,
    WITHDRAWN,
    Deferred,
    DeliveryState,
    Mail,
    Message,
    Outbox,
    Refused,
    Sent,
)

MINUTE = timedelta(minutes=1)
NO_SERVER = Outbox(secret=mailroom.SECRET, has_server=False)


async def row(tx: Transaction, message_id: MessageId) -> Mapping[str, object]:
    found = await tx.fetch_one("SELECT * FROM messages WHERE id = $1", message_id)
    assert found is not None
    return dict(found)


async def claim_one(tx: Transaction, mail: Mail | None = None) -> Message:
    await actions.queue(tx, mail or mailroom.invitation(), outbox=mailroom.OUTBOX)
    (claimed,) = await actions.claim(tx, at_most=9, lease=MINUTE)
    return claimed


async def test_a_queued_mail_comes_out_as_it_went_in(tx: Transaction) -> None:
    mail = mailroom.invitation("Ana@BÜCHER.test", seats=3, is_first=True, note=None)

    claimed = await claim_one(tx, mail)

    assert claimed.mail == mail
    assert claimed.state is DeliveryState.QUEUED
    assert claimed.attempts == 1


async def test_a_mail_without_a_server_says_so_and_waits_for_one(tx: Transaction) -> None:
    message_id = await actions.queue(tx, mailroom.invitation(), outbox=NO_SERVER)

    assert (await row(tx, message_id))["state"] == "not_configured"
    (claimed,) = await actions.claim(tx, at_most=9, lease=MINUTE)
    assert await actions.record(tx, claimed, Sent()) is DeliveryState.SENT


async def test_a_mail_that_has_left_keeps_no_name_that_it_spoke_of(tx: Transaction) -> None:
    sent = await claim_one(tx, mailroom.invitation(inviter_name="Bo Berg"))
    await actions.record(tx, sent, Sent())

    assert (await row(tx, sent.id))["parameters"] == {}
    shown = lists.window("messages")
    assert (await queries.list_messages(tx, shown)).items == []


@pytest.mark.parametrize("outcome", [Sent(), Refused("The mail server refused it (550).")])
async def test_nor_does_one_that_waited_for_a_server(
    tx: Transaction, outcome: Sent | Refused
) -> None:
    await actions.queue(tx, mailroom.invitation(), outbox=NO_SERVER)
    (claimed,) = await actions.claim(tx, at_most=9, lease=MINUTE)
    await actions.record(tx, claimed, outcome)

    assert (await row(tx, claimed.id))["parameters"] == {}


async def test_what_was_withdrawn_without_a_server_is_still_shown_in_the_mailbox(
    tx: Transaction,
) -> None:
    about = new_id()
    await actions.queue(tx, mailroom.invitation(about=about), outbox=NO_SERVER)
    await actions.withdraw(tx, about)

    (shown,) = (await queries.list_messages(tx, lists.window("messages"))).items
    assert shown.mail.parameters["inviter_name"] == "Bo Berg"


async def test_a_claimed_mail_is_nobody_elses_until_its_lease_ends(tx: Transaction) -> None:
    claimed = await claim_one(tx)

    assert await actions.claim(tx, at_most=9, lease=MINUTE) == []
    await actions.release(tx, [claimed])
    (again,) = await actions.claim(tx, at_most=9, lease=MINUTE)
    assert again.attempts == 2


async def test_a_worker_that_lost_its_lease_writes_nothing(tx: Transaction) -> None:
    first = await claim_one(tx)
    await actions.release(tx, [first])
    (second,) = await actions.claim(tx, at_most=9, lease=MINUTE)

    assert await actions.record(tx, first, Refused("late")) is None
    assert await actions.record(tx, first, Deferred("late")) is None
    await actions.prolong(tx, [first], lease=timedelta(0))
    assert await actions.claim(tx, at_most=9, lease=MINUTE) == []
    assert await actions.record(tx, second, Sent()) is DeliveryState.SENT


async def test_a_sent_mail_keeps_no_seed_and_is_settled(tx: Transaction) -> None:
    claimed = await claim_one(tx)

    await actions.record(tx, claimed, Sent())

    kept = await row(tx, claimed.id)
    assert (kept["state"], kept["key_seed"], kept["reason"]) == ("sent", None, None)
    assert kept["settled_at"] is not None


async def test_a_refused_mail_fails_with_its_reason(tx: Transaction) -> None:
    claimed = await claim_one(tx)

    await actions.record(tx, claimed, Refused("No such mailbox (550 5.1.1)."))

    kept = await row(tx, claimed.id)
    assert (kept["state"], kept["key_seed"]) == ("failed", None)
    assert kept["reason"] == "No such mailbox (550 5.1.1)."


async def test_a_deferred_mail_keeps_its_seed_and_waits_about_a_minute(tx: Transaction) -> None:
    claimed = await claim_one(tx)

    await actions.record(tx, claimed, Deferred("Not now (451)."))

    kept = await row(tx, claimed.id)
    assert (kept["state"], kept["reason"]) == ("deferred", "Not now (451).")
    assert kept["key_seed"] == mailroom.SEED
    seconds = await tx.fetch_value(
        "SELECT extract(epoch FROM due_at - clock_timestamp()) FROM messages WHERE id = $1",
        claimed.id,
    )
    assert 45 <= seconds <= 73


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE messages SET not_after = clock_timestamp() + '40 seconds'",
        "UPDATE messages SET created_at = created_at - '72 hours'::interval",
    ],
)
async def test_a_mail_is_given_up_when_the_next_try_would_be_too_late(
    tx: Transaction, statement: str
) -> None:
    claimed = await claim_one(tx)
    await tx.execute(statement)

    assert await actions.record(tx, claimed, Deferred("Not now.")) is DeliveryState.FAILED

    kept = await row(tx, claimed.id)
    assert kept["reason"] == "It was given up after 1 tries. The last time: Not now."
    assert kept["key_seed"] is None


async def test_a_mail_whose_time_is_over_is_given_up_and_never_claimed(tx: Transaction) -> None:
    mail = mailroom.invitation(lasts=timedelta(seconds=-1))
    message_id = await actions.queue(tx, mail, outbox=mailroom.OUTBOX)

    assert await actions.claim(tx, at_most=9, lease=MINUTE) == []
    assert await actions.give_up_late(tx) == 1

    kept = await row(tx, message_id)
    assert (kept["state"], kept["reason"], kept["key_seed"]) == ("failed", TOO_LATE, None)


async def test_what_is_being_sent_is_not_given_up(tx: Transaction) -> None:
    claimed = await claim_one(tx)
    await tx.execute("UPDATE messages SET not_after = clock_timestamp() WHERE id = $1", claimed.id)

    assert await actions.give_up_late(tx) == 0
    assert await actions.record(tx, claimed, Sent()) is DeliveryState.SENT


async def test_the_oldest_due_goes_first(tx: Transaction) -> None:
    first = await actions.queue(tx, mailroom.invitation(), outbox=mailroom.OUTBOX)
    await actions.queue(tx, mailroom.invitation(), outbox=mailroom.OUTBOX)

    claimed = await actions.claim(tx, at_most=1, lease=MINUTE)

    assert [message.id for message in claimed] == [first]


async def test_withdrawing_stops_the_unsent_mails_with_a_link_about_it(tx: Transaction) -> None:
    about = new_id()
    linked = mailroom.invitation(about=about)
    plain = mailroom.poison(about=about)
    other = mailroom.invitation(about=new_id())
    ids = [await actions.queue(tx, mail, outbox=NO_SERVER) for mail in (linked, plain, other)]

    assert await actions.withdraw(tx, about) == 1

    kept = [await row(tx, message_id) for message_id in ids]
    assert [each["state"] for each in kept] == ["failed", "not_configured", "not_configured"]
    assert (kept[0]["reason"], kept[0]["key_seed"]) == (WITHDRAWN, None)


async def test_withdrawing_leaves_what_is_settled(tx: Transaction) -> None:
    about = new_id()
    claimed = await claim_one(tx, mailroom.invitation(about=about))
    await actions.record(tx, claimed, Sent())

    assert await actions.withdraw(tx, about) == 0


async def test_a_settled_message_is_forgotten_in_time_and_an_open_one_never(
    tx: Transaction,
) -> None:
    claimed = await claim_one(tx)
    await actions.record(tx, claimed, Sent())
    await actions.queue(tx, mailroom.invitation(), outbox=mailroom.OUTBOX)

    assert await actions.forget_old(tx) == 0
    await tx.execute("UPDATE messages SET settled_at = settled_at - '91 days'::interval")
    assert await actions.forget_old(tx) == 1
    assert await tx.fetch_value("SELECT count(*) FROM messages") == 1


async def test_the_database_lets_no_settled_message_hold_a_seed(tx: Transaction) -> None:
    await actions.queue(tx, mailroom.invitation(), outbox=mailroom.OUTBOX)

    settling = tx.execute("UPDATE messages SET state = 'sent'")

    with pytest.raises(CheckViolationError, match="messages_settled_hold_no_seed"):
        await settling


async def test_a_mail_of_a_transaction_that_rolls_back_was_never_owed(database: Database) -> None:
    async def owe_and_fail() -> None:
        async with database.transaction() as tx:
            await actions.queue(tx, mailroom.invitation(), outbox=mailroom.OUTBOX)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await owe_and_fail()

    async with database.reader() as reader:
        assert await reader.fetch_value("SELECT count(*) FROM messages") == 0
