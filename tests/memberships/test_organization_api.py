"""The API of organization memberships and of the end of an account: who may, and what comes."""

from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.client import API, Client, Mailbox
from tests.world import Person, World
from vestibule.kernel.database import Database

ANALYTICAL = f"{API}/organizations/analytical"
MEMBERS = f"{ANALYTICAL}/members"
DELETION = f"{API}/me/deletion"
TABLES = ("accounts", "users", "members", "invitations", "messages", "audit", "sessions")


@dataclass(frozen=True, slots=True)
class Api:
    """A client with nobody signed in, the cast, and what is behind."""

    client: Client
    world: World
    database: Database = field(repr=False)
    mailbox: Mailbox = field(repr=False)

    def as_(self, somebody: Person | None) -> Client:
        return self.client.as_(somebody)

    async def contents(self) -> list[Any]:
        """Give how much there is, and who is what."""
        async with self.database.reader() as reader:
            counts = [await reader.fetch_value(f"SELECT count(*) FROM {one}") for one in TABLES]
            roles = await reader.fetch_all("SELECT user_id, role FROM members ORDER BY id")
        return counts + [tuple(row.values()) for row in roles]

    async def execute(self, sql: str, *values: object) -> None:
        async with self.database.transaction() as tx:
            await tx.execute(sql, *values)

    async def make_owner(self, person: Person) -> None:
        sql = "UPDATE members SET role = 'owner' WHERE user_id = $1"
        await self.execute(sql, person.id)


@pytest.fixture
def api(client: Client, world: World, database: Database, mailbox: Mailbox) -> Api:
    return Api(client, world, database, mailbox)


def at(person: Person) -> str:
    return f"{MEMBERS}/{person.public_id}"


def refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def attempts(api: Api, somebody: Person | None) -> list[httpx.Response]:
    """Try all that is done to a membership."""
    client, di = api.as_(somebody), api.world.di
    return [
        await client.get(at(di)),
        await client.patch(at(di), {"role": "manager"}),
        await client.delete(at(di)),
        await client.post(f"{ANALYTICAL}/transfer", {"user": di.public_id}),
        await client.post(f"{ANALYTICAL}/leave"),
    ]


async def test_nobody_is_asked_to_sign_in(api: Api) -> None:
    before = await api.contents()
    for answer in await attempts(api, None):
        refused(answer, 401, "not_authenticated")
    refused(await api.client.get(DELETION), 401, "not_authenticated")
    refused(await api.client.post(DELETION, {"password": "x"}), 401, "not_authenticated")
    assert await api.contents() == before


async def test_strangers_do_not_learn_that_there_is_an_organization(api: Api) -> None:
    before = await api.contents()
    for stranger in (api.world.eve, api.world.flo):
        for answer in await attempts(api, stranger):
            refused(answer, 404, "organization_not_found")
    assert await api.contents() == before


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("ada", ["200", "200", "204", "member_not_found", "last_owner"]),
        ("bo", ["200", "200", "204", "not_permitted", "204"]),
        ("cy", ["200", "not_permitted", "not_permitted", "not_permitted", "204"]),
        ("di", ["200", "not_permitted", "not_permitted", "not_permitted", "204"]),
    ],
)
async def test_each_role_may_what_it_may(api: Api, name: str, codes: list[str]) -> None:
    answers = await attempts(api, getattr(api.world, name))
    assert [_word(answer) for answer in answers] == codes


async def test_a_role_is_changed_and_the_person_told(api: Api) -> None:
    answer = await api.as_(api.world.bo).patch(at(api.world.di), {"role": "admin"})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["object"], body["role"]) == ("membership", "admin")
    assert body["user"]["id"] == api.world.di.public_id
    async with api.database.reader() as reader:
        letter = await api.mailbox.last(reader, to=api.world.di.email)
    assert "You are an admin now." in letter.text


async def test_nobody_raises_anybody_above_themselves(api: Api) -> None:
    bo = api.as_(api.world.bo)
    refused(await bo.patch(at(api.world.di), {"role": "owner"}), 403, "role_not_allowed")
    refused(await bo.patch(at(api.world.ada), {"role": "viewer"}), 403, "role_not_allowed")
    refused(await bo.delete(at(api.world.ada)), 403, "role_not_allowed")
    refused(await bo.patch(at(api.world.bo), {"role": "owner"}), 403, "not_permitted")
    refused(await bo.delete(at(api.world.bo)), 403, "not_permitted")
    refused(await bo.patch(at(api.world.di), {"role": "king"}), 422, "invalid_request")


async def test_of_two_who_saw_the_same_role_one_is_told(api: Api) -> None:
    ada = api.as_(api.world.ada)
    seen = {"expected_role": "viewer"}
    assert (await ada.patch(at(api.world.di), {"role": "admin", **seen})).status_code == 200
    bo = api.as_(api.world.bo)
    refused(await bo.patch(at(api.world.cy), {"role": "viewer", **seen}), 409, "role_changed")


async def test_members_of_other_organizations_are_not_found(api: Api) -> None:
    ada = api.as_(api.world.ada)
    refused(await ada.get(at(api.world.eve)), 404, "member_not_found")
    refused(await ada.patch(at(api.world.eve), {"role": "viewer"}), 404, "member_not_found")
    refused(await ada.delete(at(api.world.eve)), 404, "member_not_found")
    transfer = {"user": api.world.eve.public_id}
    refused(await ada.post(f"{ANALYTICAL}/transfer", transfer), 404, "member_not_found")
    refused(await ada.get(f"{MEMBERS}/ada"), 404, "not_found")
    refused(await ada.delete(f"{MEMBERS}/{api.world.mia.public_id}"), 404, "not_found")
    refused(await ada.post(f"{ANALYTICAL}/transfer", {"user": "ada"}), 404, "not_found")


