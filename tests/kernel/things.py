"""A database with one table, for tests of the kernel's own, and what they do with it."""

from vestibule.kernel.database import Database, Transaction

TABLE = "CREATE TABLE things (id integer PRIMARY KEY, word text, facts jsonb)"


async def add(tx: Transaction, number: int, word: str = "x", facts: object = None) -> int:
    return await tx.execute("INSERT INTO things VALUES ($1, $2, $3)", number, word, facts)


async def add_and(database: Database, *statements: str) -> None:
    """Add a thing, and run the statements, all in one transaction."""
    async with database.transaction() as tx:
        await add(tx, 1)
        for statement in statements:
            await tx.execute(statement)


async def count(database: Database) -> int:
    async with database.reader() as reader:
        return int(await reader.fetch_value("SELECT count(*) FROM things"))


async def ensure_well(database: Database) -> None:
    """Both connections work, and neither is left in a transaction."""
    for _ in range(4):
        async with database.reader() as one, database.reader() as other:
            for reader in (one, other):
                began = [await reader.fetch_value("SELECT now()") for _ in range(2)]
                assert began[0] < began[1], "both statements are of one transaction"
