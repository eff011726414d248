"""The invitation page: what somebody sees who followed the link in the mail, in each of its states.

GET shows and changes nothing. The key stays in a cookie named for the invitation; buttons post.
"""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from vestibule.accounts import steps as account_steps
from vestibule.accounts.guards import Browser, Desk
from vestibule.accounts.model import (
    SESSION_LONGEST,
    AccountExists,
    InvalidCredentials,
    Started,
)
from vestibule.accounts.realms import Entrance
from vestibule.invitations import steps
from vestibule.invitations.answers import Acceptance, SignedInAs
from vestibule.invitations.destinations import ORGANIZATION_LINK as LINK
from vestibule.invitations.hall_pages import (
    answer_dead,
    answer_declined,
    answer_joined,
    answer_newcomer,
    answer_open,
    answer_sign_in,
    answer_unknown,
    cookie_of,
    path_of,
)
from vestibule.invitations.model import InviterNotEntitled, WrongAccount
from vestibule.invitations.queries import Offered
from vestibule.kernel.errors import Gone, Invalid, NotFound, RateLimited
from vestibule.keys.model import KeyNotFound
from vestibule.organizations.model import AlreadyMember
from vestibule.users.caller import PLATFORM_COOKIE
from vestibule.users.model import Profile, SignedIn
from vestibule.web import pages
from vestibule.web.cookies import carry, session_name
from vestibule.web.injected import Injected

PAGE = f"{LINK}/{{invitation:str}}"


@get(LINK, include_in_schema=False)
async def arrive(
    desk: Injected[Desk], browser: Injected[Browser], key: FromQuery[str] = ""
) -> pages.Answer:
    """Take the key out of the address, into a cookie, and go on to the invitation's page.

    A replaced key takes no newer one's place: the tab of the newest link goes on to work.
    """
    try:
        offered = await steps.get_offered(desk, key)
    except KeyNotFound:
        return answer_unknown(is_cookie_missing=False)
    answer = pages.see_other(path_of(offered.invitation.id))
    answer.headers["Referrer-Policy"] = "no-referrer"
    cookie = cookie_of(offered.invitation.id)
    if not offered.is_superseded or browser.cookie(cookie) is None:
        carry(browser.jar, answer, cookie, key)
    return answer


@get(PAGE, include_in_schema=False)
async def show(
    invitation: FromPath[str],
    desk: Injected[Desk],
    *,
    browser: Injected[Browser],
    maybe_visitor: Injected[SignedIn | None],
) -> pages.Answer:
    """Show who invites, to what, as what, and what this reader can do about it."""
    try:
        _, offered = await _get_carried(invitation, desk, browser)
    except NotFound:
        return answer_unknown(is_cookie_missing=True)
    return await answer_open(desk, offered, maybe_visitor)


@post(f"{PAGE}/accept", include_in_schema=False)
async def accept(
    invitation: FromPath[str],
    desk: Injected[Desk],
    *,
    browser: Injected[Browser],
    maybe_visitor: Injected[SignedIn | None],
) -> pages.Answer:
    """Join with the account that is signed in; `as=me`, though another address was invited."""
    form = await browser.form("as")
    key, offered = await _get_carried(invitation, desk, browser)
    path = path_of(offered.invitation.id)
    if maybe_visitor is None:
        return pages.see_other(path)
    accepter = SignedInAs(maybe_visitor.user, as_me=form["as"] == "me")
    try:
        acceptance = await steps.accept(desk, key, accepter)
    except InviterNotEntitled as problem:
        return answer_dead(offered, problem)
    except (Gone, AlreadyMember, WrongAccount):
        return pages.see_other(path)  # the page says what has become of it meanwhile
    return _leave(browser, acceptance)


@post(f"{PAGE}/activate", include_in_schema=False)
async def activate(
    invitation: FromPath[str],
    desk: Injected[Desk],
    *,
    browser: Injected[Browser],
    maybe_visitor: Injected[SignedIn | None],
) -> pages.Answer:
    """Make the account of the invited address, join with it, and start its session.

    One that the browser had ends.
    """
    form = await browser.form("first_name", "last_name", "phone", "password")
    key, offered = await _get_carried(invitation, desk, browser)
    try:
        profile = Profile.clean(form["first_name"], form["last_name"], form["phone"])
        acceptance = await steps.accept_as_newcomer(desk, key, profile, password=form["password"])
    except Invalid as problem:
        return answer_newcomer(desk, offered, form=form, problem=problem)
    except InviterNotEntitled as problem:
        return answer_dead(offered, problem)
    except (Gone, AccountExists):
        return pages.see_other(path_of(offered.invitation.id))
    await account_steps.end_session(desk, maybe_visitor)
    return _leave(browser, acceptance, session=acceptance.session)


