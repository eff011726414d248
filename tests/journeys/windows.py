"""Browser windows: each is private, is looked at, and must not complain.

`look` has a page checked for accessibility, and that it fits. With PICTURES=1 in the environment it
takes a picture in each width and each light, too: for people, into `artefacts/journeys`.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Response

ARTEFACTS = Path(__file__).resolve().parents[2] / "artefacts" / "journeys"
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
PHONE = (360, 780)
DESK = (1280, 800)
SIZES = {"phone": PHONE, "desk": DESK}
# Each width and each light is checked once; the pictures show all four.
VIEWS = (
    ("phone", "light", True),
    ("phone", "dark", False),
    ("desk", "light", False),
    ("desk", "dark", True),
)
TAKES_PICTURES = os.environ.get("PICTURES") == "1"
GRAVE = ("serious", "critical")
PATIENCE = 10_000  # milliseconds
# What the browser says of an answer that a page of ours gives on purpose.
_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


_LOOKED_AT: set[str] = set()


@dataclass(slots=True)
class Window:
    """Somebody's browser window. `faults` is what the browser complained of."""

    page: Page
    context: BrowserContext
    base_url: str
    size: str
    scripts: bool
    faults: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    async def goto(self, address: str) -> int:
        """Go to a page of the server, or to an address from a mail. Gives the status."""
        target = address if address.startswith("http") else self.base_url + address
        response = await self.page.goto(target)
        assert response is not None
        return response.status

    async def sign_in(self, email: str, password: str) -> None:
        """Sign in by the form that is open, or by the page for it."""
        if await self.page.locator("[name=password]").count() == 0:
            await self.goto("/sign-in")
        if await self.page.locator("[name=email]").count() > 0:
            await self.fill(email=email)
        await self.fill(password=password)
        await self.press("Sign in")

    async def sign_out(self, *, at: str = "/") -> None:
        """Sign out, from the page `at`."""
        await self.goto(at)
        await self.open_menu()
        await self.press("Sign out")

    async def open_menu(self) -> None:
        """Have the way to the other pages in sight; on a phone it is behind a button."""
        if self.size == "phone":
            await self.page.get_by_role("button", name="Menu").click()

    async def menu(self) -> list[str]:
        """Give the pages that the menu leads to."""
        links = await self.page.locator("nav.side li a").all_text_contents()
        return [_flat(link) for link in links]

    async def fill(self, **fields: str) -> None:
        """Fill in fields by their names."""
        for name, text in fields.items():
            await self.page.locator(f"[name={name}]:not([type=hidden])").first.fill(text)

    async def press(self, label: str) -> None:
        """Press the button of this label, and wait for what it leads to."""
        await self.page.get_by_role("button", name=label, exact=True).first.click()
        await self.page.wait_for_load_state()

    async def follow(self, label: str) -> None:
        """Follow the link of this label."""
        await self.page.get_by_role("link", name=label, exact=True).first.click()
        await self.page.wait_for_load_state()

    async def confirm(self, label: str, yes: str) -> None:
        """Press what asks first, and say yes."""
        await self.page.locator("summary", has_text=label).first.click()
        question = self.page.locator("dialog[open], details[open] > .ask").last
        await question.get_by_role("button", name=yes, exact=True).click()
        await self.page.wait_for_load_state()

    async def sees(self, *texts: str) -> None:
        """Check that the page says all this, to the eye."""
        shown = _flat(await self.page.locator("main").inner_text())
        for text in texts:
            assert _flat(text) in shown, f"{text!r} is not on {self.page.url}, which says:\n{shown}"

    async def lacks(self, *texts: str) -> None:
        """Check that the page says nothing of this."""
        shown = _flat(await self.page.locator("main").inner_text())
        for text in texts:
            assert _flat(text) not in shown, f"{text!r} is on {self.page.url}:\n{shown}"

    async def whose(self) -> str:
        """Give the name of the realm that the page is of, as it stands above everything."""
        name = self.page.locator(".hall .whose, .studio .side .mark, .studio .bar .mark").first
        return _flat((await name.text_content()) or "")

    @property
    def path(self) -> str:
        """Where the window is, without the server and the query."""
        return self.page.url.removeprefix(self.base_url).partition("?")[0].partition("#")[0]

    async def look(self, name: str) -> None:
        """Look at this page in each width and in each light; it must fit, and be accessible.

        Once for each name: a story that runs in two sizes need not be looked at twice.
        """
        if name in _LOOKED_AT:
            return
        _LOOKED_AT.add(name)
        for size, light, is_checked in VIEWS:
            if not is_checked and not TAKES_PICTURES:
                continue
            await self._see_in(size, light)
            await self._fits(name)
            if is_checked and self.scripts:
                await self._is_accessible(name)
            if TAKES_PICTURES:
                await self._shoot(f"{name}-{size}-{light}")
        await self._see_in(self.size, "light")

    def ensure_content(self) -> None:
        """Raise if the browser complained of a page: its policy, its scripts, its console."""
        assert not self.faults, "the browser complained:\n" + "\n".join(self.faults)

    async def close(self) -> None:
        await self.context.close()

    async def _see_in(self, size: str, light: str) -> None:
        width, height = SIZES[size]
        await self.page.set_viewport_size({"width": width, "height": height})
        await self.page.emulate_media(color_scheme="dark" if light == "dark" else "light")

    async def _fits(self, name: str) -> None:
        wide = await self.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide[0] <= wide[1], f"{name}: {wide[0]} px wide in a window of {wide[1]} px"

    async def _is_accessible(self, name: str) -> None:
        if not await self.page.evaluate("typeof axe === 'object'"):
            await self.page.evaluate(AXE)
        found = await self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        grave = [_told(fault) for fault in found["violations"] if fault["impact"] in GRAVE]
        assert not grave, f"{name} ({self.page.url}):\n" + "\n".join(grave)

    async def _shoot(self, name: str) -> None:
        path = ARTEFACTS / f"{name}.png"
        await self.page.screenshot(path=path, full_page=True, animations="disabled")


async def open_window(
    browser: Browser, base_url: str, *, size: str = "desk", scripts: bool = True
) -> Window:
    """Open a private window."""
    width, height = SIZES[size]
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="light",
        locale="en-GB",
        timezone_id="UTC",
        java_script_enabled=scripts,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    window = Window(await context.new_page(), context, base_url, size, scripts)
    context.on("console", lambda message: _note(window, message))
    context.on("weberror", lambda fault: window.faults.append(f"script: {fault.error}"))
    context.on("response", lambda response: _note_answer(window, response))
    return window


def _note(window: Window, message: ConsoleMessage) -> None:
    if message.type in {"error", "warning"} and not _REFUSED.match(message.text):
        window.faults.append(f"{message.type} on {message.location.get('url')}: {message.text}")


def _note_answer(window: Window, response: Response) -> None:
    if response.status >= 500 or (response.status >= 400 and "/static/" in response.url):
        window.faults.append(f"{response.status} for {response.url}")


def _told(fault: dict[str, Any]) -> str:
    nodes: Sequence[dict[str, Any]] = fault["nodes"]
    places = "; ".join(" ".join(map(str, node["target"])) for node in nodes[:5])
    return f"  {fault['id']} ({fault['impact']}): {fault['help']} — {places}"


def _flat(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())
