"""Each row of the table in the design, 4.1: who opens an invitation, and what happens then."""

# long: one table of cases

from dataclasses import dataclass
from typing import Any

import pytest

from tests.journeys.conftest import OpenWindow
from tests.journeys.town import Citizen, Town, address, key_in, link_in
from tests.journeys.windows import Window
from tests.world import PASSWORD

pytestmark = pytest.mark.parametrize("size", ["desk", "phone"])


@dataclass(frozen=True, slots=True)
class Scene:
    """Ada owns an organization, and invites; Bo is somebody with an account elsewhere."""

    town: Town
    ada: Citizen
    bo: Citizen
    acme: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.acme["name"])

    async def invite(self, email: str, *, role: str = "viewer") -> tuple[dict[str, Any], str]:
        return await self.town.invite(self.ada, self.acme, email, role=role)

    async def change(self, invitation: dict[str, Any], verb: str) -> None:
        path = f"/organizations/{self.acme['id']}/invitations/{invitation['id']}/{verb}"
        await self.town.expect(200, "POST", path, by=self.ada)

    async def members(self) -> dict[str, dict[str, Any]]:
        """The members, by address."""
        path = f"/organizations/{self.acme['id']}/members"
        found = await self.town.expect(200, "GET", path, by=self.ada)
        return {each["user"]["email"]: each for each in found["data"]}


@pytest.fixture
async def scene(town: Town) -> Scene:
    ada = await town.sign_up("Ada Abel")
    return Scene(town, ada, await town.sign_up("Bo Berg"), await town.found(ada))


@pytest.fixture
async def window(scene: Scene, window_of: OpenWindow, size: str) -> Window:
    """A private window with nobody signed in."""
    return await window_of(scene.town.base_url, size=size)


async def test_signed_in_with_the_invited_address_one_button_joins(
    scene: Scene, window: Window
) -> None:
    _, link = await scene.invite(scene.bo.email, role="admin")
    await window.sign_in(scene.bo.email, PASSWORD)

    await window.goto(link)
    await window.sees(f"Ada Abel invites you to join {scene.name} as an admin.", scene.bo.email)
    await window.look("invitation-mine")
    await window.press(f"Join {scene.name}")
    await _is_in(window, scene)
    assert (await scene.members())[scene.bo.email]["role"] == "admin"


async def test_another_account_may_join_for_an_address_without_one(
    scene: Scene, window: Window
) -> None:
    ana = address("ana")
    _, link = await scene.invite(ana)
    await window.sign_in(scene.bo.email, PASSWORD)

    await window.goto(link)
    await window.sees(f"You are signed in as {scene.bo.email}", f"sent to {ana}")
    await window.look("invitation-mismatch-free")
    assert ana not in await scene.members()
    await window.press(f"Join as {scene.bo.email}")
    await _is_in(window, scene)

    members = await scene.members()
    assert members[scene.bo.email]["invited_email"] == ana
    assert ana not in members
    await scene.town.sign_up("Ana Alva", email=ana)


async def test_another_account_may_not_join_for_an_address_with_one(
    scene: Scene, window: Window
) -> None:
    cy = await scene.town.sign_up("Cy Cole")
    _, link = await scene.invite(cy.email)
    await window.sign_in(scene.bo.email, PASSWORD)

    await window.goto(link)
    await window.sees(f"You are signed in as {scene.bo.email}", f"sent to {cy.email}")
    await window.lacks("Join as")
    await window.look("invitation-mismatch-taken")
    here = window.path
    await window.press("Use another account")
    await window.sign_in(cy.email, PASSWORD)
    assert window.path == here
    await window.press(f"Join {scene.name}")
    await _is_in(window, scene)
    assert set(await scene.members()) == {scene.ada.email, cy.email}


async def test_who_has_an_account_signs_in_and_is_back_on_this_very_page(
    scene: Scene, window: Window
) -> None:
    _, link = await scene.invite(scene.bo.email)

    await window.goto(link)
    here = window.path
    await window.sees(f"Ada Abel invites you to join {scene.name}")
    await window.look("invitation-sign-in")
    await window.sign_in(scene.bo.email, PASSWORD)
    assert window.path == here
    assert scene.bo.email not in await scene.members()
    await window.press(f"Join {scene.name}")
    await _is_in(window, scene)


