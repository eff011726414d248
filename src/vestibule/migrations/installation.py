"""The one row about the installation itself: with which secret this database was set up."""

from vestibule.kernel.database import Database, Reader


async def keep_fingerprint(database: Database, fingerprint: bytes) -> bytes:
    """Give the fingerprint of the database's own secret: the first is kept for good."""
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT INTO installation (secret_fingerprint) VALUES ($1) ON CONFLICT DO NOTHING",
            fingerprint,
        )
        kept: bytes = await tx.fetch_value("SELECT secret_fingerprint FROM installation")
    return kept


async def find_fingerprint(reader: Reader) -> bytes | None:
    """Give the fingerprint of the database's own secret; None before the first start."""
    kept: bytes | None = await reader.fetch_value("SELECT secret_fingerprint FROM installation")
    return kept
