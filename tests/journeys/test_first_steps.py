"""The whole way in the browser: sign up, found, invite, follow the link elsewhere, land."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from tests import running
from tests.journeys.conftest import OpenWindow
from tests.journeys.town import Town, address, link_in
from tests.journeys.windows import Window
from tests.running import Running
from tests.world import PASSWORD

Letter = Callable[[str, str], Awaitable[str]]


@pytest.fixture
async def fresh(tmp_path: Path) -> AsyncIterator[Running]:
    """What `make run` gives: a PostgreSQL of its own, and no mail server."""
    with running.serve(tmp_path) as served:
        yield served


async def test_a_person_goes_the_whole_way_on_a_fresh_machine(
    fresh: Running, window_of: OpenWindow, size: str
) -> None:
    ada = await window_of(fresh.url, size=size)
    mailbox = await window_of(fresh.url, size=size)

    async def open_letter(_: str, subject: str) -> str:
        await mailbox.goto("/mailbox")
        await mailbox.page.get_by_role("link", name=subject).first.click()
        await mailbox.page.wait_for_load_state()
        return await mailbox.page.locator("a[href*='?key=']").first.get_attribute("href") or ""

    await _sign_up(ada, "ada@example.com", open_letter)
    await _found_and_invite(ada, "ana@example.com")
    await ada.sees("No mail server is set up")

    link = await open_letter("ana@example.com", "invites you")
    await mailbox.look("mailbox-invitation")
    await mailbox.follow("All mails")
    await mailbox.look("mailbox")
    await _join(await window_of(fresh.url, size=size), link)


async def test_the_same_with_a_mail_server(town: Town, window_of: OpenWindow, size: str) -> None:
    ada_email, ana_email = address("ada"), address("ana")

    async def open_letter(email: str, subject: str) -> str:
        return link_in((await town.mail_about(email, subject)).text)

    ada = await window_of(town.base_url, size=size)
    await _sign_up(ada, ada_email, open_letter)
    await _found_and_invite(ada, ana_email)
    link = await open_letter(ana_email, "invites you")
    await ada.page.reload()
    await ada.sees("Sent")

    await _join(await window_of(town.base_url, size=size), link)


async def test_the_whole_way_needs_no_scripts(town: Town, window_of: OpenWindow) -> None:
    ada_email, ana_email = address("ada"), address("ana")

    async def open_letter(email: str, subject: str) -> str:
        return link_in((await town.mail_about(email, subject)).text)

    ada = await window_of(town.base_url, size="phone", scripts=False)
    await _sign_up(ada, ada_email, open_letter)
    await _found_and_invite(ada, ana_email)
    link = await open_letter(ana_email, "invites you")
    await _join(await window_of(town.base_url, size="phone", scripts=False), link)


async def _sign_up(ada: Window, email: str, open_letter: Letter) -> None:
    await ada.goto("/sign-up")
    await ada.fill(email=email)
    await ada.press("Send me the link")
    await ada.sees("Look into your mail", email)

    await ada.goto(await open_letter(email, "Make your account"))
    assert "key=" not in ada.page.url
    await ada.sees("Make your account", email)
    await ada.fill(first_name="Ada", last_name="Abel", password=PASSWORD)
    await ada.press("Make my account")
    await ada.sees("No organization yet")


async def _found_and_invite(ada: Window, email: str) -> None:
    await ada.follow("Found an organization")
    await ada.fill(name="Acme")
    await ada.press("Found it")
    await ada.sees("Nobody is invited yet")
    await ada.fill(email=email)
    await ada.press("Send invitation")
    await ada.sees(email)


async def _join(ana: Window, link: str) -> None:
    await ana.goto(link)
    assert "key=" not in ana.page.url
    await ana.sees("Ada Abel invites you to join Acme as a viewer.")
    await ana.fill(first_name="Ana", last_name="Alva", password=PASSWORD)
    await ana.press("Join Acme")
    await ana.sees("Acme")
    if not ana.path.startswith("/organizations/"):
        await ana.follow("Go to Acme")
    assert ana.path.startswith("/organizations/acme")
    await ana.sees("Ana Alva", "Ada Abel", "2 members")
