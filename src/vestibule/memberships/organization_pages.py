"""The pages of one member of an organization, and the page to leave it by."""

from typing import Any

from litestar import get, post
from litestar.params import FromPath

from vestibule.accounts.guards import Browser, Desk
from vestibule.invitations.departure_model import SentInvitations
from vestibule.kernel import http
from vestibule.kernel.boxes import is_ticked
from vestibule.kernel.errors import Conflict, Forbidden, Invalid, InvalidRequest
from vestibule.kernel.ids import encode
from vestibule.memberships import organization_rights as rights
from vestibule.memberships import organization_steps as steps
from vestibule.memberships.model import HandOver, LastOwner, MemberChange, NewEnd, NewRole, Removal
from vestibule.memberships.tie_steps import list_ties
from vestibule.organizations import actions as organizations
from vestibule.organizations import studio
from vestibule.organizations.end_model import as_day, read_day
from vestibule.organizations.model import Member, Seat
from vestibule.organizations.role_model import label
from vestibule.users.model import SignedIn
from vestibule.web import forms, pages
from vestibule.web.forms import UNSENT, Refused
from vestibule.web.injected import Injected

ORGANIZATION = "/organizations/{org:str}"
MEMBERS = "/members"
ONE = f"{ORGANIZATION}{MEMBERS}/{{user:str}}"
LEAVE = f"{ORGANIZATION}/leave"


@get(ONE, include_in_schema=False)
async def show_member(
    org: FromPath[str], user: FromPath[str], *, desk: Injected[Desk], visitor: Injected[SignedIn]
) -> pages.Answer:
    """Show one member, and what the visitor may do about them."""
    return await _member_page(desk, visitor, org, user)


@post(ONE, include_in_schema=False)
async def change_role(
    org: FromPath[str],
    user: FromPath[str],
    *,
    browser: Injected[Browser],
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
) -> pages.Answer:
    """Give the member another role; if they have another by now than was shown, show that."""
    form = await browser.form("role", "expected_role")
    try:
        user_id = steps.read_id(user)
        wanted = NewRole(user_id=user_id, role=form["role"], expected=form["expected_role"])
        await steps.change_member(desk, visitor, org, MemberChange(user_id, role=wanted))
    except (Conflict, Forbidden, InvalidRequest) as problem:
        return await _member_page(desk, visitor, org, user, refused=Refused(problem))
    done = "same" if wanted.role == wanted.expected else "role"
    return pages.see_other(f"/organizations/{org}{MEMBERS}?done={done}")


@post(f"{ONE}/end", include_in_schema=False)
async def change_end(
    org: FromPath[str],
    user: FromPath[str],
    *,
    browser: Injected[Browser],
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
) -> pages.Answer:
    """Set until when they are a member: to the end of a day, or for good."""
    form = await browser.form("member_until")
    user_id = steps.read_id(user)
    try:
        _, member = await steps.get_member(desk, visitor, org, user_id)
        wanted = NewEnd(user_id, read_day(form["member_until"], member.member_until).until)
        await steps.change_member(desk, visitor, org, MemberChange(user_id, end=wanted))
    except (Forbidden, Invalid) as problem:
        return await _member_page(desk, visitor, org, user, refused=Refused(problem, form))
    done = "same" if wanted.until == member.member_until else "end"
    return pages.see_other(f"/organizations/{org}{MEMBERS}?done={done}")


@post(f"{ONE}/remove", include_in_schema=False)
async def remove(
    org: FromPath[str],
    user: FromPath[str],
    *,
    browser: Injected[Browser],
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
) -> pages.Answer:
    """Take the member out of the organization."""
    form = await browser.form("keep", "expected_role")
    sent = SentInvitations.KEEP if is_ticked(form, "keep") else SentInvitations.REVOKE
    try:
        user_id = steps.read_id(user)
        wanted = Removal(user_id=user_id, sent=sent, expected=form["expected_role"])
        await steps.remove(desk, visitor, org, wanted)
    except (Conflict, Forbidden) as problem:
        return await _member_page(desk, visitor, org, user, refused=Refused(problem))
    return pages.see_other(f"/organizations/{org}{MEMBERS}?done=removed")


