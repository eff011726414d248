"""A scene for tests of every route: the cast, and one of everything that a path can name."""

import asyncio
from dataclasses import dataclass, field

from tests.api_keys.cast import Bot, add_key
from tests.client import API, Client, Mailbox
from tests.world import OPERATOR, Member, Operator, Person, World
from vestibule.kernel.database import Database, Reader
from vestibule.kernel.ids import encode

# Limits count by themselves whatever becomes of a request. They are off here, and would be no harm.
UNWATCHED = frozenset({"limits", "migrations", "installation"})
# Shifts is open to all, Ada goes on there as Bea, it wants people back at one place, and its draft
# is not what counts.
PREPARE = """
WITH defined AS (
    UPDATE organizations SET custom_roles = '{"Clerk": ["members:read"]}' WHERE slug = 'analytical'
), registered AS (
    UPDATE apps SET redirect_urls = '{https://example.com/welcome}' WHERE slug = 'shifts'
), linked AS (
    UPDATE app_members SET user_id = (SELECT id FROM accounts WHERE address LIKE 'ada@%')
     WHERE name = 'Bea' RETURNING app_id
), opened AS (
    UPDATE app_definitions d SET definition = replace(definition::text,
           '"enableSelfRegistration":false', '"enableSelfRegistration":true')::json
      FROM linked WHERE d.app_id = linked.app_id AND version IS NOT NULL
)
UPDATE app_definitions d SET source = source || ' ' FROM linked
 WHERE d.app_id = linked.app_id AND version IS NULL RETURNING saved_at
"""
NEW, ANA, NAN = "new@example.com", "ana@example.com", "nan@example.com"


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
            return await fingerprints(reader)


async def make(client: Client, world: World, database: Database, mailbox: Mailbox) -> Scene:
    """Set the scene: by SQL what there is, through the API what is mailed."""
    async with database.transaction() as tx:
        stamp = await tx.fetch_value(PREPARE)
        key = await add_key(tx, Bot(1, permissions=("audit:read",)))
        own_key = await add_key(tx, Bot(2, maker=world.eve, place=world.elsewhere))
    invitations = await _ask(client, world)
    keys, ids = await _read_keys(database, mailbox)
    return Scene(
        world=world,
        client=client,
        database=database,
        places={
            **invitations,
            "org": "analytical",
            "role": "Clerk",
            "app": world.shifts.slug,
            "member": world.emil.public_id,
            "stamp": stamp.isoformat(),
            "session": encode("ses", world.ada.session_id),
            "sign_up_id": ids["platform sign_up"],
            "reset_id": ids["platform password_reset"],
            "address_id": ids["platform address_change"],
            "app_sign_up_id": ids["app sign_up"],
            "analytical": world.analytical.public_id,
            "user": world.di.public_id,
            "api_key": key.public_id,
            "own_key": own_key.public_id,
        },
        keys={name: keys[where] for name, where in _mailed(world).items()},
    )


def _mailed(world: World) -> dict[str, tuple[str, str]]:
    """What the scene's keys are called, by where their link leads and to whom it went."""
    return {
        "sign_up": ("/activation", NEW),
        "reset": ("/new-password", world.di.email),
        "address": ("/new-address", "ada@new.example"),
        "ana": ("/organization-invite", ANA),
        "flo": ("/organization-invite", world.flo.email),
        "nan": ("/app-invite", NAN),
        "emil": ("/app-invite", world.emil.email),
        "app_sign_up": ("/apps/shifts/activation", NEW),
        "app_reset": ("/apps/shifts/new-password", world.mia.email),
        "app_address": ("/apps/shifts/new-address", "emil@new.example"),
    }


async def _read_keys(
    database: Database, mailbox: Mailbox
) -> tuple[dict[tuple[str, str], str], dict[str, str]]:
    """Derive every key that is on its way, and give their ids by realm and purpose."""
    async with database.reader() as reader:
        rows = await reader.fetch_all("SELECT * FROM messages WHERE key_seed IS NOT NULL")
        key_ids = await reader.fetch_all(
            """
            SELECT r.kind || ' ' || k.purpose AS name, k.id
              FROM keys k JOIN realms r ON r.id = k.realm_id
            """
        )
    derive = mailbox.writer.secret.derive_key
    keys = {
        (row["link_path"], row["recipient"]): derive(row["key_purpose"], row["key_seed"])
        for row in rows
    }
    return keys, {row["name"]: encode("key", row["id"]) for row in key_ids}


async def _ask(client: Client, world: World) -> dict[str, str]:
    """Have everything mailed that is. Gives the ids of the invitations."""
    ada, eve, emil = client.as_(world.ada), client.as_(world.eve), client.as_(world.emil)
    analytical, elsewhere = (f"{API}/organizations/{one}" for one in ("analytical", "elsewhere"))
    shifts, rota = (f"{API}/apps/{one.slug}" for one in (world.shifts, world.rota))
    moving = {"email": "ada@new.example", "password": world.ada.password}
    answers = await asyncio.gather(
        ada.post(f"{analytical}/invitations", {"email": ANA, "role": "viewer"}),
        ada.post(f"{analytical}/invitations", {"email": world.flo.email, "role": "viewer"}),
        eve.post(f"{elsewhere}/invitations", {"email": world.ada.email, "role": "viewer"}),
        client.as_(world.mia).post(f"{shifts}/invitations", {"email": NAN, "role": "Employee"}),
        client.as_(world.bea).post(
            f"{shifts}/invitations", {"email": world.emil.email, "role": "Manager"}
        ),
        client.as_(world.rob).post(f"{rota}/invitations", {"email": ANA, "role": "Employee"}),
        client.post(f"{API}/sign-ups", {"email": NEW}),
        client.post(f"{API}/password-resets", {"email": world.di.email}),
        ada.post(f"{API}/me/address", moving),
        client.post(f"{shifts}/sign-ups", {"email": NEW}),
        client.post(f"{shifts}/password-resets", {"email": world.mia.email}),
        emil.post(f"{shifts}/me/address", moving | {"email": "emil@new.example"}),
    )
    names = ("invitation", "waiting", "own", "to_app", "to_crew", "to_rota")
    return {name: answer.json()["id"] for name, answer in zip(names, answers, strict=False)}


async def fingerprints(reader: Reader) -> dict[str, str]:
    """A fingerprint of every row of every table, by table."""
    return {table: await _fingerprint(reader, table) for table in await _tables(reader)}


def person(world: World, name: str) -> Person | Member | Operator | None:
    """One of the cast by name, or the operator; "nobody" is None."""
    if name == "operator":
        return OPERATOR
    found: Person | Member | None = None if name == "nobody" else getattr(world, name)
    return found


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
