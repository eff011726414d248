"""The invitation page: what somebody sees who followed the link in the mail, in each of its states.

GET shows and changes nothing. The key stays in a cookie named for the invitation; buttons post.
"""

from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
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
from vestibule.invitations import destinations, steps
from vestibule.invitations.accepters import KeyAlone, SignedInAs
from vestibule.invitations.answers import Acceptance
from vestibule.invitations.destinations import Caller
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
    recognised,
)
from vestibule.invitations.model import AccountRequired, InviterNotEntitled, WrongAccount
from vestibule.invitations.queries import Offered
from vestibule.invitations.steps import Joining
from vestibule.kernel.errors import Gone, Invalid, NotFound, RateLimited
from vestibule.keys.model import KeyNotFound
from vestibule.organizations.model import AlreadyMember
from vestibule.web import pages
from vestibule.web.cookies import carry, session_name
from vestibule.web.injected import Injected


def handlers(page: str) -> list[HTTPRouteHandler]:
    """Make the page of an invitation, and its buttons. `page` ends in `{invitation:str}`."""
    return [
        get(page, include_in_schema=False)(show),
        post(f"{page}/accept", include_in_schema=False)(accept),
        post(f"{page}/activate", include_in_schema=False)(activate),
        post(f"{page}/sign-in", include_in_schema=False)(sign_in),
        get(f"{page}/other-account", include_in_schema=False)(choose_account),
        post(f"{page}/other-account", include_in_schema=False)(leave_account),
        post(f"{page}/decline", include_in_schema=False)(decline),
        post(f"{page}/request-new", include_in_schema=False)(ask_for_new),
    ]


def link_handlers(link: str) -> list[HTTPRouteHandler]:
    """Make what the mailed link leads to."""
    return [get(link, include_in_schema=False)(arrive)]


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
    answer = pages.see_other(path_of(offered))
    answer.headers["Referrer-Policy"] = "no-referrer"
    cookie = cookie_of(offered.invitation.id)
    if not offered.is_superseded or browser.cookie(cookie) is None:
        carry(browser.jar, answer, cookie, key)
    return answer


async def show(
    invitation: FromPath[str],
    desk: Injected[Desk],
    *,
    browser: Injected[Browser],
    maybe_visitor: Injected[Caller | None],
) -> pages.Answer:
    """Show who invites, to what, as what, and what this reader can do about it."""
    try:
        _, offered = await _get_carried(invitation, desk, browser)
    except NotFound:
        return answer_unknown(is_cookie_missing=True)
    return await answer_open(desk, offered, maybe_visitor)


async def accept(
    invitation: FromPath[str],
    desk: Injected[Desk],
    *,
    entrance: Injected[Entrance],
    browser: Injected[Browser],
    maybe_visitor: Injected[Caller | None],
) -> pages.Answer:
    """Join with the account that is signed in; `as=me`, though another address was invited."""
    form = await browser.form("as")
    key, offered = await _get_carried(invitation, desk, browser)
    path = path_of(offered)
    person = recognised(offered, maybe_visitor)
    if person is None and not destinations.takes_key_alone(offered.invitation.destination):
        return pages.see_other(path)
    accepter = SignedInAs(person, as_me=form["as"] == "me") if person else KeyAlone()
    try:
        acceptance = await steps.accept(desk, key, accepter)
    except InviterNotEntitled as problem:
        return answer_dead(offered, problem)
    except (Gone, AlreadyMember, WrongAccount, AccountRequired):
        return pages.see_other(path)  # the page says what has become of it meanwhile
    return _leave(browser, entrance, acceptance)


async def activate(
    invitation: FromPath[str],
    desk: Injected[Desk],
    *,
    entrance: Injected[Entrance],
    browser: Injected[Browser],
    maybe_visitor: Injected[Caller | None],
) -> pages.Answer:
    """Make the account of the invited address, join with it, and start its session.

    One that the browser had ends.
    """
    key, offered = await _get_carried(invitation, desk, browser)
    fields = destinations.profile_fields(offered.invitation.destination)
    form = await browser.form(*fields, "password")
    joining = Joining(said={name: form[name] for name in fields}, password=form["password"])
    try:
        acceptance = await steps.accept_as_newcomer(desk, key, joining)
    except Invalid as problem:
        return answer_newcomer(desk, offered, form=form, problem=problem)
    except InviterNotEntitled as problem:
        return answer_dead(offered, problem)
    except (Gone, AccountExists):
        return pages.see_other(path_of(offered))
    await account_steps.end_session(desk, maybe_visitor)
    return _leave(browser, entrance, acceptance, session=acceptance.session)


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
    answer = pages.see_other(path_of(offered))
    browser.jar.put(answer, cookie, started.token, lifetime=SESSION_LONGEST)
    return answer


async def choose_account(
    invitation: FromPath[str], browser: Injected[Browser], *, entrance: Injected[Entrance]
) -> pages.Answer:
    """Go to the sign-in page, and come back."""
    steps.read_id(invitation)
    sign_in_page = entrance.to(entrance.pages.sign_in)
    return pages.see_other(f"{sign_in_page}?next={browser.request.url.path.rpartition('/')[0]}")


async def leave_account(
    invitation: FromPath[str],
    desk: Injected[Desk],
    *,
    entrance: Injected[Entrance],
    browser: Injected[Browser],
    maybe_visitor: Injected[Caller | None],
) -> pages.Answer:
    """Sign out, and come back as somebody else."""
    await browser.form()
    await account_steps.end_session(desk, maybe_visitor)
    answer = pages.see_other(browser.request.url.path.rpartition("/")[0])
    browser.jar.end(answer, session_name(entrance.path))
    return answer


async def decline(
    invitation: FromPath[str], desk: Injected[Desk], *, browser: Injected[Browser]
) -> pages.Answer:
    """Say no."""
    form = await browser.form("reason")
    key, offered = await _get_carried(invitation, desk, browser)
    try:
        await steps.decline(desk, key, form["reason"])
    except Gone:
        return pages.see_other(path_of(offered))
    return answer_declined(offered)


async def ask_for_new(
    invitation: FromPath[str], desk: Injected[Desk], *, browser: Injected[Browser]
) -> pages.Answer:
    """Ask for a new invitation; the page says whether a mail is on its way."""
    await browser.form()
    key, offered = await _get_carried(invitation, desk, browser)
    await steps.ask_for_new(desk, key)
    return pages.see_other(path_of(offered))


async def _get_carried(reference: str, desk: Desk, browser: Browser) -> tuple[str, Offered]:
    """Give the key that the browser carries for it, and what it offers. Raises KeyNotFound."""
    key = browser.cookie(cookie_of(steps.read_id(reference)))
    if not key:
        raise KeyNotFound
    offered = await steps.get_offered(desk, key)
    if offered.invitation.id != steps.read_id(reference) or not _is_page_of(offered, browser):
        raise KeyNotFound
    return key, offered


def _is_page_of(offered: Offered, browser: Browser) -> bool:
    """Tell whether this is the page of the place that the invitation leads to, not of another."""
    page, here = path_of(offered), browser.request.url.path
    return here == page or here.startswith(f"{page}/")


def _leave(
    browser: Browser, entrance: Entrance, acceptance: Acceptance, *, session: Started | None = None
) -> Response[Any]:
    """Go on into the place, signed in if an account was made; the key is spent."""
    answer = answer_joined(acceptance)
    browser.jar.end(answer, cookie_of(acceptance.invitation.id))
    if session:
        cookie = session_name(entrance.path)
        browser.jar.put(answer, cookie, session.token, lifetime=SESSION_LONGEST)
    return answer
