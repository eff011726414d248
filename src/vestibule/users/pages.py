"""The pages of users: sign up, the last step of it, the profile."""

from collections.abc import Sequence

from litestar import get, post
from litestar.params import FromPath, FromQuery

from vestibule.accounts.guards import Browser, Desk, frame
from vestibule.accounts.key_guards import KeyPage, check_mail, dead_key
from vestibule.accounts.model import SESSION_LONGEST
from vestibule.accounts.realms import Entrance
from vestibule.kernel import http, i18n
from vestibule.kernel.errors import Gone, Invalid, Problem, RateLimited
from vestibule.kernel.i18n import gettext, mark
from vestibule.kernel.ids import OrganizationId, decode, encode
from vestibule.keys.model import KeyNotFound, Purpose
from vestibule.users import steps
from vestibule.users.actions import Changes
from vestibule.users.caller import PLATFORM_COOKIE
from vestibule.users.model import (
    SIGN_UP_LIVES,
    Place,
    Places,
    Profile,
    SignedIn,
    SignUpsClosed,
    User,
)
from vestibule.users.sign_up import ACTIVATION
from vestibule.users.steps import Typed
from vestibule.web import forms, pages
from vestibule.web.injected import Injected

ACTIVATION_PAGE = KeyPage(ACTIVATION, "activation")
SAVED = {
    "profile": mark("Your profile is saved."),
    "password": mark("Your new password is saved. You are signed out everywhere else."),
    "address": mark("Your new address is saved. Sign in with it from now on."),
}


@get("/sign-up", include_in_schema=False)
async def show_sign_up(entrance: Injected[Entrance]) -> pages.Answer:
    """Show the form, or that one has to be invited."""
    return _sign_up_page(entrance)


@post("/sign-up", include_in_schema=False)
async def ask_sign_up(
    browser: Injected[Browser],
    desk: Injected[Desk],
    *,
    entrance: Injected[Entrance],
    next: FromQuery[str | None] = None,
) -> pages.Answer:
    """Have a mail sent, and say the same to everybody. `next` is where to go on to in the end."""
    form = await browser.form("email")
    try:
        await steps.ask_sign_up(
            desk,
            entrance,
            email=form["email"],
            locale=i18n.current_locale(),
            next=forms.local_path(next, ""),
        )
    except (Invalid, RateLimited, SignUpsClosed) as problem:
        return _sign_up_page(entrance, form=form, problem=problem)
    return check_mail(
        entrance, form["email"], purpose=Purpose.SIGN_UP, lifetime=SIGN_UP_LIVES, again="/sign-up"
    )


@get(ACTIVATION, include_in_schema=False)
async def open_activation(
    browser: Injected[Browser],
    desk: Injected[Desk],
    *,
    entrance: Injected[Entrance],
    key: FromQuery[str] = "",
) -> pages.Answer:
    """Take the key out of the address."""
    try:
        offer = await steps.get_sign_up(desk, entrance, key)
    except (KeyNotFound, Gone) as problem:
        return _dead_activation(problem, entrance)
    return ACTIVATION_PAGE.arrive(browser, offer.key.id, key)


@get(f"{ACTIVATION}/{{key_id:str}}", include_in_schema=False)
async def show_activation(
    key_id: FromPath[str],
    browser: Injected[Browser],
    *,
    desk: Injected[Desk],
    entrance: Injected[Entrance],
) -> pages.Answer:
    """Show the form for a name and a password."""
    try:
        offer = await steps.get_sign_up(desk, entrance, ACTIVATION_PAGE.carried(browser, key_id))
    except (KeyNotFound, Gone) as problem:
        return _dead_activation(problem, entrance)
    return _activation_page(desk, entrance, email=offer.address.typed)