async def test_a_wrong_password_keeps_the_page_and_says_so(scene: Scene, window: Window) -> None:
    _, link = await scene.invite(scene.bo.email)
    await window.goto(link)
    await window.sign_in(scene.bo.email, "not this one, surely")
    await window.sees("do not belong together")
    await window.look("invitation-sign-in-wrong")
    await window.sign_in(scene.bo.email, PASSWORD)
    await window.press(f"Join {scene.name}")
    await _is_in(window, scene)


async def test_a_newcomer_activates_and_is_in(scene: Scene, window: Window) -> None:
    ana = address("ana")
    _, link = await scene.invite(ana)

    await window.goto(link)
    await window.look("invitation-activate")
    await window.fill(first_name="Ana", last_name="Alva", password="short")
    await window.press(f"Join {scene.name}")
    await window.sees("at least 12 characters")
    assert await window.page.locator("[name=first_name]").input_value() == "Ana"
    await window.look("invitation-activate-faults")
    await window.fill(password=PASSWORD, phone="+32 470 12 34 56")
    await window.press(f"Join {scene.name}")
    await _is_in(window, scene)
    await window.sign_out()
    await window.sign_in(ana, PASSWORD)
    assert window.path == f"/organizations/{scene.acme['slug']}"


async def test_i_already_have_an_account_leads_to_sign_in_and_the_mismatch_page(
    scene: Scene, window: Window
) -> None:
    ana = address("ana")
    _, link = await scene.invite(ana)

    await window.goto(link)
    here = window.path
    await window.follow("I already have an account")
    await window.sign_in(scene.bo.email, PASSWORD)
    assert window.path == here
    await window.sees(f"You are signed in as {scene.bo.email}")
    await window.press(f"Join as {scene.bo.email}")
    await _is_in(window, scene)
    assert (await scene.members())[scene.bo.email]["invited_email"] == ana


async def test_a_member_already_is_told_so_and_goes_on(scene: Scene, window: Window) -> None:
    _, first = await scene.invite(scene.bo.email)
    _, second = await scene.invite(address("bo-at-work"))
    await window.sign_in(scene.bo.email, PASSWORD)
    await window.goto(first)
    await window.press(f"Join {scene.name}")

    await window.goto(second)
    await window.sees(f"You are a member of {scene.name} already")
    await window.look("invitation-already-member")
    await window.follow(f"Go to {scene.name}")
    assert window.path == f"/organizations/{scene.acme['slug']}"


async def test_an_expired_link_says_so_and_the_inviter_can_be_asked(
    scene: Scene, window: Window
) -> None:
    ana = address("ana")
    invitation, link = await scene.invite(ana)
    await scene.town.let_expire(invitation)

    await window.goto(link)
    await window.sees("This invitation expired.", "Ask Ada Abel for a new one.")
    await window.look("invitation-expired")
    await window.press("Ask for a new invitation")
    await window.sees("We asked Ada Abel for a new invitation.")
    await window.look("invitation-asked")
    mail = await scene.town.mail_about(scene.ada.email, "invitation")
    assert ana in mail.text
    await window.goto(link)
    await window.lacks("Ask for a new invitation")
    await scene.change(invitation, "resend")
    await window.goto(link_in((await scene.town.mail(ana, nth=2)).text))
    await window.sees(f"Ada Abel invites you to join {scene.name}")


async def test_a_revoked_link_says_so(scene: Scene, window: Window) -> None:
    invitation, link = await scene.invite(address("ana"))
    await scene.change(invitation, "revoke")
    await window.goto(link)
    await window.sees(f"This invitation to {scene.name} was taken back.")
    await window.look("invitation-revoked")
    await window.press("Ask for a new invitation")
    await window.sees("We asked Ada Abel for a new invitation.")


async def test_a_replaced_link_brings_the_newest_again(scene: Scene, window: Window) -> None:
    ana = address("ana")
    invitation, link = await scene.invite(ana)
    await scene.change(invitation, "resend")
    await scene.town.mail(ana, nth=2)

    await window.goto(link)
    await window.sees("A newer mail was sent; its link is the one that works.")
    await window.look("invitation-superseded")
    await window.press("Send it to me again")
    await window.sees("The newest link is on its way to your mail again.")
    await window.goto(link_in((await scene.town.mail(ana, nth=3)).text))
    await window.sees(f"Ada Abel invites you to join {scene.name}")


