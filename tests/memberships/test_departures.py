"""Who is out stays out: no member of an app without a password, no invitation brings them back.

Over the API, with real mails. *Nova* is Bo's: the first publish made him a member of it.
"""

from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests import invariants
from tests.client import API, Client, Mailbox
from tests.world import PASSWORD, Member, Person, World, definition
from vestibule.kernel.database import Database

ANALYTICAL = f"{API}/organizations/analytical"
NOVA = f"{API}/apps/nova"
SHIFTS = f"{API}/apps/shifts"
OWN = "another lamp by the stairs"


@dataclass(frozen=True, slots=True)
class Town:
    """The cast, and what they do about each other."""

    client: Client
    world: World
    database: Database = field(repr=False)
    mailbox: Mailbox = field(repr=False)

    def as_(self, somebody: Person | Member | None) -> Client:
        return self.client.as_(somebody)

    def at(self, person: Person) -> str:
        return f"{ANALYTICAL}/members/{person.public_id}"

    async def publish_nova(self) -> None:
        bo = self.as_(self.world.bo)
        good(await bo.post(f"{ANALYTICAL}/apps", {"name": "Nova", "slug": "nova"}))
        good(await bo.put(f"{NOVA}/definition", definition("Nova")))
        good(await bo.post(f"{NOVA}/publish"))

    async def key(self, person: Person | Member | str) -> str:
        email = person if isinstance(person, str) else person.email
        async with self.database.reader() as reader:
            return await self.mailbox.last_key(reader, to=email)

    async def ask_reset(self, person: Person) -> None:
        answer = await self.client.post(f"{NOVA}/password-resets", {"email": person.email})
        assert answer.status_code == 202

    async def reset(self, key: str) -> httpx.Response:
        body = {"key": key, "password": OWN}
        return await self.client.post(f"{NOVA}/password-resets/complete", body)

    async def sign_in(self, person: Person) -> httpx.Response:
        body = {"email": person.email, "password": OWN}
        return await self.client.post(f"{NOVA}/sessions", body)

    async def continue_as(self, person: Person) -> httpx.Response:
        return await self.as_(person).post(f"{NOVA}/sessions", {"as": "me"})

    async def remove(self, person: Person) -> None:
        good(await self.as_(self.world.ada).delete(self.at(person)))

    async def invite(self, email: str, role: str, *, at: str = ANALYTICAL) -> str:
        """Have Ada invite somebody; gives the id."""
        body = {"email": email, "role": role}
        answer = good(await self.as_(self.world.ada).post(f"{at}/invitations", body))
        return str(answer.json()["id"])

    async def state(self, invitation: str, *, at: str = ANALYTICAL) -> str:
        answer = await self.as_(self.world.ada).get(f"{at}/invitations/{invitation}")
        return str(answer.json().get("state", answer.status_code))

    async def accept(self, somebody: Person | None, **body: Any) -> httpx.Response:  # noqa: ANN401
        return await self.as_(somebody).post(f"{API}/invitations/accept", body)

    async def value(self, sql: str, *values: object) -> Any:  # noqa: ANN401
        async with self.database.reader() as reader:
            return await reader.fetch_value(sql, *values)

    async def mails(self) -> int:
        return int(await self.value("SELECT count(*) FROM messages"))

    async def ensure_sound(self) -> None:
        async with self.database.reader() as reader:
            faults = await invariants.broken(reader)
        # The cast is made by SQL: the trail tells nothing of how they came.
        assert not [name for name in faults if not name.startswith(("I28", "I26"))], faults


@pytest.fixture
async def town(client: Client, world: World, database: Database, mailbox: Mailbox) -> Town:
    made = Town(client, world, database, mailbox)
    await made.publish_nova()
    return made


def good(answer: httpx.Response) -> httpx.Response:
    assert answer.is_success, answer.text
    return answer


def word(answer: httpx.Response) -> str:
    return str(answer.status_code if answer.is_success else answer.json()["code"])


