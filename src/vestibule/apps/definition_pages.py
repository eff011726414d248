"""The page where an app's security definition is written, with what is wrong beside the lines."""

from dataclasses import dataclass
from typing import Any

from litestar import get, post
from litestar.di import Provide
from litestar.params import FromPath, FromQuery

from vestibule.accounts.guards import Browser, Desk
from vestibule.apps import actions as apps
from vestibule.apps import drafting, queries, steps, studio
from vestibule.apps.model import AppSeat, SavedDefinition
from vestibule.apps.studio_pages import APP
from vestibule.definitions.example import example_for
from vestibule.definitions.model import DefinitionFault, InvalidDefinition
from vestibule.kernel import http
from vestibule.kernel.database import Reader
from vestibule.kernel.i18n import gettext
from vestibule.users.model import SignedIn
from vestibule.web import pages
from vestibule.web.injected import Injected

PAGE = f"{APP}/definition"
PUBLISH = "publish"
_MOST_SHOWN = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desktop:
    """An app with its draft, if there is one. `is_published`: it is what counts already."""

    seat: AppSeat
    draft: SavedDefinition | None
    is_published: bool


@dataclass(frozen=True, slots=True)
class Start:
    """What the page begins with: the text of an old version, or that the draft was just saved."""

    version: int | None
    is_saved: bool


def read_start(version: FromQuery[int | None] = None, saved: FromQuery[str | None] = None) -> Start:
    """Read what the page shall begin with."""
    return Start(version, is_saved=bool(saved))


@get(
    PAGE,
    include_in_schema=False,
    dependencies={"start": Provide(read_start, sync_to_thread=False)},
)
async def show_definition(
    org: FromPath[str],
    app: FromPath[str],
    *,
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
    start: Injected[Start],
) -> pages.Answer:
    """Show the draft; with `version`, the text of that one, to go on from."""
    async with desk.database.reader() as reader:
        seat = await studio.get_seat(reader, visitor, org, app)
        found = await _read(reader, seat)
        if start.version is not None:
            old = await drafting.get_version(reader, seat.app.id, start.version)
            return _page(found, visitor, source=old.source, notice=_going_on_from(start.version))
    saved = {"kind": "good", "text": gettext("The draft is saved.")}
    return _page(found, visitor, notice=saved if start.is_saved else None)


@post(PAGE, include_in_schema=False)
async def save_definition(
    org: FromPath[str],
    app: FromPath[str],
    *,
    browser: Injected[Browser],
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
) -> pages.Answer:
    """Keep the text as the draft if it is sound; else show it again, with every fault."""
    form = await browser.form("source", "then")
    source = form["source"].replace("\r\n", "\n")
    async with desk.database.reader() as reader:
        seat = studio.seat_in(await apps.get_for_managing(reader, visitor, app), org)
        found = await _read(reader, seat)
    try:
        is_json = source.lstrip().startswith("{")
        await steps.save_definition(desk, visitor, app, source, is_json=is_json)
    except InvalidDefinition as problem:
        return _page(found, visitor, source=source, problem=problem)
    page = f"{seat.app.studio_path}/definition"
    is_next = form["then"] == PUBLISH
    return pages.see_other(f"{page}/publish" if is_next else f"{page}?saved=1")


async def _read(reader: Reader, seat: AppSeat) -> _Desktop:
    draft = await queries.find_saved(reader, seat.app.id, version=None)
    if draft is None or seat.app.version is None:
        return _Desktop(seat=seat, draft=draft, is_published=False)
    counts = await drafting.get_version(reader, seat.app.id, seat.app.version)
    return _Desktop(seat=seat, draft=draft, is_published=draft.source == counts.source)


def _going_on_from(version: int) -> dict[str, str]:
    sentence = gettext("This is the text of version {number}. Save it to go on from there.")
    return {"kind": "waiting", "text": sentence.format(number=version)}


def _page(
    found: _Desktop,
    visitor: SignedIn,
    *,
    source: str | None = None,
    problem: InvalidDefinition | None = None,
    notice: dict[str, str] | None = None,
) -> pages.Answer:
    seat, draft = found.seat, found.draft
    saved = draft.source if draft else example_for(seat.app.name)
    written = saved if source is None else source
    return pages.render(
        "apps/definition.html",
        status=http.status_of(problem) if problem else 200,
        **studio.frame(seat, visitor.user, current="/definition"),
        app={"name": seat.app.name, "version": seat.app.version},
        here=seat.app.studio_path,
        may_edit=studio.may_edit(seat),
        source=written,
        saved={"by": draft.saved_by, "at": draft.saved_at} if draft else None,
        is_published=found.is_published,
        faults=[_shown(fault, written) for fault in problem.faults] if problem else [],
        fault_count=problem.count if problem else 0,
        notice=notice,
    )


def _shown(fault: DefinitionFault, source: str) -> dict[str, Any]:
    """Give a fault with the text of its line, for who reads without numbers beside the lines."""
    lines = source.split("\n")
    text = lines[fault.line - 1].strip() if fault.line and fault.line <= len(lines) else ""
    return {
        "line": fault.line,
        "path": fault.path,
        "sentence": fault.message,
        "text": text[:_MOST_SHOWN],
    }


handlers = (show_definition, save_definition)
