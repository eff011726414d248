"""The walk goes on: through every call of an app, by those who look after it, and those in it."""

import hashlib
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.api_description.walk import NEW, Walk
from tests.world import PASSWORD

DEFINITION = b"""\
name: Rounds
security:
  enableSelfRegistration: true
  default: {role: Guest}
  roles:
    Planner: {inherits: [Guest], canInvite: true, canManage: true}
    Guest: {description: Comes along}
"""
PLACE = "/organizations/analytical/apps"
ROUNDS = "/apps/rounds"
SHIFTS = "/apps/shifts"
BACK = "http://localhost:8100/back"
VERIFIER = "v" * 50
ANA = "ana@rounds.example.com"
MOVED = "emil@moved.example.com"


async def walk(walk: Walk) -> None:
    """Walk all the way."""
    await _make(walk)
    await _publish(walk)
    await _come_in(walk)
    await _come_back(walk)
    await _change_oneself(walk)
    await _look_after_members(walk)
    await _invite(walk)
    await _accept(walk)
    await _leave(walk)


async def delete(walk: Walk) -> None:
    """Delete the app, and then its organization, whose owner is Bo by now."""
    world, here = walk.world, "/organizations/analytical"
    keys = []
    for place, role in ((SHIFTS, "Employee"), (here, "viewer")):
        offer = {"email": f"late-{role}@walk.example.com", "role": role}
        await walk.call("POST", f"{place}/invitations", offer, by=world.bo)
        keys.append(await walk.key(f"late-{role}@walk.example.com"))
    for person in (world.bea, world.rob, world.eve, None, world.bo, world.bo):
        await walk.call("DELETE", SHIFTS, by=person)
    for user in (world.eve, None, world.bo, world.bo):
        await walk.call("DELETE", here, by=user)
    for key in keys:
        for verb in ("lookup", "accept", "decline"):
            await walk.call("POST", f"/invitations/{verb}", {"key": key})


async def _make(walk: Walk) -> None:
    ada, cy, eve = walk.world.ada, walk.world.cy, walk.world.eve
    await walk.call("POST", PLACE, {"name": "Rounds"}, by=ada)
    await walk.call("POST", PLACE, {"name": "Rounds", "slug": "rounds"}, by=ada)
    await walk.call("POST", PLACE, {"name": "", "slug": "x"}, by=ada)
    for person in (cy, eve, None):
        await walk.call("POST", PLACE, {"name": "Mine"}, by=person)
        await walk.call("GET", PLACE, by=person)
        await walk.call("GET", ROUNDS, by=person)
    await walk.call("GET", ROUNDS, by=walk.world.mia)
    settings = {"colour": "#aa3300", "home_url": BACK, "redirect_urls": [BACK]}
    await walk.call("PATCH", ROUNDS, settings, by=ada)
    faults = {"colour": "red", "home_url": "x", "redirect_urls": ["x"], "logo": "data:,x"}
    await walk.call("PATCH", ROUNDS, faults, by=ada)
    await walk.call("PATCH", ROUNDS, {"origins": ["x"] * 30}, by=ada)
    await walk.call("PATCH", ROUNDS, {"slug": "rota"}, by=ada)
    await walk.call("PATCH", ROUNDS, {"name": "Mine"}, by=cy)


async def _publish(walk: Walk) -> None:
    ada, cy = walk.world.ada, walk.world.cy
    for path in ("definition", "versions/1"):
        await walk.call("GET", f"{ROUNDS}/{path}", by=ada)
    await walk.call("POST", f"{ROUNDS}/publish", by=ada)
    await walk.call("POST", f"{ROUNDS}/invitations", {"email": ANA, "role": "Guest"}, by=ada)
    await walk.call("POST", f"{ROUNDS}/sign-ups", {"email": ANA})
    await walk.call("PUT", f"{ROUNDS}/definition", b"roles: [", by=ada)
    await walk.call("PUT", f"{ROUNDS}/definition", DEFINITION, by=cy)
    await walk.call("PUT", f"{ROUNDS}/definition", DEFINITION, by=ada)
    await walk.call("PUT", f"{ROUNDS}/definition", {"name": "Rounds"}, by=ada)
    await walk.call("GET", f"{ROUNDS}/definition", by=ada)
    await walk.call("POST", f"{ROUNDS}/publish", by=cy)
    await walk.call("POST", f"{ROUNDS}/publish", by=ada)
    await walk.call("POST", f"{ROUNDS}/publish", {"roles": {"Nobody": "Guest"}}, by=ada)
    for path in ("versions", "versions/1", "versions/7", "versions?limit=0"):
        await walk.call("GET", f"{ROUNDS}/{path}", by=ada)
    dropped = DEFINITION.replace(b"Guest", b"Visitor")
    await walk.call("PUT", f"{SHIFTS}/definition", dropped, by=ada)
    await walk.call("POST", f"{SHIFTS}/publish", by=ada)
    await walk.call("GET", ROUNDS, by=ada)
    await walk.call("GET", PLACE, by=ada)


