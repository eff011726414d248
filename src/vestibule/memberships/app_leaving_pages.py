"""The page where a member leaves an app."""

from litestar import get, post

from vestibule.accounts.guards import Browser, Desk, frame
from vestibule.accounts.model import PasswordNotSet, WrongPassword
from vestibule.accounts.realms import Entrance
from vestibule.apps.model import SignedInMember
from vestibule.kernel import http
from vestibule.kernel.errors import Problem, RateLimited
from vestibule.memberships import app_steps as steps
from vestibule.web import forms, pages
from vestibule.web.cookies import session_name
from vestibule.web.injected import Injected

PAGE = "/profile/leave"
LEFT = "left"  # what the login page knows it by


@get(PAGE, include_in_schema=False)
async def show_leaving(
    entrance: Injected[Entrance], visitor: Injected[SignedInMember]
) -> pages.Answer:
    """Say what leaving takes along, and ask for the password."""
    return _page(entrance, visitor)


@post(PAGE, include_in_schema=False)
async def leave(
    browser: Injected[Browser],
    desk: Injected[Desk],
    *,
    entrance: Injected[Entrance],
    visitor: Injected[SignedInMember],
) -> pages.Answer:
    """Leave, and have the browser forget what it kept."""
    form = await browser.form("password")
    try:
        await steps.leave(desk, visitor, form["password"])
    except (PasswordNotSet, WrongPassword, RateLimited) as problem:
        return _page(entrance, visitor, problem=problem)
    answer = pages.see_other(entrance.link(entrance.pages.sign_in, after=LEFT))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    browser.jar.end(answer, session_name(entrance.path))
    return answer


def _page(
    entrance: Entrance, visitor: SignedInMember, *, problem: Problem | None = None
) -> pages.Answer:
    faults = forms.errors(problem) if problem else {}
    if isinstance(problem, WrongPassword):
        faults = {"password": problem.explain()}
    return pages.render(
        "memberships/leave_app.html",
        status=http.status_of(problem) if problem else 200,
        **frame(entrance, visitor),
        errors=faults,
    )


handlers = (show_leaving, leave)