@post(f"{ACTIVATION}/{{key_id:str}}", include_in_schema=False)
async def activate(
    key_id: FromPath[str],
    browser: Injected[Browser],
    *,
    desk: Injected[Desk],
    entrance: Injected[Entrance],
) -> pages.Answer:
    """Make the account, sign in, and go on."""
    form = await browser.form("first_name", "last_name", "password", "phone")
    try:
        key = ACTIVATION_PAGE.carried(browser, key_id)
        offer = await steps.get_sign_up(desk, entrance, key)
    except (KeyNotFound, Gone) as problem:
        return _dead_activation(problem, entrance)
    try:
        signed = await steps.complete_sign_up(
            desk, entrance, key=key, typed=Typed(**form), replaced=browser.cookie(PLATFORM_COOKIE)
        )
    except (KeyNotFound, Gone) as problem:
        return _dead_activation(problem, entrance)
    except Invalid as problem:
        return _activation_page(
            desk, entrance, email=offer.address.typed, form=form, problem=problem
        )
    async with desk.database.reader() as reader:
        landing = await entrance.landing(reader, signed.user.id)
    answer = pages.see_other(forms.local_path(offer.next, landing))
    browser.jar.put(answer, PLATFORM_COOKIE, signed.session.token, lifetime=SESSION_LONGEST)
    ACTIVATION_PAGE.leave(browser, answer, offer.key.id)
    return answer


@get("/profile", include_in_schema=False)
async def show_profile(
    desk: Injected[Desk],
    entrance: Injected[Entrance],
    *,
    visitor: Injected[SignedIn],
    places: Injected[Places],
    saved: FromQuery[str | None] = None,
) -> pages.Answer:
    """Show the form. `saved` is what has just been changed."""
    async with desk.database.reader() as reader:
        found = await places(reader, visitor.user.id)
    sentence = SAVED.get(saved or "")
    notice = {"kind": "good", "text": gettext(sentence)} if sentence else None
    return _profile_page(entrance, visitor, found, notice=notice)


@post("/profile", include_in_schema=False)
async def change_profile(
    browser: Injected[Browser],
    desk: Injected[Desk],
    *,
    entrance: Injected[Entrance],
    visitor: Injected[SignedIn],
    places: Injected[Places],
) -> pages.Answer:
    """Keep what was changed."""
    form = await browser.form("first_name", "last_name", "phone", "default_organization")

    def changes_of(before: User) -> Changes:
        wanted = form["default_organization"]
        return Changes(
            profile=Profile.clean(form["first_name"], form["last_name"], form["phone"]),
            locale=before.locale,
            default_organization_id=OrganizationId(decode("org", wanted)) if wanted else None,
        )

    try:
        await steps.change_profile(desk, visitor, changes_of, places=places)
    except Invalid as problem:
        async with desk.database.reader() as reader:
            found = await places(reader, visitor.user.id)
        return _profile_page(
            entrance,
            visitor,
            found,
            status=http.status_of(problem),
            form=form,
            errors=forms.errors(problem),
        )
    return pages.see_other("/profile?saved=profile")


def _sign_up_page(
    entrance: Entrance, *, form: dict[str, str] | None = None, problem: Problem | None = None
) -> pages.Answer:
    return pages.render(
        "users/sign_up.html",
        status=http.status_of(problem) if problem else 200,
        entrance=entrance,
        form=form or {},
        errors=forms.errors(problem) if problem and entrance.takes_sign_ups else {},
        closed=not entrance.takes_sign_ups,
    )


def _activation_page(
    desk: Desk,
    entrance: Entrance,
    *,
    email: str,
    form: dict[str, str] | None = None,
    problem: Problem | None = None,
) -> pages.Answer:
    return pages.render(
        "accounts/activation.html",
        status=http.status_of(problem) if problem else 200,
        entrance=entrance,
        form=form or {},
        errors=forms.errors(problem) if problem else {},
        email=email,
        purpose=Purpose.SIGN_UP,
        minimum=desk.passwords.minimum,
    )


def _dead_activation(problem: Problem, entrance: Entrance) -> pages.Answer:
    return dead_key(problem, entrance, again="/sign-up", label=gettext("Send me a new link"))


def _profile_page(
    entrance: Entrance, visitor: SignedIn, places: Sequence[Place], **shown: object
) -> pages.Answer:
    """Show the profile; `shown` is what differs: status, form, errors, notice."""
    user = visitor.user
    default = user.default_organization_id
    return pages.render(
        "users/profile.html",
        entrance=entrance,
        **{**frame(entrance, visitor), **shown},
        profile={
            "first_name": user.first_name,
            "last_name": user.last_name,
            "phone": user.phone,
            "default_organization": encode("org", default) if default else None,
        },
        organizations=[{"id": encode("org", place.id), "name": place.name} for place in places],
    )


handlers = (
    show_sign_up,
    ask_sign_up,
    open_activation,
    show_activation,
    activate,
    show_profile,
    change_profile,
)
