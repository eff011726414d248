"""What a link to an app says that lets nobody in any more, and what one gives to who is in."""

import pytest

from tests.journeys import shifts
from tests.journeys.conftest import OpenWindow
from tests.journeys.shifts import APP_PASSWORD, SEED, Shifts
from tests.journeys.town import Town, address, key_in, link_in
from tests.journeys.windows import Window
from tests.world import PASSWORD

ANOTHER_PASSWORD = "a ladder behind the roster"


@pytest.fixture
async def shop(town: Town) -> Shifts:
    return await shifts.open_shop(town)


@pytest.fixture
async def window(town: Town, window_of: OpenWindow) -> Window:
    """A private window with nobody signed in."""
    return await window_of(town.base_url)


async def test_an_expired_link_says_so_and_the_inviter_can_be_asked(
    shop: Shifts, window: Window
) -> None:
    emil = address("emil")
    invitation, link = await shop.invite(emil)
    await shop.town.let_expire(invitation)
    await window.goto(link)
    await _is_of(shop, window)
    await window.sees("This invitation expired.", "Ask Ada Abel for a new one.")
    await window.look("app-invitation-expired")
    await window.press("Ask for a new invitation")
    await window.sees("We asked Ada Abel for a new invitation.")
    mail = await shop.town.mail_about(shop.ada.email, "invitation")
    assert emil in mail.text
    await shop.change(invitation, "resend")
    await window.goto(link_in((await shop.town.mail(emil, nth=2)).text))
    await window.sees("Ada Abel invites you to join Shift planner as Employee.")


async def test_a_member_who_invited_is_asked_at_their_own_page(
    shop: Shifts, window: Window, window_of: OpenWindow
) -> None:
    mia, emil = await shop.join(address("mia"), role="Manager", name="Mia Muster"), address("emil")
    invitation, link = await shop.invite(emil, by=mia)
    await shop.town.let_expire(invitation)
    await window.goto(link)
    await window.press("Ask for a new invitation")
    await window.sees("We asked Mia Muster for a new invitation.")
    mail = await shop.town.mail_about(mia.email, "asks")
    asked = await window_of(shop.town.base_url)
    await asked.goto(_first_link(mail.text))
    await asked.sign_in(mia.email, APP_PASSWORD)
    assert asked.path.startswith(f"{shop.home}/invitations")
    await asked.sees(emil, "Expired")
    await asked.look("app-invitation-asked")


async def test_a_revoked_link_says_so(shop: Shifts, window: Window) -> None:
    invitation, link = await shop.invite(address("emil"))
    await shop.change(invitation, "revoke")
    await window.goto(link)
    await _is_of(shop, window)
    await window.sees("This invitation to Shift planner was taken back.")
    await window.look("app-invitation-revoked")


async def test_declining_is_final_and_the_inviter_sees_it_inside_the_app(
    shop: Shifts, window: Window, window_of: OpenWindow
) -> None:
    mia, emil = await shop.join(address("mia"), role="Manager"), address("emil")
    _, link = await shop.invite(emil, by=mia)
    await window.goto(link)
    await window.confirm("Not for me", "Decline")
    await window.sees("You declined the invitation to Shift planner.")
    await window.look("app-invitation-declined-now")
    await window.goto(link)
    await _is_of(shop, window)
    await window.sees("The invitation to Shift planner was declined.")
    await window.lacks("Ask for a new invitation")
    await window.look("app-invitation-declined")
    inviter = await window_of(shop.town.base_url)
    await inviter.goto(f"{shop.home}/login")
    await inviter.sign_in(mia.email, APP_PASSWORD)
    await inviter.goto(f"{shop.home}/invitations")
    await inviter.sees(emil, "Declined")


async def test_a_replaced_link_brings_the_newest_again(shop: Shifts, window: Window) -> None:
    emil = address("emil")
    invitation, link = await shop.invite(emil)
    await shop.change(invitation, "resend")
    await shop.town.mail(emil, nth=2)
    await window.goto(link)
    await _is_of(shop, window)
    await window.sees("A newer mail was sent; its link is the one that works.")
    await window.look("app-invitation-superseded")
    await window.press("Send it to me again")
    await window.goto(link_in((await shop.town.mail(emil, nth=3)).text))
    await window.fill(password=APP_PASSWORD)
    await window.press(f"Join {shop.name}")
    assert window.path == f"{shop.home}/profile"


async def test_a_used_link_says_so_and_leads_to_the_app_s_own_login(
    shop: Shifts, window: Window
) -> None:
    emil = address("emil")
    _, link = await shop.invite(emil)
    body = {"key": key_in(link), "account": {"password": APP_PASSWORD}}
    await shop.town.expect(200, "POST", "/invitations/accept", body)
    await window.goto(link)
    await _is_of(shop, window)
    await window.sees("This invitation has been used.")
    await window.look("app-invitation-used")
    await window.follow("Sign in")
    assert window.path == f"{shop.home}/login"
    await window.sign_in(emil, APP_PASSWORD)
    assert window.path == f"{shop.home}/profile"
    await window.goto(link)
    await window.sees("You are a member of Shift planner already")
    await window.look("app-invitation-member")


