"""Accounts in the API: who gets which status, what is answered, what is refused."""

from time import perf_counter

import pytest

from tests.client import API, Client, Mailbox
from tests.world import PASSWORD, World
from vestibule.kernel.database import Database

NEW = "seven swans on the lake"
OWN = [
    ("DELETE", "/sessions/current", None),
    ("GET", "/me/sessions", None),
    ("DELETE", "/me/sessions/ses_01h455vb4pex5vsknk084sn02q", None),
    ("POST", "/me/password", {"current": PASSWORD, "new": NEW}),
    ("POST", "/me/address", {"email": "new@example.com", "password": PASSWORD}),
    ("POST", "/me/address/complete", {"key": "x"}),
]


async def key_to(database: Database, mailbox: Mailbox, email: str) -> str:
    async with database.reader() as reader:
        return await mailbox.last_key(reader, to=email)


async def count_mails(database: Database) -> int:
    async with database.reader() as reader:
        count: int = await reader.fetch_value("SELECT count(*) FROM messages")
        return count


@pytest.mark.parametrize(("method", "path", "body"), OWN)
@pytest.mark.parametrize("authorization", [None, "Bearer no-such-token", "Basic YTpi", "Bearer "])
async def test_nobody_signed_in_is_told_to_sign_in(
    client: Client, method: str, path: str, body: object, authorization: str | None
) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = await client.request(method, f"{API}{path}", json=body, headers=headers)

    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_cookie_is_no_credential_for_the_api(client: Client, world: World) -> None:
    client.http.cookies.set("session", world.ada.token)

    assert (await client.get(f"{API}/me/sessions")).status_code == 401


async def test_signing_in_answers_with_a_token_that_works(client: Client, world: World) -> None:
    answer = await client.post(
        f"{API}/sessions", {"email": "ADA@cast.example.com", "password": PASSWORD}
    )
    session = answer.json()

    assert answer.status_code == 201
    assert session["object"] == "session"
    assert session["id"].startswith("ses_")
    assert session["user"]["id"] == world.ada.public_id
    assert session["expires_at"].endswith("Z")
    headers = {"Authorization": f"Bearer {session['token']}"}
    assert (await client.get(f"{API}/me/sessions", headers=headers)).status_code == 200


@pytest.mark.parametrize("password", ["wrong wrong wrong", "", "x" * 5000, "\x00" * 20])
async def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(
    client: Client, world: World, password: str
) -> None:
    known = await client.post(f"{API}/sessions", {"email": world.ada.email, "password": password})
    unknown = await client.post(
        f"{API}/sessions", {"email": "nobody@cast.example.com", "password": password}
    )

    assert known.status_code == unknown.status_code == 401
    assert known.json() == unknown.json()
    assert known.json()["code"] == "invalid_credentials"
    assert set(known.headers) == set(unknown.headers)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": None},
        {"email": ["ada@cast.example.com"], "password": PASSWORD},
        {"email": "ada@cast.example.com", "password": PASSWORD, "realm": "x"},
        {"email": "ada@cast.example.com", "password": 5},
        {"email": " ada@cast.example.com", "password": PASSWORD},
        {"email": "ada@cast.example.com,eve@cast.example.com", "password": PASSWORD},
        [],
        None,
        "text",
    ],
)
@pytest.mark.parametrize("path", ["/sessions", "/password-resets", "/password-resets/complete"])
async def test_what_has_another_shape_is_refused_and_does_nothing(
    client: Client, world: World, database: Database, path: str, body: object
) -> None:
    answer = await client.post(f"{API}{path}", body)

    assert answer.status_code in {400, 422}
    assert answer.json()["code"] in {"invalid_request", "invalid_email"}
    assert await count_mails(database) == 0


async def test_signing_out_ends_this_session_only(client: Client, world: World) -> None:
    ada = client.as_(world.ada)
    other = (
        await client.post(f"{API}/sessions", {"email": world.ada.email, "password": PASSWORD})
    ).json()
    assert (await ada.delete(f"{API}/sessions/current")).status_code == 204

    assert (await ada.get(f"{API}/me/sessions")).status_code == 401
    headers = {"Authorization": f"Bearer {other['token']}"}
    listed = (await client.get(f"{API}/me/sessions", headers=headers)).json()
    assert [session["id"] for session in listed["data"]] == [other["id"]]


async def test_sessions_are_listed_without_tokens_and_ended_by_their_owner(
    client: Client, world: World
) -> None:
    await client.post(f"{API}/sessions", {"email": world.ada.email, "password": PASSWORD})
    ada = client.as_(world.ada)
    answer = await ada.get(f"{API}/me/sessions")
    sessions = answer.json()["data"]

    assert answer.json()["list_metadata"] == {"before": None, "after": None}
    assert sorted(session["is_current"] for session in sessions) == [False, True]
    assert world.ada.token not in answer.text
    other = next(session for session in sessions if not session["is_current"])
    path = f"{API}/me/sessions/{other['id']}"
    assert (await client.as_(world.eve).delete(path)).status_code == 404
    assert (await ada.delete(path)).status_code == 204
    assert (await ada.delete(path)).json()["code"] == "session_not_found"


