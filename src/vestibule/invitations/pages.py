"""The invitation page: what somebody sees who followed the link in the mail, in each of its states.

GET shows and changes nothing. The key stays in a cookie named for the invitation; buttons post.
"""

from typing import Any

from litestar import Response, get, post
from litestar.di import Provide
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
from vestibule.invitations.hall_pages import (
    Hall,
    answer_dead,
    answer_declined,
    answer_joined,
    answer_newcomer,
    answer_open,
    answer_sign_in,
    answer_unknown,
    cookie_of,
    path_of,
    provide_hall,
    recognised,
)
from vestibule.invitations.model import (
    AccountRequired,
    InvitationPlaceDeleted,
    InvitationToOneself,
    InviterNotEntitled,
    WrongAccount,
)
from vestibule.invitations.offered_queries import Offered
from vestibule.invitations.steps import Joining
from vestibule.kernel.errors import Gone, Invalid, NotFound, RateLimited
from vestibule.keys.model import KeyNotFound
from vestibule.organizations.model import AlreadyMember
from vestibule.organizations.rules_model import DomainNotAllowed
from vestibule.web import pages
from vestibule.web.cookies import carry, session_name
from vestibule.web.injected import Injected

HALL = {"hall": Provide(provide_hall, sync_to_thread=False)}


def handlers(page: str) -> list[HTTPRouteHandler]:
    """Make the page of an invitation, and its buttons. `page` ends in `{invitation:str}`."""
    hall: dict[str, Any] = {"include_in_schema": False, "dependencies": HALL}
    return [
        get(page, **hall)(show),
        post(f"{page}/accept", **hall)(accept),
        post(f"{page}/activate", **hall)(activate),
        post(f"{page}/sign-in", **hall)(sign_in),
        get(f"{page}/other-account", **hall)(choose_account),
        post(f"{page}/other-account", **hall)(leave_account),
        post(f"{page}/decline", **hall)(decline),
        post(f"{page}/request-new", **hall)(ask_for_new),
    ]


def link_handlers(link: str) -> list[HTTPRouteHandler]:
    """Make what the mailed link leads to."""
    return [get(link, include_in_schema=False)(arrive)]


async def arrive(
    desk: Injected[Desk],
    browser: Injected[Browser],
    *,
    entrance: Injected[Entrance],
    key: FromQuery[str] = "",
) -> pages.Answer:
    """Take the key out of the address, into a cookie, and go on to the invitation's page.

    A replaced key takes no newer one's place: the tab of the newest link goes on to work.
    """
    try:
        offered = await steps.get_offered(desk, key)
    except KeyNotFound:
        return answer_unknown(entrance, is_cookie_missing=False)
    if browser.request.url.path != destinations.facts(offered.invitation.destination).link:
        return answer_unknown(entrance, is_cookie_missing=False)
    if offered.is_place_gone:
        # An app's own pages, where its invitations stand, are gone with it.
        hall = Hall(desk=desk, browser=browser, entrance=entrance, visitor=None)
        return answer_dead(hall, offered, InvitationPlaceDeleted())
    answer = pages.see_other(path_of(offered))
    answer.headers["Referrer-Policy"] = "no-referrer"
    cookie = cookie_of(offered.invitation.id)
    if not offered.is_superseded or browser.cookie(cookie) is None:
        carry(browser.jar, answer, cookie, key)
    return answer


async def show(invitation: FromPath[str], hall: Injected[Hall]) -> pages.Answer:
    """Show who invites, to what, as what, and what this reader can do about it."""
    try:
        _, offered = await _get_carried(invitation, hall)
    except NotFound:
        return answer_unknown(hall.entrance, is_cookie_missing=True)
    return await answer_open(hall, offered)


async def accept(invitation: FromPath[str], hall: Injected[Hall]) -> pages.Answer:
    """Join with the account that is signed in; `as=me`, though another address was invited."""
    form = await hall.browser.form("as")
    key, offered = await _get_carried(invitation, hall)
    path = path_of(offered)
    person = recognised(hall, offered)
    if person is None and not destinations.facts(offered.invitation.destination).takes_key_alone:
        return pages.see_other(path)
    accepter = SignedInAs(person, as_me=form["as"] == "me") if person else KeyAlone()
    try:
        acceptance = await steps.accept(hall.desk, key, accepter)
    except (InviterNotEntitled, InvitationToOneself) as problem:
        return answer_dead(hall, offered, problem)
    except (Gone, AlreadyMember, WrongAccount, AccountRequired, DomainNotAllowed):
        return pages.see_other(path)  # the page says what has become of it meanwhile
    return _leave(hall, acceptance)


