"""Mail scanners open every link, again and again, and some run its scripts: nothing may change."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.journeys import shifts
from tests.journeys.conftest import OpenWindow
from tests.journeys.dumps import dump
from tests.journeys.shifts import OPEN
from tests.journeys.town import Town, address, link_in
from vestibule.web.cookies import session_name

MakeLink = Callable[[Town], Awaitable[str]]
TIMES = 25  # for each of GET and HEAD, with and without cookies: a hundred in all


async def _invitation(town: Town) -> str:
    ada = await town.sign_up()
    acme = await town.found(ada)
    invitation, link = await town.invite(ada, acme, address("ana"))
    await town.look_at(ada, acme, invitation)
    return link


async def _invitation_with_account(town: Town) -> str:
    ada, bo = await town.sign_up(), await town.sign_up("Bo Berg")
    acme = await town.found(ada)
    invitation, link = await town.invite(ada, acme, bo.email)
    await town.look_at(ada, acme, invitation)
    return link


async def _sign_up(town: Town) -> str:
    email = address("ana")
    await town.expect(202, "POST", "/sign-ups", {"email": email})
    return link_in((await town.mail(email)).text)


async def _reset(town: Town) -> str:
    ada = await town.sign_up()
    await town.expect(202, "POST", "/password-resets", {"email": ada.email})
    return link_in((await town.mail_about(ada.email, "Choose a new password")).text)


async def _new_address(town: Town) -> str:
    ada = await town.sign_up()
    email = address("ada-at-home")
    body = {"email": email, "password": ada.password}
    await town.expect(202, "POST", "/me/address", body, by=ada)
    return link_in((await town.mail(email)).text)


async def _invitation_to_app(town: Town) -> str:
    shop = await shifts.open_shop(town)
    _, link = await shop.invite(address("emil"))
    return link


async def _invitation_to_app_of_a_member(town: Town) -> str:
    shop = await shifts.open_shop(town)
    emil = await shop.join(address("emil"))
    _, link = await shop.invite(emil.email, role="Manager")
    return link


async def _registration(town: Town) -> str:
    shop, email = await shifts.open_shop(town, definition=OPEN), address("emil")
    await town.expect(202, "POST", f"/apps/{shop.app['slug']}/sign-ups", {"email": email})
    return link_in((await town.mail(email)).text)


async def _reset_in_app(town: Town) -> str:
    shop = await shifts.open_shop(town)
    emil = await shop.join(address("emil"))
    body = {"email": emil.email}
    await town.expect(202, "POST", f"/apps/{shop.app['slug']}/password-resets", body)
    return link_in((await town.mail_about(emil.email, "Choose a new password")).text)


async def _new_address_in_app(town: Town) -> str:
    shop, email = await shifts.open_shop(town), address("emil-at-home")
    emil = await shop.join(address("emil"))
    body = {"email": email, "password": emil.password}
    await town.expect(202, "POST", f"/apps/{shop.app['slug']}/me/address", body, by=emil)
    return link_in((await town.mail(email)).text)


LINKS = (
    _invitation,
    _invitation_with_account,
    _sign_up,
    _reset,
    _new_address,
    _invitation_to_app,
    _invitation_to_app_of_a_member,
    _registration,
    _reset_in_app,
    _new_address_in_app,
)


@pytest.mark.parametrize("make_link", LINKS, ids=lambda make: make.__name__.strip("_"))
async def test_opening_a_link_a_hundred_times_changes_nothing(
    town: Town, make_link: MakeLink
) -> None:
    link = await make_link(town)
    before = await _settled(town)

    async with httpx.AsyncClient() as keeping:
        for _time in range(TIMES):
            for method in ("GET", "HEAD"):
                await keeping.request(method, link, follow_redirects=True)
                await _open_fresh(method, link)
    assert await dump(town.database) == before


async def test_signed_in_scanners_change_nothing_either(town: Town) -> None:
    ada, bo = await town.sign_up(), await town.sign_up("Bo Berg")
    acme = await town.found(ada)
    invitation, link = await town.invite(ada, acme, bo.email)
    await town.look_at(ada, acme, invitation)
    before = await _settled(town)

    async with httpx.AsyncClient(cookies={"session": bo.token}) as browser:
        for _time in range(TIMES):
            for method in ("GET", "HEAD"):
                answer = await browser.request(method, link, follow_redirects=True)
                assert answer.status_code == 200
    assert await dump(town.database) == before


async def test_members_of_an_app_who_scan_change_nothing_either(town: Town) -> None:
    shop = await shifts.open_shop(town)
    emil = await shop.join(address("emil"))
    _, link = await shop.invite(emil.email, role="Manager")
    before = await _settled(town)

    async with httpx.AsyncClient(cookies={session_name(shop.home): emil.token}) as browser:
        for _time in range(TIMES):
            for method in ("GET", "HEAD"):
                answer = await browser.request(method, link, follow_redirects=True)
                assert answer.status_code == 200
    assert await dump(town.database) == before


@pytest.mark.parametrize("make_link", LINKS, ids=lambda make: make.__name__.strip("_"))
async def test_a_browser_that_runs_scripts_and_never_clicks_changes_nothing(
    town: Town, window_of: OpenWindow, make_link: MakeLink
) -> None:
    link = await make_link(town)
    before = await _settled(town)
    window = await window_of(town.base_url)
    await window.goto(link)
    await window.page.wait_for_load_state("networkidle")
    assert await dump(town.database) == before


async def _open_fresh(method: str, link: str) -> None:
    """Open the link as somebody who was never here, and follow where it leads."""
    async with httpx.AsyncClient() as fresh:
        await fresh.request(method, link, follow_redirects=True)


async def _settled(town: Town) -> dict[str, list[str]]:
    """A dump that stays as it is while nobody does anything: all mail is out."""
    await town.all_mail_is_out()
    return await dump(town.database)
