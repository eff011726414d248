"""Asking, in one round trip, for all that must always hold in the database."""

from vestibule.invariants import queries
from vestibule.kernel.database import Reader

AT_ONCE = " UNION ALL ".join(
    f"SELECT $${each.name}$$ AS name, * FROM ({queries.counting(each)}) AS counted"
    for each in queries.EVERY
)
EVERY = f"SELECT name, faults FROM ({AT_ONCE}) AS every WHERE faults > 0"


async def broken(reader: Reader) -> dict[str, int]:
    """Count the faults of each that does not hold."""
    return {row["name"]: row["faults"] for row in await reader.fetch_all(EVERY)}


async def ensure(reader: Reader) -> None:
    """Check that all hold."""
    faults = await broken(reader)
    assert faults == {}, faults
