"""Who may do what in an app: every call and page, for every role, members of others, and nobody.

A new route fails here until it has an entry in `app_entries`.
"""

from collections.abc import AsyncIterator

import pytest

from tests import world as cast
from tests.client import Client, Mailbox
from tests.matrix.app_entries import AS_ME, CREW, ENTRIES, EVERYBODY, LOGIN, USERS, Entry
from tests.matrix.app_scene import AppScene, Sent
from tests.matrix.conftest import Route
from tests.postgres import Postgres
from tests.world import World
from vestibule.bootstrap import open_house
from vestibule.kernel.database import Database
from vestibule.kernel.settings import Settings

READS = [entry for entry in ENTRIES if not entry.is_change]
CHANGES = [entry for entry in [*ENTRIES, AS_ME] if entry.is_change]
REFUSING = [entry for entry in [*ENTRIES, AS_ME] if entry.may != EVERYBODY]
BY_KEY = [entry for entry in ENTRIES if entry.is_by_key]
FILLED = {
    "{org:str}": "analytical",
    "{app:str}": "shifts",
    "{version:int}": "1",
    "{number:str}": "1",
    "{key_id:str}": "key_01h455vb4pex5vsknk084sn02q",
    "{invitation:str}": "$invitation",
    "{member:str}": "$member",
    "{session:str}": "$session",
}


@pytest.fixture
async def scene(client: Client, world: World, database: Database, mailbox: Mailbox) -> AppScene:
    made = AppScene(client, world, database, mailbox)
    await made.set()
    return made


@pytest.fixture(scope="module")
async def still(postgres: Postgres, settings: Settings) -> AsyncIterator[AppScene]:
    """A scene in which nothing may change, for all that are refused, and all that look."""
    name = await postgres.clone()
    async with open_house(settings, postgres.url(name)) as house:
        async with house.database.transaction() as tx:
            world = await cast.make(tx)
        made = AppScene(Client.of(house), world, house.database, Mailbox.of(house))
        await made.set()
        yield made
    await postgres.drop(name)


def test_every_route_of_an_app_has_an_entry(routes: set[Route]) -> None:
    there = {
        (method, path)
        for method, path in routes
        if "{app:" in path or "{org:str}/apps" in path or path.startswith("/app-")
    }
    assert there == {(entry.method, entry.path) for entry in ENTRIES}
    assert len(ENTRIES) == len(there)


@pytest.mark.parametrize("entry", READS, ids=str)
async def test_who_may_look_looks(still: AppScene, entry: Entry) -> None:
    for who in sorted(entry.may):
        made_for = who if who in CREW else "still"
        await prepare(still, entry, made_for)
        before = await still.rows()
        assert_let_in(await ask(still, entry, who, made_for=made_for), entry, who)
        assert await still.rows() == before, who


@pytest.mark.parametrize("entry", CHANGES, ids=str)
async def test_who_may_change_changes(scene: AppScene, entry: Entry) -> None:
    for who in sorted(entry.may):
        await prepare(scene, entry, who)
        before = await scene.rows()
        assert_let_in(await ask(scene, entry, who, made_for=who), entry, who)
        assert await scene.rows() != before, who


@pytest.mark.parametrize("entry", REFUSING, ids=str)
async def test_everybody_else_is_refused(still: AppScene, entry: Entry) -> None:
    await prepare(still, entry, "still")
    before = await still.rows()
    for who in sorted(EVERYBODY - entry.may):
        sent = await ask(still, entry, who, made_for="still", by_link=False)
        assert sent.status == status_of(entry, who), who
        there = entry.others or (LOGIN if entry.path.startswith("/apps") else "/sign-in")
        assert sent.location.startswith(there if sent.status == 303 else ""), who
    assert await still.rows() == before


@pytest.mark.parametrize("entry", BY_KEY, ids=str)
async def test_without_the_key_a_page_tells_nothing(still: AppScene, entry: Entry) -> None:
    await prepare(still, entry, "still")
    before = await still.rows()
    for who in sorted(entry.may):
        sent = await ask(still, entry, who, made_for="still", by_link=False)
        assert sent == Sent(404, ""), who
    assert await still.rows() == before


async def prepare(scene: AppScene, entry: Entry, made_for: str) -> None:
    """Make what the request names, so that it is there before it is looked whether it writes."""
    await scene.fill(path_of(entry) + entry.via, made_for)
    await scene.body(entry.sent, made_for)


async def ask(
    scene: AppScene, entry: Entry, who: str, *, made_for: str, by_link: bool = True
) -> Sent:
    """Send what the entry says as this person."""
    path = await scene.fill(path_of(entry), made_for)
    sent = await scene.body(entry.sent, made_for)
    if entry.is_call:
        return await scene.call(who, entry.method, path, sent)
    if not (by_link and entry.is_by_key):
        return await scene.visit(who, entry.method, path, sent)
    via = await scene.fill(entry.via, made_for)
    if entry.leads and entry.method == "GET":  # the page is what the link itself leads to
        return await scene.visit(who, "GET", via)
    behind = entry.path.rpartition("}")[2]
    return await scene.visit(who, entry.method, behind, sent, via=via)


def path_of(entry: Entry) -> str:
    path = entry.path
    for name, value in FILLED.items():
        path = path.replace(name, value)
    return path


def assert_let_in(sent: Sent, entry: Entry, who: str) -> None:
    """The answer is good, and a redirect leads to where it should."""
    if entry.is_call:
        assert 200 <= sent.status < 300, who
        return
    leads = entry.leads.replace("$who", who)
    assert sent.status == (303 if leads else 200), (who, sent)
    assert sent.location.startswith(leads), who


def status_of(entry: Entry, who: str) -> int:
    """How somebody is refused who may not."""
    is_of_organization = entry.path.startswith(("/api/v1/organizations", "/organizations"))
    if is_of_organization and who in {*USERS, "eve"}:
        return 404 if who == "eve" else 403
    if not entry.is_call:
        return 403 if who in CREW and not is_of_organization and not entry.others else 303
    if who == "nobody" or is_of_organization:
        return 401
    return 404 if who in {"eve", "rob"} else 403
