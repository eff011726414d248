"""What is done with mails: who causes them queues and withdraws; the worker claims and records."""

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import assert_never
from uuid import UUID

from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AccountId, MessageId, new_id
from vestibule.messages import store, withdrawal_store
from vestibule.messages.model import (
    GIVEN_UP,
    RETENTION,
    TOO_LATE,
    WITHDRAWN,
    Deferred,
    DeliveryState,
    Mail,
    Message,
    Outbox,
    Outcome,
    Parameter,
    Refused,
    Sent,
    next_wait,
)

# How many mails a deletion withdraws in its own transaction: so many take a tenth of a second.
MOST_AT_ONCE = 1000


async def queue(tx: Transaction, mail: Mail, *, outbox: Outbox) -> MessageId:
    """Owe a mail: it leaves if, and only if, this transaction commits."""
    message_id = MessageId(new_id())
    await store.insert(tx, message_id, mail, state=outbox.first_state)
    return message_id


async def queue_news(tx: Transaction, mail: Mail, *, outbox: Outbox) -> None:
    """Owe a mail that says how something is now, in place of what was not sent yet.

    That is of the same template, for the same account, about the same place. When the outbox takes
    no news, a mail is put down in place of another one alone.
    """
    replaced = await store.delete_unsent(tx, mail)
    if replaced or outbox.takes_news:
        await queue(tx, mail, outbox=outbox)


async def withdraw_news(tx: Transaction, mail: Mail) -> None:
    """Take back what is not sent yet and `queue_news` would put this mail in place of."""
    await store.delete_unsent(tx, mail)


async def withdraw(tx: Transaction, about: UUID) -> int:
    """Take back the unsent mails about it whose link is dead now; gives their number.

    What is being sent at this moment may still arrive.
    """
    return await withdrawal_store.withdraw(tx, about, reason=WITHDRAWN)


async def withdraw_for(tx: Transaction, account_id: AccountId, place_ids: Sequence[UUID]) -> None:
    """Take back what is not sent yet to the account's owner about places where they are no more."""
    await withdrawal_store.withdraw_for(tx, account_id, place_ids, reason=WITHDRAWN)


async def withdraw_of(tx: Transaction, place_ids: Sequence[UUID]) -> None:
    """Let nothing leave any more of these places: they are gone. What was not sent is withdrawn.

    Only so much of it as is quickly done; a chore withdraws the rest.
    """
    await withdrawal_store.insert_gone(tx, place_ids)
    await withdrawal_store.withdraw_gone(tx, reason=WITHDRAWN, at_most=MOST_AT_ONCE)


async def withdraw_gone(tx: Transaction, *, at_most: int) -> int:
    """Withdraw some of what places that are gone have left unsent. Gives the number."""
    return await withdrawal_store.withdraw_gone(tx, reason=WITHDRAWN, at_most=at_most)


async def forget_place(tx: Transaction, place_id: UUID) -> None:
    """Forget that a place is gone: nothing of it is left."""
    await withdrawal_store.delete_gone(tx, place_id)


async def correct(
    tx: Transaction,
    about: Sequence[UUID],
    parameters: Mapping[str, Parameter],
    *,
    named_id: UUID | None = None,
) -> None:
    """Have the mails about any of these that carry a key, and are not sent yet, say this instead.

    With a `named_id`, as of `Mail`, they name another. What is being sent at this moment may still
    say what it was.
    """
    await store.correct(tx, about, parameters, named_id=named_id)


async def blank_names(tx: Transaction, named_ids: Sequence[UUID]) -> None:
    """Name none of these accounts and API keys any more, in whatever mail: they are gone."""
    await store.blank_names(tx, named_ids)


async def adopt(
    tx: Transaction, account_id: AccountId, place_id: UUID | None, address: Address
) -> None:
    """Have what was mailed to an address before it had this account go with the account.

    `place_id`: the app of the account's realm; None: the platform.
    """
    await store.adopt(tx, account_id, place_id, address)


async def forget_for(tx: Transaction, account_ids: Sequence[AccountId]) -> None:
    """Delete the mails for the owners of these accounts, sent or not, wherever they were sent.

    Mails for others name them no more.
    """
    await store.delete_for(tx, account_ids)
    await store.blank_names(tx, account_ids)


async def forget(tx: Transaction, address: Address, *, except_below: str) -> None:
    """Delete the mails to this address, sent or not, however it was typed.

    Not those about something, and not those whose link leads below the path.
    """
    await store.delete_to(tx, address, except_below=except_below)


async def forget_of(tx: Transaction, place_id: UUID, address: Address) -> None:
    """Delete the mails of a place to this address, as `forget` does."""
    await store.delete_of(tx, place_id, address)


async def forget_about(tx: Transaction, about: Sequence[UUID]) -> None:
    """Delete the mails about any of these: they are gone."""
    await store.delete_about(tx, about)


async def claim(tx: Transaction, *, at_most: int, lease: timedelta) -> list[Message]:
    """Take mails that are due, so that no other worker does until the lease ends."""
    return await store.claim(tx, at_most=at_most, lease=lease)


async def prolong(
    tx: Transaction, messages: Sequence[Message], *, lease: timedelta
) -> set[MessageId]:
    """Keep what is claimed for another lease. Gives the ids of those that were still held."""
    return await store.prolong(tx, messages, lease=lease)


async def release(tx: Transaction, messages: Sequence[Message]) -> None:
    """Give claimed mails back: any worker may take them at once."""
    await store.prolong(tx, messages, lease=timedelta(0))


async def record(tx: Transaction, message: Message, outcome: Outcome) -> DeliveryState | None:
    """Write what became of a claimed mail. None: it was no longer the caller's to write."""
    match outcome:
        case Sent():
            return await _settle(tx, message, DeliveryState.SENT, reason=None)
        case Refused(reason):
            return await _settle(tx, message, DeliveryState.FAILED, reason=reason)
        case Deferred(reason):
            wait = next_wait(message.attempts, chance=random.random())  # noqa: S311  spreads load only
            if await store.defer(tx, message, wait=wait, reason=reason):
                return DeliveryState.DEFERRED
            given_up = GIVEN_UP.format(attempts=message.attempts, reason=reason)
            return await _settle(tx, message, DeliveryState.FAILED, reason=given_up)
        case _:
            assert_never(outcome)


async def give_up_late(tx: Transaction) -> int:
    """Give up the mails whose time is over. Gives their number."""
    return await withdrawal_store.give_up_late(tx, reason=TOO_LATE)


async def forget_old(tx: Transaction) -> int:
    """Delete the messages that were settled 90 days ago. Gives their number."""
    return await store.delete_settled(tx, older_than=RETENTION)


async def _settle(
    tx: Transaction, message: Message, state: DeliveryState, *, reason: str | None
) -> DeliveryState | None:
    return state if await store.settle(tx, message, state=state, reason=reason) else None