async def _come_in(walk: Walk) -> None:
    await walk.call("POST", f"{SHIFTS}/sign-ups", {"email": ANA})
    await walk.call("POST", f"{ROUNDS}/sign-ups", {"email": ANA, "locale": "en"})
    await walk.call("POST", f"{ROUNDS}/sign-ups", {"email": "no address"})
    body = {"key": await walk.key(ANA), "password": NEW, "name": "Ana"}
    await walk.call("POST", f"{SHIFTS}/sign-ups/complete", body)
    await walk.call("POST", f"{ROUNDS}/sign-ups/complete", body | {"password": "short"})
    await walk.call("POST", f"{ROUNDS}/sign-ups/complete", body)
    await walk.call("POST", f"{ROUNDS}/sign-ups/complete", body)

    await walk.call("POST", f"{ROUNDS}/password-resets", {"email": ANA})
    await walk.call("POST", "/apps/no-such-app/password-resets", {"email": ANA})
    reset = {"key": await walk.key(ANA), "password": PASSWORD}
    await walk.call("POST", f"{SHIFTS}/password-resets/complete", reset)
    await walk.call("POST", f"{ROUNDS}/password-resets/complete", reset)
    session = {"email": ANA, "password": PASSWORD}
    await walk.call("POST", f"{ROUNDS}/sessions", session)
    await walk.call("POST", f"{SHIFTS}/sessions", session)
    await walk.call("POST", f"{SHIFTS}/sessions", {"email": ANA, "code": "x"})
    await walk.call("POST", f"{ROUNDS}/sessions", {"as": "me"}, by=walk.world.ada)
    await walk.call("POST", f"{SHIFTS}/sessions", {"as": "me"}, by=walk.world.ada)
    for person in (walk.world.cy, walk.world.eve, walk.world.mia, None):
        await walk.call("POST", f"{SHIFTS}/sessions", {"as": "me"}, by=person)


async def _come_back(walk: Walk) -> None:
    """By the app's own page, where a browser gets the code."""
    hashed = hashlib.sha256(VERIFIER.encode()).digest()
    challenge = urlsafe_b64encode(hashed).rstrip(b"=").decode()
    page = f"{ROUNDS}/login?redirect_url={BACK}&state=x&code_challenge={challenge}"
    form = {"email": ANA, "password": PASSWORD, "next": ""}
    there = await walk.client.as_(None).submit(page, form, page=page)
    code = dict(parse_qsl(urlsplit(there.headers["Location"]).query))["code"]
    body = {"code": code, "code_verifier": VERIFIER}
    await walk.call("POST", f"{SHIFTS}/sessions", body)
    await walk.call("POST", f"{ROUNDS}/sessions", body)
    await walk.call("POST", f"{ROUNDS}/sessions", body)


async def _change_oneself(walk: Walk) -> None:
    emil, mine = walk.world.emil, f"{SHIFTS}/me"
    for person in (emil, walk.world.rob, walk.world.ada, walk.world.eve, None):
        await walk.call("GET", mine, by=person)
        await walk.call("GET", f"{mine}/sessions", by=person)
    change = {"name": "Emil E", "locale": "en", "properties": {"team": "B"}}
    await walk.call("PATCH", mine, change, by=emil)
    await walk.call("PATCH", mine, {"name": "\x00", "properties": {"x": "x" * 5000}}, by=emil)
    await walk.call("PATCH", mine, {"roles": ["Boss"]}, by=emil)
    other = await _sign_in(walk, emil.email)
    await walk.call("DELETE", f"{mine}/sessions/{other['id']}", by=emil)
    await walk.call("DELETE", f"{mine}/sessions/{other['id']}", by=emil)
    await walk.call("POST", f"{mine}/password", {"current": "wrong", "new": NEW}, by=emil)
    await walk.call("POST", f"{mine}/password", {"current": PASSWORD, "new": NEW}, by=emil)
    await walk.call("POST", f"{mine}/address", {"email": MOVED, "password": NEW}, by=emil)
    key = {"key": await walk.key(MOVED)}
    await walk.call("POST", f"{mine}/address/complete", key, by=walk.world.mia)
    await walk.call("POST", f"{mine}/address/complete", key, by=walk.world.ada)
    await walk.call("POST", f"{mine}/address/complete", key, by=emil)
    token = (await _sign_in(walk, walk.world.mia.email))["token"]
    for person in (token, walk.world.rob, walk.world.ada):
        await walk.call("DELETE", f"{SHIFTS}/sessions/current", by=person)


