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
        """Count one try in each of several limits, in one round trip. Raises RateLimited."""
        if not self.is_on:
            return
        waits = [wait for count, wait, most in await self._count(tries) if count > most]
        if waits:
            raise RateLimited(retry_after=max(waits))

    async def forget(self, limit: Limit, subject: str) -> None:
        """Start the subject's window anew: the try was a good one."""
        if not self.is_on:
            return
        async with self.database.transaction() as tx:
            await tx.execute(
                "DELETE FROM limits WHERE name = $1 AND subject = $2", limit.name, _hashed(subject)
            )

    async def _count(self, tries: Sequence[tuple[Limit, str]]) -> list[tuple[int, int, int]]:
        """Add to each counter, or open a new window; give its count, seconds left and limit.

        Counters are taken in one order, so that two requests never wait for each other in a ring.
        """
        sorted_tries = sorted(
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
                [name for name, _, _ in sorted_tries],
                [subject for _, subject, _ in sorted_tries],
                [limit.window for _, _, limit in sorted_tries],
            )
        return [
            (row["tries"], row["wait"], limit.most)
            for row, (_, _, limit) in zip(rows, sorted_tries, strict=True)
        ]


async def forget_ended(database: Database) -> int:
    """Delete the counters whose window is over. Gives their number."""
    async with database.transaction() as tx:
        return await tx.execute("DELETE FROM limits WHERE ends_at < (SELECT clock_timestamp())")


def _hashed(subject: str) -> bytes:
    # A counter needs to recognise an address or a network, not to know it.
    return hashlib.sha256(subject.encode()).digest()
