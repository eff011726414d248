"""A key that ends while the call of its program waits for the place."""

import asyncio
from collections.abc import Coroutine

from tests.api_keys.cast import Bot
from tests.matrix.app_scene import AppScene
from vestibule.kernel.database import Database

WAITING = """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


async def end_meanwhile(scene: AppScene, bot: Bot, call: Coroutine[object, object, int]) -> int:
    """Revoke the key while a call by it waits. Gives its status: it has written nothing."""
    before = await scene.rows()
    async with asyncio.TaskGroup() as group, scene.database.transaction() as tx:
        await tx.execute("SELECT FROM organizations FOR NO KEY UPDATE")
        answer = group.create_task(call)
        while not await _count_waiting(scene.database):
            assert not answer.done(), f"{await answer}: it waited for nothing"
            await asyncio.sleep(0.01)
        await tx.execute("DELETE FROM api_keys WHERE id = $1", bot.id)
    after = await scene.rows()
    assert {table for table in after if before[table] != after[table]} == {"api_keys"}
    return answer.result()


async def _count_waiting(database: Database) -> int:
    async with database.reader() as reader:
        return int(await reader.fetch_value(WAITING))
