"""The pages of an app's members, mounted twice: in the studio, and in the app for who may there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from litestar import Request, get, post
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from vestibule.accounts import guards
from vestibule.accounts.guards import Browser, Desk
from vestibule.accounts.realms import Entrance
from vestibule.apps import studio
from vestibule.apps.member_queries import MemberSearch
from vestibule.apps.model import App, AppMember, AppSeat, SignedInMember
from vestibule.kernel import http
from vestibule.kernel.boxes import is_ticked
from vestibule.kernel.errors import Forbidden, Invalid, Problem
from vestibule.kernel.i18n import gettext, mark
from vestibule.kernel.ids import encode
from vestibule.memberships import app_policy as policy
from vestibule.memberships import app_steps as steps
from vestibule.memberships.model import AppMemberChange, NewAppEnd, RoleChange, RoleChanged
from vestibule.organizations.end_model import as_day, read_day
from vestibule.organizations.model import NotPermitted
from vestibule.users.model import SignedIn
from vestibule.web import forms, pages
from vestibule.web.injected import Injected
from vestibule.web.listing import Part, read_part

# Here somebody is signed in, and has a name.
Visitor: TypeAlias = SignedIn | SignedInMember

CURRENT = "/members"
DONE = {
    "same": mark("Nothing was changed."),
    "roles": mark("The roles are saved, and the person is told by mail."),
    "end": mark("The end is saved, and the person is told by mail."),
    "removed": mark("The person is removed, and told by mail."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody who looks at the members of an app, and in which frame."""

    desk: Desk
    visitor: Visitor
    entrance: Entrance
    path_params: Mapping[str, str]
    mounting: "Mounting"

    @property
    def app(self) -> str:
        """Give the app as its address names it."""
        return self.path_params["app"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mounting:
    """Where the pages stand: `path` leads to the list, and begins where their router does.

    `home` gives where the app's pages of this kind are, and `frame` what stands around them.
    Whoever mounts them provides `visitor` and `entrance`.
    """

    path: str
    home: Callable[[App], str]
    frame: Callable[[Visit, AppSeat], dict[str, Any]]


def frame_in_studio(visit: Visit, seat: AppSeat) -> dict[str, Any]:
    """Give the studio's frame. Raises AppNotFound if the app is another organization's."""
    if not isinstance(visit.visitor, SignedIn):
        raise NotPermitted
    seat = studio.seat_in(seat, visit.path_params["org"])
    return studio.frame(seat, visit.visitor.user, current=CURRENT)


def frame_in_app(visit: Visit, _: AppSeat) -> dict[str, Any]:
    """Give the frame of the app's own pages."""
    return guards.frame(visit.entrance, visit.visitor, current=visit.entrance.to(CURRENT))


IN_STUDIO = Mounting(
    path=f"/organizations/{{org:str}}/apps/{{app:str}}{CURRENT}",
    home=lambda app: app.studio_path,
    frame=frame_in_studio,
)
IN_APP = Mounting(path=CURRENT, home=lambda app: app.path, frame=frame_in_app)


def provide_visit(
    request: Request[Any, Any, Any],
    desk: Injected[Desk],
    visitor: Injected[Visitor],
    entrance: Injected[Entrance],
    mounting: Injected[Mounting],
) -> Visit:
    """Make the visit of a request."""
    return Visit(
        desk=desk,
        visitor=visitor,
        entrance=entrance,
        path_params=request.path_params,
        mounting=mounting,
    )


def read_search(q: FromQuery[str] = "", role: FromQuery[str] = "") -> MemberSearch:
    """Read what is searched for. Raises InvalidText."""
    return MemberSearch.of(q, role)


def handlers(mounting: Mounting) -> list[HTTPRouteHandler]:
    """Make the pages in one of the two places."""
    one = f"{mounting.path}/{{member:str}}"
    visit = {
        "mounting": Provide(lambda: mounting, sync_to_thread=False),
        "visit": Provide(provide_visit, sync_to_thread=False),
    }
    listing = {
        "part": Provide(read_part, sync_to_thread=False),
        "search": Provide(read_search, sync_to_thread=False),
    }
    page: dict[str, Any] = {"include_in_schema": False, "dependencies": visit}
    list_page = page | {"dependencies": visit | listing}
    return [
        get(mounting.path, **list_page)(show_members),
        get(one, **page)(show_member),
        post(one, **page)(change_roles),
        post(f"{one}/end", **page)(change_end),
        post(f"{one}/remove", **page)(remove),
    ]


async def show_members(
    visit: Injected[Visit],
    *,
    part: Injected[Part],
    search: Injected[MemberSearch],
    done: FromQuery[str] = "",
) -> pages.Answer:
    """Show the members, newest first. `done` is what has just been."""
    seat, page = await steps.list_members(visit.desk, visit.visitor, visit.app, search, part)
    home = visit.mounting.home(seat.app)
    notice = {"kind": "good", "text": gettext(DONE[done])} if done in DONE else None
    return pages.render(
        "memberships/app_members.html",
        **visit.mounting.frame(visit, seat),
        app={"name": seat.app.name, "is_published": seat.definition is not None},
        here=home + CURRENT,
        invitations=f"{home}/invitations",
        invites_here=isinstance(visit.visitor, SignedInMember),
        invitable=[(role, role) for role in seat.every_role if role in seat.invitable],
        roles=[(role, role) for role in seat.every_role],
        members=page.map(lambda member: _row(member, seat, visit.visitor)),
        q=search.text or "",
        role=search.role or "",
        notice=notice,
    )


async def show_member(visit: Injected[Visit], member: FromPath[str]) -> pages.Answer:
    """Show one member, and the form for their roles to who may change any."""
    return await _one_page(visit, member)


async def change_roles(
    visit: Injected[Visit], member: FromPath[str], *, browser: Injected[Browser]
) -> pages.Answer:
    """Give the member the roles that are ticked; those beyond reach stay as they were."""
    seat, found = await _get(visit, member)
    form = await browser.form(*(_field(role) for role in seat.every_role))
    ticked = [role for role in seat.every_role if _is_wanted(seat, found, role, form=form)]
    try:
        wanted = AppMemberChange(found.id, roles=RoleChange(found.id, ticked))
        await steps.change_member(visit.desk, visit.visitor, visit.app, wanted)
    except (Invalid, Forbidden, RoleChanged) as problem:
        return await _one_page(visit, member, problem=problem, ticked=ticked)
    done = "same" if set(ticked) == set(found.roles) else "roles"
    return pages.see_other(f"{visit.mounting.home(seat.app)}{CURRENT}?done={done}")


async def change_end(
    visit: Injected[Visit], member: FromPath[str], *, browser: Injected[Browser]
) -> pages.Answer:
    """Set until when they have their roles: to the end of a day, or for good."""
    form = await browser.form("member_until")
    seat, found = await _get(visit, member)
    try:
        until = read_day(form["member_until"], found.member_until).until
        wanted = AppMemberChange(found.id, end=NewAppEnd(found.id, until))
        await steps.change_member(visit.desk, visit.visitor, visit.app, wanted)
    except (Invalid, Forbidden) as problem:
        return await _one_page(visit, member, problem=problem, form=form)
    is_same = all(found.ends.get(role) == until for role in found.roles)
    done = "same" if is_same else "end"
    return pages.see_other(f"{visit.mounting.home(seat.app)}{CURRENT}?done={done}")


async def remove(
    visit: Injected[Visit], member: FromPath[str], *, browser: Injected[Browser]
) -> pages.Answer:
    """Take the member out of the app."""
    await browser.form()
    seat, found = await _get(visit, member)
    try:
        await steps.remove(visit.desk, visit.visitor, visit.app, found.id)
    except Forbidden as problem:
        return await _one_page(visit, member, problem=problem)
    return pages.see_other(f"{visit.mounting.home(seat.app)}{CURRENT}?done=removed")


async def _get(visit: Visit, reference: str) -> tuple[AppSeat, AppMember]:
    member_id = steps.read_id(reference)
    seat, found = await steps.get_member(visit.desk, visit.visitor, visit.app, member_id)
    visit.mounting.frame(visit, seat)  # another organization's app is not there
    return seat, found


async def _one_page(
    visit: Visit,
    reference: str,
    *,
    problem: Problem | None = None,
    ticked: list[str] | None = None,
    form: Mapping[str, str] | None = None,
) -> pages.Answer:
    seat, found = await _get(visit, reference)
    return pages.render(
        "memberships/app_member.html",
        status=http.status_of(problem) if problem else 200,
        **visit.mounting.frame(visit, seat),
        app={"name": seat.app.name},
        here=visit.mounting.home(seat.app) + CURRENT,
        member=_row(found, seat, visit.visitor),
        choices=_choices(seat, found, ticked),
        form=form or {},
        errors=_errors(problem, form) if problem else {},
    )


def _row(member: AppMember, seat: AppSeat, visitor: Visitor) -> dict[str, Any]:
    is_me = member.is_of(visitor.account_id)
    return {
        "id": encode("apm", member.id),
        "name": member.name,
        "email": member.email,
        "roles": _in_order(seat, member.roles),
        "joined_at": member.created_at,
        "member_until": member.member_until,
        "last_day": as_day(member.member_until),
        "ends": member.ends,
        "is_me": is_me,
        "is_linked": member.user_id is not None,
        "may_change": bool(seat.manageable) and not is_me,
        "may_end": policy.may_remove(seat, member.roles) and not is_me,
        "may_remove": policy.may_remove(seat, member.roles) and member.id != visitor.account_id,
    }


def _in_order(seat: AppSeat, roles: Sequence[str]) -> list[str]:
    """Give the roles as the definition has them; what it no longer has comes last."""
    known = [role for role in seat.every_role if role in roles]
    return known + [role for role in roles if role not in known]


def _choices(seat: AppSeat, member: AppMember, ticked: list[str] | None) -> list[dict[str, Any]]:
    """Give every role: whether it is ticked, and whether it is the visitor's to change."""
    held = member.roles if ticked is None else ticked
    described = seat.definition.roles if seat.definition else {}
    return [
        {
            "name": role,
            "field": _field(role),
            "description": described[role].description,
            "is_ticked": role in held,
            "may_change": policy.may_manage(seat, role),
        }
        for role in seat.every_role
    ]


def _is_wanted(seat: AppSeat, member: AppMember, role: str, *, form: Mapping[str, str]) -> bool:
    return is_ticked(form, _field(role)) if policy.may_manage(seat, role) else role in member.roles


def _field(role: str) -> str:
    return f"role:{role}"


def _errors(problem: Problem, form: Mapping[str, str] | None) -> dict[str, str]:
    """Give the sentences, each once: whatever is wrong with the roles stands at all of them."""
    errors = forms.errors(problem)
    if form is not None:
        return errors
    return {"roles" if isinstance(problem, Invalid) else "": next(iter(errors.values()))}