@pytest.mark.parametrize("session", ["ses_nonsense", "user_01h455vb4pex5vsknk084sn02q", "%00"])
async def test_what_names_no_session_is_not_found(
    client: Client, world: World, session: str
) -> None:
    answer = await client.as_(world.ada).delete(f"{API}/me/sessions/{session}")

    assert answer.status_code == 404


async def test_a_reset_is_answered_alike_for_every_address(
    client: Client, world: World, database: Database
) -> None:
    known = await client.post(f"{API}/password-resets", {"email": world.ada.email})
    assert await count_mails(database) == 1
    unknown = await client.post(f"{API}/password-resets", {"email": "nobody@x.example.com"})

    assert await count_mails(database) == 1
    assert known.status_code == unknown.status_code == 202
    assert known.content == unknown.content
    assert set(known.headers) == set(unknown.headers)


async def test_a_reset_takes_as_long_for_every_address(client: Client, world: World) -> None:
    known, unknown = [], []
    for number in range(5):
        known.append(await _seconds(client, world.people[number].email))
        unknown.append(await _seconds(client, f"nobody{number}@cast.example.com"))

    assert abs(sorted(known)[2] - sorted(unknown)[2]) < 0.02


async def test_a_reset_signs_nobody_in_and_everybody_out(
    client: Client, world: World, database: Database, mailbox: Mailbox
) -> None:
    await client.post(f"{API}/password-resets", {"email": world.ada.email})
    key = await key_to(database, mailbox, world.ada.email)
    body = {"key": key, "password": NEW}
    answer = await client.post(f"{API}/password-resets/complete", body)

    assert answer.status_code == 204
    assert answer.content == b""
    assert (await client.as_(world.ada).get(f"{API}/me/sessions")).status_code == 401
    signed_in = [
        await client.post(f"{API}/sessions", {"email": world.ada.email, "password": password})
        for password in (PASSWORD, NEW)
    ]
    assert [answer.status_code for answer in signed_in] == [401, 201]
    again = await client.post(f"{API}/password-resets/complete", body)
    assert (again.status_code, again.json()["code"]) == (410, "key_used")


@pytest.mark.parametrize("password", ["short", "Ada Abel 2026", "ada@cast.example.com"])
async def test_a_weak_password_is_refused_and_leaves_the_key(
    client: Client, world: World, database: Database, mailbox: Mailbox, password: str
) -> None:
    await client.post(f"{API}/password-resets", {"email": world.ada.email})
    key = await key_to(database, mailbox, world.ada.email)
    answer = await client.post(
        f"{API}/password-resets/complete", {"key": key, "password": password}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "weak_password")
    assert answer.json()["errors"][0]["path"] == "password"
    body = {"key": key, "password": NEW}
    assert (await client.post(f"{API}/password-resets/complete", body)).status_code == 204


async def test_changing_the_password_ends_the_other_sessions(client: Client, world: World) -> None:
    other = (
        await client.post(f"{API}/sessions", {"email": world.ada.email, "password": PASSWORD})
    ).json()
    ada = client.as_(world.ada)
    wrong = await ada.post(f"{API}/me/password", {"current": "not this one", "new": NEW})
    weak = await ada.post(f"{API}/me/password", {"current": PASSWORD, "new": "Ada Abel 2026"})
    right = await ada.post(f"{API}/me/password", {"current": PASSWORD, "new": NEW})

    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_password")
    assert (weak.status_code, weak.json()["errors"][0]["path"]) == (422, "new")
    assert right.status_code == 204
    assert (await ada.get(f"{API}/me/sessions")).status_code == 200
    headers = {"Authorization": f"Bearer {other['token']}"}
    assert (await client.get(f"{API}/me/sessions", headers=headers)).status_code == 401


async def test_another_address_is_taken_by_its_key_in_the_same_session(
    client: Client, world: World, database: Database, mailbox: Mailbox
) -> None:
    ada = client.as_(world.ada)
    body = {"email": "ada.new@example.com", "password": PASSWORD}
    wrong = await ada.post(f"{API}/me/address", {**body, "password": "not this one"})
    assert (wrong.status_code, await count_mails(database)) == (403, 0)
    assert (await ada.post(f"{API}/me/address", body)).status_code == 202
    key = await key_to(database, mailbox, "ada.new@example.com")

    eve = await client.as_(world.eve).post(f"{API}/me/address/complete", {"key": key})
    assert (eve.status_code, eve.json()["code"]) == (404, "key_not_found")
    changed = await ada.post(f"{API}/me/address/complete", {"key": key})
    assert (changed.status_code, changed.json()["email"]) == (200, "ada.new@example.com")


async def _seconds(client: Client, email: str) -> float:
    started = perf_counter()
    await client.post(f"{API}/password-resets", {"email": email})
    return perf_counter() - started
