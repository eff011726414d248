"""Ends in the HTTP API: who sets them, what is refused, and what an end means from then on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests import ends
from tests.client import API, Client
from tests.world import World
from vestibule.kernel.database import Database

ANALYTICAL = f"{API}/organizations/analytical"
SHIFTS = f"{API}/apps/shifts"
MARCH = "2034-03-03T23:59:59Z"


def problem(answer: httpx.Response) -> list[tuple[str, str]]:
    """Give the path and the code of each fault."""
    return [(each["path"], each["code"]) for each in answer.json()["errors"]]


def times(world: World) -> list[tuple[str, Any]]:
    """Give both kinds of member, and who may change them."""
    return [
        (f"{ANALYTICAL}/members/{world.cy.public_id}", world.bo),
        (f"{SHIFTS}/members/{world.emil.public_id}", world.mia),
    ]


async def test_nobody_signed_in_sets_an_end(client: Client, world: World) -> None:
    for path, _ in times(world):
        assert (await client.patch(path, {"member_until": MARCH})).status_code == 401


async def test_a_stranger_finds_nobody_to_set_one_for(client: Client, world: World) -> None:
    for path, _ in times(world):
        for somebody in (world.eve, world.rob):
            answer = await client.as_(somebody).patch(path, {"member_until": MARCH})
            assert answer.status_code in {401, 404}


async def test_an_end_is_set_shown_and_cleared(client: Client, world: World) -> None:
    for path, by in times(world):
        somebody = client.as_(by)
        for until in (MARCH, None):
            answer = await somebody.patch(path, {"member_until": until})
            assert answer.status_code == 200, answer.text
            assert answer.json()["member_until"] == until
            assert (await somebody.get(path)).json()["member_until"] == until
            listed = (await somebody.get(path.rpartition("/")[0])).json()["data"]
            assert until in [each["member_until"] for each in listed]


async def test_a_time_is_the_same_in_whatever_zone(client: Client, world: World) -> None:
    for path, by in times(world):
        answer = await client.as_(by).patch(path, {"member_until": "2034-03-04T01:59:59+02:00"})
        assert answer.json()["member_until"] == MARCH


@pytest.mark.parametrize(
    ("until", "code"),
    [
        ("2001-01-01T00:00:00Z", "invalid_member_until"),
        ("2101-01-01T00:00:00Z", "invalid_member_until"),
        ("9999-12-31T23:59:59-14:00", "invalid_member_until"),
        ("0001-01-01T00:00:00+14:00", "invalid_member_until"),
        ("2034-03-03T23:59:59", "invalid_request"),
        ("2034-03-03", "invalid_request"),
        ("soon", "invalid_request"),
        (20340303, "invalid_request"),
        ([], "invalid_request"),
        (True, "invalid_request"),
    ],
)
async def test_what_is_no_end_is_refused_and_changes_nothing(
    client: Client, world: World, until: object, code: str
) -> None:
    ada = client.as_(world.ada)
    invited = {"email": "ana@example.com", "role": "viewer", "member_until": until}
    answers = [
        await ada.patch(times(world)[0][0], {"member_until": until}),
        await client.as_(world.mia).patch(times(world)[1][0], {"member_until": until}),
        await ada.post(f"{ANALYTICAL}/invitations", invited),
        await ada.post(f"{SHIFTS}/invitations", invited | {"role": "Employee"}),
    ]
    for answer in answers:
        assert answer.status_code == 422, answer.text
        assert problem(answer) == [("member_until", code)]
    batch = await ada.post(f"{ANALYTICAL}/invitations/batch", {"invitations": [invited]})
    assert [row["status"] for row in batch.json()["data"]] == [422]
    assert (await ada.get(times(world)[0][0])).json()["member_until"] is None


async def test_a_change_of_nothing_is_refused(client: Client, world: World) -> None:
    for path, by in times(world):
        answer = await client.as_(by).patch(path, {})
        assert answer.status_code == 422


async def test_owners_have_no_end_and_who_becomes_one_loses_theirs(
    client: Client, world: World
) -> None:
    ada, cy = client.as_(world.ada), f"{ANALYTICAL}/members/{world.cy.public_id}"
    both = await ada.patch(cy, {"role": "owner", "member_until": MARCH})
    assert problem(both) == [("member_until", "owners_have_no_end")]
    assert (await ada.get(cy)).json()["role"] == "manager"

    await ada.patch(cy, {"member_until": MARCH})
    answer = await ada.patch(cy, {"role": "owner"})
    assert (answer.json()["role"], answer.json()["member_until"]) == ("owner", None)
    owner = {"email": "ana@example.com", "role": "owner", "member_until": MARCH}
    answer = await ada.post(f"{ANALYTICAL}/invitations", owner)
    assert problem(answer) == [("member_until", "owners_have_no_end")]


async def test_role_and_end_change_in_one_step(client: Client, world: World) -> None:
    cy = f"{ANALYTICAL}/members/{world.cy.public_id}"
    answer = await client.as_(world.bo).patch(cy, {"role": "viewer", "member_until": MARCH})
    assert (answer.json()["role"], answer.json()["member_until"]) == ("viewer", MARCH)
    emil = f"{SHIFTS}/members/{world.emil.public_id}"
    answer = await client.as_(world.mia).patch(emil, {"roles": ["Manager"], "member_until": MARCH})
    assert answer.json()["role_ends"] == {"Manager": MARCH}


async def test_an_invitation_shows_its_end_to_both_sides_and_expires_with_it(
    client: Client, world: World
) -> None:
    until = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    written = until.isoformat().replace("+00:00", "Z")
    body = {"email": "ana@example.com", "role": "viewer", "member_until": written}
    answer = await client.as_(world.bo).post(f"{ANALYTICAL}/invitations", body)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["member_until"], answer.json()["expires_at"]) == (written, written)

    path = f"{ANALYTICAL}/invitations/{answer.json()['id']}"
    edited = await client.as_(world.bo).patch(path, {"member_until": None})
    assert edited.json()["member_until"] is None


async def test_an_ended_member_is_nobody_at_their_next_request(
    client: Client, world: World, database: Database
) -> None:
    answer = await client.as_(world.emil).get(f"{SHIFTS}/me")
    assert answer.json()["member_until"] is None
    async with database.transaction() as tx:
        for person in (world.cy, world.emil):
            await ends.let_end(tx, person.id)

    assert (await client.as_(world.cy).get(ANALYTICAL)).status_code == 404
    assert (await client.as_(world.cy).get(SHIFTS)).status_code == 404
    assert (await client.as_(world.cy).get(f"{API}/me/organizations")).json()["data"] == []
    assert (await client.as_(world.emil).get(f"{SHIFTS}/me")).status_code == 401
    credentials = {"email": world.emil.email, "password": world.emil.password}
    answer = await client.post(f"{SHIFTS}/sessions", credentials)
    assert answer.status_code == 401
    answer = await client.post(f"{SHIFTS}/password-resets", {"email": world.emil.email})
    assert answer.status_code == 202
    async with database.reader() as reader:
        assert await reader.fetch_value("SELECT count(*) FROM messages") == 0


async def test_an_ended_member_is_found_by_nobody(
    client: Client, world: World, database: Database
) -> None:
    async with database.transaction() as tx:
        for person in (world.cy, world.emil):
            await ends.let_end(tx, person.id)
    for path, by in times(world):
        somebody = client.as_(by)
        for answer in (
            await somebody.get(path),
            await somebody.patch(path, {"member_until": MARCH}),
            await somebody.delete(path),
        ):
            assert answer.status_code == 404, answer.text
        listed = (await somebody.get(path.rpartition("/")[0])).json()["data"]
        assert path.rpartition("/")[2] not in str(listed)
