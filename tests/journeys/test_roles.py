"""A role of an organization's own in the browser: made, given, invited to, changed, deleted."""

from typing import Any

import pytest

from tests.journeys.conftest import OpenWindow
from tests.journeys.town import Citizen, Town, address, key_in, path_of
from tests.journeys.windows import Window
from tests.world import PASSWORD

CLERK = "Billing clerk & notary"
SEES_TRAIL, SEES_MEMBERS = "See the audit trail", "See the members"


async def tick(window: Window, *labels: str) -> None:
    """Turn the boxes of these labels."""
    for label in labels:
        await window.page.get_by_label(label, exact=True).click()


async def define(town: Town, ada: Citizen, place: dict[str, Any], *permissions: str) -> None:
    """Have a role that allows this."""
    body = {"name": CLERK, "permissions": permissions}
    await town.expect(201, "POST", f"{path_of(place)}/roles", body, by=ada)


async def id_of(town: Town, ada: Citizen, place: dict[str, Any], who: Citizen) -> str:
    """The id of a member."""
    path = f"{path_of(place)}/members?q={who.email}"
    return str((await town.expect(200, "GET", path, by=ada))["data"][0]["user"]["id"])


async def invited(town: Town, ada: Citizen, place: dict[str, Any]) -> Citizen:
    """Somebody who came in as a viewer."""
    email = address("di")
    _, link = await town.invite(ada, place, email)
    account = {"first_name": "Di", "last_name": "Dahl", "password": PASSWORD}
    body = {"key": key_in(link), "account": account}
    accepted = await town.expect(200, "POST", "/invitations/accept", body)
    return Citizen(email, "Di", "Dahl", accepted["session"]["token"])


SIZES = pytest.mark.parametrize(("size", "scripts"), [("phone", False), ("desk", True)])


@SIZES
async def test_a_role_is_made_given_and_invited_to(
    town: Town, window_of: OpenWindow, *, size: str, scripts: bool
) -> None:
    ada = await town.sign_up("Ada Abel")
    place = await town.found(ada)
    di = await invited(town, ada, place)
    home = f"/organizations/{place['slug']}"
    window = await window_of(town.base_url, size=size, scripts=scripts)
    await window.sign_in(ada.email, PASSWORD)

    await window.goto(f"{home}/settings")
    await window.follow("Roles, and what they allow")
    await window.sees("Roles", "Owner", "Make others owners", "Viewer", "Every organization has it")
    await window.follow("Make a role")
    await window.fill(name="Owner")
    await window.press("Make the role")
    await window.sees("Choose at least one permission.")
    await tick(window, SEES_TRAIL, SEES_MEMBERS)
    await window.press("Make the role")
    await window.sees("There is a role of this name. Choose another name.")
    await window.look("organizations-one-new-role-faults")
    await window.fill(name=CLERK)
    await window.press("Make the role")
    await window.sees("The role is made.", CLERK, "Your organization's own")

    await window.goto(f"{home}/members?q={di.email}")
    await window.follow("Change Di Dahl")
    await window.page.get_by_label("Role of Di Dahl").select_option(CLERK)
    await window.press("Save")
    await window.sees("The role is saved, and the person is told by mail.", CLERK)
    assert f"Your role is {CLERK} now." in (await town.mail_about(di.email, "role")).text

    email = address("cy")
    await window.goto(f"{home}/invitations")
    await window.fill(email=email)
    await window.page.get_by_label("Role", exact=True).select_option(CLERK)
    await window.press("Send invitation")
    await window.sees(CLERK)
    assert f"as {CLERK}." in (await town.mail(email)).text
    await window.goto(f"{home}/roles")
    await window.look("organizations-one-roles-own")


@SIZES
async def test_a_role_is_changed_and_deleted_and_open_pages_obey_at_once(
    town: Town, window_of: OpenWindow, *, size: str, scripts: bool
) -> None:
    ada = await town.sign_up("Ada Abel")
    place = await town.found(ada)
    di = await invited(town, ada, place)
    await define(town, ada, place, "audit:read", "members:read")
    member = f"{path_of(place)}/members/{await id_of(town, ada, place, di)}"
    await town.expect(200, "PATCH", member, {"role": CLERK}, by=ada)
    await town.invite(ada, place, address("cy"), role=CLERK)
    home = f"/organizations/{place['slug']}"
    window = await window_of(town.base_url, size=size, scripts=scripts)
    await window.sign_in(ada.email, PASSWORD)
    theirs = await window_of(town.base_url, size=size, scripts=scripts)
    await theirs.sign_in(di.email, PASSWORD)
    assert await theirs.goto(f"{home}/audit") == 200
    assert await theirs.goto(f"{home}/new-role") == 403

    await window.goto(f"{home}/roles")
    await window.follow(f"Change {CLERK}")
    await window.sees(f"1 member and 1 open invitation have the role {CLERK}.")
    await window.look("organizations-one-roles-one")
    await tick(window, SEES_TRAIL)
    await window.press("Save")
    await window.sees("It counts at once for everybody who has it.")
    assert await theirs.goto(f"{home}/audit") == 403
    assert await theirs.goto(f"{home}/members") == 200

    await window.follow(f"Change {CLERK}")
    await window.press("Delete the role")
    await window.sees("Say what becomes of them.")
    await window.look("organizations-one-roles-one-in-use")
    await window.page.get_by_label("They become").select_option("manager")
    await window.press("Delete the role")
    await window.sees("The role is deleted.")
    await window.lacks(CLERK)
    found = await town.expect(200, "GET", member, by=ada)
    assert found["role"] == "manager"
    await window.goto(f"{home}/audit")
    await window.sees(f"Ada Abel deleted the role {CLERK}.")


async def test_a_role_that_nobody_has_is_deleted_after_asking(
    town: Town, window_of: OpenWindow
) -> None:
    ada = await town.sign_up("Ada Abel")
    place = await town.found(ada)
    await define(town, ada, place, "members:read")
    window = await window_of(town.base_url)
    await window.sign_in(ada.email, PASSWORD)
    await window.goto(f"/organizations/{place['slug']}/roles")
    await window.follow(f"Change {CLERK}")
    await window.sees("Nobody has this role.")
    await window.look("organizations-one-roles-one-unused")
    await window.confirm("Delete the role", "Delete")
    await window.sees("The role is deleted.")
