"""The page where an app gets its address, its look, and where it lives."""

from dataclasses import dataclass
from typing import TypeAlias

from litestar import get, post
from litestar.params import FromPath, FromQuery

from vestibule.accounts.guards import Browser, Desk
from vestibule.apps import actions as apps
from vestibule.apps import making, steps, studio
from vestibule.apps.logo_model import MOST_BYTES, InvalidLogo, read_logo, refusal
from vestibule.apps.look import look_of
from vestibule.apps.model import App, AppSeat
from vestibule.apps.settings_form import FIELDS, LISTS, settings_in, shown
from vestibule.apps.steps import Picture
from vestibule.apps.studio_pages import APP
from vestibule.kernel import http
from vestibule.kernel.boxes import is_ticked
from vestibule.kernel.errors import FieldError, Invalid, InvalidRequest
from vestibule.kernel.i18n import gettext
from vestibule.kernel.lines import Faults, faults_of
from vestibule.organizations.model import SlugTaken
from vestibule.users.model import SignedIn
from vestibule.web import forms, pages
from vestibule.web.injected import Injected

PAGE = f"{APP}/settings"
LOGO = "logo"

Refusal: TypeAlias = Invalid | SlugTaken


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """A form as it came: its texts, and the picture, if one was chosen."""

    form: dict[str, str]
    picture: bytes | None

    @property
    def removes_logo(self) -> bool:
        return is_ticked(self.form, "remove_logo")


@get(PAGE, include_in_schema=False)
async def show_settings(
    org: FromPath[str],
    app: FromPath[str],
    *,
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
    saved: FromQuery[str | None] = None,
) -> pages.Answer:
    """Show the settings."""
    async with desk.database.reader() as reader:
        seat = studio.seat_in(await apps.get_for_managing(reader, visitor, app), org)
    return _page(seat, visitor, is_saved=bool(saved))


@post(PAGE, include_in_schema=False)
async def change_settings(
    org: FromPath[str],
    app: FromPath[str],
    *,
    browser: Injected[Browser],
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
) -> pages.Answer:
    """Save the settings and the picture, and show them again."""
    sent = _Sent(
        form=await forms.read(browser.request, *FIELDS, files=(LOGO,)),
        picture=await forms.read_file(browser.request, LOGO, most=MOST_BYTES),
    )
    async with desk.database.reader() as reader:
        seat = studio.seat_in(await apps.get_for_managing(reader, visitor, app), org)
    try:
        changed = await steps.change_app(
            desk,
            visitor,
            app,
            lambda before: settings_in(sent.form, before),
            picture=_picture(sent, seat.app),
        )
    except (Invalid, SlugTaken) as problem:
        return _page(seat, visitor, form=sent.form, problem=problem)
    return pages.see_other(f"{changed.studio_path}/settings?saved=1")


def _picture(sent: _Sent, app: App) -> Picture | None:
    """Read the picture. Raises InvalidRequest with its fault and those of all other fields."""
    if sent.picture is None:
        return Picture(None) if sent.removes_logo else None
    try:
        return Picture(read_logo(sent.picture))
    except InvalidLogo as problem:
        raise InvalidRequest([*_others(sent, app), *problem.errors]) from problem


def _others(sent: _Sent, app: App) -> list[FieldError]:
    try:
        making.clean(settings_in(sent.form, app))
    except Invalid as problem:
        return problem.errors
    return []


def _page(
    seat: AppSeat,
    visitor: SignedIn,
    *,
    form: dict[str, str] | None = None,
    problem: Refusal | None = None,
    is_saved: bool = False,
) -> pages.Answer:
    faults = _faults(problem, form or {})
    saved = {"kind": "good", "text": gettext("The settings are saved.")}
    return pages.render(
        "apps/settings.html",
        status=http.status_of(problem) if problem else 200,
        **studio.frame(seat, visitor.user, current="/settings"),
        app={"name": seat.app.name},
        here=seat.app.studio_path,
        values=shown(seat.app),
        logo_url=look_of(seat.app).logo,
        logo_bytes=MOST_BYTES,
        logo_sentence=refusal(LOGO).explain(),
        form=form or {},
        errors=faults.fields,
        line_faults=faults.lines,
        notice=saved if is_saved else None,
    )


def _faults(problem: Refusal | None, form: dict[str, str]) -> Faults:
    if problem is None:
        return Faults(fields={}, lines={})
    if isinstance(problem, SlugTaken):
        return Faults(fields={"slug": problem.explain()}, lines={})
    return faults_of(problem.errors, form, lists=LISTS)


handlers = (show_settings, change_settings)
