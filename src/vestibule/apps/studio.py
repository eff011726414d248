"""What stands around every page about an app in the studio: its name, and its other pages."""

from typing import Any

from vestibule.apps.model import AppSeat
from vestibule.kernel.i18n import gettext
from vestibule.organizations import actions as organizations
from vestibule.users.model import User


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
