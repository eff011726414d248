"""A walk through every call about API keys, and through some that programs make."""

from tests.api_description.walk import Walk

HERE = "/organizations/analytical"
MANY = {"name": "Deploy bot", "permissions": ["members:read", "invitations:manage"]}


async def walk(walk: Walk) -> None:
    """Walk all the way."""
    ada, bo, place = walk.world.ada, walk.world.bo, f"{HERE}/api-keys"
    made = await walk.call("POST", place, MANY, by=ada)
    await walk.call("POST", place, MANY | {"app": "shifts", "permissions": ["apps:read"]}, by=ada)
    await walk.call("POST", place, MANY | {"app": "rota", "permissions": ["apps:read"]}, by=ada)
    await walk.call("POST", place, MANY | {"permissions": ["keys:manage"]}, by=ada)
    much = await walk.call("POST", place, MANY | {"permissions": ["organization:delete"]}, by=ada)
    await walk.call("POST", place, MANY | {"permissions": ["organization:delete"]}, by=bo)
    await walk.call("POST", place, MANY | {"expires_in_days": 366}, by=ada)
    await walk.call("POST", place, MANY, by=walk.world.di)
    await walk.call("POST", place, MANY, by=walk.world.eve)
    await walk.call("GET", f"{place}?limit=1", by=ada)
    one = f"{place}/{made['id']}"
    await walk.call("GET", one, by=ada)
    await walk.call("GET", f"{place}/nonsense", by=ada)
    await _call(walk, made["secret"])
    await walk.call("DELETE", f"{one}?invitations=nonsense", by=ada)
    await walk.call("DELETE", one, by=ada)
    await walk.call("DELETE", one, by=ada)
    await walk.call("DELETE", f"{place}/{much['id']}", by=bo)
    await walk.call("GET", HERE, by=made["secret"])


async def _call(walk: Walk, secret: str) -> None:
    offer = {"email": "bot@walk.example.com", "role": "viewer"}
    await walk.call("GET", HERE, by=secret)
    await walk.call("GET", "/me", by=secret)
    await walk.call("GET", "/organizations", by=secret)
    await walk.call("GET", f"{HERE}/apps", by=secret)
    await walk.call("POST", f"{HERE}/invitations", offer, by=secret)
    await walk.call("POST", f"{HERE}/invitations", offer | {"role": "admin"}, by=secret)
    await walk.call("GET", "/apps/shifts", by=secret)
    await walk.call("GET", "/apps/rota", by=secret)
    await walk.call("POST", f"{HERE}/leave", by=secret)
    await walk.call("GET", f"{HERE}/api-keys", by=secret)
    await walk.call("POST", "/invitations/lookup", {"key": "A" * 43}, by=secret)
