"""The members of apps in the API, as themselves: sign in, codes, look at and change oneself."""

from typing import Any

import pytest

from tests.apps.cast import ASKED, VERIFIER, Stage
from tests.apps.test_codes import code_in
from tests.client import API, Client, Mailbox
from tests.world import PASSWORD, Person, World
from tests.world import Member as CrewMember
from vestibule.apps import codes
from vestibule.kernel.database import Database

SHIFTS, ROTA = f"{API}/apps/shifts", f"{API}/apps/rota"
BETTER = "another lamp by the quiet stairs"
Somebody = Person | CrewMember


async def sign_in(client: Client, email: str, password: str = PASSWORD, app: str = SHIFTS) -> Any:  # noqa: ANN401
    return await client.post(f"{app}/sessions", {"email": email, "password": password})


async def test_nobody_is_told_to_sign_in(client: Client, world: World) -> None:
    for path in ("/me", "/me/sessions"):
        answer = await client.get(SHIFTS + path)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


async def test_a_session_is_good_for_the_app_alone(client: Client, world: World) -> None:
    mia = client.as_(world.mia)
    assert (await mia.get(f"{SHIFTS}/me")).status_code == 200
    assert (await mia.get(f"{ROTA}/me")).status_code == 404
    assert (await mia.get(f"{API}/me")).status_code == 401
    assert (await mia.get(f"{API}/organizations")).status_code == 401
    assert (await mia.get(f"{API}/organizations/analytical")).status_code == 401
    assert (await mia.delete(f"{ROTA}/sessions/current")).status_code == 404
    assert (await mia.delete(f"{API}/sessions/current")).status_code == 401
    assert (await mia.get(f"{SHIFTS}/me")).status_code == 200


async def test_a_session_of_the_platform_is_of_no_member(client: Client, world: World) -> None:
    for person, status in ((world.ada, 403), (world.di, 403), (world.eve, 404), (world.flo, 404)):
        user = client.as_(person)
        assert (await user.get(f"{SHIFTS}/me")).status_code == status
        assert (await user.get(f"{SHIFTS}/me/sessions")).status_code == status
        assert (await user.delete(f"{SHIFTS}/sessions/current")).status_code == status
        assert (await user.get(f"{API}/me")).status_code == 200


async def test_cookies_are_no_tokens_and_tokens_no_cookies(client: Client, world: World) -> None:
    """A page takes the session of its own realm, whatever a cookie is called."""
    for name, token, path in (
        ("session", world.mia.token, "/profile"),
        ("session_apps_shifts", world.ada.token, "/apps/shifts/profile"),
        ("session_apps_shifts", world.rob.token, "/apps/shifts/profile"),
        ("session_apps_rota", world.mia.token, "/apps/rota/profile"),
        ("session_apps_rota", world.mia.token, "/apps/shifts/profile"),
    ):
        browser = client.as_(None)
        browser.http.cookies.set(name, token)
        assert (await browser.get(path)).status_code == 303, (name, path)
        assert (await browser.get(f"{SHIFTS}/me")).status_code == 401


async def test_signing_in_and_out(client: Client, world: World) -> None:
    started = (await sign_in(client, world.mia.email)).json()
    assert started["object"] == "session"
    assert started["member"]["id"] == world.mia.public_id
    assert started["member"]["app"] == {
        "id": world.shifts.public_id,
        "name": "Shifts",
        "slug": "shifts",
    }
    headers = {"Authorization": f"Bearer {started['token']}"}
    assert (await client.request("GET", f"{SHIFTS}/me", headers=headers)).status_code == 200
    out = await client.request("DELETE", f"{SHIFTS}/sessions/current", headers=headers)
    assert out.status_code == 204
    assert (await client.request("GET", f"{SHIFTS}/me", headers=headers)).status_code == 401


async def test_every_wrong_credential_is_answered_alike(client: Client, world: World) -> None:
    answers = [
        await sign_in(client, world.mia.email, "not the password"),
        await sign_in(client, world.ada.email),
        await sign_in(client, world.rob.email),
        await sign_in(client, "nobody@example.com"),
        await sign_in(client, world.mia.email, app=ROTA),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["code"] == "invalid_credentials"


async def same_address(world: World, database: Database) -> str:
    """Give somebody in Rota the address that Mia has in Shifts."""
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE accounts SET address = $2, address_canonical = $2 WHERE id = $1",
            world.rob.id,
            world.mia.email,
        )
    return world.mia.email


