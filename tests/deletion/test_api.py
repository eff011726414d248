"""The API of deleting an organization or an app, and every credential after it is gone."""

from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.client import API, Client, Mailbox
from tests.world import PASSWORD, Member, Person, World
from vestibule.kernel.database import Database

ANALYTICAL = f"{API}/organizations/analytical"
SHIFTS = f"{API}/apps/shifts"
TABLES = ("organizations", "apps", "members", "app_members", "audit", "messages", "resting_slugs")


@dataclass(frozen=True, slots=True)
class Api:
    """A client with nobody signed in, the cast, and what is behind."""

    client: Client
    world: World
    database: Database = field(repr=False)
    mailbox: Mailbox = field(repr=False)

    def as_(self, somebody: Person | Member | None) -> Client:
        return self.client.as_(somebody)

    async def contents(self) -> list[Any]:
        """Give how much there is, and how much of it is closed."""
        async with self.database.reader() as reader:
            counts = [await reader.fetch_value(f"SELECT count(*) FROM {one}") for one in TABLES]
            closed = [
                await reader.fetch_value(f"SELECT count(*) FROM {one}")
                for one in ("open_organizations", "open_apps")
            ]
        return counts + closed

    async def delete_organization(self) -> None:
        answer = await self.as_(self.world.ada).delete(ANALYTICAL)
        assert (answer.status_code, answer.text) == (204, "")

    async def delete_app(self) -> None:
        answer = await self.as_(self.world.bo).delete(SHIFTS)
        assert (answer.status_code, answer.text) == (204, "")

    async def invited(self, email: str, *, to: str, role: str) -> tuple[str, str]:
        """Have somebody invited. Gives the invitation's id, and the key."""
        made = await self.as_(self.world.ada).post(
            f"{to}/invitations", {"email": email, "role": role}
        )
        assert made.status_code == 201, made.text
        async with self.database.reader() as reader:
            return made.json()["id"], await self.mailbox.last_key(reader, to=email)


@pytest.fixture
def api(client: Client, world: World, database: Database, mailbox: Mailbox) -> Api:
    return Api(client, world, database, mailbox)


def refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_nobody_is_asked_to_sign_in(api: Api) -> None:
    before = await api.contents()
    for path in (ANALYTICAL, SHIFTS):
        refused(await api.client.delete(path), 401, "not_authenticated")
    assert await api.contents() == before


async def test_strangers_do_not_learn_that_there_is_one(api: Api) -> None:
    before = await api.contents()
    for stranger in (api.world.eve, api.world.flo, api.world.rob):
        there = api.as_(stranger)
        if isinstance(stranger, Person):
            refused(await there.delete(ANALYTICAL), 404, "organization_not_found")
        refused(await there.delete(SHIFTS), 404, "app_not_found")
    assert await api.contents() == before


async def test_who_may_not_is_told(api: Api) -> None:
    before = await api.contents()
    for person in (api.world.bo, api.world.cy, api.world.di):
        refused(await api.as_(person).delete(ANALYTICAL), 403, "not_permitted")
    for somebody in (api.world.cy, api.world.di, api.world.bea):
        refused(await api.as_(somebody).delete(SHIFTS), 403, "not_permitted")
    assert await api.contents() == before


async def test_a_role_of_the_organizations_own_may_if_it_says_so(api: Api) -> None:
    async with api.database.transaction() as tx:
        await tx.execute(
            """
            UPDATE organizations SET custom_roles = '{"closer": ["organization:delete"]}'
             WHERE slug = 'analytical'
            """
        )
        await tx.execute("UPDATE members SET role = 'closer' WHERE user_id = $1", api.world.di.id)
    assert (await api.as_(api.world.di).delete(ANALYTICAL)).status_code == 204


async def test_a_deleted_organization_is_gone_for_its_members(api: Api) -> None:
    await api.delete_organization()
    for person in (api.world.ada, api.world.bo, api.world.di):
        there = api.as_(person)
        for answer in (
            await there.get(ANALYTICAL),
            await there.patch(ANALYTICAL, {"name": "Back again"}),
            await there.get(f"{ANALYTICAL}/members"),
            await there.post(f"{ANALYTICAL}/leave"),
            await there.delete(ANALYTICAL),
            await there.get(f"{ANALYTICAL}/invitations"),
            await there.get(f"{ANALYTICAL}/audit"),
            await there.get(f"{API}/organizations/{api.world.analytical.public_id}"),
        ):
            refused(answer, 404, "organization_not_found")
        for answer in (await there.get(SHIFTS), await there.get(f"{SHIFTS}/members")):
            refused(answer, 404, "app_not_found")
        assert (await there.get(f"{API}/organizations")).json()["data"] == []
    told = (await api.as_(api.world.di).get(ANALYTICAL)).json()["detail"]
    assert told == "Analytical was deleted, with its members, invitations and apps."
    stranger = (await api.as_(api.world.eve).get(ANALYTICAL)).json()["detail"]
    assert "deleted" not in stranger


