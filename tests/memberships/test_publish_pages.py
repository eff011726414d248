"""Publishing in the studio: what changes is shown first, and what becomes of people is asked."""

from html import unescape

import pytest

from tests.apps.studio import PLANNER, RENAMED, SOURCE, Studio, page
from tests.client import Client
from tests.world import Person, World
from vestibule.kernel.database import Database

PAGE = f"{PLANNER}/definition/publish"
# Nobody may become what Ada is here.
WITHOUT = SOURCE.replace("Manager", "Chief")


@pytest.fixture
async def studio(database: Database, world: World) -> Studio:
    made = Studio(database, world)
    await made.make()
    return made


def stamp_in(shown: str) -> str:
    """Give what tells the draft that the page shows from another."""
    return shown.partition('name="saved_at" value="')[2].partition('"')[0]


async def send(
    client: Client, person: Person, said: dict[str, str] | None = None, *, stamp: str = ""
) -> tuple[int, str]:
    """Press the button. Gives the status, and where it leads to, or the page."""
    somebody = client.as_(person)
    form = {"saved_at": stamp or stamp_in(await page(somebody, PAGE)), **(said or {})}
    answer = await somebody.submit(PAGE, form, page=PAGE)
    return answer.status_code, answer.headers.get("Location") or unescape(answer.text)


async def test_before_anything_is_written_there_is_nothing_to_publish(
    client: Client, studio: Studio
) -> None:
    answer = await client.as_(studio.world.ada).get(PAGE)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PLANNER}/definition")


async def test_the_first_publish_says_that_the_app_opens_and_lets_the_publisher_in(
    client: Client, studio: Studio
) -> None:
    await studio.save()
    shown = await page(client.as_(studio.world.bo), PAGE)
    assert "Publish version 1" in shown
    assert "The app opens: people can be invited, and can sign in." in shown
    assert "You become its first member, as Manager" in shown

    assert await send(client, studio.world.bo) == (303, PLANNER)
    assert (await studio.find()).version == 1
    assert "Continue as bo@cast.example.com" in await page(client.as_(studio.world.bo), PLANNER)


async def test_what_changes_is_said_and_shown(client: Client, studio: Studio) -> None:
    await studio.publish()
    ada = client.as_(studio.world.ada)
    assert "Nothing changes" in await page(ada, PAGE)

    await studio.save(RENAMED.replace("name: Planner", "name: Rota planner"))
    shown = unescape(await page(ada, PAGE))
    assert "The app is called “Rota planner”, no longer “Planner”." in shown
    assert "A new role: Worker." in shown
    assert "A role is gone: Employee." in shown
    assert "3 lines added (+)" in shown
    assert "They become" not in shown  # nobody is Employee

    assert await send(client, studio.world.ada) == (303, PLANNER)
    assert (await studio.find()).name == "Rota planner"


async def test_what_becomes_of_who_has_a_role_that_goes_is_asked_and_done(
    client: Client, studio: Studio
) -> None:
    await studio.publish()
    await studio.save(WITHOUT)
    shown = unescape(await page(client.as_(studio.world.ada), PAGE))
    assert "1 member has the role Manager." in shown
    assert 'name="becomes.Manager"' in shown

    status, again = await send(client, studio.world.ada)
    assert status == 409
    assert "Choose what those who are Manager become." in again
    assert 'aria-invalid="true"' in again
    assert 'href="#becomes-0"' in again
    assert (await studio.find()).version == 1

    assert await send(client, studio.world.ada, {"becomes.Manager": "Chief"}) == (303, PLANNER)
    assert (await studio.find()).version == 2
    front = await page(client.as_(studio.world.ada), PLANNER)
    assert f'<a href="{PLANNER}/members?role=Chief">1 person</a>' in front


@pytest.mark.parametrize("to", ["Manager", "Nobody", "owner", "<b>"])
async def test_nobody_becomes_what_is_not_there(client: Client, studio: Studio, to: str) -> None:
    await studio.publish()
    await studio.save(WITHOUT)
    status, shown = await send(client, studio.world.ada, {"becomes.Manager": to})
    assert status == 422
    assert "Choose a role: Chief, Employee." in shown
    assert (await studio.find()).version == 1


async def test_a_role_that_stays_is_none_to_speak_of(client: Client, studio: Studio) -> None:
    await studio.publish()
    await studio.save(WITHOUT)
    status, _ = await send(client, studio.world.ada, {"becomes.Employee": "Chief"})
    assert status == 422
    assert (await studio.find()).version == 1


async def test_a_draft_that_was_changed_meanwhile_is_looked_at_first(
    client: Client, studio: Studio
) -> None:
    await studio.publish()
    await studio.save(RENAMED)
    stamp = stamp_in(await page(client.as_(studio.world.ada), PAGE))
    await studio.save(RENAMED.replace("name: Planner", "name: Another"))

    status, shown = await send(client, studio.world.ada, stamp=stamp)
    assert status == 409
    assert "The draft was saved anew while you looked at it." in shown
    assert "called “Another”" in shown
    assert (await studio.find()).version == 1
    assert await send(client, studio.world.ada) == (303, PLANNER)


async def test_pressing_twice_publishes_once(client: Client, studio: Studio) -> None:
    await studio.save()
    stamp = stamp_in(await page(client.as_(studio.world.ada), PAGE))
    assert await send(client, studio.world.ada, stamp=stamp) == (303, PLANNER)
    assert await send(client, studio.world.ada, stamp=stamp) == (303, PLANNER)
    assert (await studio.find()).version == 1
