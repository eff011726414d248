"""The pages of apps in the studio: those of an organization, a new one, the front of one."""

from typing import Any, TypeAlias

from litestar import get, post
from litestar.di import Provide
from litestar.params import FromPath, FromQuery

from vestibule.accounts.guards import Browser, Desk
from vestibule.accounts.model import SESSION_LONGEST
from vestibule.apps import actions as apps
from vestibule.apps import continuing, member_queries, queries, steps, studio, studio_queries
from vestibule.apps.entrance import PAGES
from vestibule.apps.model import App, AppMember, AppSeat, NewApp
from vestibule.kernel import http, lists
from vestibule.kernel.database import Reader
from vestibule.kernel.errors import Invalid
from vestibule.kernel.i18n import gettext, mark
from vestibule.kernel.ids import AppId
from vestibule.kernel.settings import Settings
from vestibule.organizations import actions as organizations
from vestibule.organizations import studio as organization_studio
from vestibule.organizations.model import Seat, SlugTaken
from vestibule.users.model import SignedIn
from vestibule.web import forms, pages
from vestibule.web.cookies import session_name
from vestibule.web.injected import Injected
from vestibule.web.listing import Part, read_part

DONE = {"deleted": mark("The app is deleted.")}

APPS = "/organizations/{org:str}/apps"
APP = f"{APPS}/{{app:str}}"

Refusal: TypeAlias = Invalid | SlugTaken


@get(
    APPS,
    include_in_schema=False,
    dependencies={"part": Provide(read_part, sync_to_thread=False)},
)
async def show_apps(
    org: FromPath[str],
    desk: Injected[Desk],
    *,
    visitor: Injected[SignedIn],
    part: Injected[Part],
    done: FromQuery[str] = "",
) -> pages.Answer:
    """Show the organization's apps, newest first. `done` is what has just been."""
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_apps(reader, visitor, org)
        window = part.window(f"apps/{seat.organization.id}")
        rows = await queries.list_apps(reader, seat.organization.id, window)
        numbers = await studio_queries.count_members(reader, [app.id for app in rows])
    page = lists.page(window, rows, _id_of)
    return pages.render(
        "apps/apps.html",
        **organization_studio.frame(seat, visitor.user, current="/apps"),
        organization=_named(seat),
        may_make=organizations.may_manage_apps(seat.role),
        apps=page.map(lambda app: {**_front(app), "members": numbers.get(app.id, 0)}),
        notice={"kind": "good", "text": gettext(DONE[done])} if done in DONE else None,
    )


@get(f"{APPS}/new", include_in_schema=False)
async def show_making(
    org: FromPath[str], desk: Injected[Desk], *, visitor: Injected[SignedIn]
) -> pages.Answer:
    """Show the form to make an app."""
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_managing_apps(reader, visitor, org)
    return _making_page(seat, visitor)


@post(f"{APPS}/new", include_in_schema=False)
async def make_app(
    org: FromPath[str],
    browser: Injected[Browser],
    *,
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
) -> pages.Answer:
    """Make it, and go on to writing its definition."""
    form = await browser.form("name", "slug")
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_managing_apps(reader, visitor, org)
    new = NewApp(name=form["name"], slug=form["slug"] or None)
    try:
        app = await steps.make_app(desk, visitor, org, new)
    except (Invalid, SlugTaken) as problem:
        return _making_page(seat, visitor, form=form, problem=problem)
    return pages.see_other(f"{app.studio_path}/definition")


@get(APP, include_in_schema=False)
async def show_app(
    org: FromPath[str],
    app: FromPath[str],
    *,
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
    settings: Injected[Settings],
) -> pages.Answer:
    """Show what the app is, where its pages are, and who has which role."""
    async with desk.database.reader() as reader:
        seat = await studio.get_seat(reader, visitor, org, app)
        found = await _read(reader, seat)
        member = await continuing.find_linked(reader, seat.app.id, visitor.user.id)
        draft = await queries.find_saved(reader, seat.app.id, version=None)
    base = settings.base_url + seat.app.path
    return pages.render(
        "apps/app.html",
        **studio.frame(seat, visitor.user, current=""),
        **found,
        app={**_front(seat.app), "home_url": seat.app.home_url},
        here=seat.app.studio_path,
        may_edit=studio.may_edit(seat),
        has_draft=draft is not None,
        login_url=base + PAGES.sign_in,
        register_url=base + PAGES.sign_up,
        continue_as=_continued(seat, member),
    )


@post(f"{APP}/continue", include_in_schema=False)
async def continue_as_member(
    org: FromPath[str],
    app: FromPath[str],
    *,
    browser: Injected[Browser],
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
) -> pages.Answer:
    """Sign the user in to the app as the member who is linked to them."""
    await browser.form()
    async with desk.database.reader() as reader:
        found = studio.seat_in(await apps.get_for_managing(reader, visitor, app), org).app
    name = session_name(found.path)
    _, _, started = await steps.continue_as_member(
        desk, visitor, app, replaced=browser.cookie(name)
    )
    answer = pages.see_other(found.path + PAGES.home)
    browser.jar.put(answer, name, started.token, lifetime=SESSION_LONGEST)
    return answer


async def _read(reader: Reader, seat: AppSeat) -> dict[str, Any]:
    """Read what the front shows of roles and people."""
    definition = seat.definition
    numbers = await member_queries.count_members_by_role(reader, seat.app.id)
    roles = definition.roles.values() if definition else ()
    return {
        "members": await member_queries.count_members(reader, seat.app.id),
        "self_registration": bool(definition and definition.enable_self_registration),
        "roles": [
            {
                "name": role.name,
                "description": role.description,
                "members": numbers.get(role.name, 0),
            }
            for role in roles
        ],
    }


def _making_page(
    seat: Seat,
    visitor: SignedIn,
    *,
    form: dict[str, str] | None = None,
    problem: Refusal | None = None,
) -> pages.Answer:
    return pages.render(
        "apps/new_app.html",
        status=http.status_of(problem) if problem else 200,
        **organization_studio.frame(seat, visitor.user, current="/apps"),
        organization=_named(seat),
        form=form or {},
        errors=_errors(problem),
    )


def _errors(problem: Refusal | None) -> dict[str, str]:
    if isinstance(problem, SlugTaken):
        return {"slug": problem.explain()}
    return forms.errors(problem) if problem else {}


def _continued(seat: AppSeat, member: AppMember | None) -> str | None:
    """Give as whom the user can go on to the app, if they may."""
    return member.email if member and seat.definition and studio.may_edit(seat) else None


def _named(seat: Seat) -> dict[str, str]:
    return {"name": seat.organization.name, "slug": seat.organization.slug}


def _front(app: App) -> dict[str, Any]:
    return {
        "name": app.name,
        "slug": app.slug,
        "version": app.version,
        "created_at": app.created_at,
    }


def _id_of(app: App) -> AppId:
    return app.id


handlers = (show_apps, show_making, make_app, show_app, continue_as_member)