async def test_an_inviter_who_may_no_longer_invite_lets_nobody_in(
    scene: Scene, window: Window
) -> None:
    _, link = await scene.invite(scene.bo.email, role="admin")
    await scene.town.expect(200, "POST", "/invitations/accept", {"key": key_in(link)})
    ana = address("ana")
    _, link = await scene.town.invite(scene.bo, scene.acme, ana)

    await window.goto(link)
    await window.fill(first_name="Ana", last_name="Alva", password=PASSWORD)
    await scene.town.demote(scene.bo)
    await window.press(f"Join {scene.name}")
    await window.sees(f"Bo Berg may no longer invite people to {scene.name}.")
    await window.look("invitation-not-entitled")
    await window.press("Ask for a new invitation")
    mail = await scene.town.mail_about(scene.ada.email, "invitation")
    assert ana in mail.text


async def test_a_used_link_says_so(scene: Scene, window: Window) -> None:
    _, link = await scene.invite(scene.bo.email)
    await scene.town.expect(200, "POST", "/invitations/accept", {"key": key_in(link)})
    await window.goto(link)
    await window.sees("This invitation has been used.")
    await window.look("invitation-used")


async def test_declining_is_seen_by_the_inviter_and_is_final(
    scene: Scene, window: Window, window_of: OpenWindow, size: str
) -> None:
    ana = address("ana")
    _, link = await scene.invite(ana)
    await window.goto(link)
    await window.confirm("Not for me", "Decline")
    await window.sees(f"You declined the invitation to {scene.name}.")
    await window.look("invitation-declined-now")
    await window.goto(link)
    await window.sees(f"The invitation to {scene.name} was declined.")
    await window.lacks("Ask for a new invitation")
    await window.look("invitation-declined")

    ada = await window_of(scene.town.base_url, size=size)
    await ada.sign_in(scene.ada.email, PASSWORD)
    await ada.goto(f"/organizations/{scene.acme['slug']}/invitations")
    await ada.sees(ana, "Declined")


async def test_an_unknown_key_is_a_neutral_404(scene: Scene, window: Window) -> None:
    assert await window.goto(f"/organization-invite?key={'A' * 43}") == 404
    await window.sees("This link leads nowhere")
    await window.look("invitation-unknown")


async def test_without_its_cookie_the_page_says_to_open_the_link_again(
    scene: Scene, window: Window
) -> None:
    _, link = await scene.invite(address("ana"))
    await window.goto(link)
    await window.context.clear_cookies()
    await window.page.reload()
    await window.sees("Open the link in your mail again")
    await window.look("invitation-without-cookie")


async def test_two_links_in_two_tabs_do_not_mix(scene: Scene, window: Window) -> None:
    other = await scene.town.found(scene.ada)
    ana, bea = address("ana"), address("bea")
    _, first = await scene.invite(ana)
    _, second = await scene.town.invite(scene.ada, other, bea, role="manager")
    tab = await window.context.new_page()

    await window.goto(first)
    await tab.goto(second)
    await window.page.reload()
    await window.sees(ana, f"join {scene.name} as a viewer")
    await window.fill(first_name="Ana", last_name="Alva", password=PASSWORD)
    await window.press(f"Join {scene.name}")
    await _is_in(window, scene)
    await tab.reload()
    shown = await tab.locator("body").inner_text()
    assert f"You are signed in as {ana}" in shown
    assert bea in shown
    assert other["name"] in shown


async def test_somebody_who_signed_up_by_themselves_accepts_on_the_console(
    scene: Scene, window: Window
) -> None:
    cy = address("cy")
    await scene.invite(cy, role="manager")
    await scene.town.sign_up("Cy Cole", email=cy)

    await window.sign_in(cy, PASSWORD)
    await window.sees("You are invited", scene.name, "Ada Abel invites you")
    await window.look("console-invited")
    await window.press(f"Join {scene.name}")
    assert (await scene.members())[cy]["role"] == "manager"
    await window.goto("/")
    await window.sees(scene.name)


async def _is_in(window: Window, scene: Scene) -> None:
    """Check that the window has arrived in the organization."""
    await window.sees(scene.name)
    await window.goto(f"/organizations/{scene.acme['slug']}")
    await window.sees("You are", "Members")
