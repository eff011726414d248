"""Accounts mounted a second time, for an app: the same code, other names, another realm."""

from typing import Any

import httpx
import pytest
from litestar import Litestar, Request, Router
from litestar.di import NamedDependency, Provide
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig

from tests.accounts import cast
from tests.client import Mailbox, key_in, link_in
from tests.world import PASSWORD, World
from vestibule.accounts import actions as accounts
from vestibule.accounts import api, guards, pages, profile_pages, sessions
from vestibule.accounts.realms import Entrance, PageNames
from vestibule.bootstrap import House
from vestibule.kernel.database import Database
from vestibule.kernel.errors import NotAuthenticated
from vestibule.web import problems, templating
from vestibule.web.cookies import Jar, session_name

NAMES = PageNames(sign_in="/login", forgotten="/forgotten")
AT_APP = Entrance(
    realm=cast.APP,
    name="Shifts",
    describe=cast.describe,
    landing=cast.land,
    path="/apps/shifts",
    pages=NAMES,
)
NEW = "seven swans on the lake"


async def provide_member(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    jar: NamedDependency[Jar],
) -> cast.Seated:
    """What the room of apps will do in one statement: who holds the session, in this realm."""
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    token = bearer or jar.read(request, session_name(AT_APP.path)) or ""
    async with database.reader() as reader:
        row = await reader.fetch_one(
            "SELECT id, account_id FROM sessions WHERE realm_id = $1 AND token_hash = $2",
            cast.APP.id,
            sessions.hash_of(token),
        )
        if row is None:
            raise NotAuthenticated
        return cast.Seated(await accounts.get(reader, row["account_id"]), row["id"])


def provide_caller(member: NamedDependency[cast.Seated]) -> cast.Seated:
    return member


def provide_visitor(member: NamedDependency[cast.Seated]) -> cast.Seated:
    return member


def provide_maybe_visitor(member: NamedDependency[cast.Seated]) -> cast.Seated:
    return member


@pytest.fixture
async def app(house: House, database: Database, world: World) -> httpx.AsyncClient:
    """A browser at an application that knows the app and nothing else; Ana is a member."""
    async with database.transaction() as tx:
        await cast.make(tx, "ana@example.com", realm=cast.APP)
    application = Litestar(
        route_handlers=[
            Router(
                path="/apps/shifts",
                route_handlers=[*pages.handlers(NAMES), *profile_pages.handlers(NAMES)],
            ),
            Router(path="/api/v1/apps/shifts", route_handlers=[*api.sign_in_handlers, *api.handlers]),
        ],
        dependencies={
            "database": Provide(lambda: house.database, sync_to_thread=False),
            "limiter": Provide(lambda: house.limiter, sync_to_thread=False),
            "passwords": Provide(lambda: house.passwords, sync_to_thread=False),
            "outbox": Provide(lambda: house.outbox, sync_to_thread=False),
            "jar": Provide(lambda: Jar(is_https=False), sync_to_thread=False),
            "origin": Provide(lambda: cast.ORIGIN, sync_to_thread=False),
            "entrance": Provide(lambda: AT_APP, sync_to_thread=False),
            "desk": Provide(guards.provide_desk, sync_to_thread=False),
            "browser": Provide(guards.provide_browser, sync_to_thread=False),
            "member": Provide(provide_member),
            "caller": Provide(provide_caller, sync_to_thread=False),
            "visitor": Provide(provide_visitor, sync_to_thread=False),
            "maybe_visitor": Provide(provide_maybe_visitor, sync_to_thread=False),
        },
        exception_handlers={Exception: problems.answer_problem},
        template_config=TemplateConfig(
            instance=JinjaTemplateEngine.from_environment(templating.environment())
        ),
        logging_config=None,
    )
    transport = httpx.ASGITransport(application)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url=house.settings.base_url)


async def test_an_app_member_signs_in_and_out_on_the_pages_of_the_app(
    app: httpx.AsyncClient,
) -> None:
    form = {"email": "ana@example.com", "password": PASSWORD}
    shown = await app.get("/apps/shifts/login")
    signed = await app.post("/apps/shifts/login", data=form)

    assert 'href="/apps/shifts/forgotten"' in shown.text
    assert (signed.status_code, signed.headers["Location"]) == (303, "/landing")
    assert list(app.cookies) == ["session_apps_shifts"]
    assert "This one" in (await app.get("/apps/shifts/profile/sessions")).text
    out = await app.post("/apps/shifts/sign-out", data={"_csrf_token": ""})
    assert out.headers["Location"] == "/apps/shifts/login"


async def test_a_user_of_the_platform_is_nobody_in_the_app(
    app: httpx.AsyncClient, world: World
) -> None:
    form = {"email": world.ada.email, "password": PASSWORD}

    assert (await app.post("/apps/shifts/login", data=form)).status_code == 401
    answer = await app.get("/api/v1/apps/shifts/me/sessions", headers=world.ada.headers)
    assert answer.status_code == 401


async def test_a_forgotten_password_leads_through_the_pages_of_the_app(
    app: httpx.AsyncClient, database: Database, mailbox: Mailbox
) -> None:
    await app.post("/apps/shifts/forgotten", data={"email": "ana@example.com"})
    async with database.reader() as reader:
        link = link_in((await mailbox.last(reader, to="ana@example.com")).text)
    opened = await app.get(link)
    done = await app.post(opened.headers["Location"], data={"password": NEW})

    assert opened.headers["Location"].startswith("/apps/shifts/new-password/key_")
    assert done.headers["Location"] == "/apps/shifts/login?after=new-password"
    signed = await app.post(
        "/api/v1/apps/shifts/sessions", json={"email": "ana@example.com", "password": NEW}
    )
    assert (signed.status_code, signed.json()["user"]["first_name"]) == (201, "Ana")
    assert key_in(link) not in signed.text
