"""The console: where a user starts. What they are invited to, and what they belong to."""

from typing import Any

from litestar import get, post
from litestar.params import FromPath

from vestibule.accounts.guards import Browser, Desk, frame
from vestibule.accounts.realms import Entrance
from vestibule.invitations import answers, queries, steps
from vestibule.invitations.hallway_pages import answer_joined
from vestibule.invitations.queries import Shown
from vestibule.kernel import http, lists
from vestibule.kernel.errors import Conflict, Gone, Problem
from vestibule.kernel.ids import encode
from vestibule.kernel.settings import Founding, Settings
from vestibule.organizations import queries as organization_queries
from vestibule.users.model import SignedIn
from vestibule.web import forms, pages
from vestibule.web.injected import Injected

WAITING = "/console/invitations/{invitation:str}"


@get("/", include_in_schema=False)
async def show_console(
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
    *,
    entrance: Injected[Entrance],
    settings: Injected[Settings],
) -> pages.Answer:
    """Show what waits for them first, then where they belong."""
    return await _console(desk, visitor, entrance, settings)


@post(f"{WAITING}/accept", include_in_schema=False)
async def accept(
    invitation: FromPath[str],
    desk: Injected[Desk],
    *,
    visitor: Injected[SignedIn],
    browser: Injected[Browser],
    entrance: Injected[Entrance],
    settings: Injected[Settings],
) -> pages.Answer:
    """Join: their own address is the proof."""
    await browser.form()
    try:
        async with desk.database.transaction() as tx:
            acceptance = await answers.accept_waiting(
                tx,
                steps.read_id(invitation),
                visitor.user,
                circumstances=steps.circumstances_of(desk),
            )
    except (Gone, Conflict) as problem:
        return await _console(desk, visitor, entrance, settings, problem=problem)
    return answer_joined(acceptance)


@post(f"{WAITING}/decline", include_in_schema=False)
async def decline(
    invitation: FromPath[str],
    desk: Injected[Desk],
    *,
    visitor: Injected[SignedIn],
    browser: Injected[Browser],
    entrance: Injected[Entrance],
    settings: Injected[Settings],
) -> pages.Answer:
    """Say no."""
    form = await browser.form("reason")
    reason = steps.clean_reason(form["reason"])
    try:
        async with desk.database.transaction() as tx:
            by = visitor.actor(desk.origin)
            await answers.decline_waiting(
                tx, steps.read_id(invitation), visitor.user, reason, by=by
            )
    except Gone as problem:
        return await _console(desk, visitor, entrance, settings, problem=problem)
    return pages.see_other("/")


async def _console(
    desk: Desk,
    visitor: SignedIn,
    entrance: Entrance,
    settings: Settings,
    *,
    problem: Problem | None = None,
) -> pages.Answer:
    everything = lists.Window(scope="console", limit=lists.MOST)
    async with desk.database.reader() as reader:
        waiting = await queries.list_waiting(reader, visitor.user.address.canonical, everything)
        seats = await organization_queries.list_seats(reader, visitor.user.id, everything)
        counts = await organization_queries.count_members_of_each(
            reader, [seat.organization.id for seat in seats]
        )
    return pages.render(
        "invitations/console.html",
        status=http.status_of(problem) if problem else 200,
        **frame(entrance, visitor, current="/"),
        invitations=[_row(shown) for shown in waiting],
        organizations=[
            {
                "name": seat.organization.name,
                "slug": seat.organization.slug,
                "role": seat.role,
                "member_count": counts.get(seat.organization.id, 0),
            }
            for seat in seats
        ],
        may_found=settings.founding is Founding.ANYBODY,
        errors=forms.errors(problem) if problem else {},
    )


def _row(shown: Shown) -> dict[str, Any]:
    invitation = shown.invitation
    return {
        "id": encode("inv", invitation.id),
        "organization_name": shown.destination_name,
        "inviter_name": invitation.inviter.name,
        "role": invitation.destination.role,
        "expires_at": invitation.expires_at,
    }


handlers = (show_console, accept, decline)
