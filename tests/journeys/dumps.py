"""A dump of all tables as text: what somebody with the database alone would read."""

import asyncpg


async def dump(database: asyncpg.Connection) -> dict[str, list[str]]:
    """Every row of every table, in an order that does not change."""
    tables = await database.fetch(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    )
    return {
        table: [
            row[0]
            for row in await database.fetch(f'SELECT one::text FROM "{table}" AS one ORDER BY 1')
        ]
        for (table,) in tables
    }