@post(f"{PAGE}/sign-in", include_in_schema=False)
async def sign_in(
    invitation: FromPath[str],
    desk: Injected[Desk],
    *,
    entrance: Injected[Entrance],
    browser: Injected[Browser],
) -> pages.Answer:
    """Sign in as the invited address, and come back to the very page."""
    form = await browser.form("password")
    _, offered = await _get_carried(invitation, desk, browser)
    cookie = session_name(entrance.path)
    try:
        started = await account_steps.start_session(
            desk,
            entrance,
            email=offered.invitation.email.typed,
            password=form["password"],
            replaced=browser.cookie(cookie),
        )
    except (InvalidCredentials, RateLimited) as problem:
        return answer_sign_in(offered, problem=problem)
    answer = pages.see_other(path_of(offered.invitation.id))
    browser.jar.put(answer, cookie, started.token, lifetime=SESSION_LONGEST)
    return answer


@get(f"{PAGE}/other-account", include_in_schema=False)
async def choose_account(invitation: FromPath[str]) -> pages.Answer:
    """Go to the sign-in page, and come back."""
    return pages.see_other(f"/sign-in?next={path_of(steps.read_id(invitation))}")


@post(f"{PAGE}/other-account", include_in_schema=False)
async def leave_account(
    invitation: FromPath[str],
    desk: Injected[Desk],
    *,
    entrance: Injected[Entrance],
    browser: Injected[Browser],
    maybe_visitor: Injected[SignedIn | None],
) -> pages.Answer:
    """Sign out, and come back as somebody else."""
    await browser.form()
    await account_steps.end_session(desk, maybe_visitor)
    answer = pages.see_other(f"{LINK}/{invitation}")
    browser.jar.end(answer, session_name(entrance.path))
    return answer


@post(f"{PAGE}/decline", include_in_schema=False)
async def decline(
    invitation: FromPath[str], desk: Injected[Desk], *, browser: Injected[Browser]
) -> pages.Answer:
    """Say no."""
    form = await browser.form("reason")
    key, offered = await _get_carried(invitation, desk, browser)
    try:
        await steps.decline(desk, key, form["reason"])
    except Gone:
        return pages.see_other(path_of(offered.invitation.id))
    return answer_declined(offered)


@post(f"{PAGE}/request-new", include_in_schema=False)
async def ask_for_new(
    invitation: FromPath[str], desk: Injected[Desk], *, browser: Injected[Browser]
) -> pages.Answer:
    """Ask for a new invitation; the page says whether a mail is on its way."""
    await browser.form()
    key, offered = await _get_carried(invitation, desk, browser)
    await steps.ask_for_new(desk, key)
    return pages.see_other(path_of(offered.invitation.id))


async def _get_carried(reference: str, desk: Desk, browser: Browser) -> tuple[str, Offered]:
    """Give the key that the browser carries for it, and what it offers. Raises KeyNotFound."""
    key = browser.cookie(cookie_of(steps.read_id(reference)))
    if not key:
        raise KeyNotFound
    offered = await steps.get_offered(desk, key)
    if offered.invitation.id != steps.read_id(reference):
        raise KeyNotFound
    return key, offered


def _leave(
    browser: Browser, acceptance: Acceptance, *, session: Started | None = None
) -> Response[Any]:
    """Go on into the place, signed in if an account was made; the key is spent."""
    answer = answer_joined(acceptance)
    browser.jar.end(answer, cookie_of(acceptance.invitation.id))
    if session:
        browser.jar.put(answer, PLATFORM_COOKIE, session.token, lifetime=SESSION_LONGEST)
    return answer


handlers = (
    arrive,
    show,
    accept,
    activate,
    sign_in,
    choose_account,
    leave_account,
    decline,
    ask_for_new,
)