async def test_who_is_removed_has_no_way_into_the_app_that_they_managed(town: Town) -> None:
    bo = town.world.bo
    await town.ask_reset(bo)
    asked_before = await town.key(bo)
    await town.remove(bo)

    mails = await town.mails()
    await town.ask_reset(bo)
    assert await town.mails() == mails  # there is nobody of this address any more
    assert word(await town.reset(asked_before)) == "key_not_found"
    assert word(await town.sign_in(bo)) == "invalid_credentials"
    assert await town.value("SELECT count(*) FROM accounts WHERE address = $1", bo.email) == 1
    trail = await town.as_(town.world.ada).get(f"{ANALYTICAL}/audit")
    (told,) = [one for one in trail.json()["data"] if one["event"] == "app_member.removed"]
    assert told["actor"]["name"] == "Ada Abel"
    await town.ensure_sound()


async def test_who_leaves_or_may_less_is_out_of_the_app_as_well(town: Town) -> None:
    bo = town.world.bo
    less = {"role": "manager"}
    good(await town.as_(town.world.ada).patch(town.at(bo), less))
    assert await town.value("SELECT count(*) FROM accounts WHERE address = $1", bo.email) == 1
    assert word(await town.continue_as(bo)) == "not_permitted"

    good(await town.as_(bo).post(f"{ANALYTICAL}/leave"))
    await town.ensure_sound()


async def test_who_stays_an_admin_stays_in_the_app(town: Town) -> None:
    bo, cy = town.world.bo, town.world.cy
    good(await town.as_(town.world.ada).patch(town.at(bo), {"role": "owner"}))
    await town.remove(cy)
    assert word(await town.continue_as(bo)) == "201"


async def test_who_loses_the_apps_by_a_change_of_their_role_is_out_of_them(town: Town) -> None:
    ada, bo = town.as_(town.world.ada), town.world.bo
    may = ["members:read", "apps:manage"]
    good(await ada.post(f"{ANALYTICAL}/roles", {"name": "builder", "permissions": may}))
    good(await ada.patch(town.at(bo), {"role": "builder"}))
    assert word(await town.continue_as(bo)) == "201"

    good(await ada.patch(f"{ANALYTICAL}/roles/builder", {"permissions": ["members:read"]}))

    assert await town.value("SELECT count(*) FROM accounts WHERE address = $1", bo.email) == 1


async def test_who_has_a_password_of_their_own_stays_as_themselves_alone(town: Town) -> None:
    bo = town.world.bo
    await town.ask_reset(bo)
    good(await town.reset(await town.key(bo)))
    good(await town.continue_as(bo))
    await town.remove(bo)

    assert word(await town.sign_in(bo)) == "201"
    sessions = "SELECT count(*) FROM app_continuations"
    assert await town.value(sessions) == 0
    assert await town.value("SELECT count(*) FROM app_members WHERE user_id IS NOT NULL") == 0
    assert word(await town.continue_as(bo)) == "app_not_found"
    unlinked = "SELECT count(*) FROM audit WHERE event = 'app_member.unlinked'"
    assert await town.value(unlinked) == 1
    await town.ensure_sound()


@pytest.mark.parametrize("way", ["removed", "deleted"])
async def test_what_they_invited_to_as_that_member_is_revoked(town: Town, way: str) -> None:
    bo = town.world.bo
    token = good(await town.continue_as(bo)).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    body = {"email": "ana@example.com", "role": "Employee"}
    good(await town.client.post(f"{NOVA}/invitations", body, headers=headers))
    key = await town.key("ana@example.com")

    if way == "removed":
        await town.remove(bo)
    else:
        good(await town.as_(bo).post(f"{API}/me/deletion", {"password": PASSWORD}))

    joined = await town.accept(None, key=key, account={"password": OWN})
    assert word(joined) == "invitation_revoked"
    await town.ensure_sound()


