"""The example as its README tells it: one command, a Manager who invites, an Employee who is in."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.journeys.conftest import OpenWindow
from tests.journeys.town import address
from tests.journeys.windows import Window
from tests.running import free_port
from tests.world import PASSWORD

# One worker runs all of these: what the command starts is started once.
pytestmark = pytest.mark.xdist_group("example")

START = Path(__file__).parents[2] / "examples" / "shift-planner" / "start.py"
READY_SECONDS = 90.0
STOP_SECONDS = 30.0
KNOWN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Example:
    """Both servers, and what the command said."""

    vestibule: str
    planner: str
    ada_password: str


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    """What `make example` starts, on ports of its own; Ctrl-C ends it, and leaves nothing."""
    folder = tmp_path_factory.mktemp("example")
    ports = (free_port(), free_port())
    command = [sys.executable, START, "--port", ports[0], "--planner-port", ports[1]]
    said = folder / "said"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [*map(str, command), "--data", str(folder / "data")],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        words = wait_for_words(process, said)
        found = re.search(r"with the password: (.+)", words)
        assert found, words
        vestibule, planner = f"http://localhost:{ports[0]}", f"http://127.0.0.1:{ports[1]}"
        assert vestibule in words
        assert planner in words
        yield Example(vestibule, planner, found[1])
    finally:
        process.send_signal(signal.SIGINT)
        status = process.wait(STOP_SECONDS)
    assert status == 0, said.read_text()
    for url in (vestibule, planner):
        with pytest.raises(httpx.ConnectError):
            httpx.get(url)
    assert list((folder / "data").rglob("postmaster.pid")) == []


def wait_for_words(process: subprocess.Popen[bytes], said: Path) -> str:
    ends_at = time.monotonic() + READY_SECONDS
    while time.monotonic() < ends_at:
        words = said.read_text()
        if "Ctrl-C ends both" in words:
            return words
        assert process.poll() is None, words
        time.sleep(0.1)
    raise AssertionError(said.read_text())


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the planner, in a private window."""

    window: Window
    planner: str

    async def post(self, path: str, **form: str | float | bool) -> int:
        """Send a form of the planner by hand, whatever its pages show. Gives the status."""
        answer = await self.window.context.request.post(
            self.planner + path, form=form, headers={"Origin": self.planner}, max_redirects=0
        )
        return answer.status

    async def token(self) -> str:
        """The token that pages of the planner are given."""
        answer = await self.window.context.request.post(
            f"{self.planner}/token", headers={"Origin": self.planner}
        )
        return str((await answer.json())["token"])


async def manager(example: Example, window_of: OpenWindow, *, size: str = "desk") -> Person:
    """Ada, signed in as the README says."""
    window = await window_of(example.vestibule, size=size)
    await window.goto(example.planner)
    assert "/apps/shift-planner/login" in window.page.url
    await window.fill(email="ada@example.com", password=example.ada_password)
    await window.press("Sign in")
    await window.page.wait_for_url(f"{example.planner}/")
    return Person(window, example.planner)


async def invite(person: Person, email: str, *, role: str) -> None:
    """Invite somebody on the planner's own page."""
    window = person.window
    await window.goto(f"{person.planner}/people")
    await window.page.locator("#invite").wait_for()
    await window.page.locator("[name=role]").select_option(role)
    await window.fill(email=email)
    await window.press("Invite")
    await window.page.get_by_text(f"A mail with a link is on its way to {email}.").wait_for()


async def link_for(example: Example, window_of: OpenWindow, email: str) -> str:
    """Find the invitation in the mailbox."""
    window = await window_of(example.vestibule)
    await window.goto("/mailbox")
    row = window.page.get_by_role("row").filter(has_text=email).first
    await row.get_by_role("link").click()
    return await window.page.locator("a[href*='?key=']").first.get_attribute("href") or ""


async def join(example: Example, window_of: OpenWindow, email: str, *, size: str) -> Person:
    """Follow the mailed link, choose a password, and go on to the planner."""
    link = await link_for(example, window_of, email)
    window = await window_of(example.vestibule, size=size)
    await window.goto(link)
    assert "/apps/shift-planner/activation" in window.page.url
    await window.sees("Shift planner", email)
    await window.fill(password=PASSWORD)
    await window.press("Join Shift planner")
    await window.page.get_by_role("button", name="Continue as").click()
    await window.page.wait_for_url(f"{example.planner}/")
    return Person(window, example.planner)


async def get(
    url: str, *, headers: dict[str, str] | None = None, cookies: dict[str, str] | None = None
) -> httpx.Response:
    """Ask one of the servers, beside the browser."""
    async with httpx.AsyncClient(headers=headers, cookies=cookies) as http:
        return await http.get(url)


