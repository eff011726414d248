"""Accounts mounted a second time, for an app: the same code, other names, another realm."""

import httpx
import pytest

from tests.accounts import cast
from tests.accounts.second_realm import CAME_FROM, HERE, SITE, browser
from tests.client import Mailbox, key_in, link_in
from tests.world import PASSWORD, World
from vestibule.accounts import (
    sign_up,
)
from vestibule.bootstrap import House
from vestibule.kernel import addresses
from vestibule.kernel.database import Database

NEW = "seven swans on the lake"
EMAIL = "ana@example.com"


@pytest.fixture
async def app(house: House, database: Database, world: World) -> httpx.AsyncClient:
    """A browser at the app, where Ana is a member."""
    async with database.transaction() as tx:
        await cast.make(tx, EMAIL, realm=cast.APP)
    return browser(house)


async def sign_in(app: httpx.AsyncClient, query: str = "", next: str = "") -> httpx.Response:
    form = {"email": EMAIL, "password": PASSWORD, "next": next}
    return await app.post(f"{HERE}/login{query}", data=form)


async def link_to(database: Database, mailbox: Mailbox, email: str) -> str:
    async with database.reader() as reader:
        return link_in((await mailbox.last(reader, to=email)).text)


async def forget_the_password(database: Database) -> None:
    """Make Ana's account one that never had a password."""
    async with database.transaction() as tx:
        await tx.execute("UPDATE accounts SET password_hash = NULL WHERE address = $1", EMAIL)


async def test_an_app_member_signs_in_and_out_on_the_pages_of_the_app(
    app: httpx.AsyncClient,
) -> None:
    shown = await app.get(f"{HERE}/login")
    signed = await sign_in(app)

    assert f'href="{HERE}/forgotten"' in shown.text
    assert f'href="{HERE}/register"' in shown.text
    assert (signed.status_code, signed.headers["Location"]) == (303, "/landing")
    assert list(app.cookies) == ["session_apps_shifts"]
    assert "This one" in (await app.get(f"{HERE}/profile/sessions")).text
    out = await app.post(f"{HERE}/sign-out", data={"_csrf_token": ""})
    assert out.headers["Location"] == f"{HERE}/login"


async def test_a_user_of_the_platform_is_nobody_in_the_app(
    app: httpx.AsyncClient, world: World
) -> None:
    form = {"email": world.ada.email, "password": PASSWORD}

    assert (await app.post(f"{HERE}/login", data=form)).status_code == 401
    answer = await app.get("/api/v1/apps/shifts/me/sessions", headers=world.ada.headers)
    assert answer.status_code == 401


async def test_a_forgotten_password_leads_through_the_pages_of_the_app(
    app: httpx.AsyncClient, database: Database, mailbox: Mailbox
) -> None:
    await app.post(f"{HERE}/forgotten", data={"email": EMAIL})
    link = await link_to(database, mailbox, EMAIL)
    opened = await app.get(link)
    done = await app.post(opened.headers["Location"], data={"password": NEW})

    assert opened.headers["Location"].startswith(f"{HERE}/new-password/key_")
    assert done.headers["Location"] == f"{HERE}/login?after=new-password"
    signed = await app.post("/api/v1/apps/shifts/sessions", json={"email": EMAIL, "password": NEW})
    assert (signed.status_code, signed.json()["user"]["first_name"]) == (201, "Ana")
    assert key_in(link) not in signed.text


@pytest.mark.parametrize(
    ("page", "others"),
    [
        ("/login", ("/forgotten", "/register")),
        ("/forgotten", ("/login",)),
        ("/register", ("/login",)),
        ("/activation", ("/login", "/register")),
        ("/activation?key=none", ("/login", "/register")),
        ("/new-password?key=none", ("/login", "/forgotten")),
    ],
)
async def test_where_somebody_came_from_goes_along_from_page_to_page(
    app: httpx.AsyncClient, page: str, others: tuple[str, ...]
) -> None:
    shown = await app.get(f"{HERE}{page}{'&' if '?' in page else '?'}{CAME_FROM}")
    along = CAME_FROM.replace("&", "&amp;")

    assert all(f'href="{HERE}{other}?{along}"' in shown.text for other in others)
    assert f"form-action 'self' {SITE};" in shown.headers["Content-Security-Policy"]
    assert 'action="' not in shown.text  # a form without one posts to its own address
    assert "Content-Security-Policy" not in (await app.get(f"{HERE}{page}")).headers


