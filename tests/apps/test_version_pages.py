"""The pages of what a definition was."""

from html import unescape

import pytest

from tests.apps.studio import PLANNER, RENAMED, SOURCE, Studio, page
from tests.client import Client

VERSIONS = f"{PLANNER}/versions"


async def test_every_version_is_listed_with_who_published_it(
    client: Client, studio: Studio
) -> None:
    cy = client.as_(studio.world.cy)
    assert "No versions yet" in await page(cy, VERSIONS)

    await studio.publish()
    await studio.publish(RENAMED)
    shown = await page(cy, VERSIONS)
    assert shown.index("Version 2") < shown.index("Version 1")
    assert shown.count("In force") == 1
    assert "by Ada Abel" in shown
    assert "Manager, Worker" in shown
    assert f'href="{VERSIONS}/2?against=1"' in shown
    assert f'href="{VERSIONS}/1?against=0"' not in shown


async def test_the_list_goes_on_by_cursors(client: Client, studio: Studio) -> None:
    for number in range(3):
        await studio.publish(SOURCE + f"# {number}\n")
    cy = client.as_(studio.world.cy)
    shown = await page(cy, f"{VERSIONS}?limit=2")
    assert "Version 1" not in shown
    older = unescape(shown.partition('rel="next" href="')[2].partition('"')[0])
    rest = await page(cy, f"{VERSIONS}{older}&limit=2")
    assert "Version 1" in rest
    assert "Version 2" not in rest


async def test_a_version_is_shown_with_its_lines(client: Client, studio: Studio) -> None:
    await studio.publish()
    await studio.publish(RENAMED)
    shown = await page(client.as_(studio.world.cy), f"{VERSIONS}/1")

    assert "<li><code>      description: Works the shifts</code></li>" in shown
    assert "Published by Ada Abel" in shown
    assert "Edit from here" not in shown
    assert '<option value="2" >Version 2</option>' in shown
    assert '<option value="draft" >The draft</option>' in shown
    assert f'href="{PLANNER}/definition?version=1"' in await page(
        client.as_(studio.world.ada), f"{VERSIONS}/1"
    )


@pytest.mark.parametrize("path", ["/2?against=1", "/1?against=2"])
async def test_two_versions_are_compared_in_the_order_of_time(
    client: Client, studio: Studio, path: str
) -> None:
    await studio.publish()
    await studio.publish(RENAMED)
    shown = await page(client.as_(studio.world.cy), VERSIONS + path)

    assert "2 lines added (+)" in shown
    assert "2 lines removed (−)" in shown
    rows = [row.partition("</tr>")[0] for row in shown.split("<tr ")]
    gone = [row for row in rows if row.startswith('class="removed"')]
    came = [row for row in rows if row.startswith('class="added"')]
    assert [len(gone), len(came)] == [2, 2]
    assert all("Employee" in row and ">removed<" in row for row in gone)
    assert all("Worker" in row and ">added<" in row for row in came)


async def test_a_version_is_compared_with_the_draft(client: Client, studio: Studio) -> None:
    await studio.publish()
    await studio.save(RENAMED)
    cy = client.as_(studio.world.cy)
    shown = await page(cy, f"{VERSIONS}/1?against=draft")
    assert '<tr class="added"' in shown
    assert "Worker" in shown
    assert "line for line" in await page(cy, f"{VERSIONS}/1?against=1")


@pytest.mark.parametrize(
    "path",
    ["/2", "/0", "/-1", "/x", "/draft", "/1?against=2", "/1?against=x", "/99999999999", "/1e3",
     "/%D9%A1", "/1?against=%D9%A1", "/1?against=-1"],
)  # fmt: skip
async def test_a_version_that_is_not_there_is_not_found(
    client: Client, studio: Studio, path: str
) -> None:
    await studio.publish()
    assert (await client.as_(studio.world.ada).get(VERSIONS + path)).status_code == 404


async def test_of_two_long_versions_the_first_differences_are_shown(
    client: Client, studio: Studio
) -> None:
    """A row for each of 60 000 lines would keep the server from everybody else for seconds."""
    for mark in "ab":
        await studio.publish(SOURCE + f"#{mark}\n" * 15000)
    shown = await page(client.as_(studio.world.cy), f"{VERSIONS}/2?against=1")

    assert "15000 lines added" in shown
    assert shown.count("<tr") < 1010
    assert "too long to be shown here" in shown
