"""An organization's invitations in the studio: who is invited, what became of it, one more."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from litestar import get, post
from litestar.di import Provide
from litestar.params import FromPath, FromQuery, QueryParameter

from vestibule.accounts.guards import Browser, Desk
from vestibule.invitations import queries, steps
from vestibule.invitations.model import InvitationNotFound, ShownState
from vestibule.invitations.offer_model import Changes, Expiry, InvalidExpiry, Offer
from vestibule.invitations.queries import Filter, Shown
from vestibule.kernel import addresses, http, lists, names
from vestibule.kernel.errors import (
    Conflict,
    Forbidden,
    Invalid,
    InvalidRequest,
    Problem,
    RateLimited,
)
from vestibule.kernel.i18n import gettext, mark
from vestibule.kernel.ids import encode
from vestibule.organizations import actions as organizations
from vestibule.organizations import policy, studio
from vestibule.organizations.model import OrganizationRole, Seat
from vestibule.organizations.policy import Right
from vestibule.users.model import SignedIn
from vestibule.web import forms, pages
from vestibule.web.injected import Injected
from vestibule.web.listing import Part, read_part

PAGE = "/organizations/{org:str}/invitations"
ONE = PAGE + "/{invitation:str}"
CURRENT = "/invitations"
MOST_SEARCHED = 100
DAYS_LETTERS = 4

ROLE_LABELS = {
    OrganizationRole.OWNER: mark("Owner"),
    OrganizationRole.ADMIN: mark("Admin"),
    OrganizationRole.MANAGER: mark("Manager"),
    OrganizationRole.VIEWER: mark("Viewer"),
}


def read_filter(
    q: FromQuery[str] = "", wanted: Annotated[str, QueryParameter(name="state")] = ""
) -> Filter:
    """Read the filters in the address; a state that is none asks for all. Raises InvalidText."""
    states = (wanted,) if wanted in set(ShownState) else ()
    text = names.clean_line(q, path="q", maximum=MOST_SEARCHED)
    return Filter(states=states, text=text or None)


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who deals with the invitations of the organization of this id or slug."""

    desk: Desk
    visitor: SignedIn
    org: str


@dataclass(frozen=True, slots=True)
class Refused:
    """What was not taken, to be shown again: the problem, and what stood in the form."""

    problem: Problem
    form: Mapping[str, str]


def provide_visit(org: FromPath[str], desk: Injected[Desk], visitor: Injected[SignedIn]) -> Visit:
    """Make the visit of a request."""
    return Visit(desk, visitor, org)


VISIT = {"visit": Provide(provide_visit, sync_to_thread=False)}


@get(
    PAGE,
    include_in_schema=False,
    dependencies=VISIT
    | {
        "part": Provide(read_part, sync_to_thread=False),
        "asked": Provide(read_filter, sync_to_thread=False),
    },
)
async def show_invitations(
    visit: Injected[Visit], *, part: Injected[Part], asked: Injected[Filter]
) -> pages.Answer:
    """Show the invitations, newest first, and the form for one more to those who may."""
    return await _list_page(visit, part=part, asked=asked)


@post(PAGE, include_in_schema=False, dependencies=VISIT)
async def invite(visit: Injected[Visit], *, browser: Injected[Browser]) -> pages.Answer:
    """Invite, and show the list with the new one on top."""
    form = await browser.form("email", "role", "expires_in_days")
    try:
        offer = Offer(
            email=addresses.parse(form["email"]),
            role=_role(form["role"]),
            locale=visit.visitor.user.locale,
            expiry=_expiry(form["expires_in_days"]),
        )
        await steps.invite(visit.desk, visit.visitor, visit.org, offer)
    except (Invalid, Conflict, Forbidden, RateLimited) as problem:
        everything = Part(None, None, None)
        refused = Refused(problem, form)
        return await _list_page(visit, part=everything, asked=Filter(), refused=refused)
    return pages.see_other(PAGE.replace("{org:str}", visit.org))


@get(ONE, include_in_schema=False, dependencies=VISIT)
async def show_invitation(visit: Injected[Visit], invitation: FromPath[str]) -> pages.Answer:
    """Show one invitation, and what became of its mail."""
    return await _one_page(visit, invitation)


@post(ONE, include_in_schema=False, dependencies=VISIT)
async def edit(
    visit: Injected[Visit], invitation: FromPath[str], *, browser: Injected[Browser]
) -> pages.Answer:
    """Change role and expiry."""
    form = await browser.form("role", "expires_in_days")
    invitation_id = steps.read_id(invitation)
    try:
        changes = Changes(role=_role(form["role"]), expiry=_expiry(form["expires_in_days"]))
        await steps.edit(visit.desk, visit.visitor, visit.org, invitation_id, changes)
    except (Invalid, Conflict, Forbidden) as problem:
        return await _one_page(visit, invitation, refused=Refused(problem, form))
    return pages.see_other(_one_path(visit.org, invitation))


