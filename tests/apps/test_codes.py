"""One-time codes: good once, for a minute, for one app, and for who knows the verifier."""

import asyncio
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.apps.cast import ASKED, ORIGIN, VERIFIER, Stage
from tests.waiting import waiting
from tests.world import World
from vestibule.accounts import sessions
from vestibule.accounts.model import Started
from vestibule.apps import actions as apps
from vestibule.apps import chores, codes, continuing, members
from vestibule.apps.code_model import Return
from vestibule.kernel.database import Database, Transaction
from vestibule.kernel.ids import AppId

NEW_PASSWORD = "UPDATE accounts SET password_changed_at = clock_timestamp() WHERE id = $1"


@pytest.fixture
def stage(tx: Transaction, world: World) -> Stage:
    return Stage(tx, world)


async def issue(stage: Stage, asked: Return = ASKED) -> str:
    """A code for Mia, of *Shifts*."""
    member = (await stage.member(stage.world.mia)).member
    session = stage.world.mia.session_id
    return code_in(await codes.issue(stage.tx, member, asked, issued_in=session))


async def redeem(
    stage: Stage, code: str, *, verifier: str = VERIFIER, app_id: AppId | None = None
) -> Started | None:
    app_id = app_id or stage.world.shifts.id
    return await codes.redeem(stage.tx, app_id, code, verifier, origin=ORIGIN)


def code_in(there: str) -> str:
    """The code in an address that leads back."""
    return dict(parse_qsl(urlsplit(there).query))["code"]


async def age(stage: Stage, seconds: float) -> None:
    """Let all codes have been made so long ago."""
    await stage.tx.execute(
        "UPDATE app_codes SET expires_at = expires_at - make_interval(secs => $1)", seconds
    )


async def test_a_code_is_good_for_a_session_of_who_it_was_made_for(stage: Stage) -> None:
    started = await redeem(stage, await issue(stage))

    assert started is not None
    found = await apps.find_signed_in(stage.tx, started.token)
    assert found is not None
    assert found.member.id == started.account_id == stage.world.mia.id
    assert found.continued_by is None


@pytest.mark.parametrize(
    ("url", "state", "there"),
    [
        ("https://a.example/back", "xyz", "https://a.example/back?code={code}&state=xyz"),
        ("https://a.example/back", "", "https://a.example/back?code={code}"),
        ("https://a.example/?b=c", "x", "https://a.example/?b=c&code={code}&state=x"),
        ("https://a.example", "a&code=b=c%20+", "https://a.example?code={code}&state={state}"),
    ],
)
async def test_the_way_back_carries_the_code_and_the_state_as_it_came(
    stage: Stage, url: str, state: str, there: str
) -> None:
    member = (await stage.member(stage.world.mia)).member
    asked = Return(redirect_url=url, state=state, challenge=ASKED.challenge)
    session = stage.world.mia.session_id
    answer = await codes.issue(stage.tx, member, asked, issued_in=session)

    query = dict(parse_qsl(urlsplit(answer).query))
    assert query.get("state", "") == state
    assert answer == there.format(code=query["code"], state="a%26code%3Db%3Dc%2520%2B")


async def test_the_database_does_not_know_the_code(stage: Stage) -> None:
    code = await issue(stage)
    row = await stage.tx.fetch_one("SELECT app_codes::text AS text FROM app_codes")
    assert row is not None
    assert code not in row["text"]
    assert code.encode().hex() not in row["text"]


async def test_a_code_that_is_shown_again_ends_the_session_that_it_made(stage: Stage) -> None:
    code = await issue(stage)
    started = await redeem(stage, code)
    assert started is not None

    assert await redeem(stage, code) is None
    assert await apps.find_signed_in(stage.tx, started.token) is None
    assert await apps.find_signed_in(stage.tx, stage.world.mia.token) is not None
    assert await redeem(stage, code) is None
    assert await stage.events() == ["session.started", "session.ended"]


async def test_a_wrong_verifier_burns_the_code(stage: Stage) -> None:
    for wrong in ("w" * 50, "", "v" * 42, "v" * 129, VERIFIER.upper(), f"{VERIFIER} ", "\x00" * 50):
        code = await issue(stage)
        assert await redeem(stage, code, verifier=wrong) is None
        assert await redeem(stage, code) is None
    assert await stage.events() == []


async def test_a_code_lives_for_a_minute_by_the_clock_of_the_database(stage: Stage) -> None:
    young, old = await issue(stage), await issue(stage)
    await stage.tx.execute("UPDATE app_codes SET created_at = created_at - interval '1 hour'")
    lives = await stage.tx.fetch_value(
        "SELECT max(extract(epoch FROM expires_at - clock_timestamp())) FROM app_codes"
    )
    assert 55 < lives <= 60

    await age(stage, 55)
    assert await redeem(stage, young) is not None
    await age(stage, 5)
    assert await redeem(stage, old) is None


async def test_also_when_its_minute_ends_while_it_is_waited_for(
    world: World, database: Database
) -> None:
    async with database.transaction() as tx:
        code = await issue(Stage(tx, world))
        await tx.execute("UPDATE app_codes SET expires_at = clock_timestamp() + interval '500 ms'")

    async def show() -> Started | None:
        async with database.transaction() as tx:
            return await redeem(Stage(tx, world), code)

    async with waiting(database, show(), "SELECT FROM app_codes FOR UPDATE") as (_, shown):
        await asyncio.sleep(0.6)
    assert shown.result() is None


async def test_another_app_cannot_use_the_code_nor_burn_it(stage: Stage) -> None:
    code = await issue(stage)
    assert await redeem(stage, code, app_id=stage.world.rota.id) is None
    assert await redeem(stage, code) is not None


