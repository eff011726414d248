"""The rules of an organization, by its API and its settings page: who sets them, and to what."""

import json
from html import unescape
from typing import Any

import pytest

from tests.client import API, Client
from tests.world import World
from vestibule.kernel.database import Database

HERE = f"{API}/organizations/analytical"
PAGE = "/organizations/analytical/settings"
OPEN = {"allowed_domains": [], "default_role": "viewer", "takes_other_accounts": True}
STRICT = {
    "allowed_domains": ["example.com", "xn--mnchen-3ya.example"],
    "default_role": "manager",
    "takes_other_accounts": False,
}
FORM = {
    "name": "Analytical",
    "slug": "analytical",
    "invitation_lifetime": "5",
    "unit": "days",
    "requires_sign_in": "",
    "allowed_domains": "",
    "default_role": "viewer",
    "takes_other_accounts": "on",
}
HELPDESK = {"helpdesk": ["invitations:manage", "invitations:read", "settings:manage"]}


@pytest.fixture
async def own_role(database: Database, world: World) -> str:
    """A role of the organization's own, which Cy has: they invite and set rules, and no more."""
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE organizations SET custom_roles = $1 WHERE id = $2",
            HELPDESK,
            world.analytical.id,
        )
        await tx.execute("UPDATE members SET role = 'helpdesk' WHERE user_id = $1", world.cy.id)
    return "helpdesk"


