"""What stands around every page about an organization: its name, and the way to its other pages."""

from typing import Any

from vestibule.kernel.i18n import gettext
from vestibule.organizations import policy
from vestibule.organizations.model import Seat
from vestibule.organizations.policy import Right
from vestibule.users.model import User


def home(seat: Seat) -> str:
    """Give the path of the organization's front page."""
    return f"/organizations/{seat.organization.slug}"


def frame(seat: Seat, user: User, *, current: str) -> dict[str, Any]:
    """Give what the studio's template needs: user, place and navigation.

    `current` is the page's path behind the organization's: "" (front), "/members", "/invitations"…
    """
    pages = [
        ("", gettext("Overview"), Right.SEE),
        ("/members", gettext("Members"), Right.SEE_MEMBERS),
    ]
    pages.append(("/invitations", gettext("Invitations"), Right.SEE_INVITATIONS))
    pages.append(("/apps", gettext("Apps"), Right.SEE_APPS))
    pages.append(("/settings", gettext("Settings"), Right.CHANGE_SETTINGS))
    links = [
        {"href": home(seat) + path, "label": label, "current": path == current}
        for path, label, right in pages
        if policy.may(seat.role, right)
    ]
    back = {"href": "/", "label": gettext("Your organizations"), "current": False}
    return {"user": user, "place": seat.organization.name, "navigation": [back, *links]}
