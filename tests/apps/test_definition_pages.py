"""The page where a definition is written: a sound one is kept, a wrong one shown again."""

from html import unescape

import pytest

from tests.apps.studio import PLANNER, RENAMED, SOURCE, Studio, page
from tests.client import Client

PAGE = f"{PLANNER}/definition"
WRONG = SOURCE.replace("role: Manager", "role: Boss").replace("[Employee]", "[Nobody]")


def written(shown: str) -> str:
    """Give what stands in the field of the page."""
    field = shown.partition("<textarea")[2].partition("</textarea>")[0]
    return unescape(field.partition(">\n")[2])


async def test_a_sound_definition_is_kept_as_the_draft(client: Client, studio: Studio) -> None:
    ada = client.as_(studio.world.ada)
    typed = "  \n" + SOURCE.replace("\n", "\r\n")
    answer = await ada.submit(PAGE, {"source": typed, "then": ""}, page=PAGE)

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}?saved=1")
    assert await studio.draft() == "  \n" + SOURCE
    shown = await page(ada, f"{PAGE}?saved=1")
    assert "The draft is saved." in shown
    assert written(shown) == "  \n" + SOURCE
    assert "A draft, saved by Ada Abel" in shown
    assert (await studio.find()).version is None


async def test_json_is_a_definition_too(client: Client, studio: Studio) -> None:
    ada = client.as_(studio.world.ada)
    source = '{"name": "Planner", "security": {"default": {"role": "A"}, "roles": {"A": {}}}}'
    answer = await ada.submit(PAGE, {"source": source, "then": "publish"}, page=PAGE)

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{PAGE}/publish"
    assert await studio.draft() == source


async def test_a_wrong_definition_is_shown_again_with_every_fault_at_its_line(
    client: Client, studio: Studio
) -> None:
    await studio.save()
    ada = client.as_(studio.world.ada)
    answer = await ada.submit(PAGE, {"source": WRONG, "then": "publish"}, page=PAGE)
    shown = unescape(answer.text)

    assert answer.status_code == 422
    assert "2 faults: nothing was saved" in shown
    assert '<a href="#source" data-line="4">Line 4</a>' in shown
    assert '<a href="#source" data-line="8">Line 8</a>' in shown
    assert "There is no role “Boss”" in shown
    assert "<code>inherits: [Nobody]</code>" in shown
    assert 'aria-invalid="true" aria-describedby="faults"' in shown
    assert "<title>Please check: " in shown
    assert written(answer.text) == WRONG
    assert await studio.draft() == SOURCE


async def test_what_was_typed_is_shown_as_text_and_nothing_else(
    client: Client, studio: Studio
) -> None:
    ada = client.as_(studio.world.ada)
    source = '</textarea><script>alert(1)</script>\nname: "<b>"\n{{ 7 * 7 }}'
    answer = await ada.submit(PAGE, {"source": source, "then": ""}, page=PAGE)

    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert "<b>" not in answer.text
    assert written(answer.text) == source


@pytest.mark.parametrize("source", ["", " ", "\n", "\x00", "\u202e", "a: &b [*b]", "- - - -", "?"])
async def test_whatever_is_sent_is_answered_with_its_faults(
    client: Client, studio: Studio, source: str
) -> None:
    ada = client.as_(studio.world.ada)
    answer = await ada.submit(PAGE, {"source": source, "then": ""}, page=PAGE)
    assert answer.status_code == 422
    assert "nothing was saved" in answer.text


async def test_many_faults_are_counted_and_the_first_of_them_listed(
    client: Client, studio: Studio
) -> None:
    ada = client.as_(studio.world.ada)
    source = SOURCE + "".join(f"    R{number}: {{colour: red}}\n" for number in range(80))
    answer = await ada.submit(PAGE, {"source": source, "then": ""}, page=PAGE)
    assert "80 faults: nothing was saved" in answer.text
    assert "These are the first 50." in answer.text


async def test_the_page_says_what_counts(client: Client, studio: Studio) -> None:
    ada = client.as_(studio.world.ada)
    assert "This is an example" in await page(ada, PAGE)

    await studio.publish()
    shown = await page(ada, PAGE)
    assert "This is version 1, which is in force." in shown
    assert "What would change" not in shown

    await studio.save(RENAMED)
    shown = await page(ada, PAGE)
    assert "Version 1 is in force until you publish it." in shown
    assert f'href="{PAGE}/publish"' in shown


async def test_an_old_version_is_where_to_go_on_from(client: Client, studio: Studio) -> None:
    await studio.publish()
    await studio.publish(RENAMED)
    ada = client.as_(studio.world.ada)

    shown = await page(ada, f"{PAGE}?version=1")
    assert written(shown) == SOURCE
    assert "This is the text of version 1." in shown
    assert await studio.draft() == RENAMED
    assert (await ada.get(f"{PAGE}?version=7")).status_code == 404


@pytest.mark.parametrize("version", ["x", "1.5", "-1", "9" * 30, "1&version=2"])
async def test_a_version_that_is_no_number_is_no_fault_of_ours(
    client: Client, studio: Studio, version: str
) -> None:
    await studio.publish()
    answer = await client.as_(studio.world.ada).get(f"{PAGE}?version={version}")
    assert answer.status_code in {200, 404, 422}


async def test_a_reader_sees_the_text_with_its_lines(client: Client, studio: Studio) -> None:
    cy = client.as_(studio.world.cy)
    assert "Nothing is written yet" in await page(cy, PAGE)
    await studio.save()
    shown = await page(cy, PAGE)
    assert "<li><code>name: Planner</code></li>" in shown
    assert '<button class="button"' not in shown