async def test_the_same_address_in_two_apps_is_two_accounts_with_two_passwords(
    client: Client, world: World, database: Database
) -> None:
    email = await same_address(world, database)
    change = {"current": PASSWORD, "new": BETTER}
    assert (await client.as_(world.mia).post(f"{SHIFTS}/me/password", change)).status_code == 204

    assert (await sign_in(client, email)).status_code == 401
    assert (await sign_in(client, email, BETTER)).status_code == 201
    assert (await sign_in(client, email, BETTER, app=ROTA)).status_code == 401
    there = await sign_in(client, email, app=ROTA)
    assert (there.status_code, there.json()["member"]["id"]) == (201, world.rob.public_id)


async def test_a_forgotten_password_is_chosen_anew_in_that_app_alone(
    client: Client, world: World, database: Database, mailbox: Mailbox
) -> None:
    email = await same_address(world, database)
    assert (await client.post(f"{SHIFTS}/password-resets", {"email": email})).status_code == 202
    async with database.reader() as reader:
        letter = await mailbox.last(reader, to=email)
        key = await mailbox.last_key(reader, to=email)
    assert "Shifts" in letter.subject + letter.text
    assert "/apps/shifts/new-password?key=" in letter.text

    body = {"key": key, "password": BETTER}
    for elsewhere in (f"{ROTA}/password-resets", f"{API}/password-resets"):
        refused = await client.post(f"{elsewhere}/complete", body)
        assert (refused.status_code, refused.json()["code"]) == (404, "key_not_found")
    done = await client.post(f"{SHIFTS}/password-resets/complete", body)
    assert done.status_code == 204
    assert (await client.as_(world.mia).get(f"{SHIFTS}/me")).status_code == 401
    assert (await client.as_(world.rob).get(f"{ROTA}/me")).status_code == 200
    assert (await sign_in(client, email, BETTER)).status_code == 201
    assert (await sign_in(client, email, app=ROTA)).status_code == 201


