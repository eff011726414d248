"""The page that shows what publishing an app's draft changes, and asks what becomes of people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from litestar import get, post
from litestar.params import FromPath

from vestibule.accounts.guards import Browser, Desk
from vestibule.apps import actions as apps
from vestibule.apps import drafting, queries, studio
from vestibule.apps.model import AppSeat, DefinitionNotFound, SavedDefinition
from vestibule.definitions.changes_model import changes
from vestibule.definitions.comparison_model import compare
from vestibule.kernel import http
from vestibule.kernel.database import Reader
from vestibule.kernel.errors import Conflict, InvalidRequest
from vestibule.kernel.i18n import gettext, mark
from vestibule.memberships import publishing
from vestibule.memberships.model import RoleInUse, RoleUse
from vestibule.users.model import SignedIn
from vestibule.web import pages
from vestibule.web.injected import Injected

PAGE = "/organizations/{org:str}/apps/{app:str}/definition/publish"
SEEN = "saved_at"
BECOMES = "becomes."

Refusal: TypeAlias = Conflict | InvalidRequest


class DraftChanged(Conflict):
    """The draft is not the one that was looked at before publishing."""

    sentence = mark("The draft was saved anew while you looked at it. This is what it changes now.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What a publish would change: the draft, what counts now, and who has a role that goes."""

    seat: AppSeat
    draft: SavedDefinition
    counts: SavedDefinition | None
    uses: Sequence[RoleUse]

    @property
    def stamp(self) -> str:
        """Give what tells this draft from one that was saved later."""
        return self.draft.saved_at.isoformat()

    @property
    def fields(self) -> list[str]:
        """Give the fields of the form: the stamp, and one for each role that goes."""
        dropped = publishing.droppable(self.seat, self.draft.definition, self.uses)
        return [SEEN, *(BECOMES + role for role in dropped)]


@get(PAGE, include_in_schema=False)
async def show_publishing(
    org: FromPath[str], app: FromPath[str], *, desk: Injected[Desk], visitor: Injected[SignedIn]
) -> pages.Answer:
    """Show what publishing the draft changes; without a draft, where to write one."""
    async with desk.database.reader() as reader:
        seat = studio.seat_in(await apps.get_for_managing(reader, visitor, app), org)
        try:
            plan = await _read(reader, seat)
        except DefinitionNotFound:
            return pages.see_other(f"{seat.app.studio_path}/definition")
    return _page(plan, visitor)


@post(PAGE, include_in_schema=False)
async def publish(
    org: FromPath[str],
    app: FromPath[str],
    *,
    browser: Injected[Browser],
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
) -> pages.Answer:
    """Publish the draft that was looked at, and go on to the app's front."""
    async with desk.database.reader() as reader:
        seat = studio.seat_in(await apps.get_for_managing(reader, visitor, app), org)
        plan = await _read(reader, seat)
    form = await browser.form(*plan.fields)
    said = {name.removeprefix(BECOMES): to for name, to in form.items() if name != SEEN and to}
    try:
        async with desk.database.transaction() as tx:
            held = studio.seat_in(await apps.lock_for_managing(tx, visitor, app), org)
            await _ensure_seen(tx, held, form[SEEN])
            by = visitor.actor(desk.origin)
            await publishing.publish(tx, held, said, user=visitor.user, by=by)
    except (DraftChanged, RoleInUse, InvalidRequest) as problem:
        async with desk.database.reader() as reader:
            plan = await _read(reader, seat)
        return _page(plan, visitor, said=said, problem=problem)
    return pages.see_other(seat.app.studio_path)


async def _read(reader: Reader, seat: AppSeat) -> _Plan:
    """Read what a publish would change. Raises DefinitionNotFound: nothing was ever written."""
    app = seat.app
    draft = await drafting.get_draft(reader, app.id)
    counts = await queries.find_saved(reader, app.id, version=app.version) if app.version else None
    uses = await publishing.list_uses(reader, app, draft.definition)
    return _Plan(seat=seat, draft=draft, counts=counts, uses=uses)


async def _ensure_seen(reader: Reader, seat: AppSeat, stamp: str) -> None:
    """Raise DraftChanged unless the draft is the one that was looked at."""
    draft = await drafting.get_draft(reader, seat.app.id)
    if draft.saved_at.isoformat() != stamp:
        raise DraftChanged


def _page(
    plan: _Plan,
    visitor: SignedIn,
    *,
    said: Mapping[str, str] | None = None,
    problem: Refusal | None = None,
) -> pages.Answer:
    app, before = plan.seat.app, plan.counts
    faults = _faults(problem)
    uses = [_asked(use, number, said or {}) for number, use in enumerate(plan.uses)]
    return pages.render(
        "memberships/publishing.html",
        status=http.status_of(problem) if problem else 200,
        **studio.frame(plan.seat, visitor.user, current="/definition"),
        app={"name": plan.draft.definition.name, "version": app.version},
        here=app.studio_path,
        number=(app.version or 0) + 1,
        stamp=plan.stamp,
        changes=list(changes(before.definition if before else None, plan.draft.definition)),
        source=plan.draft.source,
        comparison=compare(before.source if before else "", plan.draft.source),
        roles=list(plan.draft.definition.roles),
        uses=uses,
        errors=_by_id(faults, uses),
    )


def _asked(use: RoleUse, number: int, said: Mapping[str, str]) -> dict[str, Any]:
    """Give a role that goes, with who has it, and what was chosen for them."""
    return {
        "id": f"becomes-{number}",
        "name": BECOMES + use.role,
        "role": use.role,
        "sentence": use.explain(),
        "chosen": said.get(use.role, ""),
    }


def _faults(problem: Refusal | None) -> dict[str, str]:
    """Give the sentence for each role of which the wrong thing was said, or nothing; "": all."""
    match problem:
        case None:
            return {}
        case RoleInUse():
            return {use.role: _choose(use.role) for use in problem.uses}
        case InvalidRequest():
            return {each.path.removeprefix("roles."): each.message for each in problem.errors}
        case _:
            return {"": problem.explain()}


def _by_id(faults: Mapping[str, str], uses: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Give each sentence under the id of the field that it stands at."""
    ids = {use["role"]: use["id"] for use in uses}
    return {ids.get(role, ""): sentence for role, sentence in faults.items()}


def _choose(role: str) -> str:
    return gettext("Choose what those who are {role} become.").format(role=role)


handlers = (show_publishing, publish)
