"""Every mail as it arrives: pictures, no grave fault, and links that lead home alone."""

import re
from datetime import timedelta
from pathlib import Path

from tests.journeys import ends, shifts
from tests.journeys.conftest import OpenWindow
from tests.journeys.shifts import APP_PASSWORD, OPEN, Shifts
from tests.journeys.town import Citizen, Town, address, key_in, link_in
from tests.journeys.windows import Window
from tests.running import Running
from tests.world import PASSWORD

SOURCE = Path(__file__).resolve().parents[2] / "src" / "vestibule"
# What the command line causes, which needs no browser: tests/memberships looks at it.
OPERATORS = {"memberships/organization_rescued"}
# What concerns one kind of place alone. A deleted app is told of in its organization's name.
OF_APPS = ("memberships/app_",)
OF_ORGANIZATIONS = ("memberships/organization_", "deletion/")
NEW_PASSWORD = "another lamp, another stair"
_HREF = re.compile(r'href="([^"]+)"')


async def test_every_mail_reads_well_and_leads_home(
    town: Town, server: Running, window_of: OpenWindow
) -> None:
    people = [*await _cause_every_mail(town), *await _cause_ends(town, server)]
    assert await _templates(town, people) == _every_template(but=OF_APPS) - OPERATORS
    await _look_at_all(town, people, await window_of(town.base_url), prefix="mail")


async def test_every_mail_of_an_app_is_in_its_name_and_leads_to_it(
    town: Town, server: Running, window_of: OpenWindow
) -> None:
    shop = await shifts.open_shop(town, definition=OPEN)
    people = [*await _cause_every_mail_of(shop), *await _cause_ends_of(shop, server)]
    assert await _templates(town, people) == _every_template(but=OF_ORGANIZATIONS)
    for mail in (mail for person in people for mail in town.sink.to(person)):
        assert shop.name in mail.text
        assert shop.name in mail.html
        for link in _HREF.findall(mail.html):
            path = link.removeprefix(town.base_url)
            assert path.startswith((f"{shop.home}/", "/app-invite?")), (mail.text, link)
    await _look_at_all(town, people, await window_of(town.base_url), prefix="mail-app")


def _every_template(*, but: tuple[str, ...]) -> set[str]:
    """Give what may be mailed, but what concerns the other kind of place alone."""
    names = {
        f"{path.parts[-4]}/{path.name.removesuffix('.subject.txt')}"
        for path in SOURCE.glob("*/templates/mail/*.subject.txt")
    }
    return {name for name in names if not name.startswith(but)}


async def _templates(town: Town, people: list[str]) -> set[str]:
    """Give the templates of what these people were sent, once it has left."""
    await town.all_mail_is_out()
    sent = "SELECT DISTINCT template FROM messages WHERE recipient = ANY($1)"
    return {row[0] for row in await town.database.fetch(sent, people)}


async def _look_at_all(town: Town, people: list[str], window: Window, *, prefix: str) -> None:
    """Look at each as it arrived."""
    sent = "SELECT id, template FROM messages WHERE recipient = ANY($1)"
    rows = await town.database.fetch(sent, people)
    template_of = {str(row["id"]): row["template"] for row in rows}
    for mail in (mail for person in people for mail in town.sink.to(person)):
        assert all(link.startswith(town.base_url) for link in _HREF.findall(mail.html))
        number = str(mail.message["Message-ID"]).strip("<>").partition("@")[0]
        if number not in template_of:
            continue  # its record went with the account
        await window.page.set_content(mail.html)
        await window.look(f"{prefix}-{template_of[number].replace('/', '-')}")


async def _cause_every_mail(town: Town) -> list[str]:
    """Do all that a mail is sent for. Gives who got one."""
    ada, bo = await town.sign_up("Ada Abel"), await town.sign_up("Bo Berg")
    acme = await town.found(ada)
    await town.expect(202, "POST", "/sign-ups", {"email": bo.email})
    await town.mail_about(bo.email, "already have an account")

    _, link = await town.invite(ada, acme, bo.email, role="manager")
    await town.expect(200, "POST", "/invitations/accept", {"key": key_in(link)})
    await town.mail(bo.email, nth=4)
    ana = address("ana")
    invitation, link = await town.invite(ada, acme, ana)
    await town.let_expire(invitation)
    await town.expect(202, "POST", "/invitations/request-new", {"key": key_in(link)})
    await town.mail(ada.email, nth=2)

    home = address("bo-at-home")
    for email in (ada.email, home):
        body = {"email": email, "password": PASSWORD}
        await town.expect(202, "POST", "/me/address", body, by=bo)
    key = key_in(link_in((await town.mail(home)).text))
    await town.expect(200, "POST", "/me/address/complete", {"key": key}, by=bo)

    user = (await town.expect(200, "GET", "/me", by=bo))["id"]
    member = f"/organizations/{acme['id']}/members/{user}"
    await town.expect(200, "PATCH", member, {"role": "admin"}, by=ada)
    await town.expect(204, "DELETE", member, by=ada)
    await town.mail_about(home, "no longer a member")
    await _delete_for(town, ada, bo, home)

    await town.expect(202, "POST", "/password-resets", {"email": ada.email})
    mail = await town.mail_about(ada.email, "Choose a new password")
    body = {"key": key_in(link_in(mail.text)), "password": NEW_PASSWORD}
    await town.expect(204, "POST", "/password-resets/complete", body)
    await town.mail_about(ada.email, "password for Vestibule was changed")
    return [ada.email, bo.email, ana, home]


