"""A walk through every call of the API, good answers and refusals alike, in this process."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.client import API, Client, Mailbox
from tests.world import OPERATOR, PASSWORD, Member, Operator, Person, World
from vestibule.kernel.database import Database

NEW = "seven swans on the lake"
ANA = "ana@walk.example.com"
NAMES = {"first_name": "Ana", "last_name": "Alva"}


@dataclass(frozen=True, slots=True)
class Step:
    """One call and its answer."""

    method: str
    path: str
    answer: httpx.Response


@dataclass(frozen=True, slots=True)
class Walk:
    """Who walks where, and what was answered so far."""

    client: Client
    world: World
    mailbox: Mailbox
    database: Database
    steps: list[Step] = field(default_factory=list)

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        by: Person | Member | Operator | str | None = None,
    ) -> dict[str, Any]:
        """Call, keep the answer, and give its JSON. `by`: a person, or a token.

        A body in bytes is sent as YAML, as it is.
        """
        client = self.client.as_(None if isinstance(by, str) else by)
        headers = {"Authorization": f"Bearer {by}"} if isinstance(by, str) else {}
        options: dict[str, Any] = {} if body is None else {"json": body}
        if isinstance(body, bytes):
            options = {"content": body}
            headers["Content-Type"] = "application/yaml"
        answer = await client.request(method, API + path, headers=headers, **options)
        self.steps.append(Step(method, path, answer))
        is_json = answer.headers.get("content-type", "").endswith("json")
        found = answer.json() if is_json and answer.content else {}
        assert found is None or isinstance(found, dict)
        return found or {}

    async def key(self, to: str) -> str:
        """The key in the newest mail to somebody."""
        async with self.database.reader() as reader:
            return await self.mailbox.last_key(reader, to=to)


async def walk(walk: Walk) -> Sequence[Step]:
    """Walk all the way."""
    await _as_nobody(walk)
    token = await _in_and_out(walk)
    await _change_oneself(walk, token)
    await _organize(walk)
    await _define_roles(walk)
    await _invite(walk)
    await _answer(walk)
    await _answer_as_oneself(walk)
    await _operate(walk)
    return walk.steps


async def _as_nobody(walk: Walk) -> None:
    await walk.call("GET", "/me")
    await walk.call("GET", "/me", by="no-such-token")
    await walk.call("POST", "/organizations", {"name": "Nobody's"})
    await walk.call("POST", "/sessions", {"email": walk.world.ada.email, "password": "a guess"})
    await walk.call("POST", "/sessions", {"email": 1})
    await walk.call("POST", "/sign-ups/complete", {"key": "A" * 43, **NAMES, "password": NEW})
    await walk.call("POST", "/password-resets/complete", {"key": "A" * 43, "password": NEW})


async def _in_and_out(walk: Walk) -> str:
    await walk.call("POST", "/sign-ups", {"email": ANA, "locale": "en"})
    await walk.call("POST", "/sign-ups", {"email": "no address"})
    body = {"key": await walk.key(ANA), **NAMES, "password": NEW}
    await walk.call("POST", "/sign-ups/complete", body | {"password": "short"})
    first = await walk.call("POST", "/sign-ups/complete", body)
    await walk.call("POST", "/sign-ups/complete", body)
    await walk.call("DELETE", "/sessions/current", by=first["token"])

    await walk.call("POST", "/password-resets", {"email": ANA})
    reset = {"key": await walk.key(ANA), "password": PASSWORD}
    await walk.call("POST", "/password-resets/complete", reset)
    await walk.call("POST", "/password-resets/complete", reset)
    session = await walk.call("POST", "/sessions", {"email": ANA, "password": PASSWORD})
    return str(session["token"])


async def _change_oneself(walk: Walk, token: str) -> None:
    await walk.call("GET", "/me", by=token)
    await walk.call("PATCH", "/me", {"phone": "+44 20 7946 0018"}, by=token)
    await walk.call("PATCH", "/me", {"phone": "no number", "nonsense": 1}, by=token)
    await walk.call("PATCH", "/me", {"phone": "no number"}, by=token)

    other = await walk.call("POST", "/sessions", {"email": ANA, "password": PASSWORD})
    await walk.call("GET", "/me/sessions", by=token)
    await walk.call("DELETE", f"/me/sessions/{other['id']}", by=token)
    await walk.call("DELETE", f"/me/sessions/{other['id']}", by=token)
    await walk.call("DELETE", "/me/sessions/nonsense", by=token)

    await walk.call("POST", "/me/password", {"current": "wrong", "new": NEW}, by=token)
    await walk.call("POST", "/me/password", {"current": PASSWORD, "new": NEW}, by=token)
    moved = "ana@moved.example.com"
    await walk.call("POST", "/me/address", {"email": moved, "password": NEW}, by=token)
    taken = {"email": walk.world.bo.email, "password": NEW}
    await walk.call("POST", "/me/address", taken, by=token)
    key = {"key": await walk.key(moved)}
    await walk.call("POST", "/me/address/complete", key, by=walk.world.ada)
    await walk.call("POST", "/me/address/complete", key, by=token)


async def _organize(walk: Walk) -> None:
    ada, eve = walk.world.ada, walk.world.eve
    founded = await walk.call("POST", "/organizations", {"name": "Acme", "slug": "acme"}, by=ada)
    await walk.call("POST", "/organizations", {"name": "Acme", "slug": "acme"}, by=ada)
    await walk.call("POST", "/organizations", {"name": "Acme", "slug": "a"}, by=ada)
    one = f"/organizations/{founded['id']}"
    await walk.call("GET", one, by=ada)
    await walk.call("GET", one, by=eve)
    await walk.call("PATCH", one, {"requires_sign_in": False, "name": "Acme & Co"}, by=ada)
    await walk.call("PATCH", one, {"invitation_lifetime": 1}, by=ada)
    await walk.call("PATCH", "/organizations/analytical", {"name": "Mine"}, by=walk.world.di)
    await walk.call("GET", "/me/organizations", by=ada)
    page = await walk.call("GET", "/organizations?limit=1", by=ada)
    cursor = page["list_metadata"]["after"]
    await walk.call("GET", f"/organizations?limit=1&after={cursor}", by=ada)
    await walk.call("GET", "/organizations?limit=0", by=ada)
    await walk.call("GET", "/organizations/analytical/members?role=owner&q=ada", by=ada)
    await walk.call("GET", "/organizations/analytical/members", by=ada)
    await walk.call("GET", "/organizations/analytical/audit?event=organization&q=mine", by=ada)
    await walk.call("GET", "/organizations/analytical/audit/export?format=jsonl", by=ada)
    await walk.call("GET", "/organizations/analytical/audit", by=walk.world.di)
    await walk.call("GET", "/organizations/analytical/audit?event=nonsense", by=ada)


async def _define_roles(walk: Walk) -> None:
    ada, bo, place = walk.world.ada, walk.world.bo, "/organizations/analytical/roles"
    clerk = {"name": "Billing clerk", "permissions": ["members:read"]}
    await walk.call("POST", place, clerk, by=ada)
    await walk.call("POST", place, clerk, by=ada)
    await walk.call("POST", place, clerk | {"name": "a/b"}, by=ada)
    await walk.call("POST", place, clerk | {"name": "More", "permissions": ["x"]}, by=ada)
    much = {"name": "Much", "permissions": ["organization:delete"]}
    await walk.call("POST", place, much, by=bo)
    await walk.call("POST", place, clerk, by=walk.world.di)
    await walk.call("GET", place, by=ada)
    await walk.call("GET", place, by=walk.world.eve)
    one = f"{place}/Billing%20clerk"
    await walk.call("GET", one, by=ada)
    await walk.call("GET", f"{place}/admin", by=ada)
    await walk.call("PATCH", f"{place}/admin", {"permissions": ["audit:read"]}, by=ada)
    await walk.call("PATCH", one, {"permissions": []}, by=ada)
    seen = {"expected_permissions": ["members:read"]}
    await walk.call("PATCH", one, {"permissions": ["audit:read"], **seen}, by=ada)
    await walk.call("PATCH", one, {"permissions": ["apps:read"], **seen}, by=ada)
    member = f"/organizations/analytical/members/{walk.world.di.public_id}"
    await walk.call("PATCH", member, {"role": "Billing clerk"}, by=ada)
    await walk.call("DELETE", one, by=ada)
    await walk.call("DELETE", f"{one}?to=nobody", by=ada)
    await walk.call("DELETE", f"{one}?to=viewer", by=ada)
    await walk.call("DELETE", one, by=ada)


async def _invite(walk: Walk) -> None:
    ada, place = walk.world.ada, "/organizations/analytical/invitations"
    offer = {"email": "new@walk.example.com", "role": "viewer", "metadata": {"seat": 4}}
    made = await walk.call("POST", place, offer, by=ada)
    await walk.call("POST", place, offer, by=ada)
    await walk.call("POST", place, offer | {"email": walk.world.bo.email}, by=ada)
    await walk.call("POST", place, offer | {"role": "owner"}, by=walk.world.bo)
    await walk.call("POST", place, offer | {"redirect_url": "javascript:"}, by=ada)
    await walk.call("POST", place, offer, by=walk.world.di)
    await walk.call("POST", place, offer, by=walk.world.eve)
    rows = [{"email": "row@walk.example.com", "role": "viewer"}, {"email": "row"}, 7]
    await walk.call("POST", f"{place}/batch", {"invitations": rows}, by=ada)
    await walk.call("GET", place, by=ada)
    await walk.call("GET", f"{place}?state=pending&email=new@walk.example.com", by=ada)
    await walk.call("GET", f"{place}?email=nonsense", by=ada)
    one = f"{place}/{made['id']}"
    await walk.call("GET", one, by=ada)
    await walk.call("GET", f"{place}/nonsense", by=ada)
    await walk.call("PATCH", one, {"role": "manager"}, by=ada)
    await walk.call("POST", f"{one}/resend", by=ada)
    await walk.call("POST", f"{one}/revoke", by=ada)
    await walk.call("POST", f"{one}/revoke", by=ada)
    await walk.call("POST", f"{one}/resend", by=ada)
    await walk.call("GET", one, by=ada)


async def _answer(walk: Walk) -> None:
    place = "/organizations/analytical/invitations"
    for name in ("yes", "no", "known"):
        offer = {"email": f"{name}@walk.example.com", "role": "viewer"}
        await walk.call("POST", place, offer, by=walk.world.ada)
    yes = {"key": await walk.key("yes@walk.example.com")}
    await walk.call("POST", "/invitations/lookup", yes)
    await walk.call("POST", "/invitations/lookup", yes, by=walk.world.flo)
    await walk.call("POST", "/invitations/lookup", {"key": "A" * 43})
    await walk.call("POST", "/invitations/lookup", {"key": ""})
    await walk.call("POST", "/invitations/accept", yes)
    await walk.call("POST", "/invitations/accept", yes, by=walk.world.flo)
    joined = await walk.call(
        "POST", "/invitations/accept", yes | {"account": {**NAMES, "password": NEW}}
    )
    await walk.call("POST", "/invitations/accept", yes, by=joined["session"]["token"])
    await walk.call("POST", "/invitations/accept", yes)
    await walk.call("POST", "/invitations/lookup", yes)
    await walk.call("POST", "/invitations/request-new", yes)

    no = {"key": await walk.key("no@walk.example.com")}
    await walk.call("POST", "/invitations/decline", no | {"reason": "Not now."})
    await walk.call("POST", "/invitations/decline", no)
    await walk.call("POST", "/invitations/decline", {"key": "A" * 43})
    known = {"key": await walk.key("known@walk.example.com"), "as": "me"}
    await walk.call("POST", "/invitations/accept", known)
    await walk.call("POST", "/invitations/accept", known, by=walk.world.flo)
    await walk.call("GET", f"{place}?state=declined", by=walk.world.ada)


async def _answer_as_oneself(walk: Walk) -> None:
    flo, cy = walk.world.flo, walk.world.cy
    for person in (flo, cy):
        offer = {"email": person.email, "role": "viewer"}
        await walk.call("POST", "/organizations/elsewhere/invitations", offer, by=walk.world.eve)
    for person, verb in ((flo, "accept"), (cy, "decline")):
        waiting = await walk.call("GET", "/me/invitations", by=person)
        one = f"/me/invitations/{waiting['data'][0]['id']}/{verb}"
        await walk.call("POST", one, by=person)
        await walk.call("POST", one, by=person)
        await walk.call("POST", f"/me/invitations/nonsense/{verb}", by=person)


async def _operate(walk: Walk) -> None:
    one, here = "/operator/organizations/analytical", "/organizations/analytical/invitations"
    offer = {"email": "late@walk.example.com", "role": "viewer"}
    await walk.call("GET", one)
    await walk.call("GET", one, by=walk.world.ada)
    await walk.call("GET", one, by=OPERATOR)
    await walk.call("GET", "/operator/organizations/nowhere", by=OPERATOR)
    await walk.call("PATCH", one, {"seat_limit": 0}, by=OPERATOR)
    await walk.call("PATCH", one, {"seat_limit": 1}, by=walk.world.ada)
    await walk.call("PATCH", one, {"seat_limit": 1}, by=OPERATOR)
    await walk.call("POST", here, offer, by=walk.world.ada)
    await walk.call("POST", f"{here}/batch", {"invitations": [offer]}, by=walk.world.ada)
    await walk.call("PATCH", one, {"seat_limit": None}, by=OPERATOR)


async def part_ways(walk: Walk) -> None:
    ada, bo, cy, di = walk.world.ada, walk.world.bo, walk.world.cy, walk.world.di
    place = "/organizations/analytical"
    one = f"{place}/members/{di.public_id}"
    await walk.call("GET", one, by=ada)
    await walk.call("GET", f"{place}/members/nonsense", by=ada)
    await walk.call("PATCH", one, {"role": "manager", "expected_role": "owner"}, by=ada)
    await walk.call("PATCH", one, {"role": "owner"}, by=bo)
    await walk.call("PATCH", one, {"role": "manager"}, by=ada)
    await walk.call("DELETE", f"{one}?invitations=nonsense", by=ada)
    await walk.call("DELETE", f"{one}?invitations=keep", by=ada)
    await walk.call("DELETE", one, by=ada)
    await walk.call("POST", f"{place}/leave", by=ada)
    await walk.call("POST", f"{place}/leave", by=cy)
    await walk.call("POST", f"{place}/transfer", {"user": cy.public_id}, by=ada)
    await walk.call("GET", "/me/deletion", by=ada)
    await walk.call("POST", "/me/deletion", {"password": ada.password}, by=ada)
    await walk.call("POST", f"{place}/transfer", {"user": bo.public_id, "leave": True}, by=ada)
    await walk.call("POST", "/me/deletion", {"password": "a guess"}, by=di)
    await walk.call("POST", "/me/deletion", {"password": di.password}, by=di)
