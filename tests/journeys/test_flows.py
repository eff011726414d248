"""The flows of the second seed, by their numbers: who develops an app, and who comes into it.

Its preconditions to the letter: roles Manager (default) and Employee, registration closed.
"""

from dataclasses import dataclass, field

import pytest

from tests.journeys import shifts
from tests.journeys.conftest import OpenWindow
from tests.journeys.shifts import APP_PASSWORD, SEED
from tests.journeys.town import Citizen, Town, address, key_in, link_in
from tests.journeys.windows import Window
from tests.world import PASSWORD

FAULTY = SEED.replace("role: Manager", "role: Boss").replace("[Employee]", "[Emploiee]")


@dataclass(frozen=True, slots=True)
class Scene:
    """A developer with an organization, and how many users there are before anybody comes."""

    town: Town
    ada: Citizen
    acme: dict[str, object] = field(default_factory=dict)

    @property
    def home(self) -> str:
        return f"/organizations/{self.acme['slug']}"


@pytest.fixture
async def scene(town: Town) -> Scene:
    ada = await town.sign_up("Ada Abel")
    return Scene(town, ada, await town.found(ada))


@pytest.fixture
async def desk(town: Town, window_of: OpenWindow) -> Window:
    """A private window for the stories that `test_accepting` tells in each size."""
    return await window_of(town.base_url)


@pytest.fixture
async def window(town: Town, window_of: OpenWindow, size: str) -> Window:
    """A private window with nobody signed in."""
    return await window_of(town.base_url, size=size)


async def test_flow_1_who_is_signed_in_follows_the_link_and_is_added_with_the_role(
    scene: Scene, desk: Window
) -> None:
    bo = await scene.town.sign_up("Bo Berg")
    _, link = await scene.town.invite(scene.ada, scene.acme, bo.email, role="admin")
    assert f"{scene.town.base_url}/organization-invite?key=" in link
    await desk.sign_in(bo.email, PASSWORD)
    await desk.goto(link)
    await desk.press(f"Join {scene.acme['name']}")
    assert desk.path == scene.home
    assert await _roles(scene) == {scene.ada.email: "owner", bo.email: "admin"}


async def test_flow_1_who_is_not_signed_in_comes_back_to_the_invitation_and_is_added(
    scene: Scene, desk: Window
) -> None:
    bo = await scene.town.sign_up("Bo Berg")
    _, link = await scene.town.invite(scene.ada, scene.acme, bo.email, role="manager")
    await desk.goto(link)
    page = desk.path
    await desk.follow("Use another account")
    assert desk.path == "/sign-in"
    await desk.sign_in(bo.email, PASSWORD)
    assert desk.path == page
    await desk.press(f"Join {scene.acme['name']}")
    assert await _roles(scene) == {scene.ada.email: "owner", bo.email: "manager"}


async def test_flow_1_who_has_no_account_makes_one_and_is_added(scene: Scene, desk: Window) -> None:
    ana = address("ana")
    _, link = await scene.town.invite(scene.ada, scene.acme, ana, role="viewer")
    await desk.goto(link)
    await desk.fill(first_name="Ana", last_name="Alva", password=PASSWORD)
    await desk.press(f"Join {scene.acme['name']}")
    assert await _roles(scene) == {scene.ada.email: "owner", ana: "viewer"}


async def test_flow_2_a_developer_founds_makes_an_app_publishes_it_and_is_a_member_of_it(
    town: Town, window: Window
) -> None:
    ada = await town.sign_up("Ada Abel")
    users = await shifts.count_users(town)
    await window.sign_in(ada.email, PASSWORD)
    await window.follow("Found an organization")
    await window.fill(name="Acme Shifts")
    await window.press("Found it")
    await _make_app(window)
    await _write_definition(window)
    await window.press("Publish version 1")

    await window.sees("Published", "Version 1", "1 person", "Registration is closed")
    await window.look("flow-2-published")
    app = window.path.rpartition("/")[2]
    member = await _only_member(town, ada, app)
    assert (member["email"], member["roles"]) == (ada.email, ["Manager"])
    await town.expect(
        401, "POST", f"/apps/{app}/sessions", {"email": ada.email, "password": PASSWORD}
    )
    await window.press(f"Continue as {ada.email}")
    assert window.path == f"/apps/{app}/profile"
    await window.sees("What you are here", "Manager")
    assert await window.menu() == ["Profile", "Members", "Invitations"]
    assert await shifts.count_users(town) == users


async def test_flow_2_who_is_in_the_app_already_is_linked_and_keeps_their_roles(
    scene: Scene, window: Window
) -> None:
    await window.sign_in(scene.ada.email, PASSWORD)
    await window.goto(f"{scene.home}/apps")
    await _make_app(window)
    app = window.path.split("/")[4]
    await _bring_in_by_sql(scene.town, app, scene.ada.email, role="Employee")
    await _write_definition(window)
    await window.press("Publish version 1")
    member = await _only_member(scene.town, scene.ada, app)
    assert (member["email"], member["roles"]) == (scene.ada.email, ["Employee"])
    await window.press(f"Continue as {scene.ada.email}")
    assert window.path == f"/apps/{app}/profile"
    assert await window.menu() == ["Profile"]


