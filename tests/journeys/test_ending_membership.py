"""An ending membership: invited for a while, told a week before, out when the clock says so.

The clock is moved in the database, and the chores are done by hand: no story waits for either.
"""

from datetime import timedelta
from typing import Any

from tests.journeys import shifts
from tests.journeys.conftest import OpenWindow
from tests.journeys.ends import LAST_DAY, let_come, tell
from tests.journeys.shifts import APP_PASSWORD
from tests.journeys.town import Town, address, link_in
from tests.journeys.windows import Window
from tests.running import Running
from tests.world import PASSWORD

SHOWN = f"{LAST_DAY.day} {LAST_DAY:%B %Y}"


async def invite_for_a_while(window: Window, home: str, email: str) -> None:
    """Invite somebody, with a last day of access."""
    await window.goto(f"{home}/invitations")
    await window.fill(email=email)
    await window.page.locator("summary", has_text="More choices").click()
    await window.fill(member_until=LAST_DAY.isoformat())
    await window.look("invite-for-a-while")
    await window.press("Send invitation")
    await window.sees(email, f"access ends {SHOWN}")


async def join(window: Window, town: Town, place: dict[str, Any], email: str) -> None:
    """Come in by the mail, as Cy Cole, and see until when."""
    mail = await town.mail(email)
    assert "Your access ends on" in mail.text
    assert SHOWN in mail.text
    await window.goto(link_in(mail.text))
    await window.sees("Your access ends on", SHOWN)
    await window.look("invitation-for-a-while")
    await window.fill(first_name="Cy", last_name="Cole", password=PASSWORD)
    await window.press(f"Join {place['name']}")
    await window.goto(f"/organizations/{place['slug']}/members")
    await window.sees(f"until {SHOWN}")
    await window.look("members-for-a-while")
    await window.follow("Cy Cole")
    await window.sees("Access ends", SHOWN)


async def test_a_membership_ends_and_its_open_page_refuses_at_the_next_click(
    town: Town, window_of: OpenWindow, server: Running, size: str
) -> None:
    ada = await town.sign_up("Ada Abel")
    acme, cy = await town.found(ada), address("cy")
    home = f"/organizations/{acme['slug']}"
    of_ada, of_cy = [await window_of(town.base_url, size=size) for _ in range(2)]
    await of_ada.sign_in(ada.email, PASSWORD)
    await invite_for_a_while(of_ada, home, cy)
    await join(of_cy, town, acme, cy)

    await let_come(town, cy, timedelta(days=6))
    await tell(server)
    await tell(server)
    theirs = await town.mail_about(cy, f"Your access to {acme['name']} ends soon")
    assert f"{home}" in theirs.text
    hers = await town.mail_about(ada.email, "The access of Cy Cole")
    [link] = [word for word in hers.text.split() if f"{home}/members/user_" in word]
    await of_ada.goto(link)
    await of_ada.sees("Cy Cole", "Last day of access")
    await of_ada.look("member-for-a-while")

    await of_cy.goto(home)
    await let_come(town, cy, -timedelta(seconds=1))
    assert await of_cy.goto(f"{home}/members") == 404
    await of_cy.goto("/")
    await of_cy.lacks(acme["name"])
    await of_ada.goto(f"{home}/members")
    await of_ada.lacks("Cy Cole")


async def test_a_membership_is_prolonged_in_time(
    town: Town, window_of: OpenWindow, server: Running
) -> None:
    ada = await town.sign_up("Ada Abel")
    di = await town.sign_up("Di Dahl")
    acme = await town.found(ada)
    home = f"/organizations/{acme['slug']}"
    invitation, _ = await town.invite(ada, acme, di.email)
    await town.expect(200, "POST", f"/me/invitations/{invitation['id']}/accept", by=di)
    of_ada = await window_of(town.base_url)
    await of_ada.sign_in(ada.email, PASSWORD)
    await of_ada.goto(f"{home}/members")
    await of_ada.follow("Di Dahl")
    await of_ada.fill(member_until="2001-01-01")
    await of_ada.press("Save the end")
    await of_ada.sees("Choose an end from an hour to ten years ahead.")
    await of_ada.look("member-end-refused")
    await of_ada.fill(member_until=LAST_DAY.isoformat())
    await of_ada.press("Save the end")
    await of_ada.sees("The end is saved", f"until {SHOWN}")
    assert SHOWN in (await town.mail_about(di.email, "When your access")).text

    await let_come(town, di.email, timedelta(days=1))
    await tell(server)
    await town.mail_about(di.email, "ends soon")
    await of_ada.follow("Di Dahl")
    await of_ada.fill(member_until="")
    await of_ada.press("Save the end")
    await of_ada.lacks("until ")
    assert "does not end any more" in (await town.mail_about(di.email, "does not end")).text
    await town.expect(200, "GET", f"/organizations/{acme['id']}", by=di)


async def test_in_an_app_the_session_ends_with_the_access(
    town: Town, window_of: OpenWindow, server: Running
) -> None:
    shop = await shifts.open_shop(town)
    emil = await shop.join(address("emil"), name="Emil")
    of_ada, of_emil = [await window_of(town.base_url) for _ in range(2)]
    await of_ada.sign_in(shop.ada.email, PASSWORD)
    await of_ada.goto(f"{shop.studio}/members")
    await of_ada.follow("Emil")
    await of_ada.fill(member_until=LAST_DAY.isoformat())
    await of_ada.press("Save the end")
    await of_ada.sees("The end is saved", f"until {SHOWN}")
    await of_ada.follow("Emil")
    await of_ada.sees("Access ends", SHOWN, "For all their roles.")
    await of_ada.look("app-member-for-a-while")
    await of_emil.goto(f"{shop.home}/login")
    await of_emil.sign_in(emil.email, APP_PASSWORD)
    await of_emil.goto(f"{shop.home}/profile")
    await of_emil.sees("Your access ends on", SHOWN)
    await of_emil.look("app-profile-for-a-while")

    await let_come(town, emil.email, timedelta(days=6))
    await tell(server)
    assert "as Employee" in (await town.mail_about(emil.email, "ends soon")).text
    assert (
        f"{shop.studio}/members/apm_"
        in (await town.mail_about(shop.ada.email, "The access of Emil")).text
    )
    await let_come(town, emil.email, -timedelta(seconds=1))

    await of_emil.goto(f"{shop.home}/profile")
    assert of_emil.path == f"{shop.home}/login"
    await of_emil.sign_in(emil.email, APP_PASSWORD)
    await of_emil.sees("do not belong together")
    await town.expect(401, "GET", f"/apps/{shop.app['id']}/me", by=emil)
    _, link = await shop.invite(emil.email)
    await of_emil.goto(link)
    await of_emil.fill(password=APP_PASSWORD)
    await of_emil.press(f"Join {shop.name}")
    await of_emil.goto(f"{shop.home}/profile")
    await of_emil.lacks("Your access ends on")
