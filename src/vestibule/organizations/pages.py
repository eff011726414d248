"""The pages of an organization: found one, its front, its members, its settings."""

from typing import Any

from litestar import Request, get, post
from litestar.di import Provide
from litestar.params import FromPath, FromQuery

from vestibule.audit.model import Actor
from vestibule.kernel import lists
from vestibule.kernel.database import Database
from vestibule.kernel.errors import Invalid
from vestibule.kernel.i18n import gettext
from vestibule.kernel.ids import MembershipId, UserId, encode
from vestibule.kernel.settings import Founding, Settings
from vestibule.organizations import actions as organizations
from vestibule.organizations import founding, policy, queries, studio
from vestibule.organizations.model import FoundingClosed, NewOrganization, Seat, SlugTaken
from vestibule.organizations.policy import Right
from vestibule.organizations.queries import Member, MemberSearch
from vestibule.organizations.settings_form import FIELDS, changes_of, shown
from vestibule.users.model import SignedIn
from vestibule.web import forms, pages
from vestibule.web.injected import Injected
from vestibule.web.listing import Part, read_part

NEWEST = 5


def read_search(q: FromQuery[str | None] = None) -> MemberSearch:
    """Read what is searched for. Raises InvalidText."""
    return MemberSearch.of(q, None)


@get("/organizations/new", include_in_schema=False)
async def found_page(settings: Injected[Settings], visitor: Injected[SignedIn]) -> pages.Answer:
    """Show the form to found an organization."""
    return _found_page(settings, visitor)


@post("/organizations/new", include_in_schema=False)
async def found(
    request: Request[Any, Any, Any],
    database: Injected[Database],
    *,
    settings: Injected[Settings],
    visitor: Injected[SignedIn],
    origin: Injected[Actor],
) -> pages.Answer:
    """Found it, and go on to inviting the first person."""
    form = await forms.read(request, "name", "slug")
    new = NewOrganization(name=form["name"], slug=form["slug"] or None, founder=visitor.user.id)
    try:
        async with database.transaction() as tx:
            founded = await founding.found(
                tx, new, by=visitor.actor(origin), is_founding_open=_is_founding_open(settings)
            )
    except (Invalid, SlugTaken) as problem:
        return _found_page(settings, visitor, form=form, errors=_errors(problem))
    except FoundingClosed:
        return _found_page(settings, visitor)
    return pages.see_other(f"/organizations/{founded.organization.slug}/invitations")


@get("/organizations/{org:str}", include_in_schema=False)
async def front_page(
    org: FromPath[str],
    database: Injected[Database],
    *,
    visitor: Injected[SignedIn],
) -> pages.Answer:
    """Show what the organization is, and who came last."""
    window = lists.window(f"members/{org}", limit=NEWEST)
    async with database.reader() as reader:
        seat = await organizations.get_for_seeing(reader, visitor.user.id, org)
        count = await queries.count_members(reader, seat.organization.id)
        newest = await queries.list_members(reader, seat.organization.id, MemberSearch(), window)
    return pages.render(
        "organizations/organization.html",
        **studio.frame(seat, visitor.user, current=""),
        organization={**_named(seat), "member_count": count},
        role=seat.role,
        may_invite=policy.may(seat.role, Right.INVITE),
        newest=[_row(member, me=visitor.user.id) for member in newest[:NEWEST]],
    )


@get(
    "/organizations/{org:str}/members",
    include_in_schema=False,
    dependencies={
        "part": Provide(read_part, sync_to_thread=False),
        "search": Provide(read_search, sync_to_thread=False),
    },
)
async def members_page(
    org: FromPath[str],
    database: Injected[Database],
    *,
    visitor: Injected[SignedIn],
    part: Injected[Part],
    search: Injected[MemberSearch],
) -> pages.Answer:
    """Show the members, newest first, or those whose name or address has the text in it."""
    async with database.reader() as reader:
        seat = await organizations.get_for_members(reader, visitor.user.id, org)
        window = part.window(f"members/{seat.organization.id}")
        members = await queries.list_members(reader, seat.organization.id, search, window)
    page = lists.page(window, members, _id_of)
    return pages.render(
        "organizations/members.html",
        **studio.frame(seat, visitor.user, current="/members"),
        organization=_named(seat),
        may_invite=policy.may(seat.role, Right.INVITE),
        members=page.map(lambda member: _row(member, me=visitor.user.id)),
        q=search.text or "",
    )


@get("/organizations/{org:str}/settings", include_in_schema=False)
async def settings_page(
    org: FromPath[str],
    database: Injected[Database],
    *,
    visitor: Injected[SignedIn],
    saved: FromQuery[str | None] = None,
) -> pages.Answer:
    """Show the settings."""
    async with database.reader() as reader:
        seat = await organizations.get_for_settings(reader, visitor.user.id, org)
    notice = {"kind": "good", "text": gettext("The settings are saved.")} if saved else None
    return _settings_page(seat, visitor, notice=notice)


@post("/organizations/{org:str}/settings", include_in_schema=False)
async def change_settings(
    org: FromPath[str],
    request: Request[Any, Any, Any],
    *,
    database: Injected[Database],
    visitor: Injected[SignedIn],
    origin: Injected[Actor],
) -> pages.Answer:
    """Save the settings, and show them again."""
    form = await forms.read(request, *FIELDS)
    async with database.reader() as reader:
        seat = await organizations.get_for_settings(reader, visitor.user.id, org)
    try:
        async with database.transaction() as tx:
            held = await organizations.lock_for_settings(tx, visitor.user.id, org)
            changed = await organizations.change_settings(
                tx, held, changes_of(form, held.organization), by=visitor.actor(origin)
            )
    except (Invalid, SlugTaken) as problem:
        return _settings_page(seat, visitor, status=422, form=form, errors=_errors(problem))
    return pages.see_other(f"/organizations/{changed.slug}/settings?saved=1")


def _found_page(settings: Settings, visitor: SignedIn, **context: object) -> pages.Answer:
    is_open = _is_founding_open(settings)
    status = 422 if context else 200
    return pages.render(
        "organizations/found.html",
        status=status if is_open else 403,
        user=visitor.user,
        closed=not is_open,
        **context,
    )


def _settings_page(
    seat: Seat, visitor: SignedIn, *, status: int = 200, **context: object
) -> pages.Answer:
    return pages.render(
        "organizations/settings.html",
        status=status,
        **studio.frame(seat, visitor.user, current="/settings"),
        organization={**_named(seat), **shown(seat.organization)},
        **context,
    )


def _is_founding_open(settings: Settings) -> bool:
    return settings.founding is Founding.ANYBODY


def _errors(problem: Invalid | SlugTaken) -> dict[str, str]:
    if isinstance(problem, SlugTaken):
        return {"slug": problem.explain()}
    return forms.errors(problem)


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
        "role": member.role,
        "joined_at": member.created_at,
        "invited_address": invited_address if invited_address != member.email else None,
        "is_me": member.user_id == me,
    }


def _id_of(member: Member) -> MembershipId:
    return member.id


handlers = (
    found_page,
    found,
    front_page,
    members_page,
    settings_page,
    change_settings,
)
