"""The API of an organization's roles: who may, what comes, and what is refused."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.client import API, Client
from tests.world import Person, World
from vestibule.kernel.database import Database
from vestibule.organizations.permission_model import CHOOSABLE

ANALYTICAL = f"{API}/organizations/analytical"
ROLES = f"{ANALYTICAL}/roles"
CLERK = "Billing clerk"
READ = ["members:read"]


@dataclass(frozen=True, slots=True)
class Api:
    """A client with nobody signed in, the cast, and what is behind."""

    client: Client
    world: World
    database: Database = field(repr=False)

    def as_(self, somebody: Person | None) -> Client:
        return self.client.as_(somebody)

    async def kept(self, slug: str = "analytical") -> dict[str, Any]:
        async with self.database.reader() as reader:
            sql = "SELECT custom_roles FROM organizations WHERE slug = $1"
            found: dict[str, Any] = await reader.fetch_value(sql, slug)
            return found

    async def make(self, name: str = CLERK, *permissions: str, by: Person | None = None) -> None:
        body = {"name": name, "permissions": list(permissions) or READ}
        answer = await self.as_(by or self.world.ada).post(ROLES, body)
        assert answer.status_code == 201, answer.text

    async def give(self, person: Person, role: str) -> None:
        at = f"{ANALYTICAL}/members/{person.public_id}"
        answer = await self.as_(self.world.ada).patch(at, {"role": role})
        assert answer.status_code == 200, answer.text


@pytest.fixture
def api(client: Client, world: World, database: Database) -> Api:
    return Api(client, world, database)


def at(name: str) -> str:
    return f"{ROLES}/{quote(name, safe='')}"


def refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def attempts(api: Api, somebody: Person | None) -> list[httpx.Response]:
    """Try all that is done to roles."""
    client = api.as_(somebody)
    return [
        await client.get(ROLES),
        await client.get(at(CLERK)),
        await client.post(ROLES, {"name": "Another", "permissions": READ}),
        await client.patch(at(CLERK), {"permissions": ["audit:read"]}),
        await client.delete(at(CLERK)),
    ]


async def test_nobody_is_asked_to_sign_in(api: Api) -> None:
    await api.make()
    for answer in await attempts(api, None):
        refused(answer, 401, "not_authenticated")
    assert await api.kept() == {CLERK: READ}


async def test_strangers_do_not_learn_that_there_is_an_organization(api: Api) -> None:
    await api.make()
    for stranger in (api.world.eve, api.world.flo):
        for answer in await attempts(api, stranger):
            refused(answer, 404, "organization_not_found")
    assert await api.kept() == {CLERK: READ}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ada", [200, 200, 201, 200, 204]),
        ("bo", [200, 200, 201, 200, 204]),
        ("cy", [200, 200, 403, 403, 403]),
        ("di", [200, 200, 403, 403, 403]),
    ],
)
async def test_each_role_may_what_it_may(api: Api, name: str, words: list[int]) -> None:
    await api.make()
    answers = await attempts(api, getattr(api.world, name))
    assert [answer.status_code for answer in answers] == words


async def test_all_roles_are_listed_the_greatest_first_with_who_has_them(api: Api) -> None:
    await api.make(CLERK, "audit:read", "apps:manage")
    await api.give(api.world.di, CLERK)
    invitation = {"email": "one@example.com", "role": CLERK}
    made = await api.as_(api.world.ada).post(f"{ANALYTICAL}/invitations", invitation)
    assert (made.status_code, made.json()["role"]) == (201, CLERK)

    listed = (await api.as_(api.world.cy).get(ROLES)).json()
    names = [role["name"] for role in listed["data"]]
    assert names[:2] == ["owner", "admin"]
    assert set(names[2:]) == {"manager", CLERK, "viewer"}
    assert names[-1] == "viewer"
    found = {role["name"]: role for role in listed["data"]}
    assert found[CLERK] == {
        "object": "role",
        "name": CLERK,
        "built_in": False,
        "permissions": ["apps:read", "apps:manage", "audit:read"],
        "members": 1,
        "invitations": 1,
    }
    assert (found["owner"]["built_in"], found["owner"]["members"]) == (True, 1)
    assert "organization:own" in found["owner"]["permissions"]
    assert found["viewer"]["members"] == 0


async def test_a_role_is_made_looked_at_changed_and_deleted(api: Api) -> None:
    ada = api.as_(api.world.ada)
    body = {"name": "  R&D   Åre ", "permissions": ["invitations:manage"]}
    made = await ada.post(ROLES, body)
    assert made.status_code == 201
    assert made.json()["name"] == "R&D Åre"
    assert made.json()["permissions"] == ["invitations:read", "invitations:manage"]

    where = made.headers["Location"]
    assert (await ada.get(where)).json() == made.json()
    change = {"permissions": READ, "expected_permissions": made.json()["permissions"]}
    changed = await ada.patch(where, change)
    assert changed.json()["permissions"] == READ
    assert (await ada.delete(where)).status_code == 204
    refused(await ada.get(where), 404, "role_not_found")
    refused(await ada.delete(where), 404, "role_not_found")


@pytest.mark.parametrize("name", ["", "x", "x" * 41, "a/b", "a\\b", "\u202eclerk", "x\x00y", "<b>"])
async def test_a_name_that_is_none_is_refused(api: Api, name: str) -> None:
    answer = await api.as_(api.world.ada).post(ROLES, {"name": name, "permissions": READ})
    refused(answer, 422, "invalid_request")
    assert [(one["path"], one["code"]) for one in answer.json()["errors"]] == [
        ("name", "invalid_role_name")
    ]


@pytest.mark.parametrize("name", ["Owner", "VIEWER", "billing CLERK", "o.wner"])
async def test_a_name_of_another_role_is_refused(api: Api, name: str) -> None:
    await api.make()
    answer = await api.as_(api.world.ada).post(ROLES, {"name": name, "permissions": READ})
    refused(answer, 409, "role_name_taken")


@pytest.mark.parametrize(
    "permissions", [[], ["organization:own"], ["x"], [""], [None], "members:read", None, [[]]]
)
async def test_what_is_no_permission_is_refused(api: Api, permissions: object) -> None:
    await api.make()
    ada = api.as_(api.world.ada)
    for answer in (
        await ada.post(ROLES, {"name": "Another", "permissions": permissions}),
        await ada.patch(at(CLERK), {"permissions": permissions}),
    ):
        refused(answer, 422, "invalid_request")
        assert answer.json()["errors"][0]["path"].startswith("permissions")
    assert await api.kept() == {CLERK: READ}


async def test_nobody_makes_changes_or_gives_more_than_they_may(api: Api) -> None:
    await api.make("Deleting", "organization:delete")
    await api.make()
    bo = api.as_(api.world.bo)
    body = {"name": "Another", "permissions": ["organization:delete"]}
    refused(await bo.post(ROLES, body), 403, "role_not_allowed")
    refused(await bo.patch(at("Deleting"), {"permissions": READ}), 403, "role_not_allowed")
    more = {"permissions": ["organization:delete"]}
    refused(await bo.patch(at(CLERK), more), 403, "role_not_allowed")
    refused(await bo.delete(at("Deleting")), 403, "role_not_allowed")
    member = f"{ANALYTICAL}/members/{api.world.di.public_id}"
    refused(await bo.patch(member, {"role": "Deleting"}), 403, "role_not_allowed")
    one = {"email": "one@example.com", "role": "Deleting"}
    refused(await bo.post(f"{ANALYTICAL}/invitations", one), 403, "role_not_allowed")


async def test_who_has_a_role_may_what_it_allows_and_no_more(api: Api) -> None:
    await api.make(CLERK, "audit:read")
    await api.give(api.world.di, CLERK)
    di = api.as_(api.world.di)
    assert (await di.get(f"{ANALYTICAL}/audit")).status_code == 200
    refused(await di.get(f"{ANALYTICAL}/members"), 403, "not_permitted")
    told = (await di.get(ANALYTICAL)).json()
    assert (told["role"], told["permissions"]) == (CLERK, ["audit:read"])
    await api.as_(api.world.ada).patch(at(CLERK), {"permissions": READ})
    refused(await di.get(f"{ANALYTICAL}/audit"), 403, "not_permitted")
    assert (await di.get(f"{ANALYTICAL}/members")).status_code == 200


async def test_of_two_who_saw_the_same_one_is_told(api: Api) -> None:
    await api.make()
    ada, bo = api.as_(api.world.ada), api.as_(api.world.bo)
    seen = {"expected_permissions": READ}
    assert (await ada.patch(at(CLERK), {"permissions": ["audit:read"], **seen})).is_success
    refused(await bo.patch(at(CLERK), {"permissions": ["apps:read"], **seen}), 409, "role_changed")


async def test_a_role_in_use_is_refused_with_numbers_until_it_is_mapped(api: Api) -> None:
    await api.make()
    await api.give(api.world.di, CLERK)
    ada = api.as_(api.world.ada)
    answer = await ada.delete(at(CLERK))
    refused(answer, 409, "role_in_use")
    assert answer.json()["detail"].startswith(f"1 member has the role {CLERK}.")
    for to in ("owner", quote(CLERK), "nobody", ""):
        refused(await ada.delete(f"{at(CLERK)}?to={to}"), 422, "invalid_request")
    assert (await ada.delete(f"{at(CLERK)}?to=viewer")).status_code == 204
    member = await ada.get(f"{ANALYTICAL}/members/{api.world.di.public_id}")
    assert member.json()["role"] == "viewer"


async def test_members_are_found_by_any_role_of_the_organization(api: Api) -> None:
    await api.make()
    await api.give(api.world.di, CLERK)
    ada = api.as_(api.world.ada)
    found = (await ada.get(f"{ANALYTICAL}/members?role={quote(CLERK)}")).json()["data"]
    assert [each["user"]["id"] for each in found] == [api.world.di.public_id]
    assert (await ada.get(f"{ANALYTICAL}/members?role=viewer")).json()["data"] == []
    for word in ("", "x", "billing%20clerk", "OWNER"):
        refused(await ada.get(f"{ANALYTICAL}/members?role={word}"), 422, "invalid_request")


async def test_a_role_of_another_organization_is_none_here(api: Api) -> None:
    eve = api.as_(api.world.eve)
    elsewhere = f"{API}/organizations/elsewhere/roles"
    body = {"name": "Gardener", "permissions": [str(one) for one in CHOOSABLE]}
    assert (await eve.post(elsewhere, body)).status_code == 201
    ada, member = api.as_(api.world.ada), f"{ANALYTICAL}/members/{api.world.di.public_id}"
    refused(await ada.get(at("Gardener")), 404, "role_not_found")
    refused(await ada.patch(at("Gardener"), {"permissions": READ}), 404, "role_not_found")
    refused(await ada.delete(at("Gardener")), 404, "role_not_found")
    refused(await ada.patch(member, {"role": "Gardener"}), 422, "invalid_request")
    one = {"email": "one@example.com", "role": "Gardener"}
    refused(await ada.post(f"{ANALYTICAL}/invitations", one), 422, "invalid_request")
    for path in (f"{elsewhere}/Gardener", elsewhere):
        refused(await ada.get(path), 404, "organization_not_found")
    assert list(await api.kept("elsewhere")) == ["Gardener"]
