"""An API key from its making to its last use: by the browser, and by a program that has it."""

import re
from dataclasses import dataclass

import httpx
import pytest

from tests.journeys.conftest import OpenWindow
from tests.journeys.town import Citizen, Town, address, key_in, link_in, path_of
from tests.journeys.windows import Window
from tests.world import PASSWORD

SECRET = re.compile(r"vsk_[A-Za-z0-9_-]{49}")


@dataclass(frozen=True, slots=True)
class Workshop:
    """An organization, its owner, an admin who will have a program invite, and where that is."""

    town: Town
    ada: Citizen
    bo: Citizen
    home: str
    name: str
    path: str

    async def call(
        self, secret: str, method: str, path: str, body: object = None
    ) -> httpx.Response:
        """Call as a program does that knows nothing but its secret."""
        headers = {"Authorization": f"Bearer {secret}"}
        async with httpx.AsyncClient(base_url=self.town.base_url, headers=headers) as program:
            return await program.request(method, f"/api/v1{path}", json=body)


@pytest.fixture
async def workshop(town: Town) -> Workshop:
    ada = await town.sign_up("Ada Abel")
    place = await town.found(ada)
    _, link = await town.invite(ada, place, email := address("bo"), role="admin")
    who = {"first_name": "Bo", "last_name": "Berg", "password": PASSWORD}
    body = {"key": key_in(link), "account": who}
    session = (await town.expect(200, "POST", "/invitations/accept", body))["session"]
    bo = Citizen(email, "Bo", "Berg", session["token"])
    home = f"/organizations/{place['slug']}"
    return Workshop(town, ada, bo, home, place["name"], path_of(place))


async def make_key(window: Window, *labels: str) -> str:
    """Make a key that may what these say. Gives its secret."""
    await window.follow("Make an API key")
    await window.fill(name="Deploy bot")
    for label in labels:
        await window.page.get_by_label(label).check()
    await window.look("new-api-key-filled")
    await window.press("Make the API key")
    await window.sees("Copy the secret now", "shown this once")
    (secret,) = SECRET.findall(await window.page.content())
    return str(secret)


async def test_an_api_key_from_making_to_last_use(
    workshop: Workshop, window_of: OpenWindow, size: str
) -> None:
    town, guest, late = workshop.town, address("gus"), address("lil")
    bo = await window_of(town.base_url, size=size)
    await bo.sign_in(workshop.bo.email, PASSWORD)
    await bo.goto(f"{workshop.home}/api-keys")
    await bo.sees("No API keys")
    secret = await make_key(bo, "See the members", "Invite people")
    await bo.look("api-key-secret")
    copied = bo.page.get_by_role("button", name="Copy")
    await copied.click()
    await bo.page.get_by_text("Copied").first.wait_for()
    await bo.follow("I have copied it")
    await bo.sees("Deploy bot", "Never", f"last four: {secret[-4:]}")
    assert not SECRET.search(await bo.page.content())

    invitations = f"{workshop.path}/invitations"
    for email in (guest, late):
        made = await workshop.call(secret, "POST", invitations, {"email": email, "role": "viewer"})
        assert made.status_code == 201, made.text
    mail = await town.mail(guest)
    assert mail.message["Subject"] == f"Deploy bot (Bo Berg) invites you to {workshop.name}"
    assert f"Deploy bot (Bo Berg) invites you, {guest}, to join" in mail.text
    gus = await window_of(town.base_url, size=size)
    await gus.goto(link_in(mail.text))
    await gus.sees(f"Deploy bot (Bo Berg) invites you to join {workshop.name}")
    await gus.fill(first_name="Gus", last_name="Gale", password=PASSWORD)
    await gus.press(f"Join {workshop.name}")

    await bo.goto(f"{workshop.home}/api-keys")
    await bo.lacks("Never")
    await bo.look("api-keys")
    await bo.follow("Deploy bot")
    await bo.sees("Can invite as", "Viewer", "See the members")
    await bo.look("api-key")

    await _lose_and_revoke(workshop, window_of, secret, late)


async def _lose_and_revoke(
    workshop: Workshop, window_of: OpenWindow, secret: str, late: str
) -> None:
    """Bo becomes a viewer: his program may nothing more. Ada revokes the key."""
    invitations = f"{workshop.path}/invitations"
    ada = await window_of(workshop.town.base_url)
    await ada.sign_in(workshop.ada.email, PASSWORD)
    await ada.goto(f"{workshop.home}/members")
    await ada.follow("Bo Berg")
    await ada.page.locator("[name=role]").select_option("viewer")
    await ada.press("Save")

    refused = await workshop.call(
        secret, "POST", invitations, {"email": address("max"), "role": "viewer"}
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
    assert (await workshop.call(secret, "GET", f"{workshop.path}/members")).status_code == 200
    lil = await window_of(workshop.town.base_url)
    await lil.goto(link_in((await workshop.town.mail(late)).text))
    await lil.sees("was taken back")

    await ada.goto(f"{workshop.home}/api-keys")
    await ada.follow("Deploy bot")
    await ada.confirm("Revoke this API key", "Revoke")
    await ada.sees("The API key is revoked", "No API keys")
    gone = await workshop.call(secret, "GET", f"{workshop.path}/members")
    assert (gone.status_code, gone.json()["code"]) == (401, "not_authenticated")
    await ada.goto(f"{workshop.home}/audit?kind=api_keys")
    await ada.sees("Bo Berg made the API key Deploy bot.", "Ada Abel revoked the API key")
