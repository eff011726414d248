"""Every page of an app, in the studio and its own, in every state that no other story reaches."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.journeys import every_page, shifts
from tests.journeys.conftest import OpenWindow
from tests.journeys.every_page import DOOR, INSIDE, STUDIO, name_of
from tests.journeys.shifts import APP_PASSWORD, Shifts
from tests.journeys.town import Citizen, Town, address, key_in, link_in
from tests.journeys.windows import Window
from tests.world import PASSWORD

LONG = """\
name: The Long Name of an App that Somebody Typed at Four in the Morning 🌙
security:
  enableSelfRegistration: true
  default:
    role: Employee
  roles:
    Manager:
      description: Plans the shifts of a week, and those of the week after, with all that belongs to it
      inherits: [Schichtleitungsstellvertretung]
      canInvite: true
      canManage: true
    Schichtleitungsstellvertretung:
      inherits: [Employee]
      canInvite: [Employee]
    Employee:
      description: Works the shifts
"""  # noqa: E501  as people write
SECOND = LONG.replace("canInvite: [Employee]", "canInvite: true")
DRAFT = LONG.replace("Works the shifts", "Works the shifts, and swaps them")
COLOUR = "#0b6e99"


@dataclass(frozen=True, slots=True)
class Scene:
    """An app with much in it, and Mia, who is its Manager."""

    shop: Shifts
    mia: Citizen
    invitation: dict[str, Any]
    member: dict[str, Any]

    def fill(self, page: str) -> str:
        """Put the app, and what of it, into a page's address."""
        parts = [self.shop.app["slug"]]
        if page.startswith("/organizations"):
            parts.insert(0, self.shop.acme["slug"])
        which = {"members": self.member["id"], "invitations": self.invitation["id"]}
        return every_page.fill(page, *parts, which.get(page.split("/")[-2], 2))


@pytest.fixture
async def scene(town: Town) -> Scene:
    shop = await shifts.open_shop(town, definition=LONG)
    await shop.publish(SECOND)
    await shop.put_definition(DRAFT)
    await shop.set(colour=COLOUR, home_url="https://shifts.example.com/", redirect_urls=[])
    name = "Cecilia Wilhelmina von der Langen Straße"
    mia = await shop.join(address("mia"), role="Manager", name=name)
    emil = await shop.join(address("emil"))
    links = [await shop.invite(address("ana"), by=mia) for _ in range(4)]
    await shop.change(links[0][0], "revoke")
    await town.let_expire(links[1][0])
    await town.expect(204, "POST", "/invitations/decline", {"key": key_in(links[2][1])})
    return Scene(shop, mia, links[3][0], (await shop.members())[emil.email])


@pytest.fixture
async def ada(scene: Scene, window_of: OpenWindow) -> Window:
    """The developer, in the studio."""
    window = await window_of(scene.shop.town.base_url)
    await window.sign_in(scene.shop.ada.email, PASSWORD)
    return window


@pytest.fixture
async def mia(scene: Scene, window_of: OpenWindow) -> Window:
    """The Manager, in the app."""
    window = await window_of(scene.shop.town.base_url)
    await window.goto(f"{scene.shop.home}/login")
    await window.sign_in(scene.mia.email, APP_PASSWORD)
    return window


async def test_the_pages_of_an_app_in_the_studio(scene: Scene, ada: Window) -> None:
    for page, title in STUDIO.items():
        assert await ada.goto(scene.fill(page)) == 200
        await ada.sees(title)
        await ada.look(name_of(page))
    await ada.goto(f"{scene.shop.studio}/versions/2?against=1")
    await ada.look("organizations-one-apps-one-versions-compared")
    await ada.goto(f"{scene.shop.studio}/members?role=Employee&q=nobody")
    await ada.sees("Nobody found")
    await ada.look("organizations-one-apps-one-members-none")


async def test_the_pages_before_an_app_s_login(
    scene: Scene, town: Town, window_of: OpenWindow
) -> None:
    window = await window_of(town.base_url)
    for page, title in DOOR.items():
        assert await window.goto(scene.fill(page)) == 200
        await window.sees(title)
        await window.look(name_of(page))
    accent = await window.page.evaluate(
        "getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()"
    )
    assert accent
    assert await window.goto(f"{scene.shop.home}/no-such-page") == 404
    await window.look("apps-one-error-404")
    await window.goto(f"{scene.shop.home}/login")
    await window.context.clear_cookies()
    await window.fill(email=address("ada"), password=PASSWORD)
    await window.press("Sign in")
    await window.sees("This page was open for too long")
    await window.follow("Load the page again")
    assert window.path == f"{scene.shop.home}/login"


async def test_the_pages_inside_an_app(scene: Scene, mia: Window) -> None:
    for page, title in INSIDE.items():
        assert await mia.goto(scene.fill(page)) == 200
        await mia.sees(title)
        await mia.look(name_of(page))
        assert (await mia.whose()).endswith(scene.shop.name)


async def test_an_app_that_is_not_published(town: Town, scene: Scene, ada: Window) -> None:
    path = f"/organizations/{scene.shop.acme['id']}/apps"
    app = await town.expect(201, "POST", path, {"name": "Not yet"}, by=scene.shop.ada)
    studio = f"/organizations/{scene.shop.acme['slug']}/apps/{app['slug']}"
    for page in ("", "/versions", "/members", "/invitations"):
        assert await ada.goto(studio + page) == 200
        await ada.look(f"organizations-one-apps-unpublished{page.replace('/', '-')}")
    await ada.sees("Nobody can be invited yet")
    assert await ada.goto(f"/apps/{app['slug']}/login") == 404


