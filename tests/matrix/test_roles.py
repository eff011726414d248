"""Who may do what: every route of an organization, for every role, a member elsewhere, and nobody.

A new route fails here until it has an entry.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tests.client import API, FROM_OUR_PAGE
from tests.matrix.conftest import Route
from tests.matrix.scene import Scene, person

# Who has which role in the organization, greatest first; Eve is a member of another one.
RANKS = {"ada": "owner", "bo": "admin", "cy": "manager", "di": "viewer"}
OUTSIDE = ("eve", "nobody")
ORG, PAGE = f"{API}/organizations/{{org:str}}", "/organizations/{org:str}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A route, the lowest role that may take it (or anybody signed in), and what to send."""

    method: str
    path: str
    lowest: str
    sent: Mapping[str, object] | None = None

    @property
    def allowed(self) -> set[str]:
        """Who of the cast may."""
        if self.lowest == "signed in":
            return {*RANKS, "eve"}
        roles = list(RANKS.values())
        return {who for who, role in RANKS.items() if roles.index(role) <= roles.index(self.lowest)}


ONE = {"email": "one@example.com", "role": "viewer"}
TERMS = {"role": "viewer", "expires_in_days": "3"}
SETTINGS = {"name": "Renamed", "slug": "analytical", "invitation_lifetime": "5", "unit": "days"}

ENTRIES = [
    Entry("GET", f"{API}/organizations", "signed in"),
    Entry("POST", f"{API}/organizations", "signed in", {"name": "Another"}),
    Entry("GET", ORG, "viewer"),
    Entry("PATCH", ORG, "admin", {"name": "Renamed"}),
    Entry("GET", f"{ORG}/members", "viewer"),
    Entry("GET", f"{ORG}/invitations", "manager"),
    Entry("POST", f"{ORG}/invitations", "admin", ONE),
    Entry("POST", f"{ORG}/invitations/batch", "admin", {"invitations": [ONE]}),
    Entry("GET", f"{ORG}/invitations/{{invitation:str}}", "manager"),
    Entry("PATCH", f"{ORG}/invitations/{{invitation:str}}", "admin", {"role": "manager"}),
    Entry("POST", f"{ORG}/invitations/{{invitation:str}}/resend", "admin"),
    Entry("POST", f"{ORG}/invitations/{{invitation:str}}/revoke", "admin"),
    Entry("GET", "/organizations/new", "signed in"),
    Entry("POST", "/organizations/new", "signed in", {"name": "Another", "slug": ""}),
    Entry("GET", PAGE, "viewer"),
    Entry("GET", f"{PAGE}/members", "viewer"),
    Entry("GET", f"{PAGE}/settings", "admin"),
    Entry("POST", f"{PAGE}/settings", "admin", SETTINGS),
    Entry("GET", f"{PAGE}/invitations", "manager"),
    Entry("POST", f"{PAGE}/invitations", "admin", {**ONE, "expires_in_days": ""}),
    Entry("GET", f"{PAGE}/invitations/{{invitation:str}}", "manager"),
    Entry("POST", f"{PAGE}/invitations/{{invitation:str}}", "admin", TERMS),
    Entry("POST", f"{PAGE}/invitations/{{invitation:str}}/resend", "admin", {}),
    Entry("POST", f"{PAGE}/invitations/{{invitation:str}}/revoke", "admin", {}),
]
CELLS = [(entry, who) for entry in ENTRIES for who in (*RANKS, *OUTSIDE)]


def _name(cell: object) -> str:
    return f"{cell.method} {cell.path}" if isinstance(cell, Entry) else str(cell)


def test_every_route_of_an_organization_has_an_entry(routes: set[Route]) -> None:
    prefixes = (f"{API}/organizations", "/organizations")
    there = {(method, path) for method, path in routes if path.startswith(prefixes)}
    assert there == {(entry.method, entry.path) for entry in ENTRIES}


@pytest.mark.parametrize(("entry", "who"), CELLS, ids=_name)
async def test_a_route_is_for_those_who_may(scene: Scene, entry: Entry, who: str) -> None:
    before = await scene.rows()
    status, location = await ask(scene, entry, who)

    if who in entry.allowed:
        assert 200 <= status < 400, status
        assert not location.startswith("/sign-in")
        wrote = await scene.rows() != before
        assert wrote is (entry.method != "GET")
        return
    if entry.path.startswith("/api/"):
        assert status == (401 if who == "nobody" else 404 if who == "eve" else 403)
    elif who == "nobody":
        assert (status, location.partition("?")[0]) == (303, "/sign-in")
    else:
        assert status == (404 if who == "eve" else 403)
    assert await scene.rows() == before


async def ask(scene: Scene, entry: Entry, who: str) -> tuple[int, str]:
    """Send what the entry says as this person. Gives the status, and where a redirect leads."""
    client, path = scene.client.as_(person(scene.world, who)), scene.path(entry.path)
    if entry.path.startswith("/api/") or entry.method == "GET":
        answer = await client.request(entry.method, path, json=entry.sent)
    else:
        token = await client.form_token("/sign-up")
        form = {**(entry.sent or {}), "_csrf_token": token}
        answer = await client.request("POST", path, data=form, headers=FROM_OUR_PAGE)
    return answer.status_code, answer.headers.get("Location", "")


CHANGES = [entry for entry in ENTRIES if entry.method != "GET" and "{invitation" in entry.path]


@pytest.mark.parametrize("entry", CHANGES, ids=_name)
async def test_an_invitation_is_only_of_its_own_organization(scene: Scene, entry: Entry) -> None:
    """An owner of both ends of nothing: Eve's invitation under Ada's organization, and round."""
    foreign = Entry(entry.method, entry.path.replace("{invitation:str}", "{own}"), entry.lowest)
    before = await scene.rows()
    status, _ = await ask(scene, Entry(foreign.method, foreign.path, "owner", entry.sent), "ada")
    assert status == 404
    assert await scene.rows() == before
