"""The pages by which one comes in.

Sign in and out, forgotten password. For any realm, by its names.
"""

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from vestibule.accounts import steps
from vestibule.accounts.guards import Browser, Desk, land, onward
from vestibule.accounts.key_guards import KeyPage, activation_page, check_mail, dead_key
from vestibule.accounts.model import RESET_LIVES, SESSION_LONGEST, Holder, InvalidCredentials
from vestibule.accounts.realms import Entrance, PageNames
from vestibule.kernel import http
from vestibule.kernel.errors import Gone, Invalid, Problem, RateLimited
from vestibule.kernel.i18n import gettext, mark
from vestibule.keys.model import KeyNotFound, Purpose
from vestibule.web import forms, pages
from vestibule.web.cookies import session_name
from vestibule.web.injected import Injected

AFTER_RESET = "new-password"
# What has just been done when the form to sign in is shown.
DONE = {
    AFTER_RESET: mark("Your new password is saved. Sign in with it."),
    "left": mark("You have left, and your account here is deleted."),
    "deleted": mark("Your account is deleted."),
}


def handlers(names: PageNames) -> list[HTTPRouteHandler]:
    """Make the routes under the names of a realm's pages."""
    reset = f"{names.new_password}/{{key_id:str}}"
    return [
        get(names.sign_in, include_in_schema=False)(show_sign_in),
        post(names.sign_in, include_in_schema=False)(sign_in),
        post(f"{names.sign_in}/continue", include_in_schema=False)(go_on),
        post(names.sign_out, include_in_schema=False)(sign_out),
        get(names.forgotten, include_in_schema=False)(show_forgotten),
        post(names.forgotten, include_in_schema=False)(ask_reset),
        get(names.new_password, include_in_schema=False)(open_reset),
        get(reset, include_in_schema=False)(show_reset),
        post(reset, include_in_schema=False)(complete_reset),
    ]


async def show_sign_in(
    entrance: Injected[Entrance],
    *,
    maybe_visitor: Injected[Holder | None],
    next: FromQuery[str | None] = None,
    after: FromQuery[str | None] = None,
) -> pages.Answer:
    """Show the form. `next` is where to go on to, `after` what has just been done.

    Who is signed in already, and was sent here to be led on, need only say so.
    """
    if maybe_visitor and entrance.carried:
        return pages.render("accounts/go_on.html", entrance=entrance, user=maybe_visitor.person)
    notice = gettext(DONE[after]) if after in DONE else ""
    form = {"email": "", "next": next or ""}
    return _sign_in_page(entrance, form, notice=notice)


async def sign_in(
    browser: Injected[Browser], desk: Injected[Desk], *, entrance: Injected[Entrance]
) -> pages.Answer:
    """Start a session, end the one that the browser had, and go on."""
    form = await browser.form("email", "password", "next")
    cookie = session_name(entrance.path)
    try:
        started = await steps.start_session(
            desk,
            entrance,
            email=form["email"],
            password=form["password"],
            replaced=browser.cookie(cookie),
        )
    except (Invalid, InvalidCredentials, RateLimited) as problem:
        return _sign_in_page(entrance, form, problem=problem)
    there = onward(entrance, form["next"]) or await land(desk, entrance, started)
    answer = pages.see_other(there)
    browser.jar.put(answer, cookie, started.token, lifetime=SESSION_LONGEST)
    return answer


async def go_on(
    desk: Injected[Desk],
    entrance: Injected[Entrance],
    *,
    browser: Injected[Browser],
    maybe_visitor: Injected[Holder | None],
) -> pages.Answer:
    """Lead on who is signed in already; whose session has ended meanwhile signs in."""
    await browser.form()
    if maybe_visitor is None:
        return pages.see_other(entrance.link(entrance.pages.sign_in))
    async with desk.database.transaction() as tx:
        there = await entrance.landing(tx, maybe_visitor.account_id, maybe_visitor.session_id)
    return pages.see_other(there)