async def activate(invitation: FromPath[str], hall: Injected[Hall]) -> pages.Answer:
    """Make the account of the invited address, join with it, and start its session.

    One that the browser had ends.
    """
    key, offered = await _get_carried(invitation, hall)
    fields = destinations.facts(offered.invitation.destination).fields
    form = await hall.browser.form(*fields, "password")
    joining = Joining(said={name: form[name] for name in fields}, password=form["password"])
    try:
        acceptance = await steps.accept_as_newcomer(hall.desk, key, joining)
    except Invalid as problem:
        return answer_newcomer(hall, offered, form=form, problem=problem)
    except InviterNotEntitled as problem:
        return answer_dead(hall, offered, problem)
    except (Gone, AccountExists, DomainNotAllowed):
        return pages.see_other(path_of(offered))
    await account_steps.end_session(hall.desk, hall.visitor)
    return _leave(hall, acceptance, session=acceptance.session)


async def sign_in(invitation: FromPath[str], hall: Injected[Hall]) -> pages.Answer:
    """Sign in as the invited address, and come back to the very page."""
    form = await hall.browser.form("password")
    _, offered = await _get_carried(invitation, hall)
    cookie = session_name(hall.entrance.path)
    try:
        started = await account_steps.start_session(
            hall.desk,
            hall.entrance,
            email=offered.invitation.email.typed,
            password=form["password"],
            replaced=hall.browser.cookie(cookie),
        )
    except (InvalidCredentials, RateLimited) as problem:
        return answer_sign_in(hall, offered, problem=problem)
    answer = pages.see_other(path_of(offered))
    hall.browser.jar.put(answer, cookie, started.token, lifetime=SESSION_LONGEST)
    return answer


async def choose_account(invitation: FromPath[str], hall: Injected[Hall]) -> pages.Answer:
    """Go to the sign-in page, and come back."""
    steps.read_id(invitation)
    return pages.see_other(hall.entrance.sign_in_link(_page_of(hall)))


async def leave_account(invitation: FromPath[str], hall: Injected[Hall]) -> pages.Answer:
    """Sign out, and come back as somebody else."""
    await hall.browser.form()
    steps.read_id(invitation)
    await account_steps.end_session(hall.desk, hall.visitor)
    answer = pages.see_other(_page_of(hall))
    hall.browser.jar.end(answer, session_name(hall.entrance.path))
    return answer


async def decline(invitation: FromPath[str], hall: Injected[Hall]) -> pages.Answer:
    """Say no."""
    form = await hall.browser.form("reason")
    key, offered = await _get_carried(invitation, hall)
    try:
        await steps.decline(hall.desk, key, form["reason"])
    except Gone:
        return pages.see_other(path_of(offered))
    return answer_declined(hall, offered)


async def ask_for_new(invitation: FromPath[str], hall: Injected[Hall]) -> pages.Answer:
    """Ask for a new invitation; the page says whether a mail is on its way."""
    await hall.browser.form()
    key, offered = await _get_carried(invitation, hall)
    await steps.ask_for_new(hall.desk, key)
    return pages.see_other(path_of(offered))


async def _get_carried(reference: str, hall: Hall) -> tuple[str, Offered]:
    """Give the key that the browser carries for it, and what it offers. Raises KeyNotFound."""
    key = hall.browser.cookie(cookie_of(steps.read_id(reference)))
    if not key:
        raise KeyNotFound
    offered = await steps.get_offered(hall.desk, key)
    if offered.invitation.id != steps.read_id(reference) or not _is_of(hall, offered):
        raise KeyNotFound
    return key, offered


def _is_of(hall: Hall, offered: Offered) -> bool:
    """Tell whether this is the page of the place that the invitation leads to, not of another."""
    page, here = path_of(offered), hall.browser.request.url.path
    return here == page or here.startswith(f"{page}/")


def _page_of(hall: Hall) -> str:
    """Give the page whose button was pressed."""
    return hall.browser.request.url.path.rpartition("/")[0]


def _leave(hall: Hall, acceptance: Acceptance, *, session: Started | None = None) -> Response[Any]:
    """Go on into the place, signed in if an account was made; the key is spent."""
    answer = answer_joined(acceptance, hall.entrance)
    hall.browser.jar.end(answer, cookie_of(acceptance.invitation.id))
    if session:
        cookie = session_name(hall.entrance.path)
        hall.browser.jar.put(answer, cookie, session.token, lifetime=SESSION_LONGEST)
    return answer
