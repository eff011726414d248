"""The worker: takes what is due from the outbox, hands it to a mail server, and writes the outcome.

    claim (a lease) ─▶ wait for a slot ─▶ send, while a heartbeat keeps the lease ─▶ record (fenced)

No database connection is held while a mail is sent. A mail is sent at least once: a worker that
dies between the mail server's yes and our record leaves a second, identical copy (RFC 1047).
"""

import asyncio
import logging
import time
import traceback
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

from vestibule.kernel.addresses import masked
from vestibule.kernel.database import Database
from vestibule.kernel.errors import Problem
from vestibule.kernel.ids import MessageId, encode
from vestibule.messages import actions, mime
from vestibule.messages.model import (
    HOSTILE,
    UNWRITABLE,
    Deferred,
    HostileMail,
    Message,
    Outcome,
    Refused,
)
from vestibule.messages.rendering import Writer
from vestibule.messages.smtp import Connections, Server

log = logging.getLogger("vestibule.messages")

CHANNEL = "messages"
CONNECTIONS = 4
IN_HAND = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds: how long a claim lasts, how often it is renewed, how often we look unasked."""

    lease: float = 60
    heartbeat: float = 15
    poll: float = 5
    relisten: float = 60
    grace: float = 10


@dataclass(frozen=True, slots=True)
class Courier:
    """Writes a letter and takes it to the mail server."""

    writer: Writer
    connections: Connections
    sender: str

    @classmethod
    def of(cls, writer: Writer, server: Server) -> Self:
        """Make the courier of one mail server. Raises ValueError if the sender is no address."""
        return cls(writer, Connections(server), mime.sender_address(writer.mail_from))

    async def deliver(self, message: Message) -> Outcome:
        """Send one mail, and tell what became of it."""
        try:
            letter = self.writer.write(message)
            content = mime.build(letter)
        except HostileMail:
            log.warning("mail %s is hostile and was not sent", encode("msg", message.id))
            return Refused(HOSTILE)
        except Exception as fault:  # a template at fault must not stop the other mails
            _log_unwritable(message, fault)
            return Deferred(UNWRITABLE)
        return await self.connections.send(self.sender, letter.recipient, content)


async def work(
    database: Database, courier: Courier | None, stop: asyncio.Event, *, pace: Pace = Pace()
) -> None:
    """Deliver what the outbox holds until `stop`, and then finish within the pace's grace.

    Without a courier (no mail server is set up) it only gives up what nobody wants any more.
    """
    worker = _Worker(database, courier, stop, pace)
    beside = [asyncio.create_task(worker.beat()), asyncio.create_task(worker.wake_at_stop())]
    try:
        await worker.run()
    finally:
        await worker.finish()
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)


@dataclass(slots=True)
class _Held:
    """A claimed mail, the task that sends it, and until when (monotonic) it is ours for certain."""

    message: Message
    leased_until: float
    task: asyncio.Task[None] | None = None
    is_begun: bool = False


@dataclass(slots=True)
class _Worker:
    database: Database
    courier: Courier | None
    stop: asyncio.Event
    pace: Pace
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONNECTIONS))
    held: dict[MessageId, _Held] = field(default_factory=dict)

    async def run(self) -> None:
        """Deliver until the stop, through every absence of the database."""
        while not self.stop.is_set():
            try:
                async with self.database.listen(CHANNEL, self.wake.set):
                    await self._deliver_for_a_while()
            except (Problem, OSError, TimeoutError) as fault:
                log.warning("the outbox cannot be reached: %s", type(fault).__name__)
                await self._pause(1)

    async def _deliver_for_a_while(self) -> None:
        # A LISTEN whose connection was lost hears nothing more: it is renewed before long.
        ends_at = time.monotonic() + self.pace.relisten
        await self._give_up_late()
        while not self.stop.is_set() and time.monotonic() < ends_at:
            self.wake.clear()
            await self._look()
            await _at_most(self.pace.poll, self.wake.wait())

    async def _look(self) -> None:
        """Claim what is due and start on it, in batches: half the hand must be free."""
        free = IN_HAND - len(self.held)
        if free < IN_HAND // 2 or self.courier is None or not self.courier.connections.is_open:
            return
        claimed = await self._claim(self.courier, free)
        if not claimed and not self.held:
            await self.courier.connections.rest()

    async def _give_up_late(self) -> None:
        async with self.database.transaction() as tx:
            late = await actions.give_up_late(tx)
        if late:
            log.warning("%d mails were not sent in time and given up", late)

    async def _claim(self, courier: Courier, at_most: int) -> list[Message]:
        claimed_at = time.monotonic()
        lease = timedelta(seconds=self.pace.lease)
        async with self.database.transaction() as tx:
            claimed = await actions.claim(tx, at_most=at_most, lease=lease)
        for message in claimed:
            held = _Held(message, claimed_at + self.pace.lease)
            self.held[message.id] = held
            held.task = asyncio.create_task(self._send(held, courier))
        return claimed

    async def _send(self, held: _Held, courier: Courier) -> None:
        try:
            async with self.slots:
                if time.monotonic() > held.leased_until:
                    return  # we were paused past the lease: the mail is another worker's by now
                held.is_begun = True
                outcome = await courier.deliver(held.message)
                # Within the slot: nothing more is sent while what was sent cannot be written down.
                await self._record(held.message, outcome)
        finally:
            del self.held[held.message.id]
            self.wake.set()

    async def _record(self, message: Message, outcome: Outcome) -> None:
        """Write the outcome, however long the database is away: else the mail leaves again."""
        while True:
            try:
                async with self.database.transaction() as tx:
                    state = await actions.record(tx, message, outcome)
            except (Problem, OSError, TimeoutError):
                await asyncio.sleep(1)
                continue
            _log_outcome(message, state, outcome)
            return

    async def beat(self) -> None:
        """Keep the leases of what is in hand, for as long as it is in hand."""
        while True:
            await asyncio.sleep(self.pace.heartbeat)
            if self.held:
                with suppress(Problem, OSError, TimeoutError):
                    await self._prolong(list(self.held.values()))

    async def _prolong(self, held: list[_Held]) -> None:
        now, lease = time.monotonic(), timedelta(seconds=self.pace.lease)
        async with self.database.transaction() as tx:
            ours = await actions.prolong(tx, [each.message for each in held], lease=lease)
        for each in held:
            # A lease that is lost stays lost: another worker has the mail, or has sent it.
            each.leased_until = now + self.pace.lease if each.message.id in ours else now

    async def wake_at_stop(self) -> None:
        """End the wait for work when the stop comes."""
        await self.stop.wait()
        self.wake.set()

    async def finish(self) -> None:
        """Let what is being sent come to its end, for a while; give back the rest."""
        unbegun = [held for held in self.held.values() if not held.is_begun]
        await _cancel(unbegun)
        begun = [held for held in self.held.values() if held.task]
        if begun:
            await asyncio.wait([h.task for h in begun if h.task], timeout=self.pace.grace)
        await _cancel(begun)
        with suppress(Problem, OSError, TimeoutError):
            async with self.database.transaction() as tx:
                await actions.release(tx, [held.message for held in [*unbegun, *begun]])
        if self.courier:
            await self.courier.connections.rest()

    async def _pause(self, seconds: float) -> None:
        await _at_most(seconds, self.stop.wait())


async def _at_most(seconds: float, waited: Awaitable[object]) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(waited, seconds)


async def _cancel(held: list[_Held]) -> None:
    tasks = [each.task for each in held if each.task]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _log_outcome(message: Message, state: str | None, outcome: Outcome) -> None:
    log.info(
        "mail %s to %s: %s",
        encode("msg", message.id),
        masked(message.mail.recipient),
        state or "taken over by another worker",
        extra={"reason": getattr(outcome, "reason", None), "attempts": message.attempts},
    )


def _log_unwritable(message: Message, fault: Exception) -> None:
    """Say where the fault is, and not what it says: its words may hold what the mail holds."""
    where = traceback.extract_tb(fault.__traceback__)[-1]
    log.error(
        "mail %s cannot be written from %s: %s at %s:%s",
        encode("msg", message.id),
        message.mail.template,
        type(fault).__name__,
        where.filename,
        where.lineno,
    )