@pytest.mark.parametrize("code", ["", "x", "x" * 43, "\x00", "é" * 43, "x" * 5000])
async def test_what_is_no_code_is_good_for_nothing(stage: Stage, code: str) -> None:
    await issue(stage)
    assert await redeem(stage, code) is None


async def test_a_code_ends_with_the_session_in_which_it_was_made(stage: Stage) -> None:
    """Else a thief could carry one past a new password, or past being signed out."""
    code, mia = await issue(stage), stage.world.mia
    await sessions.end(stage.tx, mia.id, mia.session_id, by=ORIGIN)

    assert await redeem(stage, code) is None
    assert await stage.count(f"sessions WHERE account_id = '{mia.id}'") == 0


async def test_a_code_goes_with_the_member(stage: Stage) -> None:
    code = await issue(stage)
    member = (await stage.member(stage.world.mia)).member
    await members.end(stage.tx, member, "removed", by=stage.world.bea.actor)

    assert await redeem(stage, code) is None
    assert await stage.count("app_codes") == 0


async def test_a_code_of_a_session_that_a_user_continued_makes_one_that_is_theirs_as_well(
    stage: Stage,
) -> None:
    app, member = await stage.publish(await stage.make())
    assert member is not None
    seat = await stage.seat(app.slug)
    ada = stage.world.ada
    _, first = await continuing.start(stage.tx, seat, ada.id, origin=ORIGIN, by=ada.actor)

    there = await codes.issue(stage.tx, member, ASKED, issued_in=first.id)
    started = await redeem(stage, code_in(there), app_id=app.id)
    assert started is not None
    found = await apps.find_signed_in(stage.tx, started.token)
    assert found is not None
    assert found.continued_by == ada.id


async def test_a_session_that_a_user_continued_ends_with_their_password(stage: Stage) -> None:
    """Else who had stolen a session of the studio would stay in the app for a month."""
    app, _ = await stage.publish(await stage.make())
    seat, ada = await stage.seat(app.slug), stage.world.ada
    _, before = await continuing.start(stage.tx, seat, ada.id, origin=ORIGIN, by=ada.actor)
    assert await apps.find_signed_in(stage.tx, before.token) is not None

    await stage.tx.execute(NEW_PASSWORD, ada.id)
    assert await apps.find_signed_in(stage.tx, before.token) is None
    _, after = await continuing.start(stage.tx, seat, ada.id, origin=ORIGIN, by=ada.actor)
    assert await apps.find_signed_in(stage.tx, after.token) is not None


async def test_nor_does_a_code_of_it_carry_them_past_that(stage: Stage) -> None:
    """The session that it would make is younger than the password: the look-up would take it."""
    app, member = await stage.publish(await stage.make())
    assert member is not None
    seat, ada = await stage.seat(app.slug), stage.world.ada
    _, begun = await continuing.start(stage.tx, seat, ada.id, origin=ORIGIN, by=ada.actor)
    before, after = [
        code_in(await codes.issue(stage.tx, member, ASKED, issued_in=begun.id)) for _ in range(2)
    ]

    assert await redeem(stage, before, app_id=app.id) is not None
    await stage.tx.execute(NEW_PASSWORD, ada.id)
    assert await redeem(stage, after, app_id=app.id) is None


async def test_nor_one_that_is_shown_while_the_password_is_being_changed(
    world: World, database: Database
) -> None:
    async with database.transaction() as tx:
        stage = Stage(tx, world)
        app, member = await stage.publish(await stage.make())
        assert member is not None
        seat, ada = await stage.seat(app.slug), world.ada
        _, begun = await continuing.start(tx, seat, ada.id, origin=ORIGIN, by=ada.actor)
        code = code_in(await codes.issue(tx, member, ASKED, issued_in=begun.id))

    async def show() -> Started | None:
        async with database.transaction() as tx:
            return await redeem(Stage(tx, world), code, app_id=app.id)

    async with waiting(database, show(), NEW_PASSWORD, ada.id) as (_, shown):
        pass
    assert shown.result() is None


async def test_codes_are_kept_for_a_day_to_tell_a_replay(world: World, database: Database) -> None:
    async with database.transaction() as tx:
        await issue(Stage(tx, world))
        await issue(Stage(tx, world))
        await tx.execute(
            """
            UPDATE app_codes SET expires_at = expires_at - interval '23 hours';
            """
        )
    assert await chores.forget_ended(database) == 0
    async with database.transaction() as tx:
        await issue(Stage(tx, world))
        await tx.execute("UPDATE app_codes SET expires_at = expires_at - interval '90 minutes'")
    assert await chores.forget_ended(database) == 2
    async with database.reader() as reader:
        assert await reader.fetch_value("SELECT count(*) FROM app_codes") == 1


async def test_of_two_who_show_a_code_at_once_one_gets_a_session_which_the_other_ends(
    world: World, database: Database
) -> None:
    """Whoever comes second is a replay: which of the two had stolen the code nobody can tell."""
    async with database.transaction() as tx:
        all_codes = [await issue(Stage(tx, world)) for _ in range(5)]
        before = await tx.fetch_value("SELECT count(*) FROM sessions")

    async def show(code: str) -> Started | None:
        async with database.transaction() as tx:
            return await redeem(Stage(tx, world), code)

    for code in all_codes:
        started = [one for one in await asyncio.gather(show(code), show(code)) if one]
        assert len(started) == 1
        async with database.reader() as reader:
            assert await apps.find_signed_in(reader, started[0].token) is None
            assert await reader.fetch_value("SELECT count(*) FROM sessions") == before