async def test_what_a_manager_of_the_organization_sees(
    scene: Scene, town: Town, window_of: OpenWindow
) -> None:
    cy = await town.sign_up("Cy Cole")
    _, link = await town.invite(scene.shop.ada, scene.shop.acme, cy.email, role="manager")
    await town.expect(200, "POST", "/invitations/accept", {"key": key_in(link)})
    window = await window_of(town.base_url)
    await window.sign_in(cy.email, PASSWORD)
    for page in ("", "/definition", "/members", "/invitations"):
        assert await window.goto(scene.shop.studio + page) == 200
        await window.lacks("Invite somebody", "Save the draft")
        await window.look(f"organizations-one-apps-one{page.replace('/', '-')}-as-manager")
    for page in ("/settings", "/definition/publish"):
        assert await window.goto(scene.shop.studio + page) == 403


async def test_publishing_asks_what_becomes_of_those_whose_role_goes(
    scene: Scene, ada: Window
) -> None:
    await scene.shop.put_definition(LONG.replace("Employee", "Worker"))
    await ada.goto(f"{scene.shop.studio}/definition/publish")
    await ada.look("publish-role-in-use")
    await ada.press("Publish version 3")
    await ada.sees("Choose what those who are Employee become.")
    await ada.look("publish-role-in-use-faults")
    await ada.page.get_by_label("They become").select_option("Worker")
    await ada.press("Publish version 3")
    await ada.sees("Version 3")
    assert scene.member["email"] in await scene.shop.members()


async def test_settings_that_were_filled_in_wrongly_and_rightly(scene: Scene, ada: Window) -> None:
    await ada.goto(f"{scene.shop.studio}/settings")
    await ada.fill(
        slug="No Web Name",
        colour="reddish",
        home_url="shifts",
        redirect_urls="https://shifts.example.com/back\nhttp://shifts.example.com/back",
        origins="https://shifts.example.com/with/a/path",
    )
    await ada.press("Save")
    await ada.look("organizations-one-apps-one-settings-faults")
    logo = await ada.page.screenshot(clip={"x": 0, "y": 0, "width": 96, "height": 96})
    await ada.goto(f"{scene.shop.studio}/settings")
    await ada.page.locator("[name=logo]").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": logo}
    )
    await ada.press("Save")
    await ada.look("organizations-one-apps-one-settings-saved")
    await ada.goto(f"{scene.shop.home}/login")
    shown = await ada.page.locator(".whose img").evaluate("image => image.naturalWidth")
    assert shown == 96
    await ada.look("apps-one-login-with-logo")


async def test_forms_inside_an_app_that_were_filled_in_wrongly(scene: Scene, mia: Window) -> None:
    home = scene.shop.home
    await mia.goto(f"{home}/members")
    await mia.fill(email="not an address")
    await mia.press("Send invitation")
    await mia.sees("Enter one mail address")
    await mia.look("apps-one-invitations-faults")
    await mia.goto(f"{home}/members/{scene.member['id']}")
    await mia.page.get_by_label("Employee").uncheck()
    await mia.press("Save")
    await mia.sees("Choose one role at least.")
    await mia.look("apps-one-member-faults")
    await mia.goto(f"{home}/profile/password")
    await mia.fill(current_password="wrong, I fear", new_password="short")
    await mia.press("Change the password")
    await mia.look("apps-one-profile-password-faults")
    await mia.goto(f"{home}/profile")
    await mia.fill(name="x" * 80)
    await mia.press("Save")
    await mia.sees("Your profile is saved.")
    await mia.look("apps-one-profile-saved")
    await mia.goto(f"{home}/profile/leave")
    await mia.fill(password="wrong, I fear")
    await mia.press(f"Leave {scene.shop.name}")
    await mia.look("apps-one-profile-leave-faults")
    await mia.fill(password=APP_PASSWORD)
    await mia.press(f"Leave {scene.shop.name}")
    assert mia.path == f"{home}/login"
    await mia.sees("You have left")
    await mia.look("apps-one-login-left")


async def test_a_forgotten_password_of_an_app(
    scene: Scene, town: Town, window_of: OpenWindow
) -> None:
    window = await window_of(town.base_url)
    await window.goto(f"{scene.shop.home}/login")
    await window.follow("I forgot my password")
    await window.fill(email=scene.mia.email)
    await window.press("Send me the link")
    await window.look("apps-one-forgotten-password-sent")
    link = link_in((await town.mail_about(scene.mia.email, "new password")).text)
    assert link.startswith(f"{town.base_url}{scene.shop.home}/new-password?key=")
    await window.goto(link)
    await window.look("apps-one-new-password")
    await window.fill(password="another lamp, another stair")
    await window.press("Save the new password")
    assert window.path == f"{scene.shop.home}/login"
    await window.sign_in(scene.mia.email, "another lamp, another stair")
    assert window.path == f"{scene.shop.home}/profile"
    await window.goto(link)
    await window.sees("This link no longer works")
    await window.look("apps-one-new-password-used")


async def test_another_address_in_an_app(scene: Scene, town: Town, mia: Window) -> None:
    email = address("mia-at-home")
    await mia.goto(f"{scene.shop.home}/profile/address")
    await mia.fill(email=email, password=APP_PASSWORD)
    await mia.press("Send me the link")
    await mia.look("apps-one-profile-address-sent")
    await mia.goto(link_in((await town.mail(email)).text))
    await mia.look("apps-one-new-address")
    await mia.press("Use this address")
    assert email in await scene.shop.members()
    await mia.goto(f"{scene.shop.home}/profile")
    await mia.sees(email)