def _rules(body: dict[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in OPEN}


async def test_an_organization_begins_open(client: Client, world: World) -> None:
    founded = await client.as_(world.flo).post(f"{API}/organizations", {"name": "Flora"})
    assert _rules(founded.json()) == OPEN


async def test_rules_are_set_and_shown_to_every_member(client: Client, world: World) -> None:
    sent = STRICT | {"allowed_domains": ["EXAMPLE.com", "münchen.example", "example.COM"]}
    answer = await client.as_(world.bo).patch(HERE, sent)

    assert (answer.status_code, _rules(answer.json())) == (200, STRICT)
    for person in world.roles.values():
        assert _rules((await client.as_(person).get(HERE)).json()) == STRICT


async def test_rules_are_lifted_again(client: Client, world: World) -> None:
    ada = client.as_(world.ada)
    await ada.patch(HERE, STRICT)
    assert _rules((await ada.patch(HERE, OPEN)).json()) == OPEN


async def test_what_is_not_said_stays(client: Client, world: World) -> None:
    ada = client.as_(world.ada)
    await ada.patch(HERE, STRICT)
    await ada.patch(HERE, {"name": "Engines", "requires_sign_in": True})
    assert _rules((await ada.get(HERE)).json()) == STRICT


async def test_a_change_of_rules_is_told_with_before_and_after(
    client: Client, world: World, database: Database
) -> None:
    ada = client.as_(world.ada)
    await ada.patch(HERE, STRICT)
    await ada.patch(HERE, STRICT)  # nothing changes: nothing is told

    async with database.reader() as reader:
        rows = await reader.fetch_all(
            "SELECT details FROM audit WHERE event = 'organization.changed'"
        )
    assert [row["details"] for row in rows] == [{"before": OPEN, "after": STRICT}]
    trail = (await ada.get("/organizations/analytical/audit")).text
    assert "Ada Abel changed the settings of Analytical." in unescape(trail)


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({"allowed_domains": None}, "allowed_domains", "invalid_request"),
        ({"allowed_domains": "example.com"}, "allowed_domains", "invalid_request"),
        ({"allowed_domains": [1]}, "allowed_domains.0", "invalid_request"),
        ({"allowed_domains": ["a.example", None]}, "allowed_domains.1", "invalid_request"),
        ({"allowed_domains": ["a.example", [""]]}, "allowed_domains.1", "invalid_request"),
        ({"allowed_domains": ["a.example", "*.example"]}, "allowed_domains.1", "invalid_domain"),
        ({"allowed_domains": ["@a.example"]}, "allowed_domains.0", "invalid_domain"),
        ({"allowed_domains": ["a.example."]}, "allowed_domains.0", "invalid_domain"),
        ({"allowed_domains": ["a\x00.example"]}, "allowed_domains.0", "invalid_domain"),
        ({"allowed_domains": ["\ud800.example"]}, "allowed_domains.0", "invalid_domain"),
        ({"allowed_domains": ["a" * 30_000]}, "allowed_domains.0", "invalid_domain"),
        (
            {"allowed_domains": [f"d{each}.example" for each in range(101)]},
            "allowed_domains",
            "too_many_domains",
        ),
        ({"default_role": None}, "default_role", "invalid_request"),
        ({"default_role": ""}, "default_role", "invalid_request"),
        ({"default_role": "Viewer"}, "default_role", "invalid_request"),
        ({"default_role": "helpdesk"}, "default_role", "invalid_request"),
        ({"default_role": "x\x00"}, "default_role", "invalid_request"),
        ({"default_role": "owner"}, "default_role", "owner_by_default"),
        ({"takes_other_accounts": None}, "takes_other_accounts", "invalid_request"),
        ({"takes_other_accounts": "no"}, "takes_other_accounts", "invalid_request"),
        ({"takes_other_accounts": 0}, "takes_other_accounts", "invalid_request"),
    ],
    ids=lambda value: ascii(value)[:60],
)
async def test_what_is_no_rule_is_refused_and_changes_nothing(
    client: Client, world: World, body: dict[str, Any], path: str, *, code: str
) -> None:
    ada = client.as_(world.ada)
    answer = await ada.request(
        "PATCH",
        HERE,
        content=json.dumps({"name": "Taken over", **body}),
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code == 422, answer.text
    if path.startswith("allowed_domains.0") and "\\ud800" in json.dumps(body):
        assert answer.json()["code"] == "invalid_request"  # no JSON: the whole is at fault
    else:
        assert [(each["path"], each["code"]) for each in answer.json()["errors"]] == [(path, code)]
    told = (await ada.get(HERE)).json()
    assert (told["name"], _rules(told)) == ("Analytical", OPEN)


async def test_everybody_else_sets_no_rules(client: Client, world: World) -> None:
    for person, status in ((None, 401), (world.eve, 404), (world.cy, 403), (world.di, 403)):
        answer = await client.as_(person).patch(HERE, STRICT)
        assert answer.status_code == status
    assert _rules((await client.as_(world.ada).get(HERE)).json()) == OPEN
    assert (
        _rules((await client.as_(world.eve).get(f"{API}/organizations/elsewhere")).json()) == OPEN
    )


@pytest.mark.parametrize("person", ["ada", "bo"])
async def test_nobody_becomes_an_owner_by_default(
    client: Client, world: World, person: str
) -> None:
    answer = await client.as_(getattr(world, person)).patch(HERE, {"default_role": "owner"})

    assert answer.status_code == 422
    assert [each["code"] for each in answer.json()["errors"]] == ["owner_by_default"]


async def test_a_role_of_its_own_can_be_the_default(
    client: Client, world: World, own_role: str
) -> None:
    answer = await client.as_(world.bo).patch(HERE, {"default_role": own_role})
    assert (answer.status_code, answer.json()["default_role"]) == (200, own_role)


async def test_nobody_makes_a_role_the_default_that_they_may_not_grant(
    client: Client, world: World, own_role: str
) -> None:
    cy = client.as_(world.cy)
    refused = await cy.patch(HERE, {"default_role": "admin", "name": "Taken over"})

    assert (refused.status_code, refused.json()["code"]) == (403, "role_not_allowed")
    assert (await cy.get(HERE)).json()["name"] == "Analytical"
    assert (await cy.patch(HERE, {"default_role": own_role})).status_code == 200


async def test_who_may_not_grant_the_default_may_save_the_rest(
    client: Client, world: World, own_role: str
) -> None:
    cy = client.as_(world.cy)
    form = FORM | {"name": "Engines"}
    assert "viewer" not in HELPDESK
    page = (await cy.get(PAGE)).text
    assert '<option value="viewer" selected>' in page
    assert f'<option value="{own_role}"' in page
    assert '<option value="admin"' not in page

    assert (await cy.submit(PAGE, form, page=PAGE)).status_code == 303
    told = (await cy.get(HERE)).json()
    assert (told["name"], told["default_role"]) == ("Engines", "viewer")


async def test_the_page_saves_rules_and_shows_them_again(client: Client, world: World) -> None:
    ada = client.as_(world.ada)
    lines = "\r\n  Example.COM \r\n\r\nmünchen.example\r\nexample.com"
    form = FORM | {
        "allowed_domains": lines,
        "default_role": "manager",
        "takes_other_accounts": "",
    }
    answer = await ada.submit(PAGE, form, page=PAGE)

    assert answer.status_code == 303
    assert _rules((await ada.get(HERE)).json()) == STRICT
    page = (await ada.get(PAGE)).text
    assert ">\nexample.com\nxn--mnchen-3ya.example</textarea>" in page
    assert '<option value="manager" selected>' in page
    assert '<option value="owner"' not in page


async def test_faults_stand_at_their_lines_and_what_was_typed_stays(
    client: Client, world: World
) -> None:
    ada = client.as_(world.ada)
    form = FORM | {"allowed_domains": "good.example\r\n\r\n*.bad.example\r\n<b>@x"}
    answer = await ada.submit(PAGE, form, page=PAGE)

    assert answer.status_code == 422
    page = answer.text
    assert "<li><code>*.bad.example</code> Write a whole domain" in page
    assert "<li><code>&lt;b&gt;@x</code> Write a whole domain" in page
    assert "<code>good.example</code>" not in page
    assert "good.example\r\n\r\n*.bad.example\r\n&lt;b&gt;@x</textarea>" in page
    assert _rules((await ada.get(HERE)).json()) == OPEN


@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"default_role": "owner"}, 422, "Nobody is made an owner without saying so."),
        ({"default_role": "nobody"}, 422, "Choose a role: viewer, manager, admin."),
        ({"allowed_domains": "\n".join(f"d{n}.example" for n in range(101))}, 422, "at most 100"),
    ],
    ids=["owner", "nobody", "too many"],
)
async def test_rules_that_cannot_be_are_shown_again(
    client: Client, world: World, change: dict[str, str], *, status: int, sentence: str
) -> None:
    ada = client.as_(world.ada)
    answer = await ada.submit(PAGE, FORM | change, page=PAGE)

    assert answer.status_code == status
    assert sentence in unescape(answer.text)
    assert _rules((await ada.get(HERE)).json()) == OPEN


