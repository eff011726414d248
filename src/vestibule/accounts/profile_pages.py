"""The pages where somebody changes their password or address, and ends sessions."""

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from vestibule.accounts import sessions, steps
from vestibule.accounts.guards import Browser, Desk, frame
from vestibule.accounts.key_guards import KeyPage, check_mail, dead_key
from vestibule.accounts.model import (
    ADDRESS_CHANGE_LIVES,
    AddressTaken,
    Holder,
    OtherSession,
    PasswordNotSet,
    Session,
    WrongPassword,
)
from vestibule.accounts.realms import Entrance, PageNames
from vestibule.kernel import http
from vestibule.kernel.errors import Gone, Invalid, Problem, RateLimited
from vestibule.kernel.i18n import gettext
from vestibule.kernel.ids import SessionId, decode, encode
from vestibule.keys.model import KeyNotFound, Purpose
from vestibule.web import forms, pages
from vestibule.web.injected import Injected

# What browsers call themselves; the first that fits is it.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def handlers(names: PageNames) -> list[HTTPRouteHandler]:
    """Make the routes under the names of a realm's pages."""
    change = f"{names.new_address}/{{key_id:str}}"
    session = f"{names.sessions}/{{session:str}}/end"
    return [
        get(names.password, include_in_schema=False)(show_password),
        post(names.password, include_in_schema=False)(change_password),
        get(names.address, include_in_schema=False)(show_address),
        post(names.address, include_in_schema=False)(ask_address_change),
        get(names.new_address, include_in_schema=False)(open_address_change),
        get(change, include_in_schema=False)(show_address_change),
        post(change, include_in_schema=False)(complete_address_change),
        get(names.sessions, include_in_schema=False)(show_sessions),
        post(session, include_in_schema=False)(end_session),
        post(f"{names.sessions}/end-others", include_in_schema=False)(end_other_sessions),
    ]


async def show_password(
    desk: Injected[Desk], entrance: Injected[Entrance], *, visitor: Injected[Holder]
) -> pages.Answer:
    """Show the form."""
    return _password_page(desk, entrance, visitor)


async def change_password(
    browser: Injected[Browser],
    desk: Injected[Desk],
    *,
    entrance: Injected[Entrance],
    visitor: Injected[Holder],
) -> pages.Answer:
    """Keep the new password, and go back to the profile."""
    form = await browser.form("current_password", "new_password")
    try:
        await steps.change_password(
            desk, entrance, visitor, present=form["current_password"], new=form["new_password"]
        )
    except (Invalid, PasswordNotSet, WrongPassword, RateLimited) as problem:
        return _password_page(desk, entrance, visitor, problem=problem)
    return pages.see_other(entrance.link(entrance.pages.profile, saved="password"))


async def show_address(entrance: Injected[Entrance], visitor: Injected[Holder]) -> pages.Answer:
    """Show the form."""
    return _address_page(entrance, visitor)


async def ask_address_change(
    browser: Injected[Browser],
    desk: Injected[Desk],
    *,
    entrance: Injected[Entrance],
    visitor: Injected[Holder],
) -> pages.Answer:
    """Have a key mailed to the new address."""
    form = await browser.form("email", "password")
    try:
        await steps.ask_address_change(
            desk, entrance, visitor, email=form["email"], password=form["password"]
        )
    except (Invalid, PasswordNotSet, WrongPassword, RateLimited) as problem:
        return _address_page(entrance, visitor, email=form["email"], problem=problem)
    return check_mail(
        entrance,
        form["email"],
        purpose=Purpose.ADDRESS_CHANGE,
        lifetime=ADDRESS_CHANGE_LIVES,
        again=entrance.link(entrance.pages.address),
    )


async def open_address_change(
    desk: Injected[Desk],
    *,
    entrance: Injected[Entrance],
    browser: Injected[Browser],
    visitor: Injected[Holder],
    key: FromQuery[str] = "",
) -> pages.Answer:
    """Take the key out of the address."""
    try:
        offer = await steps.get_address_change(desk, entrance, visitor, key=key)
    except (KeyNotFound, OtherSession, Gone) as problem:
        return _dead_change(problem, entrance)
    return _page(entrance).arrive(browser, offer.key.id, key)


async def show_address_change(
    key_id: FromPath[str],
    browser: Injected[Browser],
    *,
    desk: Injected[Desk],
    entrance: Injected[Entrance],
    visitor: Injected[Holder],
) -> pages.Answer:
    """Ask for the button: opening a link changes nothing."""
    try:
        key = _page(entrance).carried(browser, key_id)
        offer = await steps.get_address_change(desk, entrance, visitor, key=key)
    except (KeyNotFound, OtherSession, Gone) as problem:
        return _dead_change(problem, entrance)
    return pages.render(
        "accounts/new_address.html", **frame(entrance, visitor), email=offer.address.typed
    )


