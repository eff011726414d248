"""API keys of the cast, made by SQL: a secret that programs in tests show."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from tests.world import ADA, ANALYTICAL, AppPlace, Person, Place
from vestibule.api_keys.model import GIVEABLE, GIVEABLE_IN_APPS, secret_of
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import ApiKeyId, encode
from vestibule.kernel.secrets import digest

DAY = timedelta(days=1)
EVERYTHING = tuple(str(one) for one in GIVEABLE)
ALL_IN_APPS = tuple(str(one) for one in GIVEABLE_IN_APPS)


@dataclass(frozen=True, slots=True)
class Bot:
    """A program with an API key. `expires_in` may be past; `app`: the key is for that one alone."""

    number: int
    maker: Person = ADA
    place: Place = ANALYTICAL
    app: AppPlace | None = None
    permissions: tuple[str, ...] = EVERYTHING
    name: str = "Deploy bot"
    expires_in: timedelta = DAY

    @property
    def id(self) -> ApiKeyId:
        return ApiKeyId(UUID(f"01900000-0000-7000-8000-0007{self.number:08d}"))

    @property
    def public_id(self) -> str:
        return encode("key", self.id)

    @property
    def token(self) -> str:
        return secret_of(f"{self.number}-has-this-secret-in-the-tests-alone-000000000000"[:43])

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def cookies(self) -> dict[str, str]:
        return {}

    @property
    def shown_name(self) -> str:
        return f"{self.name} ({self.maker.name})"


async def add_key(tx: Transaction, bot: Bot) -> Bot:
    """Give a program its key."""
    await tx.execute(
        """
        INSERT INTO api_keys (id, organization_id, app_id, user_id, name, secret_hash, hint,
                              permissions, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8,
                clock_timestamp() - interval '40 days', clock_timestamp() + $9::interval)
        """,
        bot.id,
        bot.place.id,
        bot.app.id if bot.app else None,
        bot.maker.id,
        bot.name,
        digest("api_key", bot.token),
        bot.token[-4:],
        list(bot.permissions),
        bot.expires_in,
    )
    return bot
