"""The console: where a user starts. What they are invited to, and what they belong to."""

from dataclasses import dataclass
from typing import Any

from litestar import get, post
from litestar.di import Provide
from litestar.params import FromPath, FromQuery

from vestibule.accounts.guards import Browser, Desk, frame
from vestibule.accounts.realms import Entrance
from vestibule.invitations import queries, steps
from vestibule.invitations.hall_pages import answer_joined
from vestibule.invitations.queries import Shown
from vestibule.kernel import http, lists
from vestibule.kernel.errors import Conflict, Gone, Problem
from vestibule.kernel.i18n import gettext, mark
from vestibule.kernel.ids import encode
from vestibule.kernel.settings import Founding, Settings
from vestibule.organizations import end_queries
from vestibule.organizations import queries as organization_queries
from vestibule.organizations.rules_model import DomainNotAllowed
from vestibule.users.model import SignedIn
from vestibule.web import forms, pages
from vestibule.web.injected import Injected

DONE = {
    "left": mark("You have left the organization."),
    "handed-over": mark("The organization is handed over, and you have left it."),
    "deleted": mark("The organization is deleted."),
}
WAITING = "/console/invitations/{invitation:str}"


@dataclass(frozen=True, slots=True)
class Console:
    """The console of one visitor, and what it takes to show it."""

    desk: Desk
    visitor: SignedIn
    entrance: Entrance
    settings: Settings


def provide_console(
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
    entrance: Injected[Entrance],
    settings: Injected[Settings],
) -> Console:
    """Make the console of a request."""
    return Console(desk, visitor, entrance, settings)


CONSOLE = {"console": Provide(provide_console, sync_to_thread=False)}


@get("/", include_in_schema=False, dependencies=CONSOLE)
async def show_console(console: Injected[Console], *, done: FromQuery[str] = "") -> pages.Answer:
    """Show what waits for them first, then where they belong. `done` is what has just been."""
    return await _page(console, done=done)


@post(f"{WAITING}/accept", include_in_schema=False, dependencies=CONSOLE)
async def accept(
    invitation: FromPath[str], console: Injected[Console], *, browser: Injected[Browser]
) -> pages.Answer:
    """Join: their own address is the proof."""
    await browser.form()
    invitation_id = steps.read_id(invitation)
    try:
        acceptance = await steps.accept_waiting(console.desk, console.visitor, invitation_id)
    except (Gone, Conflict, DomainNotAllowed) as problem:
        return await _page(console, problem=problem)
    return answer_joined(acceptance, console.entrance)


@post(f"{WAITING}/decline", include_in_schema=False, dependencies=CONSOLE)
async def decline(
    invitation: FromPath[str], console: Injected[Console], *, browser: Injected[Browser]
) -> pages.Answer:
    """Say no."""
    form = await browser.form("reason")
    invitation_id = steps.read_id(invitation)
    try:
        await steps.decline_waiting(console.desk, console.visitor, invitation_id, form["reason"])
    except Gone as problem:
        return await _page(console, problem=problem)
    return pages.see_other("/")


async def _page(
    console: Console, *, problem: Problem | None = None, done: str = ""
) -> pages.Answer:
    user = console.visitor.user
    everything = lists.Window(scope="console", limit=lists.MOST)
    async with console.desk.database.reader() as reader:
        waiting = await queries.list_waiting(reader, user.address.canonical, everything)
        seats = await organization_queries.list_seats(reader, user.id, everything)
        ends = await end_queries.list_ends(reader, user.id)
        counts = await organization_queries.count_members_of_each(
            reader, [seat.organization.id for seat in seats]
        )
    return pages.render(
        "invitations/console.html",
        status=http.status_of(problem) if problem else 200,
        **frame(console.entrance, console.visitor, current="/"),
        invitations=[_row(shown) for shown in waiting],
        organizations=[
            {
                "name": seat.organization.name,
                "slug": seat.organization.slug,
                "role": seat.role.name,
                "member_until": ends.get(seat.organization.id),
                "member_count": counts.get(seat.organization.id, 0),
            }
            for seat in seats
        ],
        may_found=console.settings.founding is Founding.ANYBODY,
        errors=forms.errors(problem) if problem else {},
        notice={"kind": "good", "text": gettext(DONE[done])} if done in DONE else None,
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
