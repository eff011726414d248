"""A scene for tests of every route: the cast, and one of everything that a path can name."""

import asyncio
from dataclasses import dataclass, field

from tests.client import API, Client, Mailbox
from tests.world import Person, World
from vestibule.kernel.database import Database, Reader
from vestibule.kernel.ids import encode

# Limits count by themselves whatever becomes of a request. They are off here, and would be no harm.
UNWATCHED = frozenset({"limits", "migrations", "installation"})
NEW, ANA = "new@example.com", "ana@example.com"


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is. `places` fill the braces of a path, `keys` were mailed."""

    world: World
    client: Client
    database: Database = field(repr=False)
    places: dict[str, str]
    keys: dict[str, str] = field(repr=False)

    def path(self, template: str) -> str:
        """A route's path, filled in."""
        return template.replace(":str", "").format(**self.places)

    def body(self, example: object) -> object:
        """An example of a body or form, with keys and ids of this scene where it names them."""
        match example:
            case dict():
                return {name: self.body(value) for name, value in example.items()}
            case list():
                return [self.body(value) for value in example]
            case str() if example.startswith("$"):
                return (self.keys | self.places)[example[1:]]
            case _:
                return example

    async def rows(self) -> dict[str, str]:
        """A fingerprint of every row of every table: equal if, and only if, nothing was written."""
        async with self.database.reader() as reader:
            return {table: await _fingerprint(reader, table) for table in await _tables(reader)}


async def make(client: Client, world: World, database: Database, mailbox: Mailbox) -> Scene:
    """Set the scene, through the API."""
    ada, eve = client.as_(world.ada), client.as_(world.eve)
    analytical, elsewhere = (f"{API}/organizations/{one}" for one in ("analytical", "elsewhere"))
    to_ana, to_flo, there, *_ = await asyncio.gather(
        ada.post(f"{analytical}/invitations", {"email": ANA, "role": "viewer"}),
        ada.post(f"{analytical}/invitations", {"email": world.flo.email, "role": "viewer"}),
        eve.post(f"{elsewhere}/invitations", {"email": world.ada.email, "role": "viewer"}),
        client.post(f"{API}/sign-ups", {"email": NEW}),
        client.post(f"{API}/password-resets", {"email": world.di.email}),
        ada.post(f"{API}/me/address", {"email": "ada@new.example", "password": world.ada.password}),
    )
    async with database.reader() as reader:
        letters = await mailbox.letters(reader)
        key_ids = await reader.fetch_all("SELECT purpose, id FROM keys")
    found = {letter.recipient: letter.text.partition("?key=")[2][:43] for letter in letters}
    ids = {row["purpose"]: encode("key", row["id"]) for row in key_ids}
    invitations = [answer.json()["id"] for answer in (to_ana, to_flo, there)]
    return Scene(
        world=world,
        client=client,
        database=database,
        places={
            "org": "analytical",
            "invitation": invitations[0],
            "waiting": invitations[1],
            "own": invitations[2],
            "session": encode("ses", world.ada.session_id),
            "sign_up_id": ids["sign_up"],
            "reset_id": ids["password_reset"],
            "address_id": ids["address_change"],
            "analytical": world.analytical.public_id,
            "user": world.di.public_id,
        },
        keys={
            "sign_up": found[NEW],
            "reset": found[world.di.email],
            "address": found["ada@new.example"],
            "ana": found[ANA],
            "flo": found[world.flo.email],
        },
    )


def person(world: World, name: str) -> Person | None:
    """One of the cast by name; "nobody" is None."""
    return None if name == "nobody" else getattr(world, name)


async def _tables(reader: Reader) -> list[str]:
    rows = await reader.fetch_all("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return sorted({row["tablename"] for row in rows} - UNWATCHED)


async def _fingerprint(reader: Reader, table: str) -> str:
    return str(
        await reader.fetch_value(
            f"""
            SELECT count(*) || ' ' || md5(string_agg(t::text, ',' ORDER BY t::text)) FROM {table} t
            """
        )
    )
