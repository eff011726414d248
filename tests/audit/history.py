"""A history that chance writes: people who do this and that, through the API, allowed or not."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import httpx

from tests.audit.trail import Trail
from tests.client import API, Client
from tests.world import PASSWORD, Person, definition
from vestibule.kernel.ids import decode
from vestibule.memberships import chores

ROLES = ("viewer", "manager", "admin", "owner")
GIVEN = {"viewer": 4, "manager": 3, "admin": 4, "owner": 2}
# Two definitions, and what each makes of the other's roles.
FULL = ("Boss", "Manager", "Employee")
PLAIN = ("Boss", "Worker")
OWNERS_FIRST = """
SELECT user_id FROM members WHERE organization_id = $1
 ORDER BY array_position('{owner,admin,manager,viewer}', role), user_id
"""
MARCH = "2034-03-03T23:59:59Z"
OVER = """
UPDATE members SET member_until = clock_timestamp() - interval '1 second'
 WHERE member_until IS NOT NULL
"""
MOVES = {FULL: {"Worker": "Employee"}, PLAIN: {"Manager": "Worker", "Employee": "Worker"}}


@dataclass(slots=True)
class History:
    """Who there is, what they have, and what came of what they tried."""

    trail: Trail
    random: Random
    people: list[Person]
    organizations: list[str] = field(default_factory=list)
    apps: list[tuple[str, str]] = field(default_factory=list)
    crew: list[tuple[str, str]] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    number: int = 0

    @property
    def ids(self) -> list[UUID]:
        """The organizations."""
        return [decode("org", each) for each in self.organizations]

    @property
    def verbs(self) -> Sequence[Callable[[], Awaitable[httpx.Response | None]]]:
        """What may happen next, the usual more often."""
        return [
            *(self.invite, self.invite, self.accept, self.accept, self.accept),
            *(self.change_role, self.change_role, self.remove, self.leave, self.transfer),
            *(self.invite_to_app, self.invite_to_app, self.publish, self.publish),
            *(self.change_app_roles, self.change_app_roles, self.remove_from_app, self.revoke),
            *(self.leave_app, self.make_app, self.found),
            *(self.end, self.end, self.end_in_app, self.end_in_app, self.let_time_pass),
        ]

    async def go_on(self) -> None:
        """Let one more thing be tried."""
        verb = self.random.choice(self.verbs)
        answer = await verb()
        if answer is not None:
            assert answer.status_code < 500, answer.text
            self.done[f"{verb.__name__} {answer.status_code // 100}"] += 1

    async def found(self) -> httpx.Response | None:
        if len(self.organizations) >= 2:
            return None
        self.number += 1
        answer = await self._as().post(f"{API}/organizations", {"name": f"Place {self.number}"})
        self.organizations.append(answer.json()["id"])
        return answer

    async def invite(self) -> httpx.Response:
        role = self.random.choices(list(GIVEN), list(GIVEN.values()))[0]
        sent = {"email": self._person().email, "role": role}
        place, somebody = await self._place()
        return await somebody.post(f"{place}/invitations", sent)

    async def accept(self) -> httpx.Response | None:
        for person in self.random.sample(self.people, len(self.people)):
            somebody = self.trail.client.as_(person)
            waiting = (await somebody.get(f"{API}/me/invitations")).json()["data"]
            if waiting:
                return await somebody.post(f"{API}/me/invitations/{waiting[0]['id']}/accept")
        return None

    async def revoke(self) -> httpx.Response | None:
        place, somebody = await self._place()
        listed = (await somebody.get(f"{place}/invitations?state=pending")).json().get("data")
        if not listed:
            return None
        return await somebody.post(f"{place}/invitations/{listed[0]['id']}/revoke")

    async def change_role(self) -> httpx.Response:
        place, somebody = await self._place()
        member = f"{place}/members/{await self._member(place)}"
        return await somebody.patch(member, {"role": self.random.choice(ROLES)})

    async def remove(self) -> httpx.Response:
        place, somebody = await self._place()
        return await somebody.delete(f"{place}/members/{await self._member(place)}")

    async def leave(self) -> httpx.Response:
        place, _ = await self._place()
        return await self._as().post(f"{place}/leave")

    async def transfer(self) -> httpx.Response:
        place, somebody = await self._place()
        sent = {"user": await self._member(place), "leave": self.random.random() < 0.5}
        return await somebody.post(f"{place}/transfer", sent)

    async def delete_account(self, person: Person) -> httpx.Response:
        """For the end of the story: nobody is there afterwards to do anything."""
        self.people.remove(person)
        somebody = self.trail.client.as_(person)
        return await somebody.post(f"{API}/me/deletion", {"password": PASSWORD})

    async def make_app(self) -> httpx.Response | None:
        if len(self.apps) >= 3:
            return None
        self.number += 1
        place = self.random.choice(self.organizations)
        sent = {"name": f"App {self.number}"}
        somebody = await self._of(place)
        answer = await somebody.post(f"{API}/organizations/{place}/apps", sent)
        if answer.status_code == 201:
            self.apps.append((answer.json()["id"], place))
        return answer

    async def publish(self) -> httpx.Response | None:
        if not self.apps:
            return None
        app, somebody = await self._app()
        roles = self.random.choice((FULL, PLAIN))
        draft: dict[str, Any] = definition(f"App {self.random.randrange(1000)}")
        draft["security"]["roles"] = {
            role: {"canInvite": True, "inherits": list(roles[1:]) if role == "Boss" else []}
            for role in roles
        }
        draft["security"]["default"] = {"role": roles[-1]}
        saved = await somebody.request("PUT", f"{app}/definition", json=draft)
        if saved.status_code >= 400:
            return saved
        answer = await somebody.post(f"{app}/publish", {"roles": MOVES[roles]})
        if answer.status_code == 422:
            answer = await somebody.post(f"{app}/publish", {})
        return answer

    async def invite_to_app(self) -> httpx.Response | None:
        """Invite somebody, and let them come in at once, most times."""
        if not self.apps:
            return None
        app, somebody = await self._app()
        self.number += 1
        email = f"crew{self.random.randrange(6)}@example.com"
        sent = {"email": email, "role": self.random.choice((*FULL, *PLAIN))}
        invited = await somebody.post(f"{app}/invitations", sent)
        if invited.status_code != 201 or self.random.random() < 0.2:
            return invited
        known = {"key": await self.trail.key(email)}
        account = {"account": {"password": PASSWORD, "name": f"Crew {self.number}"}}
        accepted = await self.trail.client.post(f"{API}/invitations/accept", known | account)
        if accepted.status_code == 409:
            accepted = await self.trail.client.post(f"{API}/invitations/accept", known)
        elif accepted.status_code == 200:
            self.crew.append((app, accepted.json()["session"]["token"]))
        return accepted

    async def change_app_roles(self) -> httpx.Response | None:
        if not self.apps:
            return None
        app, somebody = await self._app()
        members = (await somebody.get(f"{app}/members")).json().get("data")
        if not members:
            return None
        roles = self.random.sample((*FULL, "Worker"), self.random.choice((1, 1, 2)))
        member = self.random.choice(members)["id"]
        return await somebody.patch(f"{app}/members/{member}", {"roles": roles})

    async def remove_from_app(self) -> httpx.Response | None:
        if not self.apps:
            return None
        app, somebody = await self._app()
        members = (await somebody.get(f"{app}/members")).json().get("data")
        if not members:
            return None
        return await somebody.delete(f"{app}/members/{self.random.choice(members)['id']}")

    async def leave_app(self) -> httpx.Response | None:
        if not self.crew:
            return None
        app, token = self.crew.pop(self.random.randrange(len(self.crew)))
        headers = {"Authorization": f"Bearer {token}"}
        sent = {"password": PASSWORD}
        return await self.trail.client.post(f"{app}/me/deletion", sent, headers=headers)

    async def end(self) -> httpx.Response | None:
        """Set until when who may least is a member, by who may most."""
        place, _ = await self._place()
        there = await self._there(place.rpartition("/")[2])
        if len(there) < 2:
            return None
        member = f"{place}/members/{there[-1].public_id}"
        return await self.trail.client.as_(there[0]).patch(member, {"member_until": MARCH})

    async def end_in_app(self) -> httpx.Response | None:
        if not self.apps:
            return None
        app, somebody = await self._app()
        members = (await somebody.get(f"{app}/members")).json().get("data")
        if not members:
            return None
        member = f"{app}/members/{self.random.choice(members)['id']}"
        return await somebody.patch(member, {"member_until": MARCH})

    async def let_time_pass(self) -> None:
        """Let whatever has an end be over; the chore clears it away, or who comes in anew does."""
        async with self.trail.database.transaction() as tx:
            await tx.execute(OVER)
            await tx.execute(OVER.replace("members", "app_member_roles"))
        if self.random.random() < 0.5:
            await chores.clear_over(self.trail.database)

    def _person(self) -> Person:
        return self.random.choice(self.people)

    def _as(self) -> Client:
        return self.trail.client.as_(self._person())

    async def _place(self) -> tuple[str, Client]:
        """An organization, and mostly somebody of it, its owners before the others."""
        place = self.random.choice(self.organizations)
        return f"{API}/organizations/{place}", await self._of(place)

    async def _app(self) -> tuple[str, Client]:
        """An app, and mostly somebody of its organization."""
        app, place = self.random.choice(self.apps)
        return f"{API}/apps/{app}", await self._of(place)

    async def _there(self, place: str) -> list[Person]:
        async with self.trail.database.reader() as reader:
            rows = await reader.fetch_all(OWNERS_FIRST, decode("org", place))
        known = {person.id: person for person in self.people}
        return [known[row["user_id"]] for row in rows if row["user_id"] in known]

    async def _member(self, path: str) -> str:
        there = await self._there(path.rpartition("/")[2])
        return self.random.choice(there or self.people).public_id

    async def _of(self, place: str) -> Client:
        there = await self._there(place)
        if not there or self.random.random() < 0.15:
            return self._as()
        return self.trail.client.as_(there[min(int(self.random.expovariate(1)), len(there) - 1)])
