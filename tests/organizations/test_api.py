"""The organizations of the API: who gets which status, what is answered, what is refused."""

from typing import Any

import pytest

from tests.client import API, Client
from tests.world import World
from vestibule.kernel.database import Database
from vestibule.organizations.permission_model import read_role

READS = ["", "/members"]


@pytest.mark.parametrize("path", READS)
async def test_nobody_signed_in_is_told_to_sign_in(client: Client, world: World, path: str) -> None:
    answer = await client.get(f"{API}/organizations/{world.analytical.slug}{path}")

    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", READS)
async def test_a_stranger_does_not_learn_that_it_is_there(
    client: Client, world: World, path: str
) -> None:
    eve = client.as_(world.eve)
    there = await eve.get(f"{API}/organizations/{world.analytical.slug}{path}")
    nowhere = await eve.get(f"{API}/organizations/no-such-place{path}")

    assert there.status_code == nowhere.status_code == 404
    assert there.json() == nowhere.json()
    assert there.json()["code"] == "organization_not_found"


async def test_nobody_and_strangers_change_nothing(
    client: Client, world: World, database: Database
) -> None:
    path = f"{API}/organizations/{world.analytical.slug}"
    for person, status in ((None, 401), (world.eve, 404), (world.cy, 403), (world.di, 403)):
        answer = await client.as_(person).patch(path, {"name": "Taken over"})
        assert answer.status_code == status
    async with database.reader() as reader:
        assert await reader.fetch_value("SELECT count(*) FROM audit") == 0
        name = "SELECT name FROM organizations WHERE id = $1"
        assert await reader.fetch_value(name, world.analytical.id) == "Analytical"


async def test_a_member_may_not_do_what_their_role_does_not_allow(
    client: Client, world: World
) -> None:
    path = f"{API}/organizations/{world.analytical.slug}"
    answer = await client.as_(world.cy).patch(path, {"name": "Mine"})

    assert answer.status_code == 403
    assert answer.json()["code"] == "not_permitted"


@pytest.mark.parametrize("role", ["owner", "admin", "manager", "viewer"])
async def test_every_member_sees_the_organization_and_their_role(
    client: Client, world: World, role: str
) -> None:
    person = client.as_(world.roles[role])
    by_slug = await person.get(f"{API}/organizations/analytical")
    by_id = await person.get(f"{API}/organizations/{world.analytical.public_id}")

    assert by_slug.status_code == 200
    assert by_slug.json() == by_id.json()
    told = by_slug.json()
    assert (told["object"], told["id"]) == ("organization", world.analytical.public_id)
    assert (told["name"], told["slug"]) == ("Analytical", "analytical")
    assert told["role"] == role
    assert set(told["permissions"]) == {str(one) for one in read_role({}, role).permissions}


async def test_founding_makes_the_caller_its_owner(client: Client, world: World) -> None:
    flo = client.as_(world.flo)
    answer = await flo.post(f"{API}/organizations", {"name": "Flora", "slug": "flora"})

    assert answer.status_code == 201
    assert (answer.json()["slug"], answer.json()["role"]) == ("flora", "owner")
    again = await flo.get(answer.headers["Location"])
    assert again.json() == answer.json()


async def test_a_taken_slug_is_a_conflict(client: Client, world: World) -> None:
    flo = client.as_(world.flo)
    founded = await flo.post(f"{API}/organizations", {"name": "X", "slug": "analytical"})
    changed = await client.as_(world.eve).patch(
        f"{API}/organizations/elsewhere", {"slug": "analytical"}
    )

    assert founded.status_code == changed.status_code == 409
    assert founded.json()["code"] == changed.json()["code"] == "slug_taken"


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        "Acme",
        {"name": 1},
        {"name": None},
        {"name": ["Acme"]},
        {"name": ""},
        {"name": "a\x00b"},
        {"name": "x" * 81},
        {"name": "Acme", "slug": None},
        {"name": "Acme", "slug": ""},
        {"name": "Acme", "slug": "new"},
        {"name": "Acme", "slug": "Not A Slug"},
        {"name": "Acme", "owner": "user_1"},
    ],
)
async def test_a_body_that_is_none_founds_nothing(
    client: Client,
    world: World,
    database: Database,
    body: Any,  # noqa: ANN401
) -> None:
    answer = await client.as_(world.flo).post(f"{API}/organizations", body)

    assert answer.status_code == 422
    assert answer.json()["errors"]
    async with database.reader() as reader:
        assert await reader.fetch_value("SELECT count(*) FROM organizations") == 2


@pytest.mark.parametrize("content", [b"", b"{", b'{"name": "\xff"}', b"[" * 4000, b"\x00"])
async def test_bytes_that_are_no_json_are_refused(
    client: Client, world: World, content: bytes
) -> None:
    answer = await client.as_(world.flo).request(
        "POST",
        f"{API}/organizations",
        content=content,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_request"


async def test_a_fault_names_its_field(client: Client, world: World) -> None:
    answer = await client.as_(world.flo).post(f"{API}/organizations", {"name": 1})

    assert answer.json()["errors"] == [
        {"path": "name", "code": "invalid_request", "message": "Expected `str`, got `int`"}
    ]


async def test_settings_change_and_the_rest_stays(client: Client, world: World) -> None:
    path = f"{API}/organizations/{world.analytical.public_id}"
    bo = client.as_(world.bo)
    before = (await bo.get(path)).json()
    change = {"name": "Engines", "invitation_lifetime": 3600, "requires_sign_in": True}
    answer = await bo.patch(path, change)

    assert answer.status_code == 200
    assert answer.json() == before | change
    assert (await bo.patch(path, {})).json() == before | change


@pytest.mark.parametrize(
    "body",
    [
        {"invitation_lifetime": 3599},
        {"invitation_lifetime": 2592001},
        {"invitation_lifetime": 10**40},
        {"invitation_lifetime": -1},
        {"invitation_lifetime": None},
        {"invitation_lifetime": True},
        {"invitation_lifetime": "3600"},
        {"invitation_lifetime": 86400.5},
        {"requires_sign_in": 1},
        {"requires_sign_in": "true"},
        {"requires_sign_in": "maybe"},
        {"requires_sign_in": None},
        {"name": None},
        {"slug": "x"},
        {"role": "owner"},
        {"id": "org_1"},
    ],
)
async def test_settings_out_of_bounds_are_refused(
    client: Client, world: World, body: dict[str, object]
) -> None:
    ada = client.as_(world.ada)
    before = (await ada.get(f"{API}/organizations/analytical")).json()
    answer = await ada.patch(f"{API}/organizations/analytical", body)

    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert (await ada.get(f"{API}/organizations/analytical")).json() == before


@pytest.mark.parametrize(
    "reference", ["a%00b", "..%2F..", "org_", "org_zzz", "user_01h455vb4pex5vsknk084sn02q", "%FF"]
)
async def test_a_reference_to_nothing_is_not_found(
    client: Client, world: World, reference: str
) -> None:
    answer = await client.as_(world.ada).get(f"{API}/organizations/{reference}")
    assert answer.status_code == 404
