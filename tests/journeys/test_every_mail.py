"""Every mail as it arrives: pictures, no grave fault, and links that lead home alone."""

import re
from pathlib import Path

from tests.journeys.conftest import OpenWindow
from tests.journeys.town import Town, address, key_in, link_in
from tests.world import PASSWORD

SOURCE = Path(__file__).resolve().parents[2] / "src" / "vestibule"
NEW_PASSWORD = "another lamp, another stair"
_HREF = re.compile(r'href="([^"]+)"')


async def test_every_mail_reads_well_and_leads_home(town: Town, window_of: OpenWindow) -> None:
    people = await _cause_every_mail(town)
    rows = await town.database.fetch(
        "SELECT id, template FROM messages WHERE recipient = ANY($1)", people
    )
    template_of = {str(row["id"]): row["template"] for row in rows}
    assert set(template_of.values()) == {
        f"{path.parts[-4]}/{path.name.removesuffix('.subject.txt')}"
        for path in SOURCE.glob("*/templates/mail/*.subject.txt")
    }

    window = await window_of(town.base_url)
    for mail in (mail for person in people for mail in town.sink.to(person)):
        assert all(link.startswith(town.base_url) for link in _HREF.findall(mail.html))
        assert town.base_url in mail.text
        number = str(mail.message["Message-ID"]).strip("<>").partition("@")[0]
        await window.page.set_content(mail.html)
        await window.look(f"mail-{template_of[number].replace('/', '-')}")


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

    await town.expect(202, "POST", "/password-resets", {"email": ada.email})
    mail = await town.mail_about(ada.email, "Choose a new password")
    body = {"key": key_in(link_in(mail.text)), "password": NEW_PASSWORD}
    await town.expect(204, "POST", "/password-resets/complete", body)
    await town.mail_about(ada.email, "password for Vestibule was changed")
    return [ada.email, bo.email, ana, home]
