"""The limiter: many at once, windows that end, several counters, and an off that is off."""

import asyncio
import importlib
import pkgutil
from datetime import timedelta

import pytest

import vestibule
from vestibule.kernel import limits
from vestibule.kernel.database import Database
from vestibule.kernel.errors import RateLimited
from vestibule.kernel.limits import Limit, Limiter

TEA = Limit("tea", 7, timedelta(minutes=10))
POT = Limit("pot", 3, timedelta(hours=2))
ENDLESS = Limit("endless", 1_000_000, timedelta(hours=1))
HUSH = "ana@example.com"


@pytest.fixture
def limiter(database: Database) -> Limiter:
    return Limiter(database)


async def try_once(limiter: Limiter, *tries: tuple[Limit, str]) -> str:
    try:
        await limiter.spend_each(tries)
    except RateLimited:
        return "limited"
    return "passed"


async def turn_back(database: Database, time: timedelta) -> None:
    """Let the time pass, by the database's clock."""
    async with database.transaction() as tx:
        await tx.execute("UPDATE limits SET ends_at = ends_at - $1::interval", time)


async def counters(database: Database) -> dict[str, int]:
    async with database.reader() as reader:
        rows = await reader.fetch_all("SELECT name, tries FROM limits ORDER BY name")
    return {row["name"]: row["tries"] for row in rows}


async def test_of_two_hundred_at_once_exactly_the_limit_pass(limiter: Limiter) -> None:
    outcomes = await asyncio.gather(*(try_once(limiter, (TEA, "ada")) for _ in range(200)))
    assert (outcomes.count("passed"), outcomes.count("limited")) == (7, 193)


async def test_subjects_and_limits_are_counted_each_by_itself(limiter: Limiter) -> None:
    for _ in range(3):
        await limiter.spend(POT, "ada")
    assert await try_once(limiter, (POT, "ada")) == "limited"
    assert await try_once(limiter, (POT, "bo")) == "passed"
    assert await try_once(limiter, (POT, "Ada")) == "passed"
    assert await try_once(limiter, (TEA, "ada")) == "passed"


async def test_a_window_ends_by_the_databases_clock_and_does_not_slide(
    limiter: Limiter, database: Database
) -> None:
    outcomes = [await try_once(limiter, (POT, "ada")) for _ in range(4)]
    await turn_back(database, timedelta(minutes=119))
    outcomes.append(await try_once(limiter, (POT, "ada")))
    await turn_back(database, timedelta(minutes=2))
    outcomes += [await try_once(limiter, (POT, "ada")) for _ in range(4)]

    assert outcomes == [*["passed"] * 3, "limited", "limited", *["passed"] * 3, "limited"]


async def test_who_is_limited_is_told_when_the_window_ends(
    limiter: Limiter, database: Database
) -> None:
    for _ in range(3):
        await limiter.spend(POT, "ada")
    with pytest.raises(RateLimited) as told:
        await limiter.spend(POT, "ada")
    assert 7195 < told.value.retry_after <= 7200

    await turn_back(database, timedelta(seconds=7199.5))
    with pytest.raises(RateLimited) as told:
        await limiter.spend(POT, "ada")
    assert told.value.retry_after == 1


async def test_several_are_counted_at_once_and_the_longest_wait_is_told(
    limiter: Limiter, database: Database
) -> None:
    for _ in range(7):
        await try_once(limiter, (TEA, "ada"), (POT, "ada"))
    with pytest.raises(RateLimited) as told:
        await limiter.spend_each([(TEA, "ada"), (POT, "ada")])
    assert told.value.retry_after > 7000
    # What is refused by one counts in no other.
    assert await counters(database) == {"tea": 3, "pot": 8}


async def test_each_count_goes_with_its_own_limit(limiter: Limiter) -> None:
    for number in range(20):
        subjects = [(ENDLESS, f"{number}-{each}") for each in range(30)]
        await limiter.spend_each(subjects)
    for _ in range(3):
        await limiter.spend(POT, "zoe")
    tries = [*((ENDLESS, f"1-{each}") for each in range(30)), (POT, "zoe")]
    assert await try_once(limiter, *tries) == "limited"
    assert await try_once(limiter, *tries[:-1]) == "passed"


async def test_two_groups_in_opposite_order_never_wait_in_a_ring(limiter: Limiter) -> None:
    group = [(ENDLESS, f"subject {number}") for number in range(10)]
    both = (group, group[::-1], [*group[5:], *group[:5]])
    async with asyncio.timeout(10):
        outcomes = await asyncio.gather(*(try_once(limiter, *both[n % 3]) for n in range(90)))
    assert set(outcomes) == {"passed"}


async def test_a_try_is_counted_although_what_follows_fails(
    limiter: Limiter, database: Database
) -> None:
    async def fail_after() -> None:
        async with database.transaction():
            await limiter.spend(TEA, "ada")
            raise LookupError

    with pytest.raises(LookupError):
        await fail_after()
    assert await counters(database) == {"tea": 1}


async def test_a_good_try_starts_the_window_anew(limiter: Limiter) -> None:
    for _ in range(3):
        await limiter.spend(POT, "ada")
        await limiter.spend(POT, "bo")
    await limiter.forget(POT, "ada")
    assert await try_once(limiter, (POT, "ada")) == "passed"
    assert await try_once(limiter, (POT, "bo")) == "limited"


async def test_off_is_off(database: Database) -> None:
    off = Limiter(database, is_on=False)
    assert {await try_once(off, (POT, "ada")) for _ in range(10)} == {"passed"}
    await off.forget(POT, "ada")
    assert await counters(database) == {}


async def test_who_was_counted_is_not_kept(limiter: Limiter, database: Database) -> None:
    await limiter.spend(TEA, HUSH)
    async with database.reader() as reader:
        row = await reader.fetch_value("SELECT l::text FROM limits l")
    assert HUSH not in row
    assert HUSH.encode().hex() not in row


async def test_any_text_may_be_counted(limiter: Limiter) -> None:
    for subject in ("", "\x00", "é" * 10_000, "'; DROP TABLE limits --"):
        assert await try_once(limiter, (TEA, subject)) == "passed"


async def test_counters_whose_window_is_over_are_forgotten(
    limiter: Limiter, database: Database
) -> None:
    await limiter.spend_each([(TEA, "ada"), (POT, "ada")])
    await turn_back(database, timedelta(minutes=11))
    assert await limits.forget_ended(database) == 1
    assert await counters(database) == {"pot": 1}


def test_every_limit_has_a_name_of_its_own_and_lets_somebody_through() -> None:
    modules = pkgutil.walk_packages(vestibule.__path__, "vestibule.")
    things = [each for one in modules for each in vars(importlib.import_module(one.name)).values()]
    ours = {each for each in things if isinstance(each, Limit)}
    assert len({limit.name for limit in ours}) == len(ours) >= 7
    assert all(limit.most > 0 and limit.window > timedelta(0) for limit in ours)
