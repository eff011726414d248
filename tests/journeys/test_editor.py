"""The editor of an app's definition, in a real browser: with scripts, by keyboard, and without."""

from dataclasses import dataclass

import pytest

from tests.journeys.conftest import OpenWindow
from tests.journeys.town import Town
from tests.journeys.windows import Window
from tests.world import PASSWORD

SOUND = """\
name: Rota
security:
  default:
    role: Manager
  roles:
    Manager: {canInvite: true}
"""
WRONG = SOUND.replace("role: Manager", "role: Boss").replace("{can", "{colour: red, can")
CARET = "const it = document.getElementById('source'); [it.selectionStart, it.selectionEnd]"


@dataclass(frozen=True, slots=True)
class Desk:
    """Ada's app, of which nothing is written yet."""

    town: Town
    email: str
    page: str

    async def sit_down(self, window: Window) -> None:
        await window.sign_in(self.email, PASSWORD)
        await window.goto(self.page)


@pytest.fixture
async def desk(town: Town) -> Desk:
    ada = await town.sign_up("Ada Abel")
    acme = await town.found(ada)
    path = f"/organizations/{acme['id']}/apps"
    app = await town.expect(201, "POST", path, {"name": "Rota"}, by=ada)
    page = f"/organizations/{acme['slug']}/apps/{app['slug']}/definition"
    return Desk(town, ada.email, page)


async def test_faults_are_marked_beside_their_lines_until_these_are_changed(
    desk: Desk, window_of: OpenWindow, size: str
) -> None:
    window = await window_of(desk.town.base_url, size=size)
    await desk.sit_down(window)
    page = window.page
    await window.fill(source=WRONG)
    await window.press("Save the draft")

    await window.sees("2 faults: nothing was saved")
    marks = page.locator(".gutter .marked")
    assert await marks.all_text_contents() == ["4", "6"]
    numbers = await page.locator(".gutter span").all_text_contents()
    assert numbers == [str(number) for number in range(1, 8)]

    await page.get_by_role("link", name="Line 4").click()
    start, end = await page.evaluate(CARET)
    assert WRONG[start:end] == "    role: Boss"
    assert "Line 4: There is no role" in await page.locator(".caret").inner_text()

    await page.keyboard.press("End")
    await page.keyboard.type("es")
    assert await marks.all_text_contents() == ["6"]
    assert await page.locator(".caret").inner_text() == "Line 4"

    await window.fill(source=SOUND)
    assert await marks.count() == 0
    await window.press("Go on to publishing")
    await window.sees("Publish version 1")
    await window.press("Publish version 1")
    await window.sees("Published")


async def test_the_lines_are_level_with_their_numbers_wherever_one_scrolls(
    desk: Desk, window_of: OpenWindow
) -> None:
    window = await window_of(desk.town.base_url)
    await desk.sit_down(window)
    lines = [f"    Role{number}: {{}}" for number in range(200)]
    await window.fill(source=SOUND + "\n".join(lines) + "\n    " + "x" * 400)
    area = "document.getElementById('source')"
    for where in ("0", "1000", f"{area}.scrollHeight"):
        await window.page.evaluate(f"{area}.scrollTop = {where}")
        await window.page.wait_for_timeout(100)
        level = await window.page.evaluate(
            f"""{area}.getBoundingClientRect().top - {area}.scrollTop
                - document.querySelector('.gutter > div').getBoundingClientRect().top"""
        )
        assert abs(level) < 1
    height = await window.page.evaluate("document.querySelector('.gutter span').offsetHeight")
    assert str(height) == await window.page.evaluate(
        f"String(parseFloat(getComputedStyle({area}).lineHeight))"
    )


async def test_tab_leaves_the_field(desk: Desk, window_of: OpenWindow) -> None:
    window = await window_of(desk.town.base_url)
    await desk.sit_down(window)
    page = window.page
    await page.locator("#source").focus()
    await page.keyboard.press("Tab")
    focused = "document.activeElement.textContent.trim()"
    assert await page.evaluate(focused) == "Save the draft"
    await page.keyboard.press("Shift+Tab")
    assert await page.evaluate("document.activeElement.id") == "source"


async def test_without_scripts_the_lines_at_fault_are_told_in_words(
    desk: Desk, window_of: OpenWindow
) -> None:
    window = await window_of(desk.town.base_url, scripts=False)
    await desk.sit_down(window)
    await window.fill(source=WRONG)
    await window.press("Save the draft")

    await window.sees("Line 4")
    await window.sees("role: Boss")
    assert await window.page.locator("#source").input_value() == WRONG
    await window.fill(source=SOUND)
    await window.press("Save the draft")
    await window.sees("The draft is saved.")


async def test_an_address_is_copied_and_a_picture_too_large_stays_here(
    desk: Desk, window_of: OpenWindow
) -> None:
    window = await window_of(desk.town.base_url)
    await desk.sit_down(window)
    await window.fill(source=SOUND)
    await window.press("Go on to publishing")
    await window.press("Publish version 1")
    page = window.page
    await window.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await window.press("Copy")
    await page.get_by_role("button", name="Copied", exact=True).wait_for()
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied == await page.locator("#login").input_value()

    await window.goto(desk.page.replace("/definition", "/settings"))
    large = {"name": "a.png", "mimeType": "image/png", "buffer": b"\x89PNG" + b"\0" * 40000}
    await page.locator("#logo").set_input_files(large)  # type: ignore[arg-type]
    await window.press("Save")
    assert not await page.locator("#logo").evaluate("each => each.checkValidity()")
    await window.lacks("The settings are saved.")
    await page.locator("#logo").set_input_files([])
    await page.locator("[data-picks]").fill("#2f6f4f")
    assert await page.locator("#colour").input_value() == "#2f6f4f"
