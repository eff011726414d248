"""The JavaScript client in the browser, on a page of another origin with a policy of its own."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

from tests.journeys.conftest import OpenWindow
from tests.journeys.town import Citizen, Town, address, key_in, link_in
from tests.journeys.windows import Window
from tests.running import HOST, free_port
from tests.world import PASSWORD, definition

SCRIPT = """
import {{ connect }} from "{vestibule}/client.js";
window.connect = connect;
document.querySelector("main").id = "ready";
"""
PAGE = """
<!doctype html><title>Shifts</title><link rel="icon" href="data:,"><main></main>
<script type="module" src="/page.js"></script>
"""
POLICY = "default-src 'none'; img-src data:; script-src 'self' {vestibule}; connect-src {vestibule}"


@dataclass(frozen=True, slots=True)
class Site:
    """A site elsewhere, whose pages have the client."""

    vestibule: str
    port: int

    @property
    def origin(self) -> str:
        return f"http://{HOST}:{self.port}"

    async def answer(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401  ASGI
        """Answer with the script, or with the page at every other address."""
        if scope["type"] != "http":
            return
        is_script = scope["path"] == "/page.js"
        body = SCRIPT.format(vestibule=self.vestibule) if is_script else PAGE
        kind = "text/javascript" if is_script else "text/html"
        headers = [
            (b"content-type", kind.encode()),
            (b"content-security-policy", POLICY.format(vestibule=self.vestibule).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body.encode()})


@dataclass(frozen=True, slots=True)
class Shop:
    """An app of this test, its developer, and their token as its Manager."""

    slug: str
    developer: Citizen
    token: str


@pytest.fixture
async def site(town: Town) -> AsyncIterator[Site]:
    """The site, served."""
    site = Site(town.base_url, free_port())
    target: Any = site.answer
    server = Server(
        target,
        address=HOST,
        port=site.port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
    )
    serving = asyncio.create_task(server.serve())
    yield site
    server.stop()  # type: ignore[no-untyped-call]
    await serving


@pytest.fixture
async def shop(town: Town, site: Site) -> Shop:
    """A published app that has named the site's origin, and its page as the way back."""
    ada = await town.sign_up()
    organization = await town.found(ada)
    app = await town.expect(
        201, "POST", f"/organizations/{organization['id']}/apps", {"name": "Shifts"}, by=ada
    )
    path = f"/apps/{app['slug']}"
    await town.expect(200, "PUT", f"{path}/definition", definition("Shifts"), by=ada)
    await town.expect(200, "POST", f"{path}/publish", {}, by=ada)
    settings = {"origins": [site.origin], "redirect_urls": [f"{site.origin}/back"]}
    await town.expect(200, "PATCH", path, settings, by=ada)
    session = await town.expect(201, "POST", f"{path}/sessions", {"as": "me"}, by=ada)
    return Shop(app["slug"], ada, session["token"])


async def run(window: Window, script: str, **given: object) -> Any:  # noqa: ANN401  JSON
    """Run a script on the page; `given` are its constants. A refusal is told as an object."""
    await window.page.wait_for_selector("#ready", state="attached")
    return await window.page.evaluate(
        f"""async ({{ {", ".join(given)} }}) => {{
            const work = async () => {{ {script} }};
            try {{ return await work(); }}
            catch ({{ name, status, code, message, errors }}) {{
                return {{ name, status, code, message, errors }};
            }}
        }}""",
        given,
    )


async def test_a_page_elsewhere_invites_by_the_action(
    town: Town, site: Site, shop: Shop, window_of: OpenWindow
) -> None:
    window, email = await window_of(site.origin), address("emil")
    await window.goto("/")

    invitation = await run(
        window,
        "const { appMember } = connect({ app, token });"
        "return appMember.invite({ email, role: 'Employee' });",
        **{"app": shop.slug, "token": shop.token, "email": email},
    )

    assert (invitation["email"], invitation["role"]) == (email, "Employee")
    assert invitation["inviter"]["type"] == "app_member"
    link = link_in((await town.mail(email)).text)
    body = {"key": key_in(link), "account": {"password": PASSWORD}}
    accepted = await town.expect(200, "POST", "/invitations/accept", body)
    assert accepted["session"]["member"]["roles"] == ["Employee"]


