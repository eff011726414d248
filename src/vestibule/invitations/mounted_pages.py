"""Where the pages about invitations stand: in the studio, for each kind of place, and in an app."""

from typing import Any

from vestibule.accounts.guards import frame
from vestibule.apps import actions as apps
from vestibule.apps import studio as app_studio
from vestibule.invitations.destination_model import OfApp, OfOrganization
from vestibule.invitations.studio_pages import CURRENT, Mounting, Visit
from vestibule.kernel.database import Reader
from vestibule.kernel.errors import NotAuthenticated
from vestibule.organizations import actions as organizations
from vestibule.organizations import seats, studio
from vestibule.organizations.seat_model import SeatLimitReached
from vestibule.users.model import SignedIn


async def frame_organization(reader: Reader, visit: Visit) -> dict[str, Any]:
    """Give the studio's frame around an organization."""
    visitor, reference = _visitor(visit), visit.whither.reference
    seat = await organizations.get_for_invitations(reader, visitor, reference)
    seating = await seats.count(reader, seat.organization.id)
    return {
        **studio.frame(seat, visitor.user, current=CURRENT),
        "seats": seating.explain(),
        "full": SeatLimitReached(taken=seating.explain()).explain() if seating.is_full else None,
    }


async def frame_app(reader: Reader, visit: Visit) -> dict[str, Any]:
    """Give the studio's frame around an app."""
    visitor = _visitor(visit)
    seat = await apps.get_for_invitations(reader, visitor, visit.whither.reference)
    return app_studio.frame(seat, visitor.user, current=CURRENT)


async def frame_inside(_: Reader, visit: Visit) -> dict[str, Any]:
    """Give the app's own frame, for its members."""
    current = visit.entrance.to(CURRENT)
    return {
        "entrance": visit.entrance,
        **frame(visit.entrance, visit.visitor, current=current),
    }


OF_ORGANIZATIONS = Mounting(
    path="/organizations/{org:str}/invitations",
    whither=lambda named: OfOrganization(named["org"]),
    frame=frame_organization,
)
OF_APPS = Mounting(
    path="/organizations/{org:str}/apps/{app:str}/invitations",
    whither=lambda named: OfApp(named["app"], within=named["org"]),
    frame=frame_app,
)
# Behind the path of an app, which the router knows.
INSIDE_APPS = Mounting(
    path="/invitations", whither=lambda named: OfApp(named["app"]), frame=frame_inside
)


def _visitor(visit: Visit) -> SignedIn:
    """Give the user: the studio is theirs alone. Raises NotAuthenticated."""
    if not isinstance(visit.visitor, SignedIn):
        raise NotAuthenticated
    return visit.visitor
