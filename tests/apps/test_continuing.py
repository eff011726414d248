"""*Continue as …*: as the linked member, as long as the user may manage the app, and no longer."""

import pytest

from tests.api_keys.cast import ALL_IN_APPS, Bot, add_key
from tests.apps.cast import ASKED, ORIGIN, VERIFIER, Stage
from tests.apps.test_codes import code_in
from tests.client import API, Client
from tests.waiting import HOLD_ACCOUNT, waiting
from tests.world import World
from vestibule.accounts.model import Started
from vestibule.apps import actions as apps
from vestibule.apps import codes, continuing, members
from vestibule.apps.model import AppMemberNotFound
from vestibule.kernel.database import Database, Transaction
from vestibule.organizations.model import NotPermitted

SHIFTS = f"{API}/apps/shifts"
ME = f"{SHIFTS}/me"


@pytest.fixture
def stage(tx: Transaction, world: World) -> Stage:
    return Stage(tx, world)


async def link(tx: Transaction, world: World, who: str = "ada", as_: str = "bea") -> None:
    """Let a user go on as one of the crew."""
    member = await Stage(tx, world).member(getattr(world, as_))
    person = getattr(world, who)
    await members.link(tx, member.member, person.id, by=person.actor)


async def start(stage: Stage, who: str = "ada") -> Started:
    person = getattr(stage.world, who)
    seat = await stage.seat("shifts", person)
    _, started = await continuing.start(stage.tx, seat, person.id, origin=ORIGIN, by=person.actor)
    return started


async def test_a_user_goes_on_as_the_linked_member(stage: Stage) -> None:
    await link(stage.tx, stage.world)
    found = await apps.find_signed_in(stage.tx, (await start(stage)).token)

    assert found is not None
    assert (found.member.id, found.continued_by) == (stage.world.bea.id, stage.world.ada.id)
    assert (await stage.events())[-2:] == ["session.started", "app_member.continued"]


async def test_without_a_linked_member_there_is_nobody_to_go_on_as(stage: Stage) -> None:
    await link(stage.tx, stage.world)
    with pytest.raises(AppMemberNotFound):
        await start(stage, "bo")
    with pytest.raises(NotPermitted):
        await start(stage, "cy")


async def test_nobody_goes_on_by_a_session_that_a_new_password_ends_meanwhile(
    client: Client, world: World, database: Database
) -> None:
    """What began after it would be good."""
    async with database.transaction() as tx:
        await link(tx, world)
    begin = client.as_(world.ada).post(f"{SHIFTS}/sessions", {"as": "me"})
    async with waiting(database, begin, HOLD_ACCOUNT, world.ada.id) as (tx, begun):
        await tx.execute("DELETE FROM sessions WHERE account_id = $1", world.ada.id)
    assert begun.result().status_code == 401, begun.result().text


