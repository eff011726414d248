"""A snapshot: one moment for as many statements as there are, nothing written, no endless wait."""

import pytest

from tests.kernel.things import add, count
from vestibule.kernel.database import Database, TookTooLong
from vestibule.kernel.errors import Unavailable


async def test_a_snapshot_sees_one_moment(own: Database) -> None:
    async with own.snapshot(seconds=5) as snapshot:
        before = await snapshot.fetch_value("SELECT count(*) FROM things")
        async with own.transaction() as tx:
            await add(tx, 1)
        assert await snapshot.fetch_value("SELECT count(*) FROM things") == before
    assert await count(own) == before + 1


async def test_a_snapshot_writes_nothing(own: Database) -> None:
    with pytest.raises(Unavailable):
        async with own.snapshot(seconds=5) as snapshot:
            await snapshot.fetch_all("DELETE FROM things")


async def test_a_statement_of_a_snapshot_may_take_its_time_and_no_longer(own: Database) -> None:
    async with own.snapshot(seconds=1) as snapshot:
        with pytest.raises(TookTooLong):
            await snapshot.fetch_one("SELECT pg_sleep(3)")
        assert await snapshot.fetch_value("SELECT 1") == 1
        assert await snapshot.fetch_one("SELECT FROM things WHERE false") is None