async def _look_after_members(walk: Walk) -> None:
    world, members = walk.world, f"{SHIFTS}/members"
    one = f"{members}/{world.emil.public_id}"
    for person in (world.ada, world.cy, world.mia, world.emil, world.rob, None):
        await walk.call("GET", members, by=person)
        await walk.call("GET", one, by=person)
    await walk.call("GET", f"{members}?q=em&role=Employee", by=world.bea)
    await walk.call("GET", f"{members}?q=%00", by=world.bea)
    for path in (f"{members}/x", f"{members}/{world.rob.public_id}"):
        for method, body in (("GET", None), ("PATCH", {"roles": ["Employee"]}), ("DELETE", None)):
            await walk.call(method, path, body, by=world.bea)
    for roles in (["Manager"], ["Boss"], ["Nobody"], []):
        await walk.call("PATCH", one, {"roles": roles}, by=world.mia)
    await walk.call("PATCH", one, {"roles": ["Employee"]}, by=world.cy)
    await walk.call("DELETE", f"{members}/{world.bea.public_id}", by=world.mia)
    await walk.call("DELETE", one, by=world.cy)
    await walk.call("DELETE", one, by=world.mia)


async def _invite(walk: Walk) -> None:
    world, place = walk.world, f"{SHIFTS}/invitations"
    offer = {"email": "new@shifts.example.com", "role": "Employee"}
    made = await walk.call("POST", place, offer, by=world.mia)
    await walk.call("POST", place, offer, by=world.mia)
    await walk.call("POST", place, offer | {"role": "Boss"}, by=world.mia)
    await walk.call("POST", place, offer | {"role": "Nobody"}, by=world.ada)
    await walk.call(
        "POST", place, offer | {"email": world.mia.email, "role": "Manager"}, by=world.ada
    )
    for person in (world.cy, world.rob, world.eve, None):
        await walk.call("POST", place, offer, by=person)
    rows = [offer | {"email": "row@shifts.example.com"}, {"email": "row"}, 7]
    await walk.call("POST", f"{place}/batch", {"invitations": rows}, by=world.ada)
    await walk.call("GET", f"{place}?state=pending", by=world.mia)
    await walk.call("GET", f"{place}?email=nonsense", by=world.mia)
    one = f"{place}/{made['id']}"
    await walk.call("GET", one, by=world.cy)
    await walk.call("GET", f"{place}/nonsense", by=world.cy)
    await walk.call("PATCH", one, {"role": "Manager"}, by=world.mia)
    await walk.call("POST", f"{one}/resend", by=world.mia)
    await walk.call("POST", f"{one}/revoke", by=world.mia)
    await walk.call("POST", f"{one}/resend", by=world.mia)
    await walk.call("PATCH", one, {"role": "Manager"}, by=world.mia)


async def _accept(walk: Walk) -> None:
    world, place = walk.world, f"{SHIFTS}/invitations"
    for email, role in (("yes@shifts.example.com", "Employee"), (world.mia.email, "Employee")):
        await walk.call("POST", place, {"email": email, "role": role}, by=world.bea)
        key: dict[str, Any] = {"key": await walk.key(email)}
        await walk.call("POST", "/invitations/lookup", key)
        await walk.call("POST", "/invitations/accept", key | {"as": "me"})
        await walk.call("POST", "/invitations/accept", key)
        await walk.call("POST", "/invitations/accept", key | {"account": {"password": NEW}})


async def _leave(walk: Walk) -> None:
    mia, mine = walk.world.mia, f"{SHIFTS}/me/deletion"
    for person in (walk.world.ada, walk.world.rob, None):
        await walk.call("POST", mine, {"password": PASSWORD}, by=person)
    await walk.call("POST", mine, {"password": "wrong"}, by=mia)
    await walk.call("POST", mine, {"password": PASSWORD}, by=mia)
    await walk.call("POST", mine, {"password": PASSWORD}, by=mia)


async def _sign_in(walk: Walk, email: str) -> dict[str, Any]:
    return await walk.call("POST", f"{SHIFTS}/sessions", {"email": email, "password": PASSWORD})