async def test_signing_in_leads_to_the_site_with_what_the_landing_wrote(
    app: httpx.AsyncClient, database: Database
) -> None:
    signed = await sign_in(app, f"?{CAME_FROM}")
    wrong = await app.post(f"{HERE}/login?{CAME_FROM}", data={"email": EMAIL, "password": "no"})

    assert (signed.status_code, signed.headers["Location"]) == (303, f"{SITE}/back?code=c")
    assert f"form-action 'self' {SITE};" in wrong.headers["Content-Security-Policy"]
    async with database.reader() as reader:
        made = "SELECT subject_id FROM audit WHERE event = 'code.made'"
        started = await reader.fetch_value(
            "SELECT id FROM sessions WHERE realm_id = $1", cast.APP.id
        )
        assert await reader.fetch_value(made) == started


async def test_a_new_password_leads_back_to_signing_in_for_the_site(
    app: httpx.AsyncClient, database: Database, mailbox: Mailbox
) -> None:
    await app.post(f"{HERE}/forgotten?{CAME_FROM}", data={"email": EMAIL})
    link = await link_to(database, mailbox, EMAIL)
    opened = (await app.get(link)).headers["Location"]
    done = await app.post(opened, data={"password": NEW})

    assert "redirect_url" not in link
    assert opened.endswith(f"?{CAME_FROM}")
    assert done.headers["Location"] == f"{HERE}/login?after=new-password&{CAME_FROM}"


async def test_registering_goes_by_mail_and_on_to_the_site(
    app: httpx.AsyncClient, database: Database, mailbox: Mailbox
) -> None:
    asked = await app.post(f"{HERE}/register?{CAME_FROM}", data={"email": "bo@example.com"})
    link = await link_to(database, mailbox, "bo@example.com")
    opened = (await app.get(link)).headers["Location"]
    page = await app.get(opened)
    done = await app.post(opened, data={"name": "", "password": NEW})

    assert f'href="{HERE}/register?redirect_url' in asked.text
    assert link.startswith(f"http://localhost:8000{HERE}/activation?key=")
    assert opened.startswith(f"{HERE}/activation/registration/key_")
    assert opened.endswith(f"?{CAME_FROM}")
    assert ('name="name"' in page.text, 'name="first_name"' in page.text) == (True, False)
    assert (done.status_code, done.headers["Location"]) == (303, f"{SITE}/back?code=c")
    assert (await app.get(f"{HERE}/profile/sessions")).status_code == 200
    assert (await app.get(link)).status_code == 410


async def test_the_mails_of_the_app_speak_of_the_app(
    app: httpx.AsyncClient, database: Database, mailbox: Mailbox
) -> None:
    for page, email in (("register", "bo@example.com"), ("register", EMAIL), ("forgotten", EMAIL)):
        await app.post(f"{HERE}/{page}", data={"email": email})
        async with database.reader() as reader:
            letter = await mailbox.last(reader, to=email)
        assert "Shifts" in letter.text
        assert "Vestibule" not in letter.text + letter.html
        assert HERE in letter.text


async def test_a_key_of_another_realm_registers_nobody(
    app: httpx.AsyncClient, database: Database, mailbox: Mailbox, house: House
) -> None:
    asked = sign_up.Asked(address=addresses.parse("bo@example.com"), locale="en")
    async with database.transaction() as tx:
        await sign_up.ask(tx, asked, occasion=cast.occasion(house.outbox))
    key = key_in(await link_to(database, mailbox, "bo@example.com"))
    refused = await app.get(f"{HERE}/activation?key={key}")

    assert (refused.status_code, "no longer works" in refused.text) == (404, True)


async def test_a_closed_registration_refuses_as_its_entrance_says(
    app: httpx.AsyncClient, database: Database, mailbox: Mailbox
) -> None:
    await app.post(f"{HERE}/register", data={"email": "bo@example.com"})
    link = await link_to(database, mailbox, "bo@example.com")
    page = await app.get(f"{HERE}/register?closed")
    sent = await app.post(f"{HERE}/register?closed", data={"email": "cy@example.com"})
    clicked = await app.get(f"{link}&closed")

    assert (page.status_code, "made by invitation" in page.text) == (200, True)
    assert (sent.status_code, "made by invitation" in sent.text) == (403, True)
    assert (clicked.status_code, "Only the invited come in." in clicked.text) == (403, True)


