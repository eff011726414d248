"""The pages where an organization, or an app, is deleted: what goes with it, and its name typed."""

from litestar import get, post
from litestar.params import FromPath

from vestibule.accounts.guards import Browser, Desk
from vestibule.apps import studio as app_studio
from vestibule.apps.model import AppSeat
from vestibule.deletion import steps
from vestibule.deletion.model import AppExtent, Extent, NameDoesNotMatch
from vestibule.organizations import studio
from vestibule.organizations.model import Seat
from vestibule.users.model import SignedIn
from vestibule.web import pages
from vestibule.web.forms import UNSENT, Refused
from vestibule.web.injected import Injected

ORGANIZATION = "/organizations/{org:str}/delete"
APP = "/organizations/{org:str}/apps/{app:str}/delete"


@get(ORGANIZATION, include_in_schema=False)
async def show_organization_deletion(
    org: FromPath[str], desk: Injected[Desk], *, visitor: Injected[SignedIn]
) -> pages.Answer:
    """Say what goes with the organization, and ask for its name."""
    return _organization_page(visitor, await steps.foresee_organization(desk, visitor, org))


@post(ORGANIZATION, include_in_schema=False)
async def delete_organization(
    org: FromPath[str],
    *,
    browser: Injected[Browser],
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
) -> pages.Answer:
    """Delete the organization, and go back to one's own."""
    form = await browser.form("name")
    try:
        await steps.delete_organization(desk, visitor, org, typed=form["name"])
    except NameDoesNotMatch as problem:
        foreseen = await steps.foresee_organization(desk, visitor, org)
        return _organization_page(visitor, foreseen, Refused(problem, form))
    return pages.see_other("/?done=deleted")


@get(APP, include_in_schema=False)
async def show_app_deletion(
    org: FromPath[str], app: FromPath[str], *, desk: Injected[Desk], visitor: Injected[SignedIn]
) -> pages.Answer:
    """Say what goes with the app, and ask for its name."""
    return _app_page(visitor, await steps.foresee_app(desk, visitor, org, app))


@post(APP, include_in_schema=False)
async def delete_app(
    org: FromPath[str],
    app: FromPath[str],
    *,
    browser: Injected[Browser],
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
) -> pages.Answer:
    """Delete the app, and go back to the organization's others."""
    form = await browser.form("name")
    try:
        seat = await steps.delete_app(desk, visitor, app, org=org, typed=form["name"])
    except NameDoesNotMatch as problem:
        foreseen = await steps.foresee_app(desk, visitor, org, app)
        return _app_page(visitor, foreseen, Refused(problem, form))
    return pages.see_other(f"/organizations/{seat.app.organization_slug}/apps?done=deleted")


def _organization_page(
    visitor: SignedIn, foreseen: tuple[Seat, Extent, int], refused: Refused = UNSENT
) -> pages.Answer:
    seat, extent, told = foreseen
    return pages.render(
        "deletion/delete_organization.html",
        status=refused.status,
        **studio.frame(seat, visitor.user, current="/settings"),
        name=seat.organization.name,
        home=studio.home(seat),
        extent=extent,
        told=told,
        form=refused.form,
        errors=refused.errors,
    )


def _app_page(
    visitor: SignedIn, foreseen: tuple[AppSeat, AppExtent, int], refused: Refused = UNSENT
) -> pages.Answer:
    seat, extent, told = foreseen
    return pages.render(
        "deletion/delete_app.html",
        status=refused.status,
        **app_studio.frame(seat, visitor.user, current="/settings"),
        name=seat.app.name,
        home=seat.app.studio_path,
        extent=extent,
        told=told,
        form=refused.form,
        errors=refused.errors,
    )


handlers = (
    show_organization_deletion,
    delete_organization,
    show_app_deletion,
    delete_app,
)
