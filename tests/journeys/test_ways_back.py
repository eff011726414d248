"""An app elsewhere sends people to its pages here, and gets them back with a code."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.journeys import elsewhere, shifts
from tests.journeys.conftest import OpenWindow
from tests.journeys.elsewhere import Elsewhere, Errand
from tests.journeys.shifts import APP_PASSWORD, OPEN, Shifts
from tests.journeys.town import Town, address, link_in
from tests.journeys.windows import Window
from tests.world import PASSWORD


@pytest.fixture
async def site() -> AsyncIterator[Elsewhere]:
    async with elsewhere.open_site() as opened:
        yield opened


@pytest.fixture
async def shop(town: Town, site: Elsewhere) -> Shifts:
    """An app that lives at the site, and where everybody may register."""
    shop = await shifts.open_shop(town, definition=OPEN)
    await shop.set(redirect_urls=[site.back], home_url=f"{site.url}/")
    return shop


@pytest.fixture
async def window(town: Town, window_of: OpenWindow) -> Window:
    return await window_of(town.base_url)


async def test_signing_in_leads_back_with_a_code_that_is_good_once(
    town: Town, shop: Shifts, site: Elsewhere, window: Window
) -> None:
    emil, errand = await shop.join(address("emil")), Errand(site.back)
    await window.goto(f"{shop.home}/login{errand.query}")
    await window.look("app-login-on-an-errand")
    await window.sign_in(emil.email, "not this one, surely")
    await window.sees("do not belong together")
    assert site.visits == []
    await window.sign_in(emil.email, APP_PASSWORD)

    assert window.page.url.startswith(f"{site.back}?code=")
    await window.sees("The shifts of this week")
    code = errand.code_in(site.answer())
    wrong = {**code, "code_verifier": Errand(site.back).verifier}
    session = await _exchange(town, shop, code)
    assert session["member"]["email"] == emil.email
    assert "token" not in window.page.url
    await _refuse(town, shop, code)  # a replay ends the session that the code made
    answer = await town.http.get(
        f"/api/v1/apps/{shop.app['id']}/me",
        headers={"Authorization": f"Bearer {session['token']}"},
    )
    assert answer.status_code == 401
    await _refuse(town, shop, wrong)


async def test_a_code_is_of_no_use_without_the_secret_of_who_asked(
    town: Town, shop: Shifts, site: Elsewhere, window: Window
) -> None:
    emil, errand = await shop.join(address("emil")), Errand(site.back)
    await window.goto(f"{shop.home}/login{errand.query}")
    await window.sign_in(emil.email, APP_PASSWORD)
    code = errand.code_in(site.answer())
    await _refuse(town, shop, {**code, "code_verifier": Errand(site.back).verifier})
    await _refuse(town, shop, code)


async def test_registering_leads_back_as_well_over_the_mail(
    town: Town, shop: Shifts, site: Elsewhere, window: Window
) -> None:
    emil, errand, users = address("emil"), Errand(site.back), await shifts.count_users(town)
    await window.goto(f"{shop.home}/login{errand.query}")
    await window.follow("Make an account")
    await window.look("app-register")
    await window.fill(email=emil)
    await window.press("Send me the link")
    await window.sees("Look into your mail", emil)
    await window.look("app-register-sent")
    await window.goto(link_in((await town.mail(emil)).text))
    assert window.path.startswith(f"{shop.home}/activation/registration/")
    await window.look("app-registration")
    await window.fill(name="Emil Eder", password="short")
    await window.press("Make my account")
    await window.sees("at least 12 characters")
    await window.look("app-registration-faults")
    await window.fill(password=APP_PASSWORD)
    await window.press("Make my account")

    assert window.page.url.startswith(f"{site.back}?code=")
    session = await _exchange(town, shop, errand.code_in(site.answer()))
    assert (session["member"]["email"], session["member"]["roles"]) == (emil, ["Employee"])
    assert await shifts.count_users(town) == users


async def test_who_is_signed_in_already_need_only_say_so(
    town: Town, shop: Shifts, site: Elsewhere, window: Window
) -> None:
    emil, errand = await shop.join(address("emil"), name="Emil Eder"), Errand(site.back)
    await window.goto(f"{shop.home}/login")
    await window.sign_in(emil.email, APP_PASSWORD)
    await window.goto(f"{shop.home}/login{errand.query}")
    await window.sees("You are signed in as", emil.email)
    await window.look("app-continue")
    assert site.visits == []
    await window.press("Continue as Emil Eder")
    session = await _exchange(town, shop, errand.code_in(site.answer()))
    assert session["member"]["email"] == emil.email

    other, errand = await shop.join(address("max")), Errand(site.back)
    await window.goto(f"{shop.home}/login{errand.query}")
    await window.press("Use another account")
    await window.sign_in(other.email, APP_PASSWORD)
    session = await _exchange(town, shop, errand.code_in(site.answer()))
    assert session["member"]["email"] == other.email


async def test_what_the_developer_continues_ends_at_the_app_too_with_their_right(
    town: Town, shop: Shifts, site: Elsewhere, window: Window
) -> None:
    errand = Errand(site.back)
    await window.sign_in(shop.ada.email, PASSWORD)
    await window.goto(shop.studio)
    await window.press(f"Continue as {shop.ada.email}")
    await window.goto(f"{shop.home}/login{errand.query}")
    await window.press(f"Continue as {shop.ada.name}")
    session = await _exchange(town, shop, errand.code_in(site.answer()))

    mine = {"Authorization": f"Bearer {session['token']}"}
    path = f"/api/v1/apps/{shop.app['id']}/me"
    assert (await town.http.get(path, headers=mine)).status_code == 200
    await town.demote(shop.ada, "manager")
    assert (await town.http.get(path, headers=mine)).status_code == 401


async def test_accepting_an_invitation_leads_to_where_the_app_lives(
    town: Town, shop: Shifts, site: Elsewhere, window: Window
) -> None:
    emil = address("emil")
    _, link = await shop.invite(emil)
    await window.goto(link)
    await window.fill(password=APP_PASSWORD)
    await window.press(f"Join {shop.name}")
    assert window.page.url == f"{site.url}/"
    assert site.visits[-1] == "/"
    await window.goto(f"{shop.home}/profile")
    await window.sees(emil)
    await window.follow(f"Open {shop.name}")
    assert window.page.url == f"{site.url}/"


@pytest.mark.parametrize("page", ["login", "register", "activation"])
async def test_an_address_that_is_not_registered_is_never_gone_to(
    shop: Shifts, site: Elsewhere, window_of: OpenWindow, page: str
) -> None:
    window = await window_of(shop.town.base_url)
    for wrong in (f"{site.back}/", f"{site.back}?next=1", f"{site.url}/", "https://evil.example"):
        assert await window.goto(f"{shop.home}/{page}{Errand(wrong).query}") == 422
        assert window.path == f"{shop.home}/{page}"
        assert await window.page.locator("form").count() == 0
    await window.look("app-error-redirect")
    assert site.visits == []


async def _exchange(town: Town, shop: Shifts, code: dict[str, str]) -> dict[str, Any]:
    """Do what the app's server does with the code."""
    session: dict[str, Any] = await town.expect(
        201, "POST", f"/apps/{shop.app['slug']}/sessions", code
    )
    return session


async def _refuse(town: Town, shop: Shifts, code: dict[str, str]) -> None:
    answer = await town.call("POST", f"/apps/{shop.app['slug']}/sessions", code)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")
