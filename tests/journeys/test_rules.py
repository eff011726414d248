"""The rules of who comes in, in the browser: set them, see whom they keep out, and be kept out."""

from tests.journeys.conftest import OpenWindow
from tests.journeys.town import Town, address
from tests.world import PASSWORD


async def test_rules_are_set_and_keep_out_who_was_invited(
    town: Town, window_of: OpenWindow
) -> None:
    ada, guest = await town.sign_up("Ada Abel"), await town.sign_up("Gil Gray")
    place = await town.found(ada)
    invited = address("ana")
    _, link = await town.invite(ada, place, invited)
    settings = f"/organizations/{place['slug']}/settings"

    window = await window_of(town.base_url, size="phone")
    await window.sign_in(ada.email, PASSWORD)
    await window.goto(settings)
    await window.fill(allowed_domains="other.example\n*.example.com\nana@example.com")
    await window.press("Save")
    await window.sees("*.example.com Write a whole domain", "ana@example.com Write a whole domain")
    await window.look("organization-settings-faults")
    await window.fill(allowed_domains="Other.example")
    await window.page.locator("[name=default_role]").select_option("manager")
    await window.page.locator("[name=takes_other_accounts]").uncheck()
    await window.press("Save")
    await window.sees("The settings are saved.", "let nobody in now")
    assert await window.page.locator("[name=allowed_domains]").input_value() == "other.example"
    await window.look("organization-settings-stricter")

    await window.follow("See the invitations")
    await window.sees("Address not allowed")
    assert await window.page.locator("[name=role]").input_value() == "manager"
    await window.look("invitations-not-allowed")
    await window.follow(invited)
    await window.sees("nobody can join by this invitation")
    await window.look("invitation-not-allowed")

    ana = await window_of(town.base_url)
    assert await ana.goto(link) == 403
    await ana.sees(f"does not take {invited} any more", "other.example")
    await ana.look("invitation-domain-not-allowed")
    await ana.press("Ask for a new invitation")
    await ana.sees("We asked Ada Abel for a new invitation.")

    domains = invited.partition("@")[2]
    await window.goto(settings)
    await window.fill(allowed_domains=f"other.example\n{domains}")
    await window.press("Save")
    await window.sees("The settings are saved.")
    await window.lacks("let nobody in now")
    other = await window_of(town.base_url)
    await other.sign_in(guest.email, PASSWORD)
    await other.goto(link)
    await other.sees("with the invited address only")
    await other.lacks(f"Join as {guest.email}")
    await other.look("invitation-no-other-account")
    await other.press("Use another account")
    await other.fill(first_name="Ana", last_name="Ahn", password=PASSWORD)
    await other.press(f"Join {place['name']}")
    assert other.path == f"/organizations/{place['slug']}"
