"""Every statement that closes an app, or clears away what is left of a closed one."""

from datetime import timedelta

from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AppId


async def close(tx: Transaction, app_id: AppId) -> None:
    """Close the held app: it is gone for all who read."""
    await tx.execute("UPDATE apps SET closed_at = clock_timestamp() WHERE id = $1", app_id)


async def hold_closed(tx: Transaction, *, after: timedelta) -> AppId | None:
    """Hold the app that was closed first, longer ago than that, while its organization lives on.

    One that another server holds is left to it.
    """
    app_id: AppId | None = await tx.fetch_value(
        """
        SELECT a.id FROM apps a
         WHERE a.closed_at < (SELECT clock_timestamp()) - $1::interval
         ORDER BY a.closed_at
         LIMIT 1
           FOR UPDATE SKIP LOCKED
        """,
        after,
    )
    return app_id


async def hold(tx: Transaction, app_id: AppId) -> bool:
    """Hold an app for clearing away. False: it is gone already."""
    found = await tx.fetch_value("SELECT id FROM apps WHERE id = $1 FOR UPDATE", app_id)
    return found is not None


async def delete_definitions(tx: Transaction, app_id: AppId, *, at_most: int) -> int:
    """Delete the definitions that were written first. Gives their number."""
    return await tx.execute(
        """
        DELETE FROM app_definitions
         WHERE id = ANY(ARRAY(SELECT id FROM app_definitions WHERE app_id = $1
                               ORDER BY id LIMIT $2))
        """,
        app_id,
        at_most,
    )


async def delete(tx: Transaction, app_id: AppId) -> None:
    """Delete a held app in which nobody is left, with its logo and its API keys."""
    await tx.execute("DELETE FROM apps WHERE id = $1", app_id)