async def test_deleting_an_account_takes_its_members_of_apps_along_and_says_so(
    town: Town,
) -> None:
    bo = town.world.bo
    foreseen = good(await town.as_(bo).get(f"{API}/me/deletion")).json()
    assert [(one["slug"], one["stays"]) for one in foreseen["apps"]] == [("nova", False)]

    good(await town.as_(bo).post(f"{API}/me/deletion", {"password": PASSWORD}))

    assert await town.value("SELECT count(*) FROM accounts WHERE address = $1", bo.email) == 0
    members = "SELECT count(*) FROM app_members WHERE name = 'Bo Berg' OR user_id = $1"
    assert await town.value(members, bo.id) == 0
    await town.ensure_sound()


async def test_an_account_in_an_app_with_its_own_password_outlives_the_user_and_it_is_said(
    town: Town,
) -> None:
    bo = town.world.bo
    await town.ask_reset(bo)
    good(await town.reset(await town.key(bo)))
    foreseen = good(await town.as_(bo).get(f"{API}/me/deletion")).json()
    assert [(one["slug"], one["stays"]) for one in foreseen["apps"]] == [("nova", True)]

    good(await town.as_(bo).post(f"{API}/me/deletion", {"password": PASSWORD}))

    assert word(await town.sign_in(bo)) == "201"


async def test_the_pages_name_the_apps_that_go_along(town: Town) -> None:
    bo = town.world.bo
    ada = town.as_(town.world.ada)
    page = await ada.get(f"/organizations/analytical/members/{bo.public_id}")
    assert "Their account in Nova is deleted as well." in page.text
    page = await town.as_(bo).get("/organizations/analytical/leave")
    assert "Your account in Nova is deleted as well." in page.text
    page = await town.as_(bo).get("/profile/delete")
    assert "Your account in Nova is deleted as well." in page.text

    await town.ask_reset(bo)
    good(await town.reset(await town.key(bo)))
    page = await ada.get(f"/organizations/analytical/members/{bo.public_id}")
    assert "Their account in Nova has a password of its own, and stays." in page.text
    page = await town.as_(bo).get("/profile/delete")
    assert "Your account in Nova has a password of its own, and stays." in page.text


async def test_who_joins_as_themselves_by_another_link_has_no_second_way_in(town: Town) -> None:
    flo = town.world.flo
    own = await town.invite(flo.email, "admin")
    await town.invite("fern@example.com", "viewer")
    key = await town.key("fern@example.com")

    good(await town.accept(flo, key=key, **{"as": "me"}))

    assert await town.state(own) == "revoked"
    await town.remove(flo)
    answer = await town.as_(flo).post(f"{API}/me/invitations/{own}/accept")
    assert word(answer) == "invitation_revoked"
    await town.ensure_sound()


async def test_an_invitation_to_the_address_that_a_member_took_ends_with_the_membership(
    town: Town,
) -> None:
    di = town.world.di
    waiting = await town.invite("dahl@example.com", "admin")
    asked = {"email": "dahl@example.com", "password": PASSWORD}
    good(await town.as_(di).post(f"{API}/me/address", asked))
    key = await town.key("dahl@example.com")
    good(await town.as_(di).post(f"{API}/me/address/complete", {"key": key}))

    await town.remove(di)

    assert await town.state(waiting) == "revoked"
    answer = await town.as_(di).post(f"{API}/me/invitations/{waiting}/accept")
    assert word(answer) == "invitation_revoked"


async def test_a_removed_member_of_an_app_has_no_other_role_waiting(town: Town) -> None:
    emil = town.world.emil
    waiting = await town.invite(emil.email, "Manager", at=SHIFTS)
    key = await town.key(emil)

    removed = await town.as_(town.world.ada).delete(f"{SHIFTS}/members/{emil.public_id}")

    good(removed)
    assert await town.state(waiting, at=SHIFTS) == "revoked"
    joined = await town.accept(None, key=key, account={"password": OWN})
    assert word(joined) == "invitation_revoked"


async def test_whoever_is_removed_can_be_invited_again(town: Town) -> None:
    di = town.world.di
    await town.remove(di)
    again = await town.invite(di.email, "viewer")
    assert word(await town.as_(di).post(f"{API}/me/invitations/{again}/accept")) == "200"
