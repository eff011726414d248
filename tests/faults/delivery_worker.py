"""A worker as a process of its own, to be killed.

Called as `python -m tests.faults.delivery_worker DATABASE_URL SMTP_URL LEASE_SECONDS`.
"""

import asyncio
import sys

from tests.messages import mailroom
from vestibule.kernel.database import Database
from vestibule.messages.delivery import Pace, work


async def main(database_url: str, smtp_url: str, lease: str) -> None:
    """Work until killed."""
    database = await Database.connect(database_url, size=4)
    pace = Pace(lease=float(lease), heartbeat=float(lease) / 4, poll=0.2)
    await work(database, mailroom.courier(smtp_url), asyncio.Event(), pace=pace)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