@post(f"{ONE}/hand-over", include_in_schema=False)
async def hand_over(
    org: FromPath[str],
    user: FromPath[str],
    *,
    browser: Injected[Browser],
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
) -> pages.Answer:
    """Make the member an owner in the visitor's place."""
    form = await browser.form("leave")
    wanted = HandOver(
        giver=visitor.user.id, heir=steps.read_id(user), leaves=is_ticked(form, "leave")
    )
    try:
        await steps.hand_over(desk, visitor, org, wanted)
    except (Conflict, Forbidden) as problem:
        return await _member_page(desk, visitor, org, user, refused=Refused(problem))
    if wanted.leaves:
        return pages.see_other("/?done=handed-over")
    return pages.see_other(f"/organizations/{org}{MEMBERS}?done=handed-over")


@get(LEAVE, include_in_schema=False)
async def show_leaving(
    org: FromPath[str], desk: Injected[Desk], *, visitor: Injected[SignedIn]
) -> pages.Answer:
    """Say what leaving takes along, or that the organization is to be handed over first."""
    return await _leaving_page(desk, visitor, org)


@post(LEAVE, include_in_schema=False)
async def leave(
    org: FromPath[str],
    *,
    browser: Injected[Browser],
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
) -> pages.Answer:
    """Leave, and go back to one's own organizations."""
    await browser.form()
    try:
        await steps.leave(desk, visitor, org)
    except LastOwner as problem:
        return await _leaving_page(desk, visitor, org, problem=problem)
    return pages.see_other("/?done=left")


async def _member_page(
    desk: Desk, visitor: SignedIn, org: str, user: str, *, refused: Refused = UNSENT
) -> pages.Answer:
    seat, member = await steps.get_member(desk, visitor, org, steps.read_id(user))
    is_me = member.user_id == visitor.user.id
    may_change = rights.may_change(seat, member.role) and not is_me
    return pages.render(
        "memberships/organization_member.html",
        status=refused.status,
        **studio.frame(seat, visitor.user, current=MEMBERS),
        organization={"name": seat.organization.name},
        here=studio.home(seat) + MEMBERS,
        member=_described(member) | {"is_me": is_me},
        roles=_offered(seat) if may_change else [],
        sent=await steps.count_sent(desk, member) if may_change else 0,
        ties=await list_ties(desk, member.user_id, member.organization_id) if may_change else [],
        may_hand_over=seat.role.owns and not is_me,
        form=refused.form,
        errors=refused.errors,
    )


async def _leaving_page(
    desk: Desk, visitor: SignedIn, org: str, *, problem: LastOwner | None = None
) -> pages.Answer:
    leaving = await steps.foresee_leaving(desk, visitor, org)
    seat = leaving.seat
    return pages.render(
        "memberships/leave_organization.html",
        status=http.status_of(problem) if problem else 200,
        **studio.frame(seat, visitor.user, current=""),
        organization={"name": seat.organization.name},
        home=studio.home(seat),
        is_only_owner=leaving.is_only_owner,
        is_alone=leaving.is_alone,
        ties=await list_ties(desk, visitor.user.id, seat.organization.id),
        errors=forms.errors(problem) if problem else {},
    )


def _offered(seat: Seat) -> list[tuple[str, str]]:
    """Give what the visitor may make somebody, as people call it."""
    return [(role.name, label(role.name)) for role in organizations.grantable(seat)]


def _described(member: Member) -> dict[str, Any]:
    invited = member.invited_address
    return {
        "id": encode("user", member.user_id),
        "name": member.name,
        "email": member.email,
        "role": member.role.name,
        "joined_at": member.created_at,
        "invited_address": invited if invited != member.email else None,
        "member_until": member.member_until,
        "last_day": as_day(member.member_until),
        "owns": member.role.owns,
    }


handlers = (show_member, change_role, change_end, remove, hand_over, show_leaving, leave)