async def _delete_for(town: Town, ada: Citizen, bo: Citizen, home: str) -> None:
    """Have Bo, who owns it as well, delete an organization of Ada's, and an app before."""
    gone = await town.found(ada, "Yesterday")
    _, link = await town.invite(ada, gone, home, role="owner")
    await town.expect(200, "POST", "/invitations/accept", {"key": key_in(link)})
    here = f"/organizations/{gone['id']}"
    app = await town.expect(201, "POST", f"{here}/apps", {"name": "Old rota"}, by=bo)
    await town.expect(204, "DELETE", f"/apps/{app['id']}", by=bo)
    await town.mail_about(ada.email, "Old rota of Yesterday was deleted")
    await town.expect(204, "DELETE", here, by=bo)
    await town.mail_about(ada.email, "Yesterday was deleted")


async def _cause_every_mail_of(shop: Shifts) -> list[str]:
    """Do all that an app's members get a mail for. Gives who got one."""
    town, app = shop.town, f"/apps/{shop.app['slug']}"
    emil = await _register(shop, address("emil"))
    await town.expect(202, "POST", f"{app}/sign-ups", {"email": emil.email})
    mia, known = await shop.join(address("mia"), role="Manager", name="Mia Muster"), address("kim")

    _, link = await shop.invite(emil.email, role="Manager", by=mia)
    await town.expect(200, "POST", "/invitations/accept", {"key": key_in(link)})
    invitation, link = await shop.invite(known, by=mia)
    await town.let_expire(invitation)
    await town.expect(202, "POST", "/invitations/request-new", {"key": key_in(link)})

    home = address("emil-at-home")
    for email in (mia.email, home):
        body = {"email": email, "password": emil.password}
        await town.expect(202, "POST", f"{app}/me/address", body, by=emil)
    key = key_in(link_in((await town.mail(home)).text))
    await town.expect(200, "POST", f"{app}/me/address/complete", {"key": key}, by=emil)

    await town.expect(202, "POST", f"{app}/password-resets", {"email": mia.email})
    mail = await town.mail_about(mia.email, "Choose a new password")
    body = {"key": key_in(link_in(mail.text)), "password": NEW_PASSWORD}
    await town.expect(204, "POST", f"{app}/password-resets/complete", body)

    member = f"{app}/members/{(await shop.members())[home]['id']}"
    await town.expect(200, "PATCH", member, {"roles": ["Employee"]}, by=shop.ada)
    gus = await _register(shop, address("gus"))  # with whom the records of their mails go
    member = f"{app}/members/{(await shop.members())[gus.email]['id']}"
    await town.expect(204, "DELETE", member, by=shop.ada)
    return [emil.email, mia.email, known, home, gus.email]


async def _cause_ends(town: Town, server: Running) -> list[str]:
    """Have a membership of an organization end soon. Gives who got a mail."""
    ada, cy = await town.sign_up("Ada Abel"), await town.sign_up("Cy Cole")
    acme = await town.found(ada)
    _, link = await town.invite(ada, acme, cy.email)
    await town.expect(200, "POST", "/invitations/accept", {"key": key_in(link)})
    user = (await town.expect(200, "GET", "/me", by=cy))["id"]
    member = f"/organizations/{acme['id']}/members/{user}"
    await town.expect(200, "PATCH", member, {"member_until": ends.LATER}, by=ada)
    await ends.let_come(town, cy.email, timedelta(days=6))
    await ends.tell(server)
    return [ada.email, cy.email]


async def _cause_ends_of(shop: Shifts, server: Running) -> list[str]:
    """Have a role in the app end soon, which a member gave. Gives who got a mail."""
    town, app, lou = shop.town, f"/apps/{shop.app['slug']}", address("lou")
    max_ = await shop.join(address("max"), role="Manager", name="Max Muster")
    _, link = await shop.invite(lou, by=max_)
    body = {"key": key_in(link), "account": {"password": APP_PASSWORD}}
    await town.expect(200, "POST", "/invitations/accept", body)
    member = f"{app}/members/{(await shop.members())[lou]['id']}"
    await town.expect(200, "PATCH", member, {"member_until": ends.LATER}, by=max_)
    await ends.let_come(town, lou, timedelta(days=6))
    await ends.tell(server)
    return [max_.email, lou]


async def _register(shop: Shifts, email: str) -> Citizen:
    """Register in an app that is open to all."""
    path = f"/apps/{shop.app['slug']}/sign-ups"
    await shop.town.expect(202, "POST", path, {"email": email})
    key = key_in(link_in((await shop.town.mail(email)).text))
    body = {"key": key, "password": APP_PASSWORD}
    session = await shop.town.expect(201, "POST", f"{path}/complete", body)
    return Citizen(email, email, "", session["token"], APP_PASSWORD)