async def test_a_page_looks_after_members_and_invitations(
    site: Site, shop: Shop, window_of: OpenWindow
) -> None:
    window, email = await window_of(site.origin), address("emil")
    await window.goto("/")

    told = await run(
        window,
        """
        let asked = 0;
        const { appMember } = connect({ app, token: async () => { asked += 1; return token; } });
        const { id } = await appMember.invite({ email, role: "Employee", expires_in_days: 2 });
        const me = await appMember.me();
        const members = await appMember.list({ role: "Manager", q: "ada" });
        const nobody = await appMember.list({ role: "Employee", q: "" });
        const pending = await appMember.invitations({ state: ["pending", "expired"] });
        const revoked = await appMember.revoke(id);
        const left = await appMember.invitations({ state: "pending", limit: 5 });
        return { asked, id, me, members, nobody, pending, revoked, left };
        """,
        **{"app": shop.slug, "token": shop.token, "email": email},
    )

    assert told["me"]["email"] == shop.developer.email
    assert [each["id"] for each in told["members"]["data"]] == [told["me"]["id"]]
    assert told["nobody"]["data"] == []
    assert [each["id"] for each in told["pending"]["data"]] == [told["id"]]
    assert told["revoked"]["state"] == "revoked"
    assert told["left"]["data"] == []
    assert told["asked"] == 7


async def test_a_refusal_says_which_and_what_to_do(
    town: Town, site: Site, shop: Shop, window_of: OpenWindow
) -> None:
    window, email = await window_of(site.origin), address("emil")
    await window.goto("/")

    async def invite(role: str, *, token: str = shop.token, to: str = email) -> Any:  # noqa: ANN401
        return await run(
            window,
            "return connect({ app, token }).appMember.invite({ email, role });",
            **{"app": shop.slug, "token": token, "email": to, "role": role},
        )

    above = await invite("Boss")
    assert (above["name"], above["status"]) == ("VestibuleError", 403)
    assert above["code"] == "role_not_allowed"
    assert above["message"]
    assert above["errors"] == []

    wrong = await invite("Employee", to="not an address")
    assert (wrong["status"], wrong["code"]) == (422, "invalid_email")
    assert [fault["path"] for fault in wrong["errors"]] == ["email"]

    nobody = await invite("Employee", token="nobodys")
    assert (nobody["status"], nobody["code"]) == (401, "not_authenticated")
    assert town.sink.to(email) == []


async def test_a_page_of_an_origin_that_the_app_has_not_named_cannot_call(
    town: Town, site: Site, shop: Shop, window_of: OpenWindow
) -> None:
    await town.expect(200, "PATCH", f"/apps/{shop.slug}", {"origins": []}, by=shop.developer)
    window, email = await window_of(site.origin), address("emil")
    await window.goto("/")

    failed = await run(
        window,
        "return connect({ app, token }).appMember.invite({ email, role: 'Employee' });",
        **{"app": shop.slug, "token": shop.token, "email": email},
    )

    assert failed["name"] == "TypeError"
    assert town.sink.to(email) == []
    assert [fault for fault in window.faults if "blocked by CORS policy" in fault]
    window.faults.clear()


async def test_a_page_signs_in_and_gets_a_code_that_only_it_can_exchange(
    town: Town, site: Site, shop: Shop, window_of: OpenWindow
) -> None:
    email = address("emil")
    window = await window_of(site.origin)
    await join(town, shop, email)
    await window.goto("/?here=1")

    begin = "await connect({ app }).signIn({ redirectUrl: location.origin + '/back' });"
    async with window.page.expect_navigation(url=f"{town.base_url}/**"):
        await run(window, begin, app=shop.slug)
    asked = parse_qs(urlsplit(window.page.url).query)
    assert window.page.url.startswith(f"{town.base_url}/apps/{shop.slug}/login?")
    assert asked["code_challenge_method"] == ["S256"]

    await window.fill(email=email, password=PASSWORD)
    await window.page.get_by_role("button", name="Sign in", exact=True).click()
    await window.page.wait_for_url(f"{site.origin}/back?**")
    answer = await run(window, "return connect({ app }).signedIn();", app=shop.slug)
    assert window.page.url == f"{site.origin}/back"
    assert await run(window, "return connect({ app }).signedIn();", app=shop.slug) is None

    session = await town.expect(201, "POST", f"/apps/{shop.slug}/sessions", answer)
    assert session["member"]["email"] == email


async def test_a_page_that_did_not_ask_takes_no_answer(
    site: Site, shop: Shop, window_of: OpenWindow
) -> None:
    window = await window_of(site.origin)
    await window.goto("/back?code=planted&state=planted&more=kept#part")

    told = await run(window, "return connect({ app }).signedIn();", app=shop.slug)

    assert told["name"] == "Error"
    assert window.page.url == f"{site.origin}/back?more=kept#part"


async def join(town: Town, shop: Shop, email: str) -> None:
    """Have somebody invited, and accept."""
    await town.expect(
        201,
        "POST",
        f"/apps/{shop.slug}/invitations",
        {"email": email, "role": "Employee"},
        by=shop.developer,
    )
    body = {
        "key": key_in(link_in((await town.mail(email)).text)),
        "account": {"password": PASSWORD},
    }
    await town.expect(200, "POST", "/invitations/accept", body)