async def test_a_role_that_was_not_theirs_to_grant_is_said_at_its_field(
    client: Client, world: World, own_role: str
) -> None:
    answer = await client.as_(world.cy).submit(PAGE, FORM | {"default_role": "admin"}, page=PAGE)

    assert answer.status_code == 403
    assert 'id="fault-default_role"' in answer.text


@pytest.mark.parametrize(
    ("before", "after", "is_stricter"),
    [
        ([], ["a.example"], True),
        (["a.example", "b.example"], ["a.example"], True),
        (["a.example"], ["b.example"], True),
        (["a.example"], ["a.example", "b.example"], False),
        (["a.example"], [], False),
        ([], [], False),
    ],
)
async def test_stricter_rules_are_said_to_keep_out_who_is_invited(
    client: Client, world: World, before: list[str], after: list[str], *, is_stricter: bool
) -> None:
    ada = client.as_(world.ada)
    await ada.patch(HERE, {"allowed_domains": before})
    saved = await ada.submit(PAGE, FORM | {"allowed_domains": "\n".join(after)}, page=PAGE)
    page = (await ada.get(saved.headers["Location"])).text

    assert "The settings are saved." in page
    assert ("let nobody in now" in page) is is_stricter
    assert ("See the invitations" in page) is is_stricter
