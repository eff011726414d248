"""An app as a room above would mount it: accounts' pages and API once more, for its realm.

The entrance is made per request: the site that people came from goes along with them.
"""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import httpx
from litestar import Litestar, Request, Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig

from tests.accounts import cast
from vestibule.accounts import actions as accounts
from vestibule.accounts import (
    api,
    guards,
    pages,
    profile_pages,
    sessions,
    sign_up,
    sign_up_pages,
    steps,
)
from vestibule.accounts.key_guards import registration
from vestibule.accounts.model import SESSION_LONGEST, NewAccount
from vestibule.accounts.realms import Entrance, Look, PageNames
from vestibule.audit import actions as audit
from vestibule.audit.model import Entry
from vestibule.bootstrap import House
from vestibule.kernel.database import Database, Transaction
from vestibule.kernel.errors import Forbidden, NotAuthenticated, NotFound
from vestibule.kernel.ids import AccountId, SessionId
from vestibule.web import pages as frames
from vestibule.web import problems, templating
from vestibule.web.cookies import Jar, session_name

NAMES = PageNames(
    home="/profile",
    sign_in="/login",
    sign_up="/register",
    registration="/activation/registration",
    forgotten="/forgotten",
)
SITE = "https://shifts.example.com"
CAME_FROM = "redirect_url=https%3A%2F%2Fshifts.example.com%2Fback&state=a%20b"
HERE = "/apps/shifts"


class RegistrationClosed(Forbidden):
    """For these tests alone: how the app refuses people whom nobody invited."""

    sentence = "Only the invited come in."


async def land(tx: Transaction, account_id: AccountId, session_id: SessionId) -> str:
    """Lead to the site, as an app will: what is taken along is written down first."""
    entry = Entry(event="code.made", by=cast.ORIGIN, subject_kind="session", subject_id=session_id)
    await audit.record(tx, entry)
    return f"{SITE}/back?code=c"


AT_APP = Entrance(
    realm=cast.APP,
    name="Shifts",
    describe=cast.describe,
    landing=cast.land,
    path=HERE,
    pages=NAMES,
    navigation=(("/profile", "Profile"),),
    look=Look(logo=f"{HERE}/logo", stylesheet=f"{HERE}/look.css"),
)


def provide_entrance(request: Request[Any, Any, Any]) -> Entrance:
    """Take along what the site sent, as an app will once it has checked it."""
    entrance = AT_APP
    if "redirect_url" in request.query_params:
        query = {name: request.query_params[name] for name in ("redirect_url", "state")}
        carried = urlencode(query).replace("+", "%20")
        entrance = replace(entrance, landing=land, carried=carried, may_leave_to=(SITE,))
    if "closed" in request.query_params:
        entrance = replace(entrance, sign_ups_closed=RegistrationClosed)
    frames.come_by(request, entrance)
    return entrance


async def provide_maybe_visitor(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    jar: NamedDependency[Jar],
    entrance: NamedDependency[Entrance],
) -> cast.Seated | None:
    """What the room of apps does in one statement: who holds the session, in this realm."""
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    token = bearer or jar.read(request, session_name(entrance.path)) or ""
    async with database.reader() as reader:
        row = await reader.fetch_one(
            "SELECT id, account_id FROM sessions WHERE realm_id = $1 AND token_hash = $2",
            cast.APP.id,
            sessions.hash_of(token),
        )
        if row is None:
            return None
        return cast.Seated(await accounts.get(reader, row["account_id"]), row["id"])


def provide_visitor(maybe_visitor: NamedDependency[cast.Seated | None]) -> cast.Seated:
    if maybe_visitor is None:
        raise NotAuthenticated
    return maybe_visitor


def provide_caller(visitor: NamedDependency[cast.Seated]) -> cast.Seated:
    return visitor


@post(f"{NAMES.registration}/{{key_id:str}}")
async def activate(
    key_id: FromPath[str],
    browser: NamedDependency[guards.Browser],
    desk: NamedDependency[guards.Desk],
    entrance: NamedDependency[Entrance],
) -> frames.Answer:
    """What a room does with the key of a sign-up: here, the bare account."""
    form = await browser.form("name", "password")
    key = registration(entrance).carried(browser, key_id)
    offer = await steps.get_sign_up(desk, entrance, key)
    await steps.ensure_newcomer(desk, entrance, offer.address)
    password_hash = await desk.passwords.hash(form["password"])
    async with desk.database.transaction() as tx:
        spent = await sign_up.spend(tx, key, entrance=entrance)
        new = NewAccount(
            realm_id=entrance.realm.id,
            address=spent.address,
            password_hash=password_hash,
            locale=spent.locale,
        )
        account = await accounts.make(tx, new, by=desk.origin)
        started = await sessions.start(tx, account, origin=desk.origin)
    there = guards.onward(entrance, spent.next) or await guards.land(desk, entrance, started)
    answer = frames.see_other(there)
    browser.jar.put(answer, session_name(entrance.path), started.token, lifetime=SESSION_LONGEST)
    registration(entrance).leave(browser, answer, offer.key.id)
    return answer


@get("/missing")
async def show_missing(entrance: NamedDependency[Entrance]) -> None:
    raise NotFound


def browser(house: House) -> httpx.AsyncClient:
    """A browser at an application that knows the app and nothing else."""
    application = Litestar(
        route_handlers=[
            Router(
                path=HERE,
                route_handlers=[
                    *pages.handlers(NAMES),
                    *profile_pages.handlers(NAMES),
                    *sign_up_pages.handlers(NAMES),
                    activate,
                    show_missing,
                ],
            ),
            Router(
                path="/api/v1/apps/shifts",
                route_handlers=[*api.sign_in_handlers, *api.handlers],
            ),
        ],
        dependencies=_injected(house),
        exception_handlers={Exception: problems.answer_problem},
        template_config=TemplateConfig(
            instance=JinjaTemplateEngine.from_environment(templating.environment())
        ),
        logging_config=None,
    )
    transport = httpx.ASGITransport(application)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url=house.settings.base_url)


def _injected(house: House) -> dict[str, Provide]:
    return {
        "database": Provide(lambda: house.database, sync_to_thread=False),
        "limiter": Provide(lambda: house.limiter, sync_to_thread=False),
        "passwords": Provide(lambda: house.passwords, sync_to_thread=False),
        "outbox": Provide(lambda: house.outbox, sync_to_thread=False),
        "jar": Provide(lambda: Jar(is_https=False), sync_to_thread=False),
        "origin": Provide(lambda: cast.ORIGIN, sync_to_thread=False),
        "entrance": Provide(provide_entrance, sync_to_thread=False),
        "desk": Provide(guards.provide_desk, sync_to_thread=False),
        "browser": Provide(guards.provide_browser, sync_to_thread=False),
        "caller": Provide(provide_caller, sync_to_thread=False),
        "visitor": Provide(provide_visitor, sync_to_thread=False),
        "maybe_visitor": Provide(provide_maybe_visitor),
    }
