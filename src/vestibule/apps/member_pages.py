"""The pages of an app's members: the last step of registering, and the profile."""

from litestar import get, post
from litestar.params import FromPath, FromQuery

from vestibule.accounts import steps as accounts
from vestibule.accounts.guards import Browser, Desk, frame, land, onward, saved_notice
from vestibule.accounts.key_guards import activation_page, dead_activation, registration
from vestibule.accounts.model import SESSION_LONGEST
from vestibule.accounts.realms import Entrance
from vestibule.apps import steps
from vestibule.apps.entrance import PAGES, Door
from vestibule.apps.members import Profile, clean_name
from vestibule.apps.model import AppMember, SignedInMember
from vestibule.apps.steps import Typed
from vestibule.kernel import http
from vestibule.kernel.errors import Gone, Invalid
from vestibule.keys.model import KeyNotFound
from vestibule.web import forms, pages
from vestibule.web.cookies import session_name
from vestibule.web.injected import Injected


@post(f"{PAGES.registration}/{{key_id:str}}", include_in_schema=False)
async def activate(
    key_id: FromPath[str],
    browser: Injected[Browser],
    *,
    desk: Injected[Desk],
    entrance: Injected[Entrance],
) -> pages.Answer:
    """Make the account, sign in, and go on: back to the app, if it had sent the person here."""
    form = await browser.form("name", "password")
    cookie = session_name(entrance.path)
    try:
        key = registration(entrance).carried(browser, key_id)
        offer = await accounts.get_sign_up(desk, entrance, key)
    except (KeyNotFound, Gone) as problem:
        return dead_activation(problem, entrance)
    try:
        registered = await steps.complete_registration(
            desk, entrance, key=key, typed=Typed(**form), replaced=browser.cookie(cookie)
        )
    except (KeyNotFound, Gone) as problem:
        return dead_activation(problem, entrance)
    except Invalid as problem:
        return activation_page(desk, entrance, offer, form=form, problem=problem)
    session = registered.session
    there = onward(entrance, offer.next) or await land(desk, entrance, session)
    answer = pages.see_other(there)
    browser.jar.put(answer, cookie, session.token, lifetime=SESSION_LONGEST)
    registration(entrance).leave(browser, answer, offer.key.id)
    return answer


@get(PAGES.profile, include_in_schema=False)
async def show_profile(
    entrance: Injected[Entrance],
    *,
    visitor: Injected[SignedInMember],
    door: Injected[Door],
    saved: FromQuery[str | None] = None,
) -> pages.Answer:
    """Show the form. `saved` is what has just been changed."""
    return _profile_page(entrance, visitor, door, notice=saved_notice(saved))


@post(PAGES.profile, include_in_schema=False)
async def change_profile(
    browser: Injected[Browser],
    desk: Injected[Desk],
    *,
    entrance: Injected[Entrance],
    visitor: Injected[SignedInMember],
    door: Injected[Door],
) -> pages.Answer:
    """Keep what was changed."""
    form = await browser.form("name")

    def changes_of(before: AppMember) -> Profile:
        name = clean_name(form["name"])
        return Profile(name=name, locale=before.locale, properties=before.properties)

    try:
        await steps.change_profile(desk, visitor, changes_of)
    except Invalid as problem:
        return _profile_page(
            entrance,
            visitor,
            door,
            status=http.status_of(problem),
            form=form,
            errors=forms.errors(problem),
        )
    return pages.see_other(f"{entrance.to(PAGES.profile)}?saved=profile")


def _profile_page(
    entrance: Entrance, visitor: SignedInMember, door: Door, **shown: object
) -> pages.Answer:
    """Show the profile; `shown` is what differs: status, form, errors, notice."""
    return pages.render(
        "apps/profile.html",
        **{**frame(entrance, visitor), **shown},
        profile={
            "name": visitor.member.given_name,
            "roles": visitor.member.roles,
            "member_until": visitor.member.member_until,
        },
        home_url=door.app.home_url,
    )


handlers = (activate, show_profile, change_profile)
