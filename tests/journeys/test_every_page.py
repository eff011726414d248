"""Every page, in every state that the other stories do not reach: pictures, and no grave fault.

The list of pages is the application's own: a new page that is not looked at here fails.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import running
from tests.journeys.conftest import OpenWindow
from tests.journeys.town import Citizen, Town, address, key_in, link_in
from tests.journeys.windows import Window
from tests.running import Running
from tests.world import PASSWORD
from vestibule.bootstrap import House
from vestibule.server import _litestar

LONG = "The Long Name of an Organization that Somebody Typed at Four in the Morning 🌙"
# What is no page: files, programs' answers, and the mailbox's frame.
NO_PAGES = re.compile(r"/(api/v1|static|client.js|healthz|readyz|mailbox/.*/html)\b.*")
# Pages that other stories look at.
ELSEWHERE = {
    "/organizations/{}/members/{}",
    "/organization-invite",
    "/organization-invite/{}",
    "/organization-invite/{}/other-account",
    "/mailbox",
    "/mailbox/{}",
    "/new-address",
    "/new-address/{}",
    "/activation",
    "/activation/{}",
    "/new-password",
    "/new-password/{}",
}
SIGNED_OUT = {
    "/sign-in": "Sign in",
    "/sign-up": "Make an account",
    "/forgotten-password": "Forgotten password",
}
SIGNED_IN = {
    "/": "Your organizations",
    "/organizations/new": "Found an organization",
    "/organizations/{}": "Members",
    "/organizations/{}/members": "Members",
    "/organizations/{}/settings": "Settings",
    "/organizations/{}/leave": "You are its only owner",
    "/organizations/{}/audit": "Audit trail",
    "/organizations/{}/invitations": "Invitations",
    "/organizations/{}/invitations/{}": "State",
    "/profile": "Profile",
    "/profile/delete": "Delete my account",
    "/profile/address": "Change your address",
    "/profile/password": "Change your password",
    "/profile/sessions": "Where you are signed in",
}


@dataclass(frozen=True, slots=True)
class Scene:
    """An organization with much in it."""

    town: Town
    ada: Citizen
    acme: dict[str, Any]
    invitation: dict[str, Any]

    def fill(self, page: str) -> str:
        """Put the organization and the invitation into a page's address."""
        for part in (self.acme["slug"], self.invitation["id"]):
            page = page.replace("{}", str(part), 1)
        return page


@pytest.fixture
async def scene(town: Town) -> Scene:
    ada = await town.sign_up("Ada Abel")
    acme = await town.found(ada, LONG)
    people = [address("ana"), address("bea"), address("cec"), address("dot")]
    links = [await town.invite(ada, acme, email, role="admin") for email in people]
    path = f"/organizations/{acme['id']}/invitations"
    await town.expect(200, "POST", f"{path}/{links[0][0]['id']}/revoke", by=ada)
    await town.let_expire(links[1][0])
    who = {"first_name": "Cecilia Wilhelmina", "last_name": "von der Langen Straße"}
    body = {"key": key_in(links[2][1]), "account": {**who, "password": PASSWORD}}
    await town.expect(200, "POST", "/invitations/accept", body)
    await town.found(ada, "A second one")
    return Scene(town, ada, acme, links[3][0])


@pytest.fixture
async def ada(scene: Scene, window_of: OpenWindow) -> Window:
    window = await window_of(scene.town.base_url)
    await window.sign_in(scene.ada.email, PASSWORD)
    return window


async def test_each_page_of_the_application_is_looked_at(house: House) -> None:
    pages = {
        re.sub(r"\{[^}]*\}", "{}", route.path_format)
        for route in _litestar(house).routes
        if "GET" in getattr(route, "methods", ()) and not NO_PAGES.fullmatch(route.path_format)
    }
    assert sorted(pages - ELSEWHERE - SIGNED_OUT.keys() - SIGNED_IN.keys()) == []


async def test_pages_for_everybody(town: Town, window_of: OpenWindow) -> None:
    window = await window_of(town.base_url)
    for page, title in SIGNED_OUT.items():
        assert await window.goto(page) == 200
        await window.sees(title)
        await window.look(_name(page))
    assert await window.goto("/there-is-no-such-page") == 404
    await window.sees("There is no such page")
    await window.look("error-404")
    assert await window.goto("/api/v1/docs") == 200
    await window.look("api-reference")


async def test_pages_for_who_is_signed_in(scene: Scene, ada: Window) -> None:
    for page, title in SIGNED_IN.items():
        assert await ada.goto(scene.fill(page)) == 200
        await ada.sees(title)
        await ada.look(_name(page))


async def test_lists_that_are_filtered_and_empty(scene: Scene, ada: Window) -> None:
    here = f"/organizations/{scene.acme['slug']}"
    for state in ("pending", "accepted", "expired", "declined", "revoked"):
        await ada.goto(f"{here}/invitations?state={state}")
        await ada.look(f"organizations-one-invitations-{state}")
    await ada.goto(f"{here}/members?q=nobody+at+all")
    await ada.sees("Nobody by that name")
    await ada.look("organizations-one-members-none")
    assert await ada.goto("/organizations/no-such-organization") == 404


