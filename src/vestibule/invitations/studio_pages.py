"""The invitations of a place: who is invited, what became of it, one more. For each kind."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter

from vestibule.accounts.guards import Browser, Desk
from vestibule.accounts.realms import Entrance
from vestibule.invitations import destinations, steps
from vestibule.invitations import host_destinations as hosts
from vestibule.invitations.destination_model import Visitor, Whither
from vestibule.invitations.model import ShownState
from vestibule.invitations.offer_model import Changes, Expiry, Host, InvalidExpiry, Offer
from vestibule.invitations.queries import Filter, Shown
from vestibule.kernel import addresses, names
from vestibule.kernel.database import Reader
from vestibule.kernel.errors import Conflict, Forbidden, Invalid, RateLimited
from vestibule.kernel.ids import encode
from vestibule.organizations.end_model import as_day, read_day
from vestibule.organizations.rules_model import DomainNotAllowed
from vestibule.web import pages
from vestibule.web.forms import UNSENT, Refused
from vestibule.web.injected import Injected
from vestibule.web.listing import Part, read_part

CURRENT = "/invitations"
MOST_SEARCHED = 100
DAYS_LETTERS = 4


def read_filter(
    q: FromQuery[str] = "", wanted: Annotated[str, QueryParameter(name="state")] = ""
) -> Filter:
    """Read the filters in the address; a state that is none asks for all. Raises InvalidText."""
    states = (wanted,) if wanted in set(ShownState) else ()
    text = names.clean_line(q, path="q", maximum=MOST_SEARCHED)
    return Filter(states=states, text=text or None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody who deals with the invitations of a place. `path` is where they are."""

    desk: Desk
    visitor: Visitor
    entrance: Entrance
    whither: Whither
    path: str
    mounting: "Mounting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mounting:
    """Where pages about the invitations of a kind of place stand: `path` leads to their list.

    `whither` reads which place from the parameters in the path; `frame` gives what stands around
    its pages. Whoever mounts them provides `visitor` and `entrance`.
    """

    path: str
    whither: Callable[[Mapping[str, str]], Whither]
    frame: Callable[[Reader, Visit], Awaitable[dict[str, Any]]]


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
        whither=mounting.whither(request.path_params),
        path=request.url.path,
        mounting=mounting,
    )


def handlers(mounting: Mounting) -> list[HTTPRouteHandler]:
    """Make the pages for a kind of place."""
    one = f"{mounting.path}/{{invitation:str}}"
    visit = {
        "mounting": Provide(lambda: mounting, sync_to_thread=False),
        "visit": Provide(provide_visit, sync_to_thread=False),
    }
    listing = {
        "part": Provide(read_part, sync_to_thread=False),
        "asked": Provide(read_filter, sync_to_thread=False),
    }
    page: dict[str, Any] = {"include_in_schema": False, "dependencies": visit}
    list_page = page | {"dependencies": visit | listing}
    return [
        get(mounting.path, **list_page)(show_invitations),
        post(mounting.path, **page)(invite),
        get(one, **page)(show_invitation),
        post(one, **page)(edit),
        post(f"{one}/resend", **page)(resend),
        post(f"{one}/revoke", **page)(revoke),
    ]


async def show_invitations(
    visit: Injected[Visit], *, part: Injected[Part], asked: Injected[Filter]
) -> pages.Answer:
    """Show the invitations, newest first, and the form for one more to those who may."""
    return await _list_page(visit, part=part, asked=asked)


async def invite(visit: Injected[Visit], *, browser: Injected[Browser]) -> pages.Answer:
    """Invite, and show the list with the new one on top."""
    form = await browser.form("email", "role", "expires_in_days", "member_until")
    try:
        offer = Offer(
            email=addresses.parse(form["email"]),
            role=form["role"],
            locale=visit.visitor.person.locale,
            expiry=_expiry(form["expires_in_days"]),
            member_until=read_day(form["member_until"]).until,
        )
        await steps.invite(visit.desk, visit.visitor, visit.whither, offer)
    except (Invalid, Conflict, Forbidden, RateLimited) as problem:
        everything = Part(None, None, None)
        refused = Refused(problem, form)
        return await _list_page(visit, part=everything, asked=Filter(), refused=refused)
    return pages.see_other(visit.path)


async def show_invitation(visit: Injected[Visit], invitation: FromPath[str]) -> pages.Answer:
    """Show one invitation, and what became of its mail."""
    return await _one_page(visit, invitation)


