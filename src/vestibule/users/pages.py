"""The pages of users: the last step of signing up, and the profile."""

from collections.abc import Sequence

from litestar import get, post
from litestar.params import FromPath, FromQuery

from vestibule.accounts import steps as account_steps
from vestibule.accounts.guards import Browser, Desk, frame, land, onward, saved_notice
from vestibule.accounts.key_guards import activation_page, dead_activation, registration
from vestibule.accounts.model import SESSION_LONGEST
from vestibule.accounts.realms import PLATFORM_PAGES, Entrance
from vestibule.kernel import http
from vestibule.kernel.errors import Gone, Invalid
from vestibule.kernel.ids import OrganizationId, decode, encode
from vestibule.keys.model import KeyNotFound
from vestibule.users import steps
from vestibule.users.actions import Changes
from vestibule.users.caller import PLATFORM_COOKIE
from vestibule.users.model import (
    Place,
    Places,
    Profile,
    SignedIn,
    User,
)
from vestibule.users.steps import Typed
from vestibule.web import forms, pages
from vestibule.web.injected import Injected


@post(f"{PLATFORM_PAGES.registration}/{{key_id:str}}", include_in_schema=False)
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
        key = registration(entrance).carried(browser, key_id)
        offer = await account_steps.get_sign_up(desk, entrance, key)
    except (KeyNotFound, Gone) as problem:
        return dead_activation(problem, entrance)
    try:
        signed = await steps.complete_sign_up(
            desk, entrance, key=key, typed=Typed(**form), replaced=browser.cookie(PLATFORM_COOKIE)
        )
    except (KeyNotFound, Gone) as problem:
        return dead_activation(problem, entrance)
    except Invalid as problem:
        return activation_page(desk, entrance, offer, form=form, problem=problem)
    answer = pages.see_other(
        onward(entrance, offer.next) or await land(desk, entrance, signed.session)
    )
    browser.jar.put(answer, PLATFORM_COOKIE, signed.session.token, lifetime=SESSION_LONGEST)
    registration(entrance).leave(browser, answer, offer.key.id)
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
    return _profile_page(entrance, visitor, found, notice=saved_notice(saved))


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
    return pages.see_other(entrance.link(entrance.pages.profile, saved="profile"))


def _profile_page(
    entrance: Entrance, visitor: SignedIn, places: Sequence[Place], **shown: object
) -> pages.Answer:
    """Show the profile; `shown` is what differs: status, form, errors, notice."""
    user = visitor.user
    default = user.default_organization_id
    return pages.render(
        "users/profile.html",
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
    activate,
    show_profile,
    change_profile,
)
