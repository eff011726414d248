"""What stands around every page about an app in the studio: its name, and its other pages."""

from typing import Any

from vestibule.apps import actions as apps
from vestibule.apps.model import AppNotFound, AppSeat
from vestibule.kernel.database import Reader
from vestibule.kernel.i18n import gettext
from vestibule.kernel.ids import encode
from vestibule.organizations import actions as organizations
from vestibule.users.model import SignedIn, User


async def get_seat(reader: Reader, visitor: SignedIn, org: str, app: str) -> AppSeat:
    """Give the app of the organization to a user who may see it, both by id or slug.

    Raises AppNotFound, NotPermitted.
    """
    return seat_in(await apps.get_for_seeing(reader, visitor, app), org)


def seat_in(seat: AppSeat, org: str) -> AppSeat:
    """Give the seat, if its app is the organization's. Raises AppNotFound."""
    if org not in {seat.app.organization_slug, encode("org", seat.app.organization_id)}:
        raise AppNotFound
    return seat


def may_edit(seat: AppSeat) -> bool:
    """Tell whether the caller makes and changes apps here, or only looks at them."""
    role = seat.organization_role
    return role is not None and organizations.may_manage_apps(role)


def frame(seat: AppSeat, user: User, *, current: str) -> dict[str, Any]:
    """Give what the studio's template needs: user, place and navigation.

    `current` is the page's path behind the app's: "" (front), "/definition", "/members"…
    """
    app = seat.app
    pages = [
        ("", gettext("Overview")),
        ("/definition", gettext("Definition")),
        ("/versions", gettext("Versions")),
        ("/members", gettext("Members")),
        ("/invitations", gettext("Invitations")),
    ]
    if may_edit(seat):
        pages.append(("/settings", gettext("Settings")))
    links = [
        {"href": app.studio_path + path, "label": label, "current": path == current}
        for path, label in pages
    ]
    label = gettext("Apps of {organization}").format(organization=app.organization_name)
    back = {
        "href": f"/organizations/{app.organization_slug}/apps",
        "label": label,
        "current": False,
    }
    return {"user": user, "place": app.name, "navigation": [back, *links]}
