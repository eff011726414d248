"""Who may do what: every route of an organization, for every role, a member elsewhere, and nobody.

A new route fails here until it has an entry. Those of apps: `app_entries.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest

from tests.client import API, FROM_OUR_PAGE
from tests.matrix.conftest import Route
from tests.matrix.scene import Scene, person
from tests.world import DI, EVE

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

    # Who of the lowest and above may not, for another reason than their role.
    but: str = ""

    @property
    def allowed(self) -> set[str]:
        """Who of the cast may."""
        if self.lowest == "signed in":
            return {*RANKS, "eve"}
        roles = list(RANKS.values())
        return {who for who, role in RANKS.items() if roles.index(role) <= roles.index(self.lowest)}


ONE = {"email": "one@example.com", "role": "viewer"}
TERMS = {"role": "viewer", "expires_in_days": "3"}
AS_MANAGER = {"role": "manager", "expected_role": "viewer"}
CLERKS = {"name": "Billing clerk", "members:read": "on"}
SHAPE = {"expected": "members:read", "audit:read": "on"}
SETTINGS = {"name": "Renamed", "slug": "analytical", "invitation_lifetime": "5", "unit": "days"}
API_KEY = {
    "form": "form_01h455vb4pex5vsknk084sn02q",
    "name": "Bot",
    "app": "",
    "expires_in_days": "90",
    "audit:read": "on",
}

ENTRIES = [
    Entry("GET", f"{API}/organizations", "signed in"),
    Entry("POST", f"{API}/organizations", "signed in", {"name": "Another"}),
    Entry("GET", ORG, "viewer"),
    Entry("PATCH", ORG, "admin", {"name": "Renamed"}),
    Entry("DELETE", ORG, "owner"),
    Entry("GET", f"{PAGE}/delete", "owner"),
    Entry("POST", f"{PAGE}/delete", "owner", {"name": "Analytical"}),
    Entry("GET", f"{ORG}/members", "viewer"),
    Entry("GET", f"{ORG}/audit", "admin"),
    Entry("GET", f"{ORG}/audit/export", "admin"),
    Entry("GET", f"{ORG}/invitations", "manager"),
    Entry("POST", f"{ORG}/invitations", "admin", ONE),
    Entry("POST", f"{ORG}/invitations/batch", "admin", {"invitations": [ONE]}),
    Entry("GET", f"{ORG}/invitations/{{invitation:str}}", "manager"),
    Entry("PATCH", f"{ORG}/invitations/{{invitation:str}}", "admin", {"role": "manager"}),
    Entry("POST", f"{ORG}/invitations/{{invitation:str}}/resend", "admin"),
    Entry("POST", f"{ORG}/invitations/{{invitation:str}}/revoke", "admin"),
    Entry("GET", f"{ORG}/members/{{user:str}}", "viewer"),
    Entry("PATCH", f"{ORG}/members/{{user:str}}", "admin", {"role": "manager"}),
    Entry("DELETE", f"{ORG}/members/{{user:str}}", "admin"),
    Entry("GET", f"{ORG}/roles", "viewer"),
    Entry("POST", f"{ORG}/roles", "admin", {"name": "Billing clerk", "permissions": ["apps:read"]}),
    Entry("GET", f"{ORG}/roles/{{role:str}}", "viewer"),
    Entry("PATCH", f"{ORG}/roles/{{role:str}}", "admin", {"permissions": ["audit:read"]}),
    Entry("DELETE", f"{ORG}/roles/{{role:str}}", "admin"),
    Entry("GET", f"{PAGE}/roles", "viewer"),
    Entry("GET", f"{PAGE}/new-role", "admin"),
    Entry("POST", f"{PAGE}/new-role", "admin", CLERKS),
    Entry("GET", f"{PAGE}/roles/{{role:str}}", "admin"),
    Entry("POST", f"{PAGE}/roles/{{role:str}}", "admin", SHAPE),
    Entry("POST", f"{PAGE}/roles/{{role:str}}/delete", "admin", {}),
    Entry("GET", f"{ORG}/api-keys", "admin"),
    Entry("POST", f"{ORG}/api-keys", "admin", {"name": "Bot", "permissions": ["audit:read"]}),
    Entry("GET", f"{ORG}/api-keys/{{api_key:str}}", "admin"),
    Entry("DELETE", f"{ORG}/api-keys/{{api_key:str}}", "admin"),
    Entry("GET", f"{PAGE}/api-keys", "admin"),
    Entry("GET", f"{PAGE}/new-api-key", "admin"),
    Entry("POST", f"{PAGE}/new-api-key", "admin", API_KEY),
    Entry("GET", f"{PAGE}/api-keys/{{api_key:str}}", "admin"),
    Entry("POST", f"{PAGE}/api-keys/{{api_key:str}}/revoke", "admin", {}),
    Entry("POST", f"{ORG}/transfer", "owner", {"user": DI.public_id}),
    Entry("POST", f"{ORG}/leave", "viewer", but="ada"),  # the last owner
    Entry("GET", f"{PAGE}/members/{{user:str}}", "viewer"),
    Entry("POST", f"{PAGE}/members/{{user:str}}", "admin", AS_MANAGER),
    Entry("POST", f"{PAGE}/members/{{user:str}}/end", "admin", {"member_until": "2034-03-03"}),
    Entry("POST", f"{PAGE}/members/{{user:str}}/remove", "admin", {"expected_role": "viewer"}),
    Entry("POST", f"{PAGE}/members/{{user:str}}/hand-over", "owner", {}),
    Entry("GET", f"{PAGE}/leave", "viewer"),
    Entry("POST", f"{PAGE}/leave", "viewer", {}, but="ada"),
    Entry("GET", "/organizations/new", "signed in"),
    Entry("POST", "/organizations/new", "signed in", {"name": "Another", "slug": ""}),
    Entry("GET", PAGE, "viewer"),
    Entry("GET", f"{PAGE}/members", "viewer"),
    Entry("GET", f"{PAGE}/audit", "admin"),
    Entry("GET", f"{PAGE}/audit/export", "admin"),
    Entry("GET", f"{PAGE}/settings", "admin"),
    Entry("POST", f"{PAGE}/settings", "admin", SETTINGS),
    Entry("GET", f"{PAGE}/invitations", "manager"),
    Entry("POST", f"{PAGE}/invitations", "admin", {**ONE, "expires_in_days": ""}),
    Entry("GET", f"{PAGE}/invitations/{{invitation:str}}", "manager"),
    Entry("POST", f"{PAGE}/invitations/{{invitation:str}}", "admin", TERMS),
    Entry("POST", f"{PAGE}/invitations/{{invitation:str}}/resend", "admin", {}),
    Entry("POST", f"{PAGE}/invitations/{{invitation:str}}/revoke", "admin", {}),
]
CELLS = [(entry, who) for entry in ENTRIES for who in (*RANKS, *OUTSIDE) if who != entry.but]
ALLOWED = [(entry, who) for entry, who in CELLS if who in entry.allowed]
READS = [(entry, who) for entry, who in ALLOWED if entry.method == "GET"]
CHANGES = [cell for cell in ALLOWED if cell not in READS]
REFUSALS = [cell for cell in CELLS if cell not in ALLOWED]


def _name(cell: object) -> str:
    return f"{cell.method} {cell.path}" if isinstance(cell, Entry) else str(cell)


def test_every_route_of_an_organization_has_an_entry(routes: set[Route]) -> None:
    prefixes = (f"{API}/organizations", "/organizations")
    there = {
        (method, path)
        for method, path in routes
        if path.startswith(prefixes) and "/apps" not in path
    }
    assert there == {(entry.method, entry.path) for entry in ENTRIES}


@pytest.mark.parametrize(("entry", "who"), READS, ids=_name)
async def test_who_may_see_sees(still: Scene, entry: Entry, who: str) -> None:
    before = await still.rows()
    status, location = await ask(still, entry, who)

    assert (status, location) == (200, "")
    assert await still.rows() == before


@pytest.mark.parametrize(("entry", "who"), CHANGES, ids=_name)
async def test_who_may_change_changes(scene: Scene, entry: Entry, who: str) -> None:
    before = await scene.rows()
    status, location = await ask(scene, entry, who)

    assert 200 <= status < 400
    assert not location.startswith("/sign-in")
    assert await scene.rows() != before


@pytest.mark.parametrize(("entry", "who"), REFUSALS, ids=_name)
async def test_everybody_else_is_refused(still: Scene, entry: Entry, who: str) -> None:
    before = await still.rows()
    status, location = await ask(still, entry, who)

    if entry.path.startswith("/api/"):
        assert status == (401 if who == "nobody" else 404 if who == "eve" else 403)
    elif who == "nobody":
        assert (status, location.partition("?")[0]) == (303, "/sign-in")
    else:
        assert status == (404 if who == "eve" else 403)
    assert await still.rows() == before


async def ask(scene: Scene, entry: Entry, who: str) -> tuple[int, str]:
    """Send what the entry says as this person. Gives the status, and where a redirect leads."""
    client = scene.client.as_(person(scene.world, who))
    path = scene.path(entry.path.replace("{user:str}", DI.public_id))
    if entry.path.startswith("/api/") or entry.method == "GET":
        answer = await client.request(entry.method, path, json=entry.sent)
    else:
        token = await client.form_token("/sign-up")
        form = {**(entry.sent or {}), "_csrf_token": token}
        answer = await client.request("POST", path, data=form, headers=FROM_OUR_PAGE)
    return answer.status_code, answer.headers.get("Location", "")


OF_ONE = [entry for entry in ENTRIES if "{invitation" in entry.path]
OF_ONE_KEY = [entry for entry in ENTRIES if "{api_key" in entry.path]


@pytest.mark.parametrize("entry", OF_ONE, ids=_name)
async def test_an_invitation_of_another_organization_is_not_there(
    still: Scene, entry: Entry
) -> None:
    foreign = replace(entry, path=entry.path.replace("{invitation:str}", "{own}"))
    before = await still.rows()
    status, _ = await ask(still, foreign, "ada")
    assert status == 404
    assert await still.rows() == before


@pytest.mark.parametrize("entry", OF_ONE_KEY, ids=_name)
@pytest.mark.parametrize("reference", ["{own_key}", "{invitation}", "key_", "%00", "1"])
async def test_an_api_key_of_another_organization_is_not_there(
    still: Scene, entry: Entry, reference: str
) -> None:
    foreign = replace(entry, path=entry.path.replace("{api_key:str}", reference))
    before = await still.rows()
    status, _ = await ask(still, foreign, "ada")
    assert status == 404
    assert await still.rows() == before


@pytest.mark.parametrize("entry", OF_ONE, ids=_name)
@pytest.mark.parametrize(
    "reference",
    [
        "inv_01h455vb4pex5vsknk084sn02q",
        "inv_",
        "inv",
        "inv_zzzzzzzzzzzzzzzzzzzzzzzzzz",
        "01900000-0000-7000-8000-000000000001",
        "{analytical}",
        "{session}",
        "INV_01H455VB4PEX5VSKNK084SN02Q",
        "..%2Felsewhere",
        "%00",
        "%FF",
        "1",
        "' OR 1=1 --",
    ],
)
async def test_an_id_of_nothing_or_of_another_kind_is_not_found(
    still: Scene, entry: Entry, reference: str
) -> None:
    path = entry.path.replace("{invitation:str}", reference)
    before = await still.rows()
    status, _ = await ask(still, replace(entry, path=path), "ada")
    assert status == 404
    assert await still.rows() == before


@pytest.mark.parametrize("entry", [each for each in ENTRIES if "{user" in each.path], ids=_name)
async def test_a_member_of_another_organization_is_not_there(still: Scene, entry: Entry) -> None:
    foreign = replace(entry, path=entry.path.replace("{user:str}", EVE.public_id))
    before = await still.rows()
    status, _ = await ask(still, foreign, "ada")
    assert status == 404
    assert await still.rows() == before
