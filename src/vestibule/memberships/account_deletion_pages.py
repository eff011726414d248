"""The page where a user deletes their account."""

from litestar import get, post

from vestibule.accounts.guards import Browser, Desk, frame
from vestibule.accounts.model import PasswordNotSet, WrongPassword
from vestibule.accounts.realms import Entrance
from vestibule.kernel import http
from vestibule.kernel.errors import Problem, RateLimited
from vestibule.memberships import organization_steps as steps
from vestibule.memberships.model import OnlyOwnerOf
from vestibule.memberships.tie_steps import describe
from vestibule.organizations import studio
from vestibule.organizations.model import Seat
from vestibule.users.caller import PLATFORM_COOKIE
from vestibule.users.model import SignedIn
from vestibule.web import forms, pages
from vestibule.web.injected import Injected

PAGE = "/profile/delete"
DELETED = "deleted"  # what the sign-in page knows it by


@get(PAGE, include_in_schema=False)
async def show_deletion(
    desk: Injected[Desk], entrance: Injected[Entrance], *, visitor: Injected[SignedIn]
) -> pages.Answer:
    """Say what deleting the account takes along, and ask for the password."""
    return await _page(desk, entrance, visitor)


@post(PAGE, include_in_schema=False)
async def delete_account(
    browser: Injected[Browser],
    desk: Injected[Desk],
    *,
    entrance: Injected[Entrance],
    visitor: Injected[SignedIn],
) -> pages.Answer:
    """Delete the account, and have the browser forget what it kept."""
    form = await browser.form("password")
    try:
        await steps.delete_account(desk, visitor, form["password"])
    except (PasswordNotSet, WrongPassword, RateLimited, OnlyOwnerOf) as problem:
        return await _page(desk, entrance, visitor, problem=problem)
    answer = pages.see_other(entrance.link(entrance.pages.sign_in, after=DELETED))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    browser.jar.end(answer, PLATFORM_COOKIE)
    return answer


async def _page(
    desk: Desk, entrance: Entrance, visitor: SignedIn, *, problem: Problem | None = None
) -> pages.Answer:
    foreseen = await steps.foresee_deletion(desk, visitor)
    faults = forms.errors(problem) if problem else {}
    if isinstance(problem, WrongPassword):
        faults = {"password": problem.explain()}
    return pages.render(
        "memberships/delete_account.html",
        status=http.status_of(problem) if problem else 200,
        **frame(entrance, visitor),
        left=[_place(seat) for seat in foreseen.left],
        in_the_way=[_place(seat) for seat in foreseen.in_the_way],
        pending_invitations=foreseen.pending_invitations,
        ties=[describe(tie) for tie in foreseen.apps],
        errors=faults,
    )


def _place(seat: Seat) -> dict[str, str]:
    return {"name": seat.organization.name, "href": studio.home(seat)}


handlers = (show_deletion, delete_account)
