"""The pages by which one gets an account: an address, a mail, and the page that its link leads to.

For any realm, by its names. What is made of who fills in that page, the rooms above know: they
receive its form.
"""

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from vestibule.accounts import steps
from vestibule.accounts.guards import Browser, Desk, onward
from vestibule.accounts.key_guards import (
    activation_page,
    check_mail,
    dead_activation,
    registration,
)
from vestibule.accounts.model import SIGN_UP_LIVES
from vestibule.accounts.realms import Entrance, PageNames
from vestibule.kernel import http, i18n
from vestibule.kernel.errors import Forbidden, Gone, Invalid, Problem, RateLimited
from vestibule.keys.model import KeyNotFound, Purpose
from vestibule.web import forms, pages
from vestibule.web.injected import Injected


def handlers(names: PageNames) -> list[HTTPRouteHandler]:
    """Make the routes under the names of a realm's pages.

    The room that mounts them adds `POST {registration}/{key_id}`.
    """
    return [
        get(names.sign_up, include_in_schema=False)(show_sign_up),
        post(names.sign_up, include_in_schema=False)(ask_sign_up),
        get(names.activation, include_in_schema=False)(open_activation),
        get(f"{names.registration}/{{key_id:str}}", include_in_schema=False)(show_registration),
    ]


async def show_sign_up(entrance: Injected[Entrance]) -> pages.Answer:
    """Show the form, or that one has to be invited."""
    return _sign_up_page(entrance)


async def ask_sign_up(
    browser: Injected[Browser],
    desk: Injected[Desk],
    *,
    entrance: Injected[Entrance],
    next: FromQuery[str | None] = None,
) -> pages.Answer:
    """Have a mail sent, and say the same to everybody. `next` is where to go on to in the end."""
    form = await browser.form("email")
    there = onward(entrance, next)
    try:
        await steps.ask_sign_up(
            desk, entrance, email=form["email"], locale=i18n.current_locale(), next=there
        )
    except (Invalid, RateLimited, Forbidden) as problem:
        return _sign_up_page(entrance, form=form, problem=problem)
    return check_mail(
        entrance,
        form["email"],
        purpose=Purpose.SIGN_UP,
        lifetime=SIGN_UP_LIVES,
        again=entrance.link(entrance.pages.sign_up, next=there),
    )


async def open_activation(
    browser: Injected[Browser],
    desk: Injected[Desk],
    *,
    entrance: Injected[Entrance],
    key: FromQuery[str] = "",
) -> pages.Answer:
    """Take the key out of the address; who came without one is told where to find it."""
    if not key:
        return pages.render("accounts/find_mail.html", entrance=entrance)
    try:
        offer = await steps.get_sign_up(desk, entrance, key)
    except (KeyNotFound, Gone) as problem:
        return dead_activation(problem, entrance)
    return registration(entrance).arrive(browser, offer.key.id, key, carried=offer.carried)


async def show_registration(
    key_id: FromPath[str],
    browser: Injected[Browser],
    *,
    desk: Injected[Desk],
    entrance: Injected[Entrance],
) -> pages.Answer:
    """Show the form for a name and a password."""
    try:
        key = registration(entrance).carried(browser, key_id)
        offer = await steps.get_sign_up(desk, entrance, key)
    except (KeyNotFound, Gone) as problem:
        return dead_activation(problem, entrance)
    return activation_page(desk, entrance, offer)


def _sign_up_page(
    entrance: Entrance, *, form: dict[str, str] | None = None, problem: Problem | None = None
) -> pages.Answer:
    return pages.render(
        "accounts/sign_up.html",
        status=http.status_of(problem) if problem else 200,
        entrance=entrance,
        form=form or {},
        errors=forms.errors(problem) if problem and entrance.takes_sign_ups else {},
        closed=not entrance.takes_sign_ups,
    )