async def test_who_is_removed_is_out_at_the_next_request(api: Api) -> None:
    di = api.as_(api.world.di)
    assert (await di.get(ANALYTICAL)).status_code == 200
    assert (await api.as_(api.world.bo).delete(at(api.world.di))).status_code == 204
    refused(await di.get(ANALYTICAL), 404, "organization_not_found")
    assert (await di.get(f"{API}/me")).json()["default_organization"] is None
    refused(await api.as_(api.world.bo).delete(at(api.world.di)), 404, "member_not_found")


@pytest.mark.parametrize(("wish", "state"), [("keep", "pending"), ("revoke", "revoked")])
async def test_what_they_sent_is_revoked_or_kept(api: Api, wish: str, state: str) -> None:
    invitation = {"email": "ana@example.com", "role": "viewer"}
    sent = await api.as_(api.world.bo).post(f"{ANALYTICAL}/invitations", invitation)
    ada = api.as_(api.world.ada)

    answer = await ada.delete(at(api.world.bo), params={"invitations": wish})

    assert answer.status_code == 204
    shown = (await ada.get(f"{ANALYTICAL}/invitations/{sent.json()['id']}")).json()
    assert shown["state"] == state
    assert shown["inviter"]["name"] == ("Ada Abel" if wish == "keep" else "Bo Berg")


async def test_what_is_neither_kept_nor_revoked_is_refused(api: Api) -> None:
    ada = api.as_(api.world.ada)
    answer = await ada.delete(at(api.world.bo), params={"invitations": "burn"})
    refused(answer, 422, "invalid_request")


async def test_an_owner_hands_over_and_leaves_in_one_step(api: Api) -> None:
    wanted = {"user": api.world.bo.public_id, "leave": True}
    answer = await api.as_(api.world.ada).post(f"{ANALYTICAL}/transfer", wanted)
    assert (answer.status_code, answer.json()["role"]) == (200, "owner")
    assert answer.json()["user"]["id"] == api.world.bo.public_id
    refused(await api.as_(api.world.ada).get(ANALYTICAL), 404, "organization_not_found")


async def test_an_owner_who_hands_over_and_stays_is_an_admin(api: Api) -> None:
    ada = api.as_(api.world.ada)
    answer = await ada.post(f"{ANALYTICAL}/transfer", {"user": api.world.di.public_id})
    assert answer.json()["role"] == "owner"
    assert (await ada.get(ANALYTICAL)).json()["role"] == "admin"
    itself = {"user": api.world.di.public_id}
    answer = await api.as_(api.world.di).post(f"{ANALYTICAL}/transfer", itself)
    refused(answer, 403, "not_permitted")


async def test_deleting_an_account_says_first_what_it_takes_along(api: Api) -> None:
    ada = (await api.as_(api.world.ada).get(DELETION)).json()
    assert (ada["object"], ada["id"]) == ("deletion", api.world.ada.public_id)
    assert [each["slug"] for each in ada["in_the_way"]] == ["analytical"]
    assert ada["organizations"] == []
    bo = (await api.as_(api.world.bo).get(DELETION)).json()
    assert [(each["slug"], each["role"]) for each in bo["organizations"]] == [
        ("analytical", "admin")
    ]
    assert (bo["in_the_way"], bo["pending_invitations"]) == ([], 0)


async def test_deleting_an_account_asks_for_the_password_and_for_another_owner(api: Api) -> None:
    before = await api.contents()
    bo, ada = api.as_(api.world.bo), api.as_(api.world.ada)
    refused(await bo.post(DELETION, {"password": "another"}), 403, "wrong_password")
    answer = await ada.post(DELETION, {"password": api.world.ada.password})
    refused(answer, 409, "last_owner")
    assert "Analytical" in answer.json()["detail"]
    assert await api.contents() == before


async def test_a_deleted_account_is_signed_out_and_its_address_is_free(api: Api) -> None:
    bo = api.as_(api.world.bo)
    right = {"password": api.world.bo.password}
    assert (await bo.post(DELETION, right)).status_code == 204

    refused(await bo.get(f"{API}/me"), 401, "not_authenticated")
    sign_in = {"email": api.world.bo.email, **right}
    refused(await api.client.post(f"{API}/sessions", sign_in), 401, "invalid_credentials")
    listed = (await api.as_(api.world.ada).get(MEMBERS)).json()["data"]
    assert api.world.bo.public_id not in [each["user"]["id"] for each in listed]
    again = await api.client.post(f"{API}/sign-ups", {"email": api.world.bo.email})
    assert again.status_code == 202
    async with api.database.reader() as reader:
        key = await api.mailbox.last_key(reader, to=api.world.bo.email)
    newcomer = {"key": key, "first_name": "Bo", "last_name": "New", **right}
    made = await api.client.post(f"{API}/sign-ups/complete", newcomer)
    assert made.status_code == 201, made.text
    assert made.json()["user"]["id"] != api.world.bo.public_id


async def test_closed_invitations_name_no_deleted_inviter(api: Api) -> None:
    invitation = {"email": "ana@example.com", "role": "viewer"}
    sent = await api.as_(api.world.bo).post(f"{ANALYTICAL}/invitations", invitation)
    answer = await api.as_(api.world.bo).post(DELETION, {"password": api.world.bo.password})
    assert answer.status_code == 204
    shown = await api.as_(api.world.ada).get(f"{ANALYTICAL}/invitations/{sent.json()['id']}")
    assert shown.json()["inviter"] == {"type": "user", "id": None, "name": "A former member"}


def _word(answer: httpx.Response) -> str:
    status = answer.status_code
    return str(answer.json()["code"]) if status >= 400 else str(status)
