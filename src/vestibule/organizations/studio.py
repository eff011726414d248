"""What stands around every page about an organization: its name, and the way to its other pages."""

from typing import Any

from vestibule.kernel.i18n import gettext
from vestibule.organizations import policy
from vestibule.organizations.model import Seat
from vestibule.organizations.permission_model import Permission
from vestibule.users.model import User


def home(seat: Seat) -> str:
    """Give the path of the organization's front page."""
    return f"/organizations/{seat.organization.slug}"


def frame(seat: Seat, user: User, *, current: str) -> dict[str, Any]:
    """Give what the studio's template needs: user, place and navigation.

    `current` is the page's path behind the organization's: "" (front), "/members", "/invitations"…
    """
    pages = [
        ("", gettext("Overview"), None),
        ("/members", gettext("Members"), Permission.MEMBERS_READ),
        ("/invitations", gettext("Invitations"), Permission.INVITATIONS_READ),
        ("/apps", gettext("Apps"), Permission.APPS_READ),
        ("/api-keys", gettext("API keys"), Permission.KEYS_MANAGE),
        ("/audit", gettext("Audit trail"), Permission.AUDIT_READ),
        ("/settings", gettext("Settings"), Permission.SETTINGS_MANAGE),
    ]
    links = [
        {"href": home(seat) + path, "label": label, "current": path == current}
        for path, label, permission in pages
        if permission is None or policy.may(seat.role, permission)
    ]
    back = {"href": "/", "label": gettext("Your organizations"), "current": False}
    return {"user": user, "place": seat.organization.name, "navigation": [back, *links]}
