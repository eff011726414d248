"""What people do in an app who may be nobody on the platform, and what they may not."""

from dataclasses import dataclass

import pytest

from tests.journeys import shifts
from tests.journeys.conftest import OpenWindow
from tests.journeys.shifts import APP_PASSWORD, Shifts
from tests.journeys.town import Town, address, link_in
from tests.journeys.windows import Window
from tests.world import PASSWORD

SECOND_PASSWORD = "seven other umbrellas, folded"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a window, with the app's pages before them."""

    window: Window
    shop: Shifts

    async def sign_in(self, email: str, password: str = APP_PASSWORD) -> None:
        await self.window.goto(f"{self.shop.home}/login")
        await self.window.sign_in(email, password)

    async def goto(self, page: str) -> int:
        return await self.window.goto(self.shop.home + page)

    async def invite(self, email: str, role: str) -> None:
        """Invite somebody by the form on the app's own page."""
        await self.goto("/members")
        await self.window.fill(email=email)
        await self.window.page.locator("select[name=role]").select_option(role)
        await self.window.press("Send invitation")
        await self.window.sees(email, role)

    async def join(self, email: str, *, password: str = APP_PASSWORD, nth: int = 1) -> None:
        """Follow the link in the nth mail, and choose a password."""
        mail = await self.shop.town.mail(email, nth=nth)
        await self.window.goto(link_in(mail.text))
        await self.window.fill(password=password)
        await self.window.press(f"Join {self.shop.name}")


@pytest.fixture
async def shop(town: Town) -> Shifts:
    return await shifts.open_shop(town)


async def test_a_manager_without_a_user_is_invited_by_a_manager_and_invites_in_turn(
    town: Town, shop: Shifts, window_of: OpenWindow
) -> None:
    mia, max_, emil = await shop.join(address("mia"), role="Manager"), address("max"), address("em")
    users = await shifts.count_users(town)
    first, second, third = [Person(await window_of(town.base_url), shop) for _ in range(3)]

    await first.sign_in(mia.email)
    await first.invite(max_, "Manager")
    await second.join(max_)
    await second.window.sees(max_, "Manager")
    assert await second.window.menu() == ["Profile", "Members", "Invitations"]
    await second.invite(emil, "Employee")
    await third.join(emil)

    roles = {email: member["roles"] for email, member in (await shop.members()).items()}
    assert roles == {
        shop.ada.email: ["Manager"],
        mia.email: ["Manager"],
        max_: ["Manager"],
        emil: ["Employee"],
    }
    assert await shifts.count_users(town) == users


async def test_an_employee_may_not_invite_nor_see_who_is_there(
    town: Town, shop: Shifts, window_of: OpenWindow
) -> None:
    emil = await shop.join(address("emil"))
    employee = Person(await window_of(town.base_url), shop)
    await employee.sign_in(emil.email)
    assert await employee.window.menu() == ["Profile"]
    await employee.window.look("app-profile")
    for page in ("/members", "/invitations"):
        assert await employee.goto(page) == 403
        assert (await employee.window.whose()).endswith(shop.name)
    await employee.window.look("app-error-403")


async def test_registration_is_closed_and_an_invitation_works_all_the_same(
    town: Town, shop: Shifts, window_of: OpenWindow
) -> None:
    emil = address("emil")
    person = Person(await window_of(town.base_url), shop)
    await person.goto("/register")
    await person.window.sees("Accounts are made by invitation here.")
    await person.window.look("app-register-closed")
    await person.window.follow("Sign in")
    await person.window.lacks("Make an account")

    await shop.invite(emil)
    await person.join(emil)
    assert person.window.path == f"{shop.home}/profile"
    assert (await shop.members())[emil]["roles"] == ["Employee"]


async def test_one_address_in_two_apps_is_two_accounts_with_two_passwords(
    town: Town, shop: Shifts, window_of: OpenWindow
) -> None:
    other = await shifts.open_another(town, shop.ada, shop.acme)
    emil = address("emil")
    await shop.invite(emil)
    await other.invite(emil)
    window = await window_of(town.base_url)
    here, there = Person(window, shop), Person(window, other)
    await here.join(emil)
    await there.join(emil, password=SECOND_PASSWORD, nth=2)
    assert window.path == f"{other.home}/profile"
    await here.goto("/profile")
    await window.sees(emil)

    for person, right, wrong in (
        (here, APP_PASSWORD, SECOND_PASSWORD),
        (there, SECOND_PASSWORD, APP_PASSWORD),
    ):
        await window.sign_out(at=f"{person.shop.home}/profile")
        await person.sign_in(emil, wrong)
        await window.sees("do not belong together")
        await person.sign_in(emil, right)
        assert window.path == f"{person.shop.home}/profile"
    ids = [(await each.members())[emil]["id"] for each in (shop, other)]
    assert len(set(ids)) == 2
    assert await shifts.user_of(town, emil) is None


async def test_the_developer_continues_from_the_studio_until_they_may_no_longer(
    town: Town, shop: Shifts, window_of: OpenWindow
) -> None:
    window = await window_of(town.base_url)
    await window.sign_in(shop.ada.email, PASSWORD)
    await window.goto(shop.studio)
    await window.press(f"Continue as {shop.ada.email}")
    assert window.path == f"{shop.home}/profile"
    await window.follow("Members")
    assert window.path == f"{shop.home}/members"

    await town.demote(shop.ada, "manager")
    await window.follow("Invitations")
    assert window.path == f"{shop.home}/login"
    await window.goto(shop.studio)
    await window.lacks("Continue as")
    assert await window.goto(f"{shop.home}/profile") == 200
    assert window.path == f"{shop.home}/login"


async def test_a_stranger_to_the_app_is_not_let_in_by_the_studio_nor_the_other_way_round(
    town: Town, shop: Shifts, window_of: OpenWindow
) -> None:
    window = await window_of(town.base_url)
    await window.sign_in(shop.ada.email, PASSWORD)
    await window.goto(f"{shop.home}/profile")
    assert window.path == f"{shop.home}/login"
    emil = await shop.join(address("emil"))
    await window.sign_out()
    await window.goto(f"{shop.home}/login")
    await window.sign_in(emil.email, emil.password)
    await window.goto("/profile")
    assert window.path == "/sign-in"


async def test_a_manager_changes_roles_and_removes_from_the_app(
    town: Town, shop: Shifts, window_of: OpenWindow
) -> None:
    mia = await shop.join(address("mia"), role="Manager")
    emil = await shop.join(address("emil"), name="Emil Eder")
    manager, employee = [Person(await window_of(town.base_url), shop) for _ in range(2)]
    await employee.sign_in(emil.email)
    await manager.sign_in(mia.email)
    await manager.goto("/members")
    await manager.window.follow("Change Emil Eder")
    await manager.window.look("app-member")
    await manager.window.page.get_by_label("Manager").check()
    await manager.window.press("Save")
    await manager.window.sees("The roles are saved")
    await employee.goto("/members")
    await employee.window.sees("Emil Eder", mia.email)

    await manager.window.follow("Change Emil Eder")
    await manager.window.confirm(f"Remove from {shop.name}", "Remove")
    await manager.window.lacks("Emil Eder")
    await employee.goto("/members")
    assert employee.window.path == f"{shop.home}/login"
    await employee.window.sign_in(emil.email, APP_PASSWORD)
    await employee.window.sees("do not belong together")
