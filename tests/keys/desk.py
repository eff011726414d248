"""Where keys are mailed, looked up and spent in these tests: each in a transaction of its own."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from vestibule.accounts.realms import PLATFORM, Realm
from vestibule.kernel import clock
from vestibule.kernel.database import Database
from vestibule.keys import actions as keys
from vestibule.keys.actions import NewKey
from vestibule.keys.model import Key, Purpose
from vestibule.messages.model import Mail, Outbox

RESET = Purpose.PASSWORD_RESET
ANA = "ana@example.com"
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Desk:
    """The database, and what keys are made of."""

    database: Database
    outbox: Outbox = field(repr=False)

    async def send(
        self,
        subject: str = ANA,
        purpose: Purpose = RESET,
        *,
        realm: Realm = PLATFORM,
        lifetime: timedelta = HOUR,
        **particulars: object,
    ) -> str:
        """Mail a key. Gives the key, as whoever reads the mail finds it."""
        new = NewKey(
            realm_id=realm.id,
            purpose=purpose,
            subject=subject,
            lifetime=lifetime,
            particulars=particulars,
        )
        mail = Mail(
            template="accounts/password_reset",
            recipient=ANA,
            locale="en",
            parameters={},
            not_after=clock.present() + HOUR,
            link_path="/new-password",
        )
        async with self.database.transaction() as tx:
            mailed = await keys.send(tx, new, mail, outbox=self.outbox)
            seed = await tx.fetch_value(
                "SELECT key_seed FROM messages WHERE id = $1", mailed.message
            )
        return self.outbox.secret.derive_key(purpose, seed)

    async def get(self, key: str, purpose: Purpose = RESET) -> Key:
        async with self.database.reader() as reader:
            return await keys.get(reader, purpose, key)

    async def spend(self, key: str, purpose: Purpose = RESET) -> Key:
        async with self.database.transaction() as tx:
            return await keys.spend(tx, purpose, key)

    async def void(self, subject: str = ANA, *, realm: Realm = PLATFORM) -> None:
        async with self.database.transaction() as tx:
            await keys.void(tx, realm.id, RESET, subject)

    async def pass_time(self, time: timedelta) -> None:
        """Let the time pass for every key, by the database's clock."""
        async with self.database.transaction() as tx:
            await tx.execute(
                """
                UPDATE keys
                   SET expires_at = expires_at - $1::interval,
                       created_at = created_at - $1::interval
                """,
                time,
            )

    async def rows(self) -> list[dict[str, Any]]:
        async with self.database.reader() as reader:
            return [dict(row) for row in await reader.fetch_all("SELECT * FROM keys ORDER BY id")]

    async def live(self) -> int:
        rows = await self.rows()
        return sum(row["spent_at"] is None and row["superseded_at"] is None for row in rows)