async def edit(
    visit: Injected[Visit], invitation: FromPath[str], *, browser: Injected[Browser]
) -> pages.Answer:
    """Change role, expiry and end."""
    form = await browser.form("role", "expires_in_days", "member_until")
    invitation_id = steps.read_id(invitation)
    _, shown = await steps.get_shown(visit.desk, visit.visitor, visit.whither, invitation_id)
    present = shown.invitation.member_until
    try:
        end = read_day(form["member_until"], present)
        changes = Changes(
            role=form["role"],
            expiry=_expiry(form["expires_in_days"]),
            end=end if end.until != present else None,
        )
        await steps.edit(visit.desk, visit.visitor, visit.whither, invitation_id, changes)
    except (Invalid, Conflict, Forbidden) as problem:
        return await _one_page(visit, invitation, refused=Refused(problem, form))
    return pages.see_other(visit.path)


async def resend(
    visit: Injected[Visit], invitation: FromPath[str], *, browser: Injected[Browser]
) -> pages.Answer:
    """Mail it again."""
    await browser.form()
    invitation_id = steps.read_id(invitation)
    try:
        await steps.resend(visit.desk, visit.visitor, visit.whither, invitation_id)
    except (Conflict, Forbidden, RateLimited) as problem:
        return await _one_page(visit, invitation, refused=Refused(problem))
    return pages.see_other(visit.path.rpartition("/")[0])


async def revoke(
    visit: Injected[Visit], invitation: FromPath[str], *, browser: Injected[Browser]
) -> pages.Answer:
    """Take it back."""
    await browser.form()
    invitation_id = steps.read_id(invitation)
    try:
        await steps.revoke(visit.desk, visit.visitor, visit.whither, invitation_id)
    except (Conflict, Forbidden) as problem:
        return await _one_page(visit, invitation, refused=Refused(problem))
    return pages.see_other(visit.path.rpartition("/")[0])


async def _list_page(
    visit: Visit, *, part: Part, asked: Filter, refused: Refused = UNSENT
) -> pages.Answer:
    host, page = await steps.list_shown(visit.desk, visit.visitor, visit.whither, asked, part)
    return pages.render(
        "invitations/invitations.html",
        **await _around(visit, host, refused),
        invitations=page.map(lambda shown: _row(shown, host)),
        q=asked.text or "",
        state=asked.states[0] if asked.states else "",
    )


async def _one_page(visit: Visit, invitation: str, *, refused: Refused = UNSENT) -> pages.Answer:
    invitation_id = steps.read_id(invitation)
    host, shown = await steps.get_shown(visit.desk, visit.visitor, visit.whither, invitation_id)
    return pages.render(
        "invitations/one_invitation.html",
        **await _around(visit, host, refused),
        invitation=_row(shown, host),
    )


async def _around(visit: Visit, host: Host, refused: Refused) -> dict[str, Any]:
    """Give what the list and the single invitation show alike."""
    async with visit.desk.database.reader() as reader:
        around = await visit.mounting.frame(reader, visit)
    return {
        "status": refused.status,
        **around,
        "here": f"{host.path}{CURRENT}",
        "place_name": host.name,
        "invitation_days": max(1, host.lifetime.days),
        "has_roles": bool(host.roles),
        "roles": [
            (role, destinations.role_label(hosts.offered_by(host, role)))
            for role in host.roles
            if role in host.grantable
        ],
        "default_role": host.default_role,
        "form": refused.form,
        "errors": _errors(refused),
    }


def _errors(refused: Refused) -> dict[str, str]:
    """Give each sentence under the field that it stands at."""
    if isinstance(refused.problem, DomainNotAllowed) and "email" in refused.form:
        return {"email": refused.problem.explain()}
    return refused.errors


def _row(shown: Shown, host: Host) -> dict[str, Any]:
    invitation, delivery = shown.invitation, shown.delivery
    return {
        "id": encode("inv", invitation.id),
        "email": invitation.email.typed,
        "role": invitation.destination.role,
        "role_label": destinations.role_label(invitation.destination),
        "inviter_name": invitation.inviter.name,
        "created_at": invitation.created_at,
        "expires_at": invitation.expires_at,
        "member_until": invitation.member_until,
        "last_day": as_day(invitation.member_until),
        "closed_at": invitation.closed_at,
        "decline_reason": invitation.decline_reason,
        "state": invitation.shown_state,
        "delivery": delivery.state if delivery else "sent",
        "delivery_at": delivery.last_attempt_at if delivery else invitation.last_sent_at,
        "reason": delivery.reason if delivery else None,
        "send_count": invitation.send_count,
        "last_sent_at": invitation.last_sent_at,
        "may_change": host.may_change(invitation.destination.role),
        "is_allowed": host.takes(invitation.email),
    }


def _expiry(days: str) -> Expiry | None:
    """Read the number of days; empty: as the organization says, or as is. Raises InvalidExpiry."""
    if not days:
        return None
    if not days.isascii() or not days.isdigit() or len(days) > DAYS_LETTERS:
        raise InvalidExpiry(path="expires_in_days")
    return Expiry.in_days(int(days))