async def test_nothing_is_mailed_to_who_is_not_in_this_app(
    client: Client, world: World, database: Database
) -> None:
    for email in (world.ada.email, world.rob.email, "nobody@example.com"):
        answer = await client.post(f"{SHIFTS}/password-resets", {"email": email})
        assert answer.status_code == 202
    async with database.reader() as reader:
        assert await reader.fetch_value("SELECT count(*) FROM messages") == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "mia@crew.example.com"},
        {"password": PASSWORD},
        {"code": "x"},
        {"code_verifier": "x"},
        {"email": "mia@crew.example.com", "password": PASSWORD, "as": "me"},
        {"code": "x", "code_verifier": "x", "email": "mia@crew.example.com"},
        {"as": "you"},
        {"as": None},
    ],
)
async def test_one_way_to_sign_in_at_a_time(
    client: Client, world: World, body: dict[str, object]
) -> None:
    answer = await client.as_(world.ada).post(f"{SHIFTS}/sessions", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def code(database: Database, world: World) -> str:
    """A code for Mia."""
    async with database.transaction() as tx:
        member = (await Stage(tx, world).member(world.mia)).member
        there = await codes.issue(tx, member, ASKED, issued_in=world.mia.session_id)
    return code_in(there)


async def test_a_code_is_exchanged_once_and_its_replay_ends_the_session(
    client: Client, world: World, database: Database
) -> None:
    body = {"code": await code(database, world), "code_verifier": VERIFIER}
    elsewhere = await client.post(f"{ROTA}/sessions", body)
    first = await client.post(f"{SHIFTS}/sessions", body)
    headers = {"Authorization": f"Bearer {first.json()['token']}"}
    assert (await client.request("GET", f"{SHIFTS}/me", headers=headers)).status_code == 200

    second = await client.post(f"{SHIFTS}/sessions", body)
    assert (await client.request("GET", f"{SHIFTS}/me", headers=headers)).status_code == 401
    assert (await client.as_(world.mia).get(f"{SHIFTS}/me")).status_code == 200
    assert [answer.status_code for answer in (elsewhere, first, second)] == [401, 201, 401]
    assert elsewhere.json() == second.json()
    assert second.json()["code"] == "invalid_credentials"


async def test_a_wrong_verifier_burns_the_code_for_good(
    client: Client, world: World, database: Database
) -> None:
    body = {"code": await code(database, world), "code_verifier": VERIFIER}
    for verifier in ("w" * 50, VERIFIER):
        answer = await client.post(f"{SHIFTS}/sessions", body | {"code_verifier": verifier})
        assert answer.status_code == 401


async def test_as_me_needs_a_user_with_a_linked_member(
    client: Client, world: World, database: Database
) -> None:
    expected: list[tuple[Somebody | None, int]] = [
        *((None, 401), (world.eve, 404), (world.rob, 404), (world.mia, 403)),
        *((world.cy, 403), (world.ada, 404)),
    ]
    for person, status in expected:
        answer = await client.as_(person).post(f"{SHIFTS}/sessions", {"as": "me"})
        assert answer.status_code == status, person
    async with database.reader() as reader:
        assert await reader.fetch_value("SELECT count(*) FROM audit") == 0


async def test_what_one_says_of_oneself_is_changed(client: Client, world: World) -> None:
    mia = client.as_(world.mia)
    change = {"name": "Mia M", "locale": "en", "properties": {"team": "B", "n": [1, None]}}
    changed = (await mia.patch(f"{SHIFTS}/me", change)).json()
    assert {name: changed[name] for name in change} == change
    assert changed["roles"] == ["Manager"]
    assert (await mia.get(f"{SHIFTS}/me")).json() == changed
    assert (await mia.patch(f"{SHIFTS}/me", {})).json() == changed
    replaced = await mia.patch(f"{SHIFTS}/me", {"properties": {}, "name": None})
    assert (replaced.json()["properties"], replaced.json()["name"]) == ({}, None)


@pytest.mark.parametrize(
    "body",
    [
        {"roles": ["Boss"]},
        {"email": "other@example.com"},
        {"id": "x"},
        {"app": "rota"},
        {"user_id": "x"},
        {"properties": {"x": "x" * 4100}},
        {"properties": []},
        {"properties": {"x": "\x00"}},
        {"name": "\x00"},
        {"name": "x" * 500},
        {"locale": "no such language"},
    ],
)
async def test_what_is_not_one_s_own_to_change_is_refused(
    client: Client, world: World, database: Database, body: dict[str, object]
) -> None:
    answer = await client.as_(world.emil).patch(f"{SHIFTS}/me", body)
    assert answer.status_code == 422
    async with database.reader() as reader:
        assert await reader.fetch_value("SELECT count(*) FROM audit") == 0


async def test_properties_may_be_of_four_kilobytes(client: Client, world: World) -> None:
    fits = {"x": "x" * 4000}
    answer = await client.as_(world.mia).patch(f"{SHIFTS}/me", {"properties": fits})
    assert (answer.status_code, answer.json()["properties"]) == (200, fits)


async def test_sessions_are_listed_and_ended_by_their_owner_alone(
    client: Client, world: World
) -> None:
    other = (await sign_in(client, world.mia.email)).json()
    mia = client.as_(world.mia)
    listed = (await mia.get(f"{SHIFTS}/me/sessions")).json()["data"]
    assert {each["id"] for each in listed} >= {other["id"]}
    for person in (world.emil, world.bea):
        answer = await client.as_(person).delete(f"{SHIFTS}/me/sessions/{other['id']}")
        assert (answer.status_code, answer.json()["code"]) == (404, "session_not_found")
    assert (await mia.delete(f"{SHIFTS}/me/sessions/{other['id']}")).status_code == 204
    headers = {"Authorization": f"Bearer {other['token']}"}
    assert (await client.request("GET", f"{SHIFTS}/me", headers=headers)).status_code == 401


async def test_no_user_is_made_of_all_this(
    client: Client, world: World, database: Database
) -> None:
    await sign_in(client, world.mia.email)
    await client.as_(world.mia).patch(f"{SHIFTS}/me", {"name": "Mia"})
    async with database.reader() as reader:
        assert await reader.fetch_value("SELECT count(*) FROM users") == len(world.people)
