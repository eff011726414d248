"""The API of app memberships: statuses, codes and bodies, for each who may call and may not."""

from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.client import API, Client, Mailbox
from tests.world import Member, Person, World, definition
from vestibule.kernel.database import Database

SHIFTS = f"{API}/apps/shifts"
MEMBERS = f"{SHIFTS}/members"
TABLES = ("accounts", "app_members", "app_member_roles", "app_definitions", "messages", "audit")
Somebody = Person | Member | None


@dataclass(frozen=True, slots=True)
class Api:
    """A client with nobody signed in, the cast, and what is behind."""

    client: Client
    world: World
    database: Database = field(repr=False)
    mailbox: Mailbox = field(repr=False)

    def as_(self, somebody: Somebody) -> Client:
        return self.client.as_(somebody)

    async def counts(self) -> list[int]:
        async with self.database.reader() as reader:
            return [await reader.fetch_value(f"SELECT count(*) FROM {one}") for one in TABLES]

    async def draft(self, **roles: Any) -> None:  # noqa: ANN401
        """Save a draft of these roles."""
        written = definition("Shifts")
        written["security"]["roles"] = roles
        written["security"]["default"]["role"] = next(iter(roles))
        answer = await self.as_(self.world.ada).put(f"{SHIFTS}/definition", json=written)
        assert answer.status_code == 200, answer.text


@pytest.fixture
def api(client: Client, world: World, database: Database, mailbox: Mailbox) -> Api:
    return Api(client, world, database, mailbox)


def at(member: Member) -> str:
    return f"{MEMBERS}/{member.public_id}"


def refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def attempts(api: Api, somebody: Somebody) -> list[httpx.Response]:
    """Try all that there is."""
    client, emil = api.as_(somebody), api.world.emil
    return [
        await client.get(MEMBERS),
        await client.get(at(emil)),
        await client.patch(at(emil), {"roles": ["Manager"]}),
        await client.delete(at(emil)),
        await client.post(f"{SHIFTS}/publish", {}),
        await client.post(f"{SHIFTS}/me/deletion", {"password": "x"}),
    ]


async def test_nobody_is_asked_to_sign_in(api: Api) -> None:
    before = await api.counts()
    for answer in await attempts(api, None):
        refused(answer, 401, "not_authenticated")
    assert await api.counts() == before


async def test_strangers_do_not_learn_that_there_is_an_app(api: Api) -> None:
    before = await api.counts()
    for stranger in (api.world.eve, api.world.flo, api.world.rob):
        for answer in await attempts(api, stranger):
            refused(answer, 404, "app_not_found")
    assert await api.counts() == before


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("cy", [200, 200, 403, 403, 403, 403]),
        ("di", [403, 403, 403, 403, 403, 403]),
        ("emil", [403, 403, 403, 403, 403, 403]),
    ],
)
async def test_who_may_only_look_changes_nothing(api: Api, name: str, statuses: list[int]) -> None:
    before = await api.counts()
    answers = await attempts(api, getattr(api.world, name))
    assert [answer.status_code for answer in answers] == statuses
    assert {answer.json()["code"] for answer in answers if answer.status_code == 403} <= {
        "not_permitted",
        "wrong_password",
    }
    assert await api.counts() == before


async def test_members_are_listed_newest_first_and_found(api: Api) -> None:
    client = api.as_(api.world.mia)

    everybody = (await client.get(MEMBERS)).json()
    assert [each["name"] for each in everybody["data"]] == ["Emil", "Mia", "Bea"]
    emil = everybody["data"][0]
    assert emil["object"] == "app_member"
    assert emil["id"] == api.world.emil.public_id
    assert emil["roles"] == ["Employee"]
    assert emil["app"]["slug"] == "shifts"

    managers = (await client.get(MEMBERS, params={"role": "Manager"})).json()
    assert [each["name"] for each in managers["data"]] == ["Mia"]
    found = (await client.get(MEMBERS, params={"q": "EMIL@"})).json()
    assert [each["name"] for each in found["data"]] == ["Emil"]
    first = (await client.get(MEMBERS, params={"limit": 2})).json()
    after = first["list_metadata"]["after"]
    rest = (await client.get(MEMBERS, params={"limit": 2, "after": after})).json()
    assert [each["name"] for each in rest["data"]] == ["Bea"]
    refused(await client.get(MEMBERS, params={"q": "\x07"}), 422, "invalid_request")


async def test_one_member_is_looked_at(api: Api) -> None:
    client = api.as_(api.world.bo)
    assert (await client.get(at(api.world.emil))).json()["email"] == api.world.emil.email
    refused(await client.get(at(api.world.rob)), 404, "app_member_not_found")
    refused(await client.get(f"{MEMBERS}/emil"), 404, "not_found")
    refused(await client.get(f"{MEMBERS}/{api.world.bo.public_id}"), 404, "not_found")


async def test_an_admin_gives_any_roles(api: Api) -> None:
    answer = await api.as_(api.world.bo).patch(at(api.world.emil), {"roles": ["Boss", "Employee"]})
    assert answer.status_code == 200
    assert sorted(answer.json()["roles"]) == ["Boss", "Employee"]
    async with api.database.reader() as reader:
        letter = await api.mailbox.last(reader, to=api.world.emil.email)
    assert "Bo Berg" in letter.text


