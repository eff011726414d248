"""A full organization: people come in until every seat is taken; one is given back, and taken."""

from tests.journeys.conftest import OpenWindow
from tests.journeys.town import Citizen, Town, address, key_in, link_in
from tests.world import PASSWORD


async def join(town: Town, email: str, first_name: str) -> Citizen:
    """Have somebody who was invited come in, with a new account."""
    key = key_in(link_in((await town.mail(email)).text))
    account = {"first_name": first_name, "last_name": "Berg", "password": PASSWORD}
    body = {"key": key, "account": account}
    accepted = await town.expect(200, "POST", "/invitations/accept", body)
    return Citizen(email, first_name, "Berg", accepted["session"]["token"])


async def test_a_full_organization_refuses_kindly_until_a_seat_is_given_back(
    town: Town, window_of: OpenWindow, size: str
) -> None:
    ada = await town.sign_up("Ada Abel")
    acme = await town.found(ada)
    home, bo, cat, dan = f"/organizations/{acme['slug']}", *map(address, ("bo", "cat", "dan"))
    await town.invite(ada, acme, bo, role="admin")
    await join(town, bo, "Bo")
    await town.limit_seats(acme, 3)
    of_ada, of_bo = [await window_of(town.base_url, size=size) for _ in range(2)]
    await of_ada.sign_in(ada.email, PASSWORD)
    await of_bo.sign_in(bo, PASSWORD)
    await of_bo.goto(f"{home}/invitations")
    await of_bo.sees("2 members, of 3")

    await of_ada.goto(f"{home}/invitations")
    await of_ada.fill(email=cat)
    await of_ada.press("Send invitation")
    await of_ada.sees(cat, "2 members and 1 invited, of 3", "All seats are taken:")
    await of_ada.lacks("Send invitation")
    await of_ada.look("organization-full")

    await of_bo.fill(email=dan)
    await of_bo.press("Send invitation")
    await of_bo.sees("All seats are taken: 2 members and 1 invited, of 3.", "Revoke an invitation")
    assert await of_bo.page.locator("[name=email]").input_value() == dan
    await of_bo.look("organization-full-refused")

    await of_ada.follow(cat)
    await of_ada.confirm("Revoke the invitation", "Revoke")
    await of_ada.goto(f"{home}/invitations")
    await of_ada.sees("2 members, of 3", "Send invitation")
    await of_bo.press("Send invitation")
    await of_bo.sees(dan, "2 members and 1 invited, of 3")
    for page in ("", "/members"):
        await of_bo.goto(home + page)
        await of_bo.sees("2 members and 1 invited, of 3")
        await of_bo.look(f"organization-full{page.replace('/', '-') or '-overview'}")


async def test_whoever_was_invited_comes_in_when_there_are_fewer_seats_by_then(
    town: Town, window_of: OpenWindow
) -> None:
    ada = await town.sign_up("Ada Abel")
    acme, dan = await town.found(ada), address("dan")
    await town.invite(ada, acme, dan)
    await town.limit_seats(acme, 1)
    await join(town, dan, "Dan")

    window = await window_of(town.base_url)
    await window.sign_in(ada.email, PASSWORD)
    await window.goto(f"/organizations/{acme['slug']}/invitations")
    await window.sees("All seats are taken: 2 members, of 1.", "Joined")
    await window.look("organization-overfull")
