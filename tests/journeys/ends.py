"""The clock, and the chores that go by it, where memberships end: no story waits for either."""

from datetime import UTC, datetime, timedelta

from tests.journeys.town import Town
from tests.running import Running
from vestibule.kernel.database import Database
from vestibule.kernel.secrets import Secret
from vestibule.memberships import chores
from vestibule.messages.model import Outbox

OUTBOX = Outbox(secret=Secret(b"not asked for: no key goes out"), has_server=True)
LAST_DAY = (datetime.now(UTC) + timedelta(days=60)).date()
LATER = f"{LAST_DAY.isoformat()}T23:59:59Z"
LET_COME = """
    WITH whose AS (SELECT id FROM accounts WHERE address = $1), moved AS (
        UPDATE members SET member_until = clock_timestamp() + $2::interval
         WHERE user_id IN (SELECT id FROM whose)
    )
    UPDATE app_member_roles SET member_until = clock_timestamp() + $2::interval
     WHERE app_member_id IN (SELECT id FROM whose)
"""


async def let_come(town: Town, email: str, time: timedelta) -> None:
    """Move the end of somebody's access to so long from now."""
    await town.database.execute(LET_COME, email, time)


async def tell(server: Running) -> None:
    """Do the chore that tells of ends."""
    database = await Database.connect(server.environment["VESTIBULE_DATABASE_URL"], size=1)
    await chores.tell_of_ends(database, outbox=OUTBOX)
    await database.close()