@pytest.mark.parametrize("path", ["/login", "/register", "/activation", "/missing"])
async def test_pages_wear_the_look_of_the_app(app: httpx.AsyncClient, path: str) -> None:
    shown = (await app.get(f"{HERE}{path}")).text

    assert f'<link rel="stylesheet" href="{HERE}/look.css">' in shown
    assert f'<img class="logo" src="{HERE}/logo" alt="">' in shown
    assert f'href="{HERE}/profile"' in shown
    assert "<span>Shifts</span>" in shown
    assert 'href="/"' not in shown
    assert "Vestibule" not in shown


async def test_the_studio_leads_to_the_pages_of_the_app(app: httpx.AsyncClient) -> None:
    await sign_in(app)
    await sign_in(httpx.AsyncClient(transport=app._transport, base_url=app.base_url))
    shown = ""
    for path in ("/profile/password", "/profile/address", "/profile/sessions"):
        shown = (await app.get(f"{HERE}{path}")).text
        assert f'action="{HERE}/sign-out"' in shown
        assert f'<a class="mark" href="{HERE}/profile">' in shown
        assert "Vestibule" not in shown
        for platform in ('href="/"', 'href="/profile', 'action="/profile', 'href="/sign-in'):
            assert platform not in shown

    assert f'action="{HERE}/profile/sessions/end-others"' in shown
    await app.post(f"{HERE}/profile/sessions/end-others", data={"_csrf_token": ""})
    assert "end-others" not in (await app.get(f"{HERE}/profile/sessions")).text


async def test_who_is_not_signed_in_is_led_to_the_app_s_own_login(app: httpx.AsyncClient) -> None:
    asked = await app.get(f"{HERE}/profile/password")
    sent = await app.post(f"{HERE}/profile/password?{CAME_FROM}", data={"_csrf_token": ""})

    assert asked.headers["Location"] == f"{HERE}/login?next={HERE}/profile/password"
    assert sent.headers["Location"] == f"{HERE}/login?next={HERE}/profile&{CAME_FROM}"


@pytest.mark.parametrize(
    ("next", "there"),
    [
        (f"{HERE}/profile/password", f"{HERE}/profile/password"),
        (f"{HERE}?x=/..", f"{HERE}?x=/.."),
        ("/organizations/new", "/landing"),
        ("/", "/landing"),
        (f"{HERE}2/profile", "/landing"),
        (f"{HERE}/../../organizations/new", "/landing"),
        (f"{HERE}/%2e%2E/others/profile", "/landing"),
        (f"//evil.example{HERE}", "/landing"),
        (SITE, "/landing"),
    ],
)
async def test_signing_in_goes_on_to_a_page_of_the_app_alone(
    app: httpx.AsyncClient, next: str, there: str
) -> None:
    assert (await sign_in(app, next=next)).headers["Location"] == there


async def test_an_account_without_a_password_refuses_every_one_alike(
    app: httpx.AsyncClient, database: Database
) -> None:
    wrong = await app.post(
        "/api/v1/apps/shifts/sessions", json={"email": EMAIL, "password": "not the password"}
    )
    await forget_the_password(database)

    for password in (PASSWORD, "", "nobody"):
        body = {"email": EMAIL, "password": password}
        answer = await app.post("/api/v1/apps/shifts/sessions", json=body)
        assert (answer.status_code, answer.json()) == (401, wrong.json())


async def test_an_account_without_a_password_gets_one_by_mail_and_by_nothing_else(
    app: httpx.AsyncClient, database: Database, mailbox: Mailbox
) -> None:
    await sign_in(app)
    await forget_the_password(database)
    changes = {
        "/profile/password": {"current_password": "", "new_password": NEW},
        "/profile/address": {"email": "new@example.com", "password": ""},
    }
    for path, form in changes.items():
        refused = await app.post(f"{HERE}{path}", data=form)
        assert (refused.status_code, "has no password yet" in refused.text) == (403, True)
        assert f'href="{HERE}/forgotten"' in refused.text
    bearer = {"Authorization": f"Bearer {app.cookies['session_apps_shifts']}"}
    body = {"current": "", "new": NEW}
    told = await app.post("/api/v1/apps/shifts/me/password", json=body, headers=bearer)
    assert (told.status_code, told.json()["code"]) == (403, "password_not_set")
    await app.post(f"{HERE}/forgotten", data={"email": EMAIL})
    opened = await app.get(await link_to(database, mailbox, EMAIL))
    await app.post(opened.headers["Location"], data={"password": NEW})

    form = {"email": EMAIL, "password": NEW, "next": ""}
    assert (await app.post(f"{HERE}/login", data=form)).status_code == 303