@post(f"{ONE}/resend", include_in_schema=False, dependencies=VISIT)
async def resend(
    visit: Injected[Visit], invitation: FromPath[str], *, browser: Injected[Browser]
) -> pages.Answer:
    """Mail it again."""
    await browser.form()
    invitation_id = steps.read_id(invitation)
    try:
        await steps.resend(visit.desk, visit.visitor, visit.org, invitation_id)
    except (Conflict, Forbidden, RateLimited) as problem:
        return await _one_page(visit, invitation, refused=Refused(problem, {}))
    return pages.see_other(_one_path(visit.org, invitation))


@post(f"{ONE}/revoke", include_in_schema=False, dependencies=VISIT)
async def revoke(
    visit: Injected[Visit], invitation: FromPath[str], *, browser: Injected[Browser]
) -> pages.Answer:
    """Take it back."""
    await browser.form()
    invitation_id = steps.read_id(invitation)
    try:
        await steps.revoke(visit.desk, visit.visitor, visit.org, invitation_id)
    except (Conflict, Forbidden) as problem:
        return await _one_page(visit, invitation, refused=Refused(problem, {}))
    return pages.see_other(_one_path(visit.org, invitation))


async def _list_page(
    visit: Visit, *, part: Part, asked: Filter, refused: Refused | None = None
) -> pages.Answer:
    user = visit.visitor.user
    async with visit.desk.database.reader() as reader:
        seat = await organizations.get_for_invitations(reader, user.id, visit.org)
        window = part.window(f"invitations/{seat.organization.id}")
        found = await queries.list_shown(reader, seat.organization.id, asked, window)
    page = lists.page(window, found, queries.id_of)
    return pages.render(
        "invitations/invitations.html",
        **_around(seat, visit, refused),
        invitations=page.map(lambda shown: _row(shown, seat)),
        q=asked.text or "",
        state=asked.states[0] if asked.states else "",
    )


async def _one_page(
    visit: Visit, invitation: str, *, refused: Refused | None = None
) -> pages.Answer:
    user, invitation_id = visit.visitor.user, steps.read_id(invitation)
    async with visit.desk.database.reader() as reader:
        seat = await organizations.get_for_invitations(reader, user.id, visit.org)
        shown = await queries.find_shown(reader, seat.organization.id, invitation_id)
    if shown is None:
        raise InvitationNotFound
    return pages.render(
        "invitations/one_invitation.html",
        **_around(seat, visit, refused),
        invitation=_row(shown, seat),
    )


def _around(seat: Seat, visit: Visit, refused: Refused | None) -> dict[str, Any]:
    """Give what the list and the single invitation show alike."""
    return {
        "status": http.status_of(refused.problem) if refused else 200,
        **studio.frame(seat, visit.visitor.user, current=CURRENT),
        **_organization(seat),
        "form": refused.form if refused else {},
        "errors": forms.errors(refused.problem) if refused else {},
    }


def _organization(seat: Seat) -> dict[str, Any]:
    organization = seat.organization
    return {
        "organization": {
            "name": organization.name,
            "slug": organization.slug,
            "invitation_days": max(1, organization.invitation_lifetime.days),
        },
        "roles": [(role, gettext(ROLE_LABELS[role])) for role in policy.grantable(seat.role)],
    }


def _row(shown: Shown, seat: Seat) -> dict[str, Any]:
    invitation, delivery = shown.invitation, shown.delivery
    may_grant = policy.may(seat.role, Right.INVITE) and policy.may_grant(
        seat.role, OrganizationRole(invitation.destination.role)
    )
    return {
        "id": encode("inv", invitation.id),
        "email": invitation.email.typed,
        "role": invitation.destination.role,
        "inviter_name": invitation.inviter.name,
        "created_at": invitation.created_at,
        "expires_at": invitation.expires_at,
        "closed_at": invitation.closed_at,
        "decline_reason": invitation.decline_reason,
        "state": invitation.shown_state,
        "delivery": delivery.state if delivery else "sent",
        "delivery_at": delivery.last_attempt_at if delivery else invitation.last_sent_at,
        "reason": delivery.reason if delivery else None,
        "send_count": invitation.send_count,
        "last_sent_at": invitation.last_sent_at,
        "may_change": may_grant,
    }


def _role(word: str) -> OrganizationRole:
    try:
        return OrganizationRole(word)
    except ValueError:
        raise InvalidRequest.at("role", gettext("Choose a role from the list.")) from None


def _expiry(days: str) -> Expiry | None:
    """Read the number of days; empty: as the organization says, or as is. Raises InvalidExpiry."""
    if not days:
        return None
    if not days.isascii() or not days.isdigit() or len(days) > DAYS_LETTERS:
        raise InvalidExpiry(path="expires_in_days")
    return Expiry.in_days(int(days))


def _one_path(org: str, invitation: str) -> str:
    return ONE.replace("{org:str}", org).replace("{invitation:str}", invitation)


handlers = (show_invitations, invite, show_invitation, edit, resend, revoke)
