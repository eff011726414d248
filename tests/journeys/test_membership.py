"""A member's life in the browser: another role, removed, left, handed over, the account deleted."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.journeys.conftest import OpenWindow
from tests.journeys.town import Citizen, Town, address, key_in, path_of
from tests.journeys.windows import Window
from tests.world import PASSWORD


@dataclass(frozen=True, slots=True)
class Club:
    """An organization with an owner and two members."""

    town: Town
    place: dict[str, Any]
    ada: Citizen
    bo: Citizen
    di: Citizen

    @property
    def home(self) -> str:
        return f"/organizations/{self.place['slug']}"

    async def role(self, who: Citizen) -> str | None:
        """Give what somebody is there."""
        path = f"{path_of(self.place)}/members?q={who.email}"
        found = (await self.town.expect(200, "GET", path, by=await self._owner()))["data"]
        return str(found[0]["role"]) if found else None

    async def _owner(self) -> Citizen:
        for person in (self.ada, self.bo, self.di):
            answer = await self.town.call("GET", path_of(self.place), by=person)
            if answer.status_code == 200:
                return person
        raise AssertionError("nobody is left")


@pytest.fixture
async def club(town: Town) -> Club:
    ada = await town.sign_up("Ada Abel")
    place = await town.found(ada)
    people = []
    for name, role in (("Bo", "admin"), ("Di", "viewer")):
        email = address(name)
        _, link = await town.invite(ada, place, email, role=role)
        who = {"first_name": name, "last_name": "Berg"}
        body = {"key": key_in(link), "account": {**who, "password": PASSWORD}}
        accepted = await town.expect(200, "POST", "/invitations/accept", body)
        people.append(Citizen(email, name, "Berg", accepted["session"]["token"]))
    return Club(town, place, ada, *people)


async def enter(window_of: OpenWindow, club: Club, who: Citizen, **more: Any) -> Window:  # noqa: ANN401
    window = await window_of(club.town.base_url, **more)
    await window.sign_in(who.email, PASSWORD)
    return window


async def test_a_role_is_changed_and_the_open_page_obeys_at_once(
    club: Club, window_of: OpenWindow, size: str
) -> None:
    ada = await enter(window_of, club, club.ada, size=size)
    di = await enter(window_of, club, club.di, size=size)
    await di.goto(f"{club.home}/members")
    await di.lacks("Invite somebody")

    await ada.goto(f"{club.home}/members")
    await ada.look("members-to-change")
    await ada.follow("Di Berg")
    await ada.sees("Role of Di Berg", "Remove from", "Hand over to Di Berg")
    await ada.look("member")
    await ada.page.locator("[name=role]").select_option("admin")
    await ada.press("Save")
    await ada.sees("The role is saved")

    await di.page.reload()
    await di.sees("Invite somebody")
    letter = await club.town.mail_about(club.di.email, "role")
    assert "You are an admin now." in letter.text


async def test_a_member_is_removed_and_what_they_sent_is_kept(
    club: Club, window_of: OpenWindow
) -> None:
    guest = address("gus")
    await club.town.invite(club.bo, club.place, guest)
    ada = await enter(window_of, club, club.ada)
    bo = await enter(window_of, club, club.bo)

    await ada.goto(f"{club.home}/members")
    await ada.follow("Bo Berg")
    await ada.page.locator("summary", has_text="Remove from").first.click()
    question = ada.page.locator("dialog[open], details[open] > .ask").last
    assert "Remove Bo Berg from" in await question.inner_text()
    await ada.look("member-removing")
    await question.get_by_label("Keep the invitations").check()
    await question.get_by_role("button", name="Remove", exact=True).click()
    await ada.page.wait_for_load_state()
    await ada.sees("The person is removed")
    await ada.lacks("Bo Berg")

    assert await bo.goto(club.home) == 404
    await ada.goto(f"{club.home}/invitations")
    await ada.sees(guest, "invited by Ada Abel")
    await club.town.mail_about(club.bo.email, "no longer a member")


async def test_a_member_leaves(club: Club, window_of: OpenWindow, size: str) -> None:
    di = await enter(window_of, club, club.di, size=size)
    await di.goto(club.home)
    await di.follow(f"Leave {club.place['name']}")
    await di.sees("You no longer see")
    await di.look("leave-organization")
    await di.press(f"Leave {club.place['name']}")
    assert di.path == "/"
    await di.lacks(club.place["name"])
    assert await club.role(club.di) is None


async def test_the_last_owner_hands_over_and_leaves_with_that(
    club: Club, window_of: OpenWindow, size: str
) -> None:
    ada = await enter(window_of, club, club.ada, size=size)
    await ada.goto(f"{club.home}/leave")
    await ada.sees("You are its only owner")
    await ada.look("leave-organization-last-owner")
    await ada.follow("Choose a member")
    await ada.follow("Bo Berg")
    await ada.page.locator("summary", has_text="Hand over to").first.click()
    await ada.look("member-handing-over")
    question = ada.page.locator("dialog[open], details[open] > .ask").last
    await question.get_by_label("And leave").check()
    await question.get_by_role("button", name="Hand over", exact=True).click()
    await ada.page.wait_for_load_state()

    assert ada.path == "/"
    await ada.lacks(club.place["name"])
    assert await club.role(club.bo) == "owner"
    letter = await club.town.mail_about(club.bo.email, "role")
    assert "You are an owner now." in letter.text


async def test_an_account_is_deleted_once_nothing_stands_in_the_way(
    club: Club, window_of: OpenWindow, size: str
) -> None:
    ada = await enter(window_of, club, club.ada, size=size)
    await ada.goto("/profile")
    await ada.follow("Delete my account")
    await ada.sees("First, hand these over or delete them", club.place["name"])
    await ada.look("delete-account-in-the-way")
    await ada.follow("hand over")
    await ada.follow("Bo Berg")
    await ada.confirm("Hand over to", "Hand over")
    await ada.sees("You are an admin now")

    await ada.goto("/profile/delete")
    await ada.sees("You leave these organizations", club.place["name"])
    await ada.look("delete-account")
    await ada.fill(password="not my password")
    await ada.press("Delete my account")
    await ada.sees("This is not your present password")
    await ada.fill(password=PASSWORD)
    await ada.press("Delete my account")
    await ada.sees("Your account is deleted")

    await ada.sign_in(club.ada.email, PASSWORD)
    await ada.sees("do not belong together")
    assert await club.role(club.ada) is None


async def test_all_of_it_goes_without_scripts(club: Club, window_of: OpenWindow) -> None:
    ada = await enter(window_of, club, club.ada, scripts=False)
    await ada.goto(f"{club.home}/members")
    await ada.follow("Di Berg")
    await ada.confirm("Remove from", "Remove")
    await ada.sees("The person is removed")
    await ada.follow("Bo Berg")
    await ada.confirm("Hand over to", "Hand over")
    await ada.goto(f"{club.home}/leave")
    await ada.press(f"Leave {club.place['name']}")
    assert ada.path == "/"