async def test_flow_3_a_member_invites_from_the_app_and_the_link_makes_a_member_without_a_user(
    town: Town, window: Window, window_of: OpenWindow, size: str
) -> None:
    shop = await shifts.open_shop(town)
    mia = await shop.join(address("mia"), role="Manager", name="Mia Muster")
    users, emil = await shifts.count_users(town), address("emil")
    await window.goto(f"{shop.home}/login")
    await window.look("app-login")
    await window.sign_in(mia.email, APP_PASSWORD)
    await window.open_menu()
    await window.follow("Members")
    assert window.path == f"{shop.home}/members"
    await window.look("app-members")
    await window.fill(email=emil)
    await window.page.locator("select[name=role]").select_option("Employee")
    await window.press("Send invitation")
    await window.sees(emil, "Employee")
    await window.look("app-invitations")

    mail = await town.mail(emil)
    assert str(mail.message["Subject"]) == "Mia Muster invites you to Shift planner"
    link = link_in(mail.text)
    assert link.startswith(f"{town.base_url}/app-invite?key=")
    newcomer = await window_of(town.base_url, size=size)
    await newcomer.goto(link)
    assert newcomer.path.startswith(f"{shop.home}/activation/inv_")
    assert key_in(link) not in newcomer.page.url
    await newcomer.sees("Mia Muster invites you to join Shift planner as Employee.", emil)
    await newcomer.look("app-activation")
    await newcomer.fill(name="Emil Eder", password=APP_PASSWORD)
    await newcomer.press("Join Shift planner")
    assert newcomer.path == f"{shop.home}/profile"
    await newcomer.sees(emil, "Employee")

    member = (await shop.members())[emil]
    assert (member["roles"], member["name"]) == (["Employee"], "Emil Eder")
    assert await shifts.count_users(town) == users
    assert await shifts.user_of(town, emil) is None
    await newcomer.sign_out(at=f"{shop.home}/profile")
    assert newcomer.path == f"{shop.home}/login"
    await newcomer.sign_in(emil, APP_PASSWORD)
    assert newcomer.path == f"{shop.home}/profile"


async def test_flow_3_needs_no_scripts(town: Town, window_of: OpenWindow) -> None:
    shop = await shifts.open_shop(town)
    mia, emil = await shop.join(address("mia"), role="Manager"), address("emil")
    window = await window_of(town.base_url, size="phone", scripts=False)
    await window.goto(f"{shop.home}/login")
    await window.sign_in(mia.email, APP_PASSWORD)
    await window.goto(f"{shop.home}/members")
    await window.fill(email=emil)
    await window.press("Send invitation")
    await window.sees(emil, "Employee")
    newcomer = await window_of(town.base_url, size="phone", scripts=False)
    await newcomer.goto(link_in((await town.mail(emil)).text))
    await newcomer.fill(password=APP_PASSWORD)
    await newcomer.press("Join Shift planner")
    await newcomer.sees(emil, "Employee")


async def _roles(scene: Scene) -> dict[str, str]:
    path = f"/organizations/{scene.acme['id']}/members"
    found = await scene.town.expect(200, "GET", path, by=scene.ada)
    return {each["user"]["email"]: each["role"] for each in found["data"]}


async def _make_app(window: Window) -> None:
    """Make an app called Shift planner, from the page of an organization."""
    if not window.path.endswith("/apps"):
        await window.open_menu()
        await window.follow("Apps")
    await window.look("flow-2-no-apps")
    await window.follow("New app")
    await window.look("flow-2-new-app")
    await window.fill(name="Shift planner")
    await window.press("Make the app")
    assert window.path.endswith("/definition")


async def _write_definition(window: Window) -> None:
    """Write the definition: with two faults, which are seen beside their lines; then right."""
    await window.look("flow-2-example")
    await window.fill(source=FAULTY)
    await window.press("Go on to publishing")
    await window.sees("2 faults: nothing was saved", "Line 5", "Line 9", "“Boss”")
    marked = await window.page.locator(".gutter .marked").all_text_contents()
    assert marked == ["5", "9"]
    await window.look("flow-2-faults")
    await window.page.get_by_role("link", name="Line 9").click()
    selected = await window.page.evaluate("window.getSelection().toString()")
    assert selected.strip() == "inherits: [Emploiee]"
    await window.fill(source=SEED)
    await window.press("Go on to publishing")
    await window.sees("Publish version 1")
    await window.look("flow-2-publishing")


async def _only_member(town: Town, ada: Citizen, app: str) -> dict[str, object]:
    members = (await town.expect(200, "GET", f"/apps/{app}/members", by=ada))["data"]
    assert len(members) == 1
    return dict(members[0])


async def _bring_in_by_sql(town: Town, app: str, email: str, *, role: str) -> None:
    """Make somebody a member of an app that is not published: no way of the product does that."""
    await town.database.execute(
        """
        WITH here AS (SELECT id, organization_id FROM apps WHERE slug = $1),
             account AS (
            INSERT INTO accounts (id, realm_id, address, address_canonical)
            SELECT gen_random_uuid(), id, $2, $2 FROM here RETURNING id),
             member AS (
            INSERT INTO app_members (id, app_id, organization_id)
            SELECT account.id, here.id, organization_id FROM account, here RETURNING id)
        INSERT INTO app_member_roles (app_member_id, role, app_id, organization_id)
        SELECT member.id, $3, here.id, organization_id FROM member, here
        """,
        app,
        email,
        role,
    )
