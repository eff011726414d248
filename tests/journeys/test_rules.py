"""The rules of who comes in, in the browser: set them, see whom they keep out, and be kept out."""

from tests.journeys.conftest import OpenWindow
from tests.journeys.town import Town, address, path_of
from tests.world import PASSWORD


async def test_rules_are_set_and_keep_out_who_was_invited(
    town: Town, window_of: OpenWindow
) -> None:
    ada = await town.sign_up("Ada Abel")
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


async def test_where_other_accounts_are_not_taken_the_invited_address_joins(
    town: Town, window_of: OpenWindow
) -> None:
    ada, guest = await town.sign_up("Ada Abel"), await town.sign_up("Gil Gray")
    place = await town.found(ada)
    _, link = await town.invite(ada, place, address("ana"))
    rules = {"takes_other_accounts": False, "allowed_domains": ["town.example.com"]}
    await town.expect(200, "PATCH", path_of(place), rules, by=ada)

    window = await window_of(town.base_url)
    await window.sign_in(guest.email, PASSWORD)
    await window.goto(link)
    await window.sees("with the invited address only")
    await window.lacks(f"Join as {guest.email}")
    await window.look("invitation-no-other-account")
    await window.press("Use another account")
    await window.fill(first_name="Ana", last_name="Ahn", password=PASSWORD)
    await window.press(f"Join {place['name']}")
    assert window.path == f"/organizations/{place['slug']}"