async def test_a_manager_invites_an_employee_who_takes_a_shift(
    example: Example, window_of: OpenWindow, size: str
) -> None:
    email = address("employee")
    ada = await manager(example, window_of, size=size)
    await ada.window.sees("This week", "Add a shift")
    await ada.window.fill(task=f"Wash {size}")
    await ada.window.press("Add")
    await ada.window.look("example-manager")
    await invite(ada, email, role="Employee")
    await ada.window.page.locator("#invited li").filter(has_text=email).wait_for()
    await ada.window.look("example-people")

    employee = await join(example, window_of, email, size=size)
    window = employee.window
    await window.sees("This week")
    await window.lacks("Add a shift", "Delete", "Assign")
    assert await window.page.get_by_role("link", name="People").count() == 0
    await window.press(f"Take it: Wash {size}, Monday 08:00")
    taken = window.page.locator("article").filter(has_text=f"Wash {size}")
    assert email in await taken.inner_text()
    await window.look("example-employee")

    await ada.window.goto(f"{example.planner}/people")
    await ada.window.sees(email)


async def test_what_an_employee_may_not_do_is_refused_by_both_servers(
    example: Example, window_of: OpenWindow
) -> None:
    email = address("employee")
    ada = await manager(example, window_of)
    await invite(ada, email, role="Employee")
    employee = await join(example, window_of, email, size="desk")
    before = await ada.window.page.locator("article").count()

    shift = {"day": "Sunday", "starts": "01:00", "ends": "02:00", "task": "Nothing"}
    assert await employee.post("/shifts", **shift) == 403
    assert await employee.post("/shifts/1/delete") == 403
    assert await employee.post("/shifts/1/assign", worker="") == 403
    assert await employee.window.goto(f"{example.planner}/people") == 403
    await employee.window.sees("Your role does not allow this")
    await ada.window.goto(example.planner)
    assert await ada.window.page.locator("article").count() >= before
    await ada.window.lacks("Nothing,")

    refused = await employee.window.page.evaluate(
        """async ([vestibule, token]) => {
            const { connect } = await import(`${vestibule}/client.js`);
            const { appMember } = connect({ app: "shift-planner", token });
            try { await appMember.invite({ email: "eve@example.com", role: "Employee" }); }
            catch ({ status, code }) { return [status, code]; }
        }""",
        [example.vestibule, await employee.token()],
    )
    assert refused == [403, "not_permitted"]


async def test_signing_out_ends_the_session_in_both(
    example: Example, window_of: OpenWindow
) -> None:
    ada = await manager(example, window_of)
    token = await ada.token()
    cookies = await ada.window.context.cookies(example.planner)
    me = f"{example.vestibule}/api/v1/apps/shift-planner/me"
    authorization = {"Authorization": f"Bearer {token}"}
    assert (await get(me, headers=authorization)).status_code == 200

    await ada.window.press("Sign out")
    await ada.window.sees("You are signed out")

    assert (await get(me, headers=authorization)).status_code == 401
    kept = {str(each["name"]): str(each["value"]) for each in cookies}
    again = await get(example.planner, cookies=kept)
    assert (again.status_code, again.headers["location"]) == (303, "/sign-in")


async def test_who_is_removed_in_vestibule_is_out_of_the_planner_within_seconds(
    example: Example, window_of: OpenWindow
) -> None:
    email = address("employee")
    ada = await manager(example, window_of)
    await invite(ada, email, role="Employee")
    employee = await join(example, window_of, email, size="desk")

    api = f"{example.vestibule}/api/v1/apps/shift-planner/members"
    authorization = {"Authorization": f"Bearer {await ada.token()}"}
    async with httpx.AsyncClient(headers=authorization) as http:
        found = (await http.get(api, params={"q": email})).json()["data"]
        gone = await http.delete(f"{api}/{found[0]['id']}")
    assert gone.status_code == 204

    ends_at = time.monotonic() + KNOWN_SECONDS
    while (status := await employee.post("/shifts/1/take")) != 401:
        assert time.monotonic() < ends_at, status
    await employee.window.goto(example.planner)
    assert "/apps/shift-planner/login" in employee.window.page.url


async def test_an_answer_that_nobody_asked_for_signs_nobody_in(
    example: Example, window_of: OpenWindow
) -> None:
    window = await window_of(example.vestibule)
    for query in ("", "?code=planted&state=planted", "?code=planted&state="):
        assert await window.goto(f"{example.planner}/back{query}") == 400
        await window.sees("This sign-in did not begin here")
    await window.goto(f"{example.planner}/")
    assert "/apps/shift-planner/login" in window.page.url


async def test_the_planner_takes_changes_from_its_own_pages_only(
    example: Example, window_of: OpenWindow
) -> None:
    ada = await manager(example, window_of)
    for origin in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        for path in ("/shifts/1/delete", "/token", "/sign-out"):
            answer = await ada.window.context.request.post(
                example.planner + path, headers=origin, max_redirects=0
            )
            assert answer.status == 403
            assert "script-src" in answer.headers["content-security-policy"]