async def sign_out(
    desk: Injected[Desk],
    entrance: Injected[Entrance],
    *,
    browser: Injected[Browser],
    maybe_visitor: Injected[Holder | None],
) -> pages.Answer:
    """End the session, and have the browser forget what it kept."""
    await browser.form()
    await steps.end_session(desk, maybe_visitor)
    answer = pages.see_other(entrance.link(entrance.pages.sign_in))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    browser.jar.end(answer, session_name(entrance.path))
    return answer


async def show_forgotten(entrance: Injected[Entrance]) -> pages.Answer:
    """Show the form."""
    return pages.render("accounts/forgotten_password.html", entrance=entrance)


async def ask_reset(
    browser: Injected[Browser], desk: Injected[Desk], *, entrance: Injected[Entrance]
) -> pages.Answer:
    """Have a key mailed, and say the same to everybody."""
    form = await browser.form("email")
    try:
        await steps.ask_reset(desk, entrance, email=form["email"])
    except (Invalid, RateLimited) as problem:
        return pages.render(
            "accounts/forgotten_password.html",
            status=http.status_of(problem),
            entrance=entrance,
            form=form,
            errors=forms.errors(problem),
        )
    return check_mail(
        entrance,
        form["email"],
        purpose=Purpose.PASSWORD_RESET,
        lifetime=RESET_LIVES,
        again=entrance.link(entrance.pages.forgotten),
    )


async def open_reset(
    desk: Injected[Desk],
    entrance: Injected[Entrance],
    *,
    browser: Injected[Browser],
    key: FromQuery[str] = "",
) -> pages.Answer:
    """Take the key out of the address."""
    try:
        offer = await steps.get_reset(desk, entrance, key)
    except (KeyNotFound, Gone) as problem:
        return _dead_reset(problem, entrance)
    return _page(entrance).arrive(browser, offer.key.id, key, carried=offer.carried)


async def show_reset(
    key_id: FromPath[str],
    browser: Injected[Browser],
    *,
    desk: Injected[Desk],
    entrance: Injected[Entrance],
) -> pages.Answer:
    """Show the form to choose a new password."""
    try:
        key = _page(entrance).carried(browser, key_id)
        offer = await steps.get_reset(desk, entrance, key)
    except (KeyNotFound, Gone) as problem:
        return _dead_reset(problem, entrance)
    return activation_page(desk, entrance, offer)


async def complete_reset(
    key_id: FromPath[str],
    browser: Injected[Browser],
    *,
    desk: Injected[Desk],
    entrance: Injected[Entrance],
) -> pages.Answer:
    """Keep the new password, and have it proved by signing in: a mailed key gives no session."""
    form = await browser.form("password")
    try:
        key = _page(entrance).carried(browser, key_id)
        offer = await steps.get_reset(desk, entrance, key)
    except (KeyNotFound, Gone) as problem:
        return _dead_reset(problem, entrance)
    try:
        await steps.complete_reset(desk, entrance, key=key, password=form["password"])
    except (KeyNotFound, Gone) as problem:
        return _dead_reset(problem, entrance)
    except Invalid as problem:
        return activation_page(desk, entrance, offer, problem=problem)
    answer = pages.see_other(entrance.link(entrance.pages.sign_in, after=AFTER_RESET))
    _page(entrance).leave(browser, answer, offer.key.id)
    return answer


def _page(entrance: Entrance) -> KeyPage:
    return KeyPage(entrance.to(entrance.pages.new_password), "new_password")


def _sign_in_page(
    entrance: Entrance,
    form: dict[str, str],
    *,
    problem: Problem | None = None,
    notice: str = "",
) -> pages.Answer:
    return pages.render(
        "accounts/sign_in.html",
        status=http.status_of(problem) if problem else 200,
        entrance=entrance,
        form={"email": form["email"]},
        errors=forms.errors(problem) if problem else {},
        next=onward(entrance, form["next"]),
        sign_ups_open=entrance.takes_sign_ups,
        notice={"kind": "good", "text": notice} if notice else None,
    )


def _dead_reset(problem: Problem, entrance: Entrance) -> pages.Answer:
    again = entrance.link(entrance.pages.forgotten)
    return dead_key(problem, entrance, again=again, label=gettext("Send me a new link"))