async def test_no_program_goes_on_as_a_member_and_is_told_that_people_do(
    client: Client, world: World, database: Database
) -> None:
    async with database.transaction() as tx:
        await link(tx, world)
        program = await add_key(tx, Bot(1, maker=world.ada, permissions=ALL_IN_APPS))
    refused = await client.as_(program).post(f"{SHIFTS}/sessions", {"as": "me"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
    assert refused.json()["detail"].startswith("No API key can do this")


async def set_role(database: Database, world: World, role: str | None) -> None:
    """What Ada is in *Analytical* from now on; None: nothing."""
    async with database.transaction() as tx:
        sql = "UPDATE members SET role = $2 WHERE user_id = $1"
        if role is None:
            await tx.execute("DELETE FROM members WHERE user_id = $1", world.ada.id)
        else:
            await tx.execute(sql, world.ada.id, role)


async def look(client: Client, token: str) -> int:
    answer = await client.request("GET", ME, headers={"Authorization": f"Bearer {token}"})
    return answer.status_code


@pytest.fixture
async def tokens(client: Client, world: World, database: Database) -> list[str]:
    """Two sessions of Ada's as Bea: one begun in the studio, and one by a code that came of it."""
    async with database.transaction() as tx:
        await link(tx, world)
        await Stage(tx, world).register_redirect(world.shifts.id)
    begun = await client.as_(world.ada).post(f"{SHIFTS}/sessions", {"as": "me"})
    assert begun.status_code == 201, begun.text

    browser = client.as_(None)
    browser.http.cookies.set("session_apps_shifts", begun.json()["token"])
    query = (
        f"?redirect_url={ASKED.redirect_url}&state={ASKED.state}&code_challenge={ASKED.challenge}"
    )
    page = f"/apps/shifts/login{query}"
    led = await browser.submit(f"/apps/shifts/login/continue{query}", {}, page=page)
    body = {"code": code_in(led.headers["Location"]), "code_verifier": VERIFIER}
    by_code = await client.post(f"{SHIFTS}/sessions", body)
    assert by_code.status_code == 201, by_code.text
    return [begun.json()["token"], by_code.json()["token"]]


@pytest.mark.parametrize("role", ["manager", "viewer", None])
async def test_it_ends_with_the_right_at_the_very_next_request_and_does_not_come_back(
    client: Client, world: World, database: Database, tokens: list[str], *, role: str | None
) -> None:
    assert [await look(client, token) for token in tokens] == [200, 200]
    await set_role(database, world, role)
    assert [await look(client, token) for token in tokens] == [401, 401]
    assert await look(client, world.bea.token) == 200

    if role is not None:
        await set_role(database, world, "owner")
        assert [await look(client, token) for token in tokens] == [401, 401]
    async with database.reader() as reader:
        events = await reader.fetch_all(
            "SELECT event, actor_kind FROM audit ORDER BY at DESC, id DESC LIMIT 2"
        )
    assert [tuple(row) for row in events] == [("session.ended", "server")] * 2


async def test_a_lesser_right_that_suffices_ends_nothing(
    client: Client, world: World, database: Database, tokens: list[str]
) -> None:
    await set_role(database, world, "admin")
    assert [await look(client, token) for token in tokens] == [200, 200]


async def test_it_ends_in_the_pages_as_well(
    client: Client, world: World, database: Database, tokens: list[str]
) -> None:
    browser = client.as_(None)
    browser.http.cookies.set("session_apps_shifts", tokens[0])
    assert (await browser.get("/apps/shifts/profile")).status_code == 200
    await set_role(database, world, "manager")
    answer = await browser.get("/apps/shifts/profile")
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "/apps/shifts/login?next=/apps/shifts/profile",
    )


async def test_a_code_that_was_on_its_way_is_good_for_nothing_when_the_right_has_gone(
    stage: Stage,
) -> None:
    world = stage.world
    await link(stage.tx, world)
    member, begun = (await stage.member(world.bea)).member, await start(stage)
    there = await codes.issue(stage.tx, member, ASKED, issued_in=begun.id)
    await stage.tx.execute("UPDATE members SET role = 'viewer' WHERE user_id = $1", world.ada.id)

    app_id = world.shifts.id
    started = await codes.redeem(stage.tx, app_id, code_in(there), VERIFIER, origin=ORIGIN)
    found = await apps.find_signed_in(stage.tx, started.token) if started else None
    assert found is None


async def test_whose_user_is_deleted_does_not_go_on(stage: Stage) -> None:
    await link(stage.tx, stage.world, "bo")
    started = await start(stage, "bo")
    await stage.tx.execute("DELETE FROM members WHERE user_id = $1", stage.world.bo.id)
    await stage.tx.execute("DELETE FROM accounts WHERE id = $1", stage.world.bo.id)
    assert await stage.tx.fetch_value("SELECT count(*) FROM app_continuations") == 1
    assert await apps.find_signed_in(stage.tx, started.token) is None
