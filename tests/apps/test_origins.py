"""Which pages of other origins may call an app's part of the API, and what they may read there."""

import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.client import Client
from tests.world import World
from vestibule.bootstrap import House
from vestibule.kernel.database import Database
from vestibule.kernel.limits import Limiter

SHIFTS = "https://shifts.example.com"
LOCAL = "http://127.0.0.1:8100"
ME = "/api/v1/apps/shifts/me"
INVITATIONS = "/api/v1/apps/shifts/invitations"
ALLOWED = {"access-control-allow-origin": SHIFTS, "vary": "Origin"}
ASKING = {
    "Origin": SHIFTS,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}


@pytest.fixture(autouse=True)
async def origins(database: Database, world: World) -> None:
    """Shifts names two origins, and Rota another."""
    named = {world.shifts: [SHIFTS, LOCAL], world.rota: ["https://rota.example.com"]}
    async with database.transaction() as tx:
        for app, addresses in named.items():
            await tx.execute("UPDATE apps SET origins = $2 WHERE id = $1", app.id, addresses)


def cors(answer: httpx.Response) -> dict[str, str]:
    """The headers by which a browser decides."""
    return {
        name: value for name, value in answer.headers.items() if name.startswith("access-control-")
    }


async def preflight(client: Client, path: str, **headers: str) -> httpx.Response:
    return await client.http.options(path, headers=ASKING | headers)


async def test_a_browser_that_asks_first_is_told_what_may_be_sent(client: Client) -> None:
    answer = await preflight(client, INVITATIONS)

    assert (answer.status_code, answer.content) == (204, b"")
    assert cors(answer) == {
        "access-control-allow-origin": SHIFTS,
        "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
        "access-control-allow-headers": "Authorization, Content-Type, Accept-Language",
        "access-control-max-age": "600",
    }
    assert answer.headers["vary"] == "Origin"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("origin", [SHIFTS, LOCAL])
async def test_each_origin_of_the_app_may_read_answers(client: Client, origin: str) -> None:
    answer = await client.get(ME, headers={"Origin": origin})

    assert answer.status_code == 401
    assert cors(answer) == {
        "access-control-allow-origin": origin,
        "access-control-expose-headers": "Location, Retry-After",
    }
    assert answer.headers["vary"] == "Origin"


async def test_the_app_may_be_called_by_its_id(client: Client, world: World) -> None:
    answer = await preflight(client, f"/api/v1/apps/{world.shifts.public_id}/me")
    assert answer.headers["access-control-allow-origin"] == SHIFTS


@pytest.mark.parametrize(
    "origin",
    [
        "https://rota.example.com",
        "https://evil.example",
        "null",
        "",
        "*",
        "https://SHIFTS.example.com",
        "HTTPS://shifts.example.com",
        "https://shifts.example.com/",
        "https://shifts.example.com:443",
        "https://shifts.example.com:8443",
        "https://shifts.example.com.evil.example",
        "https://evil.shifts.example.com",
        "http://shifts.example.com",
        "http://localhost:8100",
        "http://127.0.0.1",
        "shifts.example.com",
        " https://shifts.example.com evil",
        "https://shifts.example.com, https://evil.example",
        "https://shifts.example.com\xff",
    ],
)
async def test_another_origin_is_told_nothing(client: Client, origin: str) -> None:
    headers = [(b"Origin", origin.encode("latin-1"))]
    asked = [*headers, (b"Access-Control-Request-Method", b"GET")]

    for answer in (
        await client.http.get(ME, headers=headers),
        await client.http.options(ME, headers=asked),
    ):
        assert not cors(answer)
        assert answer.headers["vary"] != "Origin"


async def test_two_origins_are_none(client: Client) -> None:
    headers = [("Origin", SHIFTS), ("Origin", "https://evil.example")]
    assert not cors(await client.http.get(ME, headers=headers))


async def test_without_an_origin_nothing_is_said(client: Client) -> None:
    assert not cors(await client.get(ME))


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/apps/rota/me",
        "/api/v1/apps/nothing-here/me",
        "/api/v1/apps/Shifts/me",
        "/api/v1/apps/x/me",
        "/api/v1/apps/app_zzz/me",
        "/api/v1/apps/org_01h455vb4pex5vsknk084sn02q/me",
        "/api/v1/apps/shifts%00/me",
        "/api/v1/apps/%ff/me",
        "/api/v1/apps/shifts%0a/me",
        f"/api/v1/apps/{'x' * 1000}/me",
        "/api/v1/apps//me",
        "/api/v1/apps/shifts",
        "/api/v1/apps/shifts/",
        "/api/v1/apps",
        "/api/v1/me",
        "/api/v1/sessions",
        "/api/v1/invitations/accept",
        "/api/v1/organizations/analytical/apps",
        "/api/v2/apps/shifts/me",
        "/x/api/v1/apps/shifts/me",
        "/apps/shifts/login",
        "/apps/shifts/profile",
        "/sign-in",
        "/healthz",
    ],
    ids=lambda path: path[:60],
)
async def test_no_other_part_of_the_house_is_open(client: Client, path: str) -> None:
    for answer in (
        await client.http.get(path, headers={"Origin": SHIFTS}),
        await preflight(client, path),
    ):
        assert not cors(answer)