async def complete_address_change(
    key_id: FromPath[str],
    browser: Injected[Browser],
    *,
    desk: Injected[Desk],
    entrance: Injected[Entrance],
    visitor: Injected[Holder],
) -> pages.Answer:
    """Give the account its new address, and go back to the profile."""
    await browser.form()
    try:
        key = _page(entrance).carried(browser, key_id)
        offer = await steps.get_address_change(desk, entrance, visitor, key=key)
        await steps.complete_address_change(desk, entrance, visitor, key=key)
    except (KeyNotFound, OtherSession, Gone) as problem:
        return _dead_change(problem, entrance)
    except AddressTaken as problem:
        return _address_page(entrance, visitor, problem=problem)
    answer = pages.see_other(entrance.link(entrance.pages.profile, saved="address"))
    _page(entrance).leave(browser, answer, offer.key.id)
    return answer


async def show_sessions(
    desk: Injected[Desk], entrance: Injected[Entrance], *, visitor: Injected[Holder]
) -> pages.Answer:
    """Show where the visitor is signed in."""
    async with desk.database.reader() as reader:
        found = await sessions.list_live(reader, visitor.account_id)
    rows = [_row(session, is_current=session.id == visitor.session_id) for session in found]
    return pages.render("accounts/sessions.html", **frame(entrance, visitor), sessions=rows)


async def end_session(
    session: FromPath[str],
    desk: Injected[Desk],
    *,
    browser: Injected[Browser],
    entrance: Injected[Entrance],
    visitor: Injected[Holder],
) -> pages.Answer:
    """Sign out elsewhere."""
    await browser.form()
    by = visitor.actor(desk.origin)
    async with desk.database.transaction() as tx:
        await sessions.end(tx, visitor.account_id, SessionId(decode("ses", session)), by=by)
    return pages.see_other(entrance.to(entrance.pages.sessions))


async def end_other_sessions(
    desk: Injected[Desk],
    browser: Injected[Browser],
    *,
    entrance: Injected[Entrance],
    visitor: Injected[Holder],
) -> pages.Answer:
    """Sign out everywhere else."""
    await browser.form()
    by = visitor.actor(desk.origin)
    async with desk.database.transaction() as tx:
        await sessions.end_others(tx, visitor.account_id, visitor.session_id, by=by)
    return pages.see_other(entrance.to(entrance.pages.sessions))


def device_of(user_agent: str | None) -> str:
    """Give what people call the program: Firefox on Linux."""
    agent = user_agent or ""
    browser = next((name for mark, name in BROWSERS if mark in agent), None)
    system = next((name for mark, name in SYSTEMS if mark in agent), None)
    if browser and system:
        return gettext("{browser} on {system}").format(browser=browser, system=system)
    return browser or agent.partition(" ")[0] or gettext("A program")


def _row(session: Session, *, is_current: bool) -> dict[str, object]:
    return {
        "id": encode("ses", session.id),
        "device": device_of(session.user_agent),
        "network": session.network or "",
        "last_seen_at": session.last_seen_at,
        "created_at": session.created_at,
        "current": is_current,
    }


def _password_page(
    desk: Desk, entrance: Entrance, visitor: Holder, *, problem: Problem | None = None
) -> pages.Answer:
    faults = forms.errors(problem) if problem else {}
    if isinstance(problem, WrongPassword):
        faults = {"current_password": problem.explain()}
    elif "new" in faults:
        faults = {"new_password": faults["new"]}
    return pages.render(
        "accounts/change_password.html",
        status=http.status_of(problem) if problem else 200,
        **frame(entrance, visitor),
        errors=faults,
        minimum=desk.passwords.minimum,
    )


def _address_page(
    entrance: Entrance, visitor: Holder, *, email: str = "", problem: Problem | None = None
) -> pages.Answer:
    faults = forms.errors(problem) if problem else {}
    if isinstance(problem, WrongPassword):
        faults = {"password": problem.explain()}
    return pages.render(
        "accounts/change_address.html",
        status=http.status_of(problem) if problem else 200,
        **frame(entrance, visitor),
        form={"email": email},
        errors=faults,
    )


def _page(entrance: Entrance) -> KeyPage:
    return KeyPage(entrance.to(entrance.pages.new_address), "new_address")


def _dead_change(problem: Problem, entrance: Entrance) -> pages.Answer:
    again = entrance.link(entrance.pages.address)
    return dead_key(problem, entrance, again=again, label=gettext("Ask again"))
