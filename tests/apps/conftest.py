"""*Planner*, an app of *Analytical* that nothing is written of yet, for its pages in the studio."""

import pytest

from tests.apps.studio import Studio
from tests.world import World
from vestibule.kernel.database import Database


@pytest.fixture
async def studio(database: Database, world: World) -> Studio:
    made = Studio(database, world)
    await made.make()
    return made