async def test_refusals_can_be_read_by_the_page(client: Client, world: World) -> None:
    origin = {"Origin": SHIFTS}
    refused = [
        (401, await client.get(ME, headers=origin | {"Authorization": "Bearer nobodys"})),
        (401, await client.post(f"{ME[:-3]}/sessions", {"as": "me"}, headers=origin)),
        (403, await client.get(INVITATIONS, headers=origin | world.emil.headers)),
        (404, await client.get(INVITATIONS, headers=origin | world.rob.headers)),
        (404, await client.get(f"{ME}/nothing-here", headers=origin)),
        (405, await client.delete(ME, headers=origin)),
        (422, await client.post(f"{ME[:-3]}/sessions", {"what": "is this"}, headers=origin)),
    ]
    for status, answer in refused:
        assert answer.status_code == status, answer.text
        assert answer.json()["code"]
        assert answer.headers["access-control-allow-origin"] == SHIFTS


async def test_that_somebody_tried_too_often_can_be_read_by_the_page(house: House) -> None:
    settings = dataclasses.replace(house.settings, limits=True)
    limited = dataclasses.replace(house, settings=settings, limiter=Limiter(house.database))
    async with Client.of(limited).http as http:
        path = "/api/v1/apps/shifts/sessions"
        body = {"email": "ana@example.com", "password": "not her password"}
        answers = [await http.post(path, json=body, headers={"Origin": SHIFTS}) for _ in range(12)]

    answer = answers[-1]
    assert answer.status_code == 429
    assert answer.headers["retry-after"]
    assert "Retry-After" in answer.headers["access-control-expose-headers"]
    assert answer.headers["access-control-allow-origin"] == SHIFTS


async def test_no_cookie_is_ever_let_along_or_counts(client: Client, world: World) -> None:
    invitation = {"email": "ana@example.com", "role": "Employee"}
    cookies = {**world.ada.cookies, **world.mia.cookies}
    asked = {"Origin": SHIFTS, "Cookie": "; ".join(f"{n}={v}" for n, v in cookies.items())}

    for answer in (
        await client.http.get(INVITATIONS, headers=asked),
        await client.http.post(INVITATIONS, json=invitation, headers=asked),
        await client.http.options(INVITATIONS, headers=ASKING | asked),
    ):
        assert answer.status_code in {204, 401}
        assert "access-control-allow-credentials" not in answer.headers
        assert "set-cookie" not in answer.headers


async def test_an_answer_cannot_be_drawn_in_as_a_script_or_a_picture(client: Client) -> None:
    answer = await client.get(ME, headers={"Origin": SHIFTS})
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_an_origin_that_the_app_names_no_longer_is_told_nothing(
    client: Client, world: World, database: Database
) -> None:
    assert cors(await preflight(client, ME))
    async with database.transaction() as tx:
        await tx.execute("UPDATE apps SET origins = '{}' WHERE id = $1", world.shifts.id)
    assert not cors(await preflight(client, ME))


@pytest.fixture
async def counted(house: House, database: Database) -> AsyncIterator[tuple[Client, list[str]]]:
    """The application on a pool of one connection, and the statements that go by it."""
    sent: list[str] = []

    def note(query: Any) -> None:  # noqa: ANN401  what the driver says of a statement
        sent.append(query.query)

    alone = await Database.connect(database.url, size=1)
    async with alone.pool.acquire() as connection:
        raw = connection._con
    raw.add_query_logger(note)
    yield Client.of(dataclasses.replace(house, database=alone)), sent
    raw.remove_query_logger(note)
    await alone.close()


@pytest.mark.parametrize(
    ("path", "origin", "most"),
    [
        (ME, SHIFTS, 1),
        (ME, "https://evil.example", 1),
        (ME, "http://localhost:8000", 0),  # ours
        (ME, None, 0),
        ("/api/v1/apps/x/me", SHIFTS, 0),
        ("/api/v1/me", SHIFTS, 0),
    ],
)
async def test_the_database_is_asked_once_and_only_if_need_be(
    counted: tuple[Client, list[str]], path: str, origin: str | None, most: int
) -> None:
    client, sent = counted
    headers = {"Origin": origin} if origin else {}
    await client.http.options(path, headers=headers)
    sent.clear()  # what the driver learns at a statement's first use
    await client.http.options(path, headers=headers)
    assert len(sent) == most
