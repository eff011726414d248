"""What programs may do: every call of the API, with keys that are good for it, and that are not.

A new call fails here until it says which permission it asks for, or that it is for people alone.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests import world as cast
from tests.api_keys.cast import ALL_IN_APPS, EVERYTHING, Bot, add_key
from tests.client import API, Client, Mailbox
from tests.matrix import app_entries, test_roles
from tests.matrix import scene as scenes
from tests.matrix.app_scene import AppScene
from tests.matrix.conftest import Handlers, Route
from tests.matrix.examples import API_EXAMPLES
from tests.matrix.meanwhile import end_meanwhile
from tests.matrix.program_entries import OF_APPS, OF_ORGANIZATIONS
from tests.matrix.scene import Scene
from tests.matrix.test_app_roles import path_of, prepare
from tests.postgres import Postgres
from tests.world import ADA, DI, ELSEWHERE, EVE, SHIFTS, World
from vestibule.bootstrap import open_house
from vestibule.kernel.database import Database
from vestibule.kernel.settings import Settings

HERE = [entry for entry in test_roles.ENTRIES if (entry.method, entry.path) in OF_ORGANIZATIONS] + [
    test_roles.Entry(entry.method, entry.path, "admin", entry.sent)
    for entry in app_entries.CALLS
    if (entry.method, entry.path) in OF_ORGANIZATIONS and not isinstance(entry.sent, str)
]
IN_APPS = [entry for entry in app_entries.CALLS if (entry.method, entry.path) in OF_APPS]

ALL = Bot(11)
EXPIRED = Bot(12, expires_in=timedelta(seconds=-1))
REVOKED = Bot(13)
FOREIGN = Bot(14, maker=EVE, place=ELSEWHERE)
OF_SHIFTS = Bot(15, app=SHIFTS, permissions=ALL_IN_APPS)
ONLY = Bot(16)
LACKING = Bot(17)
FADING = Bot(18)


def _name(cell: object) -> str:
    if isinstance(cell, test_roles.Entry | app_entries.Entry):
        return f"{cell.method} {cell.path}"
    return str(cell)


def only(needed: tuple[str, ...]) -> Bot:
    return replace(ONLY, permissions=needed or ("audit:read",))


def lacking(permission: str) -> Bot:
    """A key without the permission, and without what would allow it as well."""
    left_out = {permission, permission.replace(":read", ":manage")}
    return replace(LACKING, permissions=tuple(one for one in EVERYTHING if one not in left_out))


@pytest.fixture(scope="module")
async def quiet(postgres: Postgres, settings: Settings) -> AsyncIterator[AppScene]:
    """A scene in which nothing may change, and which the refused look at."""
    name = await postgres.clone()
    async with open_house(settings, postgres.url(name)) as house:
        async with house.database.transaction() as tx:
            world = await cast.make(tx)
        client, mailbox = Client.of(house), Mailbox.of(house)
        scene = await scenes.make(client, world, house.database, mailbox)
        async with house.database.transaction() as tx:
            await tx.execute("UPDATE app_members SET user_id = NULL")
        made = AppScene(client, world, house.database, mailbox)
        await made.set()
        made.made.update({f"place {name}": place for name, place in scene.places.items()})
        for bot in (ALL, EXPIRED, FOREIGN, OF_SHIFTS):
            await give(house.database, bot)
        yield made
    await postgres.drop(name)


async def give(database: Database, bot: Bot) -> Bot:
    """Give a program its key anew, noted as used: that is all that a refusal would write."""
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM api_keys WHERE id = $1", bot.id)
        await add_key(tx, bot)
        await tx.execute("UPDATE api_keys SET last_used_at = clock_timestamp()")
    return bot


def test_every_call_says_what_it_asks_of_programs(handlers: Handlers, routes: set[Route]) -> None:
    asking = {
        (method, path)
        for method, path in routes
        if path.startswith(f"{API}/") and "/operator/" not in path
        if "caller" in handlers[method, path].__annotations__
    }
    for_people = {route for route in asking if is_for_people(*route)}
    assert asking - for_people == OF_ORGANIZATIONS.keys() | OF_APPS.keys()


def is_for_people(method: str, path: str) -> bool:
    """Tell whether a call is for people alone: about themselves, founding, leaving, and keys."""
    own = {"me", "current", "api-keys", "leave", "transfer"}
    return path == f"{API}/organizations" or bool(own & set(path.split("/")))


@pytest.mark.parametrize("entry", HERE, ids=_name)
@pytest.mark.parametrize("is_all", [True, False], ids=["all", "only"])
async def test_a_program_may_what_its_key_says(
    scene: Scene, entry: test_roles.Entry, is_all: bool
) -> None:
    bot = ALL if is_all else only(OF_ORGANIZATIONS[entry.method, entry.path])
    await give(scene.database, bot)
    answer = await call(scene, bot, entry)
    assert 200 <= answer < 300


@pytest.mark.parametrize("entry", HERE, ids=_name)
async def test_a_program_may_nothing_else(quiet: AppScene, entry: test_roles.Entry) -> None:
    needed = OF_ORGANIZATIONS[entry.method, entry.path]
    refused = [(FOREIGN, 404), (OF_SHIFTS, 404), (EXPIRED, 401), (REVOKED, 401)]
    if needed:
        refused.append((await give(quiet.database, lacking(needed[0])), 403))
    before = await quiet.rows()
    for bot, status in refused:
        assert await call_quietly(quiet, bot, entry) == status, bot
    assert await quiet.rows() == before


@pytest.fixture
async def app_scene(client: Client, world: World, database: Database, mailbox: Mailbox) -> AppScene:
    """A scene in which something may change."""
    made = AppScene(client, world, database, mailbox)
    await made.set()
    return made


@pytest.mark.parametrize("entry", IN_APPS, ids=_name)
@pytest.mark.parametrize("who", ["all", "only", "of_app"])
async def test_a_program_may_in_an_app_what_its_key_says(
    app_scene: AppScene, entry: app_entries.Entry, who: str
) -> None:
    needed = OF_APPS[entry.method, entry.path]
    bots = {"all": ALL, "only": only(needed), "of_app": replace(only(needed), app=SHIFTS)}
    app_scene.bots[who] = await give(app_scene.database, bots[who])
    await prepare(app_scene, entry, who)
    path = await app_scene.fill(path_of(entry), who)
    sent = await app_scene.call(who, entry.method, path, await app_scene.body(entry.sent, who))
    assert 200 <= sent.status < 300


@pytest.mark.parametrize("entry", IN_APPS, ids=_name)
async def test_a_program_may_nothing_else_in_an_app(
    quiet: AppScene, entry: app_entries.Entry
) -> None:
    needed = OF_APPS[entry.method, entry.path]
    await prepare(quiet, entry, "still")
    path = await quiet.fill(path_of(entry), "still")
    body = await quiet.body(entry.sent, "still")
    less = await give(quiet.database, lacking(needed[0]))
    refused = [(FOREIGN, 404), (EXPIRED, 401), (REVOKED, 401), (less, 403)]
    before = await quiet.rows()
    for bot, status in refused:
        quiet.bots["bot"] = bot
        assert (await quiet.call("bot", entry.method, path, body)).status == status, bot
    of_rota = path.replace("/apps/shifts", "/apps/rota")
    for bot in (ALL, OF_SHIFTS):
        quiet.bots["bot"] = bot
        assert (await quiet.call("bot", entry.method, of_rota, body)).status == 404, bot
    assert await quiet.rows() == before


@pytest.mark.parametrize("entry", [one for one in HERE if one.method != "GET"], ids=_name)
async def test_a_key_that_ended_while_its_program_waited_does_nothing(
    quiet: AppScene, entry: test_roles.Entry
) -> None:
    await give(quiet.database, FADING)
    status = await end_meanwhile(quiet, FADING, call_quietly(quiet, FADING, entry))
    assert status in {401, 403, 404} or is_batch(entry)


@pytest.mark.parametrize("entry", [one for one in IN_APPS if one.method != "GET"], ids=_name)
async def test_a_key_that_ended_while_its_program_waited_does_nothing_in_an_app(
    quiet: AppScene, entry: app_entries.Entry
) -> None:
    await prepare(quiet, entry, "still")
    path = await quiet.fill(path_of(entry), "still")
    body = await quiet.body(entry.sent, "still")
    quiet.bots["bot"] = await give(quiet.database, FADING)

    async def called() -> int:
        return (await quiet.call("bot", entry.method, path, body)).status

    assert await end_meanwhile(quiet, FADING, called()) in {401, 403, 404} or is_batch(entry)


def is_batch(entry: test_roles.Entry | app_entries.Entry) -> bool:
    """Tell whether the answer is a list of what became of each."""
    return entry.path.endswith("/batch")


async def test_what_is_for_people_is_for_no_program(
    quiet: AppScene, handlers: Handlers, routes: set[Route]
) -> None:
    examples = {(each.method, route_of(each.path)): each.sent for each in API_EXAMPLES if each.sent}
    before = await quiet.rows()
    for method, path in sorted(for_people(routes, handlers)):
        sent = examples.get((method, path))
        for bot in (ALL, OF_SHIFTS):
            client = quiet.client.as_(bot)
            answer = await client.request(method, filled(quiet, path), json=filled_in(quiet, sent))
            assert answer.status_code == 403, (method, path, answer.text)
            assert answer.json()["code"] == "not_permitted"
    assert await quiet.rows() == before


async def test_a_page_knows_no_program(quiet: AppScene) -> None:
    browser = quiet.client.as_(None)
    for name in ("session", "session_apps_shifts"):
        browser.http.cookies.set(name, ALL.token)
    for path in ("/", "/organizations/analytical", "/organizations/analytical/apps/shifts"):
        for address in (path, f"{path}?token={ALL.token}&api_key={ALL.token}"):
            answer = await browser.http.get(address, headers=ALL.headers)
            assert answer.headers.get("Location", "").startswith("/sign-in"), address
    asked = await browser.http.get(f"{API}/organizations/analytical?access_token={ALL.token}")
    assert asked.status_code == 401


def for_people(routes: Iterable[Route], handlers: Handlers) -> set[Route]:
    return {
        (method, path)
        for method, path in routes
        if path.startswith(f"{API}/") and is_for_people(method, path)
        if {"caller", "maybe_caller"} & handlers[method, path].__annotations__.keys()
    }


def route_of(path: str) -> str:
    return path.replace(":str", "").replace("}", ":str}")


def filled(scene: AppScene, path: str) -> str:
    places = {key[6:]: value for key, value in scene.made.items() if key.startswith("place ")}
    return path.replace(":str", "").format(**places)


def filled_in(scene: AppScene, sent: object) -> object:
    """Give a body with ids and keys of the scene; which key hardly matters to who is refused."""
    match sent:
        case dict():
            return {name: filled_in(scene, value) for name, value in sent.items()}
        case list():
            return [filled_in(scene, value) for value in sent]
        case str() if sent.startswith("$"):
            return scene.made.get(f"place {sent[1:]}", "k" * 43)
        case _:
            return sent


async def call(scene: Scene, bot: Bot, entry: test_roles.Entry) -> int:
    path = scene.path(entry.path.replace("{user:str}", DI.public_id))
    answer = await scene.client.as_(bot).request(entry.method, path, json=entry.sent)
    return answer.status_code


async def call_quietly(scene: AppScene, bot: Bot, entry: test_roles.Entry) -> int:
    path = filled(scene, entry.path.replace("{user:str}", DI.public_id))
    answer = await scene.client.as_(bot).request(entry.method, path, json=entry.sent)
    return answer.status_code


async def test_a_program_never_changes_or_removes_its_own_maker(scene: Scene) -> None:
    await give(scene.database, replace(ALL, maker=scene.world.bo))
    async with scene.database.transaction() as tx:
        await tx.execute("UPDATE members SET role = 'owner' WHERE user_id = $1", scene.world.bo.id)
        await tx.execute("UPDATE members SET role = 'viewer' WHERE user_id = $1", ADA.id)
    program = scene.client.as_(ALL)
    own = f"{API}/organizations/analytical/members/{scene.world.bo.public_id}"
    for answer in (
        await program.delete(own),
        await program.patch(own, {"role": "viewer"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")