@pytest.mark.parametrize("what", ["delete_organization", "delete_app"])
async def test_no_session_in_the_app_is_good_any_more(api: Api, what: str) -> None:
    mia = api.as_(api.world.mia)
    assert (await mia.get(f"{SHIFTS}/me")).status_code == 200
    await getattr(api, what)()
    for path in ("/me", "/members", "/invitations", "/me/sessions"):
        assert (await mia.get(SHIFTS + path)).status_code == 401, path
    signing_in = {"email": api.world.mia.email, "password": PASSWORD}
    refused(await api.client.post(f"{SHIFTS}/sessions", signing_in), 404, "app_not_found")
    resetting = {"email": api.world.mia.email}
    refused(await api.client.post(f"{SHIFTS}/password-resets", resetting), 404, "app_not_found")


async def test_what_a_user_began_from_the_studio_ends_with_the_app(api: Api) -> None:
    ada = api.as_(api.world.ada)
    async with api.database.transaction() as tx:
        await tx.execute(
            "UPDATE app_members SET user_id = $1 WHERE id = $2", api.world.ada.id, api.world.mia.id
        )
    continued = await ada.post(f"{SHIFTS}/sessions", {"as": "me"})
    assert continued.status_code == 201, continued.text
    token = {"Authorization": f"Bearer {continued.json()['token']}"}
    assert (await api.client.get(f"{SHIFTS}/me", headers=token)).status_code == 200

    await api.delete_organization()
    assert (await api.client.get(f"{SHIFTS}/me", headers=token)).status_code == 401
    refused(await ada.post(f"{SHIFTS}/sessions", {"as": "me"}), 404, "app_not_found")


@pytest.mark.parametrize("what", ["delete_organization", "delete_app"])
async def test_no_code_of_the_app_is_good_any_more(api: Api, what: str) -> None:
    await getattr(api, what)()
    body = {"code": "c" * 43, "code_verifier": "v" * 43}
    refused(await api.client.post(f"{SHIFTS}/sessions", body), 404, "app_not_found")


@pytest.mark.parametrize("to", [ANALYTICAL, SHIFTS])
async def test_an_invitation_says_that_its_place_was_deleted(api: Api, to: str) -> None:
    role = "viewer" if to is ANALYTICAL else "Employee"
    _, key = await api.invited("ana@example.com", to=to, role=role)
    await (api.delete_organization if to is ANALYTICAL else api.delete_app)()

    account: dict[str, Any] = {"password": "another lamp by the stairs"}
    if to is ANALYTICAL:
        account |= {"first_name": "Ana", "last_name": "Ahn"}
    calls = {
        "lookup": {"key": key},
        "accept": {"key": key, "account": account},
        "decline": {"key": key},
    }
    for call, body in calls.items():
        answer = await api.client.post(f"{API}/invitations/{call}", body)
        refused(answer, 410, "invitation_revoked")
        assert "was deleted" in answer.json()["detail"]
    before = await api.contents()
    asked = await api.client.post(f"{API}/invitations/request-new", {"key": key})
    assert asked.status_code == 202
    assert await api.contents() == before  # nobody is mailed


async def test_an_app_invitation_says_so_when_the_organization_was_deleted(api: Api) -> None:
    _, key = await api.invited("ana@example.com", to=SHIFTS, role="Employee")
    await api.delete_organization()
    refused(
        await api.client.post(f"{API}/invitations/lookup", {"key": key}), 410, "invitation_revoked"
    )


async def test_ones_own_invitations_are_gone(api: Api) -> None:
    flo = api.as_(api.world.flo)
    invitation, _ = await api.invited(api.world.flo.email, to=ANALYTICAL, role="viewer")
    assert len((await flo.get(f"{API}/me/invitations")).json()["data"]) == 1
    await api.delete_organization()
    assert (await flo.get(f"{API}/me/invitations")).json()["data"] == []
    for verb in ("accept", "decline"):
        answer = await flo.post(f"{API}/me/invitations/{invitation}/{verb}")
        refused(answer, 410, "invitation_revoked")


async def test_the_slug_is_taken_at_once_and_stays_so(api: Api) -> None:
    await api.delete_organization()
    founding = {"name": "Analytical", "slug": "analytical"}
    answer = await api.as_(api.world.ada).post(f"{API}/organizations", founding)
    refused(answer, 409, "slug_taken")
    made = await api.as_(api.world.ada).post(f"{API}/organizations", {"name": "Analytical"})
    assert made.status_code == 201
    assert made.json()["slug"] != "analytical"
    answer = await api.as_(api.world.eve).post(
        f"{API}/organizations/elsewhere/apps", {"name": "Shifts", "slug": "shifts"}
    )
    refused(answer, 409, "slug_taken")


async def test_an_account_whose_organization_is_deleted_can_be_deleted(api: Api) -> None:
    ada = api.as_(api.world.ada)
    body = {"password": PASSWORD}
    refused(await ada.post(f"{API}/me/deletion", body), 409, "last_owner")
    await api.delete_organization()
    assert (await ada.post(f"{API}/me/deletion", body)).status_code == 204
