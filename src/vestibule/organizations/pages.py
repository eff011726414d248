"""The pages of an organization: found one, its front, its members."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from litestar import get, post
from litestar.di import Provide
from litestar.params import FromPath, FromQuery

from vestibule.accounts.guards import Browser, Desk
from vestibule.kernel import http, lists
from vestibule.kernel.errors import Invalid
from vestibule.kernel.i18n import gettext, mark
from vestibule.kernel.ids import MembershipId, UserId, encode
from vestibule.kernel.settings import Founding, Settings
from vestibule.organizations import actions as organizations
from vestibule.organizations import end_queries, founding, policy, queries, seats, studio
from vestibule.organizations.model import FoundingClosed, Member, NewOrganization, Seat, SlugTaken
from vestibule.organizations.permission_model import Permission
from vestibule.organizations.queries import MemberSearch
from vestibule.users.model import SignedIn
from vestibule.web import forms, pages
from vestibule.web.injected import Injected
from vestibule.web.listing import Part, read_part

NEWEST = 5

DONE = {
    "joined": mark("You have joined the organization."),
    "same": mark("Nothing was changed."),
    "role": mark("The role is saved, and the person is told by mail."),
    "end": mark("The end is saved, and the person is told by mail."),
    "removed": mark("The person is removed, and told by mail."),
    "handed-over": mark("The organization is handed over. You are an admin now."),
}

Refusal: TypeAlias = Invalid | SlugTaken


@dataclass(frozen=True, slots=True)
class Looking:
    """What somebody looks for in the list of members, and what they have just done there."""

    part: Part
    search: MemberSearch
    done: str


def read_looking(
    part: Injected[Part], q: FromQuery[str | None] = None, done: FromQuery[str] = ""
) -> Looking:
    """Read what is looked for. Raises InvalidText."""
    return Looking(part, MemberSearch.of(q, None), done)


@get("/organizations/new", include_in_schema=False)
async def show_founding(settings: Injected[Settings], visitor: Injected[SignedIn]) -> pages.Answer:
    """Show the form to found an organization."""
    return _found_page(settings, visitor)


@post("/organizations/new", include_in_schema=False)
async def found(
    browser: Injected[Browser],
    desk: Injected[Desk],
    *,
    settings: Injected[Settings],
    visitor: Injected[SignedIn],
) -> pages.Answer:
    """Found it, and go on to inviting the first person."""
    form = await browser.form("name", "slug")
    new = NewOrganization(name=form["name"], slug=form["slug"] or None, founder=visitor.user.id)
    try:
        async with desk.database.transaction() as tx:
            founded = await founding.found(
                tx, new, by=visitor.actor(desk.origin), is_founding_open=_is_founding_open(settings)
            )
    except (Invalid, SlugTaken) as problem:
        return _found_page(settings, visitor, form=form, problem=problem)
    except FoundingClosed:
        return _found_page(settings, visitor)
    return pages.see_other(f"/organizations/{founded.organization.slug}/invitations")


@get("/organizations/{org:str}", include_in_schema=False)
async def show_organization(
    org: FromPath[str],
    desk: Injected[Desk],
    *,
    visitor: Injected[SignedIn],
    done: FromQuery[str] = "",
) -> pages.Answer:
    """Show what the organization is, and who came last. `done` is what has just been."""
    window = lists.window(f"members/{org}", limit=NEWEST)
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_seeing(reader, visitor, org)
        seating = await seats.count(reader, seat.organization.id)
        ends = await end_queries.list_ends(reader, visitor.user.id)
        may_see = policy.may(seat.role, Permission.MEMBERS_READ)
        newest = (
            await queries.list_members(reader, seat.organization.id, MemberSearch(), window)
            if may_see
            else []
        )
    return pages.render(
        "organizations/organization.html",
        **studio.frame(seat, visitor.user, current=""),
        organization={**_named(seat), "member_count": seating.members},
        seats=seating.explain(),
        may_see_members=may_see,
        role=seat.role.name,
        member_until=ends.get(seat.organization.id),
        may_invite=policy.may(seat.role, Permission.INVITATIONS_MANAGE),
        may_delete=policy.may(seat.role, Permission.ORGANIZATION_DELETE),
        newest=[_row(member, me=visitor.user.id) for member in newest[:NEWEST]],
        notice=_notice(done),
    )


@get(
    "/organizations/{org:str}/members",
    include_in_schema=False,
    dependencies={
        "part": Provide(read_part, sync_to_thread=False),
        "looking": Provide(read_looking, sync_to_thread=False),
    },
)
async def show_members(
    org: FromPath[str],
    desk: Injected[Desk],
    *,
    visitor: Injected[SignedIn],
    looking: Injected[Looking],
) -> pages.Answer:
    """Show the members, newest first, or those whose name or address has the text in it."""
    search, done = looking.search, looking.done
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_members(reader, visitor, org)
        window = looking.part.window(f"members/{seat.organization.id}")
        members = await queries.list_members(reader, seat.organization.id, search, window)
        seating = await seats.count(reader, seat.organization.id)
    page = lists.page(window, members, _id_of)
    return pages.render(
        "organizations/members.html",
        **studio.frame(seat, visitor.user, current="/members"),
        organization=_named(seat),
        seats=seating.explain(),
        may_invite=policy.may(seat.role, Permission.INVITATIONS_MANAGE),
        members=page.map(lambda member: _member_row(member, seat, me=visitor.user.id)),
        q=search.text or "",
        notice=_notice(done),
    )


def _notice(done: str) -> dict[str, str] | None:
    return {"kind": "good", "text": gettext(DONE[done])} if done in DONE else None


def _found_page(
    settings: Settings,
    visitor: SignedIn,
    *,
    form: dict[str, str] | None = None,
    problem: Refusal | None = None,
) -> pages.Answer:
    is_open = _is_founding_open(settings)
    return pages.render(
        "organizations/found.html",
        status=_status(problem) if is_open else 403,
        user=visitor.user,
        closed=not is_open,
        form=form or {},
        errors=_errors(problem),
    )


def _status(problem: Refusal | None) -> int:
    return http.status_of(problem) if problem else 200


def _is_founding_open(settings: Settings) -> bool:
    return settings.founding is Founding.ANYBODY


def _errors(problem: Refusal | None) -> dict[str, str]:
    if isinstance(problem, SlugTaken):
        return {"slug": problem.explain()}
    return forms.errors(problem) if problem else {}


def _named(seat: Seat) -> dict[str, Any]:
    organization = seat.organization
    return {
        "name": organization.name,
        "slug": organization.slug,
        "created_at": organization.created_at,
    }


def _row(member: Member, *, me: UserId) -> dict[str, Any]:
    invited_address = member.invited_address
    return {
        "id": encode("mbr", member.id),
        "name": member.name,
        "email": member.email,
        "role": member.role.name,
        "joined_at": member.created_at,
        "invited_address": invited_address if invited_address != member.email else None,
        "is_me": member.user_id == me,
        "member_until": member.member_until,
    }


def _member_row(member: Member, seat: Seat, *, me: UserId) -> dict[str, Any]:
    row = _row(member, me=me)
    may_change = policy.may_change(seat.role, member.role) and not row["is_me"]
    return {**row, "user_id": encode("user", member.user_id), "may_change": may_change}


def _id_of(member: Member) -> MembershipId:
    return member.id


handlers = (
    show_founding,
    found,
    show_organization,
    show_members,
)
