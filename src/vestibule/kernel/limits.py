"""How often something may be tried: fixed windows, counted in the database.

A counter commits by itself, in one atomic statement, before the work that it limits: a hundred
tries at once are a hundred counted tries. Which limits there are, the doors say that spend them.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from vestibule.kernel.database import Database
from vestibule.kernel.errors import RateLimited


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` in each window. `name` is kept with the counters: choose it for ever."""

    name: str
    most: int
    window: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    """A counter after a try: how many there were, and the seconds until its window ends."""

    limit: Limit
    subject: bytes
    tries: int
    wait: int


@dataclass(frozen=True, slots=True)
class Limiter:
    """Counts tries. `is_on` is False for tests and benchmarks alone (`VESTIBULE_LIMITS=off`)."""

    database: Database
    is_on: bool = True

    async def spend(self, limit: Limit, subject: str) -> None:
        """Count one try of the subject.

        Raises RateLimited, with the seconds until the window ends.
        """
        await self.spend_each([(limit, subject)])

    async def spend_each(self, tries: Sequence[tuple[Limit, str]]) -> None:
        """Count one try in each of several limits, in one round trip. Raises RateLimited.

        One that is refused counts only where it was refused: the others are given theirs back, so
        that what the day stops does not use up the week.
        """
        if not self.is_on:
            return
        counts = await self._count(tries)
        refused = [count for count in counts if count.tries > count.limit.most]
        if not refused:
            return
        await self._give_back([count for count in counts if count not in refused])
        raise RateLimited(retry_after=max(count.wait for count in refused))

    async def forget(self, limit: Limit, subject: str) -> None:
        """Start the subject's window anew: the try was a good one."""
        if not self.is_on:
            return
        async with self.database.transaction() as tx:
            await tx.execute(
                "DELETE FROM limits WHERE name = $1 AND subject = $2", limit.name, _hashed(subject)
            )

    async def _count(self, tries: Sequence[tuple[Limit, str]]) -> list[_Count]:
        """Add to each counter, or open a new window.

        Counters are taken in one order, so that two requests never wait for each other in a ring.
        """
        taken = sorted(
            ((limit.name, _hashed(subject), limit) for limit, subject in tries), key=lambda t: t[:2]
        )
        async with self.database.reader() as at_once:
            rows = await at_once.fetch_all(
                """
                INSERT INTO limits AS l (name, subject, tries, ends_at)
                SELECT name, subject, 1, clock_timestamp() + length
                  FROM unnest($1::text[], $2::bytea[], $3::interval[]) AS t (name, subject, length)
                ON CONFLICT (name, subject) DO UPDATE
                   SET tries = CASE WHEN l.ends_at > clock_timestamp()
                                    THEN l.tries + 1 ELSE 1 END,
                       ends_at = CASE WHEN l.ends_at > clock_timestamp()
                                      THEN l.ends_at ELSE excluded.ends_at END
                RETURNING tries,
                          ceil(extract(epoch FROM ends_at - clock_timestamp()))::integer AS wait
                """,
                [name for name, _, _ in taken],
                [subject for _, subject, _ in taken],
                [limit.window for _, _, limit in taken],
            )
        return [
            _Count(limit=limit, subject=subject, tries=row["tries"], wait=row["wait"])
            for row, (_, subject, limit) in zip(rows, taken, strict=True)
        ]

    async def _give_back(self, counts: Sequence[_Count]) -> None:
        async with self.database.transaction() as tx:
            for count in counts:
                await tx.execute(
                    "UPDATE limits SET tries = tries - 1 WHERE name = $1 AND subject = $2",
                    count.limit.name,
                    count.subject,
                )


async def forget_ended(database: Database) -> int:
    """Delete the counters whose window is over. Gives their number."""
    async with database.transaction() as tx:
        return await tx.execute("DELETE FROM limits WHERE ends_at < (SELECT clock_timestamp())")


def _hashed(subject: str) -> bytes:
    # A counter needs to recognise an address or a network, not to know it.
    return hashlib.sha256(subject.encode()).digest()