async def test_an_inviter_who_may_no_longer_invite_lets_nobody_in(
    shop: Shifts, window: Window
) -> None:
    mia = await shop.join(address("mia"), role="Manager", name="Mia Muster")
    emil = address("emil")
    _, link = await shop.invite(emil, by=mia)
    await window.goto(link)
    await window.fill(password=APP_PASSWORD)
    await shop.town.database.execute(
        "UPDATE app_member_roles SET role = 'Employee' FROM accounts"
        " WHERE accounts.id = app_member_id AND accounts.address = $1",
        mia.email,
    )
    await window.press(f"Join {shop.name}")
    await _is_of(shop, window)
    await window.sees("Mia Muster may no longer invite people to Shift planner.")
    await window.look("app-invitation-not-entitled")
    assert emil not in await shop.members()


async def test_a_role_that_the_definition_drops_brings_nobody_in(
    shop: Shifts, window: Window
) -> None:
    """Published without a word about it, that is refused; so its people become something else."""
    emil = address("emil")
    _, link = await shop.invite(emil, role="Employee")
    renamed = SEED.replace("Employee", "Worker")
    path = f"/apps/{shop.app['id']}"
    await shop.put_definition(renamed)
    await shop.town.expect(409, "POST", f"{path}/publish", {}, by=shop.ada)
    body = {"roles": {"Employee": "Worker"}}
    await shop.town.expect(200, "POST", f"{path}/publish", body, by=shop.ada)
    await window.goto(link)
    await window.sees("Ada Abel invites you to join Shift planner as Worker.")
    await window.fill(password=APP_PASSWORD)
    await window.press(f"Join {shop.name}")
    assert (await shop.members())[emil]["roles"] == ["Worker"]


async def test_who_is_in_the_app_already_gets_the_role_by_the_key_alone_and_no_session(
    shop: Shifts, window: Window
) -> None:
    emil = await shop.join(address("emil"))
    _, link = await shop.invite(emil.email, role="Manager")
    await window.goto(link)
    await _is_of(shop, window)
    assert await window.page.locator("[name=password]").count() == 0
    await window.look("app-invitation-key-alone")
    await window.press(f"Join {shop.name}")
    assert set((await shop.members())[emil.email]["roles"]) == {"Manager", "Employee"}

    assert window.path == f"{shop.home}/login"
    names = {cookie["name"] for cookie in await window.context.cookies()}
    assert not {name for name in names if "session" in name}
    await window.sign_in(emil.email, ANOTHER_PASSWORD)
    await window.sees("do not belong together")
    await window.sign_in(emil.email, APP_PASSWORD)
    assert await window.menu() == ["Profile", "Members", "Invitations"]


@pytest.mark.parametrize("where", ["the studio", "another app"])
async def test_being_signed_in_elsewhere_makes_no_difference(
    shop: Shifts, window: Window, where: str
) -> None:
    """The invited address has a user, too, whose account stays out of it."""
    bo = await shop.town.sign_up("Bo Berg")
    if where == "the studio":
        await window.sign_in(bo.email, PASSWORD)
    else:
        other = await shifts.open_another(shop.town, shop.ada, shop.acme)
        await other.join(bo.email)
        await window.goto(f"{other.home}/login")
        await window.sign_in(bo.email, APP_PASSWORD)
    _, link = await shop.invite(bo.email)
    await window.goto(link)
    await _is_of(shop, window)
    await window.sees("Choose a password")
    await window.fill(password=ANOTHER_PASSWORD)
    await window.press(f"Join {shop.name}")
    assert window.path == f"{shop.home}/profile"
    body = {"email": bo.email, "password": ANOTHER_PASSWORD}
    await shop.town.expect(201, "POST", f"/apps/{shop.app['id']}/sessions", body)
    await shop.town.expect(401, "POST", "/sessions", body)


async def test_another_member_of_the_app_is_asked_who_they_are(
    shop: Shifts, window: Window
) -> None:
    mia, emil = await shop.join(address("mia"), role="Manager"), address("emil")
    await window.goto(f"{shop.home}/login")
    await window.sign_in(mia.email, APP_PASSWORD)
    _, link = await shop.invite(emil)
    await window.goto(link)
    await window.sees(f"You are signed in as {mia.email}", f"sent to {emil}")
    await window.lacks("Join as")
    await window.look("app-invitation-mismatch")
    await window.press("Use another account")
    await window.fill(password=APP_PASSWORD)
    await window.press(f"Join {shop.name}")
    await window.sees(emil, "Employee")


async def test_an_unknown_key_is_a_neutral_404(window: Window) -> None:
    assert await window.goto(f"/app-invite?key={'A' * 43}") == 404
    await window.sees("This link leads nowhere")


async def test_without_its_cookie_the_page_says_to_open_the_link_again(
    shop: Shifts, window: Window
) -> None:
    _, link = await shop.invite(address("emil"))
    await window.goto(link)
    await window.context.clear_cookies()
    await window.page.reload()
    await _is_of(shop, window)
    await window.sees("Open the link in your mail again")
    await window.look("app-invitation-no-cookie")
    await window.goto(f"{shop.home}/activation")
    await window.sees("Look into your mail")
    await window.look("app-activation-without-key")


async def _is_of(shop: Shifts, window: Window) -> None:
    """Check that the page is the app's, in its name."""
    assert window.path.startswith(f"{shop.home}/activation/")
    assert (await window.whose()).endswith(shop.name)


def _first_link(text: str) -> str:
    return next(word for word in text.split() if word.startswith("http"))