async def test_what_a_viewer_sees(scene: Scene, window_of: OpenWindow) -> None:
    di = await scene.town.sign_up("Di Dahl")
    _, link = await scene.town.invite(scene.ada, scene.acme, di.email)
    await scene.town.expect(200, "POST", "/invitations/accept", {"key": key_in(link)})
    window = await window_of(scene.town.base_url)
    await window.sign_in(di.email, PASSWORD)
    here = f"/organizations/{scene.acme['slug']}"
    await window.goto(here)
    await window.lacks("Invite somebody")
    await window.look("organizations-one-as-viewer")
    assert await window.goto(f"{here}/settings") == 403
    await window.look("error-403")
    assert await window.goto(f"{here}/invitations") == 403


async def test_a_form_that_is_too_old_says_so(town: Town, window_of: OpenWindow) -> None:
    window = await window_of(town.base_url)
    await window.goto("/sign-in")
    await window.context.clear_cookies()
    await window.fill(email=address("ada"), password=PASSWORD)
    await window.press("Sign in")
    await window.sees("This page was open for too long")
    await window.look("error-form-expired")


async def test_forms_that_were_filled_in_wrongly(scene: Scene, ada: Window) -> None:
    here = f"/organizations/{scene.acme['slug']}"
    await ada.goto("/organizations/new")
    await ada.press("Found it")
    await ada.look("organizations-new-faults")
    await ada.goto(f"{here}/invitations")
    await ada.fill(email="not an address")
    await ada.press("Send invitation")
    await ada.sees("Enter one mail address")
    assert await ada.page.locator("[name=email]").first.input_value() == "not an address"
    await ada.look("organizations-one-invitations-faults")
    await ada.goto(f"{here}/settings")
    await ada.fill(name="", slug="No Web Name")
    await ada.press("Save")
    await ada.look("organizations-one-settings-faults")
    await ada.goto("/profile")
    await ada.fill(first_name="")
    await ada.press("Save")
    await ada.look("profile-faults")
    await ada.goto("/profile/password")
    await ada.fill(current_password="wrong, I fear", new_password="short")
    await ada.press("Change the password")
    await ada.look("profile-password-faults")


async def test_what_asks_before_it_does(scene: Scene, ada: Window) -> None:
    await ada.goto(scene.fill("/organizations/{}/invitations/{}"))
    await ada.page.locator("summary", has_text="Revoke the invitation").click()
    await ada.look("confirm-revoke")
    await ada.page.keyboard.press("Escape")
    await ada.confirm("Revoke the invitation", "Revoke")
    await ada.sees("Revoked")


async def test_signing_in_and_up_with_mistakes(town: Town, window_of: OpenWindow) -> None:
    window = await window_of(town.base_url)
    await window.sign_in(address("nobody"), "never mind")
    await window.sees("do not belong together")
    await window.look("sign-in-faults")
    await window.goto("/sign-up")
    await window.fill(email="ada at example")
    await window.press("Send me the link")
    await window.look("sign-up-faults")


async def test_links_of_accounts_alive_and_dead(town: Town, window_of: OpenWindow) -> None:
    window = await window_of(town.base_url)
    email = address("ana")
    await window.goto("/sign-up")
    await window.fill(email=email)
    await window.press("Send me the link")
    await window.look("sign-up-sent")
    link = link_in((await town.mail(email)).text)
    await window.goto(link)
    await window.look("activation")
    await window.fill(first_name="Ana", last_name="", password="ana")
    await window.press("Make my account")
    await window.look("activation-faults")
    await window.fill(first_name="Ana", last_name="Alva", password=PASSWORD)
    await window.press("Make my account")
    await window.look("console-empty")
    await window.goto(link)
    await window.sees("This link no longer works", "used already")
    await window.look("activation-used")


async def test_a_forgotten_password(town: Town, window_of: OpenWindow) -> None:
    ada = await town.sign_up("Ada Abel")
    window = await window_of(town.base_url)
    await window.goto("/sign-in")
    await window.follow("I forgot my password")
    await window.fill(email=ada.email)
    await window.press("Send me the link")
    await window.look("forgotten-password-sent")
    await window.goto(link_in((await town.mail_about(ada.email, "new password")).text))
    await window.look("new-password")
    await window.fill(password="another lamp, another stair")
    await window.press("Save the new password")
    await window.look("new-password-saved")
    await window.sign_in(ada.email, "another lamp, another stair")
    await window.sees("No organization yet")


async def test_another_address(scene: Scene, ada: Window) -> None:
    email = address("ada-at-home")
    await ada.goto("/profile/address")
    await ada.fill(email=email, password=PASSWORD)
    await ada.press("Send me the link")
    await ada.look("profile-address-sent")
    await ada.goto(link_in((await scene.town.mail(email)).text))
    await ada.look("new-address")
    await ada.press("Use this address")
    await ada.look("new-address-taken")
    await ada.goto("/profile")
    await ada.sees(email)


@pytest.fixture
async def closed(tmp_path: Path, own_database: str) -> AsyncIterator[Running]:
    """A server where nobody may sign up or found."""
    with running.serve(
        tmp_path, database_url=own_database, sign_ups="invited", founding="operator"
    ) as served:
        yield served


async def test_a_server_that_is_closed_says_so(closed: Running, window_of: OpenWindow) -> None:
    window = await window_of(closed.url)
    await window.goto("/sign-up")
    await window.sees("Accounts are made by invitation here.")
    await window.look("sign-up-closed")
    await window.goto("/mailbox")
    await window.look("mailbox-empty")


def _name(page: str) -> str:
    return page.strip("/").replace("{}", "one").replace("/", "-") or "console"