async def test_a_member_gives_and_takes_what_is_in_reach(api: Api) -> None:
    mia = api.as_(api.world.mia)
    assert (await mia.patch(at(api.world.emil), {"roles": ["Manager"]})).status_code == 200
    refused(await mia.patch(at(api.world.emil), {"roles": ["Boss"]}), 403, "role_not_allowed")
    refused(await mia.patch(at(api.world.bea), {"roles": ["Employee"]}), 403, "role_not_allowed")
    refused(await mia.delete(at(api.world.bea)), 403, "role_not_allowed")


async def test_nobody_changes_or_removes_themselves(api: Api) -> None:
    mia = api.as_(api.world.mia)
    refused(await mia.patch(at(api.world.mia), {"roles": ["Employee"]}), 403, "not_permitted")
    refused(await mia.delete(at(api.world.mia)), 403, "not_permitted")


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"roles": []}, "roles"),
        ({"roles": ["Nobody"]}, "roles.0"),
        ({"roles": ["Boss", "Boss"]}, "roles.1"),
        ({"roles": "Boss"}, "roles"),
        ({"roles": [1]}, "roles.0"),
        ({}, "roles"),
    ],
)
async def test_roles_that_are_none_are_named(api: Api, body: dict[str, Any], path: str) -> None:
    answer = await api.as_(api.world.ada).patch(at(api.world.emil), body)
    refused(answer, 422, "invalid_request")
    assert [each["path"] for each in answer.json()["errors"]] == [path]


async def test_who_is_removed_is_out_at_once(api: Api) -> None:
    emil = api.world.emil
    assert (await api.as_(emil).get(f"{SHIFTS}/me")).status_code == 200

    assert (await api.as_(api.world.mia).delete(at(emil))).status_code == 204

    refused(await api.as_(emil).get(f"{SHIFTS}/me"), 401, "not_authenticated")
    refused(await api.as_(api.world.mia).get(at(emil)), 404, "app_member_not_found")
    refused(await api.as_(api.world.mia).delete(at(emil)), 404, "app_member_not_found")
    sign_in = {"email": emil.email, "password": emil.password}
    refused(await api.as_(None).post(f"{SHIFTS}/sessions", sign_in), 401, "invalid_credentials")


async def test_publishing_twice_makes_one_version(api: Api) -> None:
    await api.draft(Boss={"inherits": ["Manager"]}, Manager={}, Employee={}, Guest={})
    ada = api.as_(api.world.ada)

    first = await ada.post(f"{SHIFTS}/publish", {})
    assert (first.status_code, first.json()["version"]) == (200, 2)
    assert (await ada.post(f"{SHIFTS}/publish")).json()["version"] == 2


async def test_a_role_in_use_is_refused_with_numbers_until_it_is_mapped(api: Api) -> None:
    await api.draft(Boss={}, Manager={}, Worker={})
    bo = api.as_(api.world.bo)
    before = await api.counts()

    answer = await bo.post(f"{SHIFTS}/publish", {})
    refused(answer, 409, "role_in_use")
    assert answer.json()["detail"].startswith("1 member has the role Employee.")
    unknown = await bo.post(f"{SHIFTS}/publish", {"roles": {"Employee": "Nobody"}})
    refused(unknown, 422, "invalid_request")
    assert [each["path"] for each in unknown.json()["errors"]] == ["roles.Employee"]
    assert await api.counts() == before

    done = await bo.post(f"{SHIFTS}/publish", {"roles": {"Employee": "Worker"}})
    assert done.json()["version"] == 2
    assert (await bo.get(at(api.world.emil))).json()["roles"] == ["Worker"]


async def test_leaving_asks_for_the_password(api: Api) -> None:
    emil = api.as_(api.world.emil)

    wrong = await emil.post(f"{SHIFTS}/me/deletion", {"password": "another"})
    refused(wrong, 403, "wrong_password")
    right = {"password": api.world.emil.password}
    assert (await emil.post(f"{SHIFTS}/me/deletion", right)).status_code == 204

    refused(await emil.post(f"{SHIFTS}/me/deletion", right), 401, "not_authenticated")
    listed = (await api.as_(api.world.bo).get(MEMBERS)).json()["data"]
    assert api.world.emil.public_id not in [each["id"] for each in listed]


async def test_who_has_no_password_is_told_how_to_get_one(api: Api) -> None:
    async with api.database.transaction() as tx:
        sql = "UPDATE accounts SET password_hash = NULL, password_changed_at = NULL WHERE id = $1"
        await tx.execute(sql, api.world.emil.id)

    answer = await api.as_(api.world.emil).post(f"{SHIFTS}/me/deletion", {"password": "any"})
    refused(answer, 403, "password_not_set")


async def test_users_have_no_self_in_an_app(api: Api) -> None:
    answer = await api.as_(api.world.ada).post(f"{SHIFTS}/me/deletion", {"password": "any"})
    refused(answer, 403, "not_permitted")
