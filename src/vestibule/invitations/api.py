"""Invitations in the HTTP API, for those who invite."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from litestar import Response, get, patch, post
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, Parameter, QueryParameter

from vestibule.accounts.guards import Desk
from vestibule.apps.model import AppNotFound, AppNotPublished
from vestibule.invitations import destinations, steps
from vestibule.invitations.bodies_model import InvitationBody
from vestibule.invitations.destination_model import (
    Caller,
    OfApp,
    OfOrganization,
    Whither,
    locale_of,
)
from vestibule.invitations.model import (
    AccessEnded,
    InvitationClosed,
    InvitationNotFound,
    InvitationToOneself,
    ShownState,
)
from vestibule.invitations.offer_api import InvitationToEdit, InvitationToMake
from vestibule.invitations.offer_model import InvalidExpiry, InvalidMetadata
from vestibule.invitations.presentation import present_invitation
from vestibule.invitations.queries import Filter
from vestibule.kernel import addresses
from vestibule.kernel.addresses import InvalidEmail
from vestibule.kernel.errors import NotFound, Problem, RateLimited
from vestibule.kernel.http import ListBody, list_body
from vestibule.kernel.links import RedirectNotAllowed
from vestibule.organizations.end_model import InvalidMemberUntil
from vestibule.organizations.model import (
    AlreadyMember,
    NotPermitted,
    OrganizationNotFound,
    RoleNotAllowed,
)
from vestibule.organizations.rules_model import DomainNotAllowed
from vestibule.organizations.seat_model import SeatLimitReached
from vestibule.web.description import LOCATION
from vestibule.web.injected import Injected
from vestibule.web.listing import Part, read_part

TAGS = ("Invitations",)


UNFOUND = (NotFound, InvitationNotFound)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mounting:
    """Where the invitations of a kind of place stand in the API.

    Whoever mounts them provides `caller`. `unseen` are the refusals of a place that the caller may
    not look into, `unready` those of one that invites nobody, `full` those of one that has no room,
    `strict` those of one that does not take every address.
    `names` are the operations' own names, by their functions'.
    """

    path: str
    whither: Provide
    unseen: tuple[type[Problem], ...]
    unready: tuple[type[Problem], ...] = ()
    full: tuple[type[Problem], ...] = ()
    strict: tuple[type[Problem], ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def uninviting(self) -> tuple[type[Problem], ...]:
        """Give what may keep somebody from inviting."""
        return (*self.unseen, *self.unready, RoleNotAllowed)

    def told(self, name: str) -> dict[str, Any]:
        """Give what the description says of the operation of this function, wherever it stands."""
        return {"operation_id": self.names.get(name), "tags": TAGS}


def provide_organization(org: FromPath[str]) -> OfOrganization:
    """Read which organization a request is about."""
    return OfOrganization(org)


def provide_app(app: FromPath[str]) -> OfApp:
    """Read which app a request is about."""
    return OfApp(app)


OF_ORGANIZATIONS = Mounting(
    path="/organizations/{org:str}",
    whither=Provide(provide_organization, sync_to_thread=False),
    unseen=(OrganizationNotFound, NotPermitted),
    full=(SeatLimitReached,),
    strict=(DomainNotAllowed,),
)
# Behind the path of an app, which the router knows.
OF_APPS = Mounting(
    path="",
    whither=Provide(provide_app, sync_to_thread=False),
    unseen=(AppNotFound, NotPermitted),
    unready=(AppNotPublished,),
    names={
        "invite": "appMember.invite",
        "invite_many": "inviteManyToApp",
        "list_invitations": "listAppInvitations",
        "get_invitation": "getAppInvitation",
        "edit_invitation": "editAppInvitation",
        "resend_invitation": "resendAppInvitation",
        "revoke_invitation": "revokeAppInvitation",
    },
)

# What may be wrong with an offer.
UNOFFERED = (
    *(AlreadyMember, RateLimited, RedirectNotAllowed),
    *(InvalidEmail, InvalidExpiry, InvalidMemberUntil, InvalidMetadata),
)


def read_filter(
    states: Annotated[
        list[ShownState] | None,
        QueryParameter(name="state", description="Only these; say it several times for several."),
    ] = None,
    email: Annotated[str | None, Parameter(description="Only this address.")] = None,
) -> Filter:
    """Read the filters of the list. Raises InvalidEmail."""
    canonical = addresses.parse(email).canonical if email else None
    return Filter(states=tuple(states or ()), email=canonical)


LISTING = {
    "part": Provide(read_part, sync_to_thread=False),
    "asked": Provide(read_filter, sync_to_thread=False),
}


def handlers(mounting: Mounting) -> list[HTTPRouteHandler]:
    """Make the routes of the invitations of a kind of place."""
    every = f"{mounting.path}/invitations"
    one = f"{every}/{{invitation:str}}"
    here = {"whither": mounting.whither}
    return [
        post(
            every,
            status_code=201,
            summary="Invite",
            response_description="Invited.",
            also={200: "It was invited already: that invitation is renewed."},
            response_headers=LOCATION,
            problems=(*mounting.uninviting, *mounting.full, *mounting.strict, *UNOFFERED),
            dependencies=here,
            **mounting.told("invite"),
        )(invite),
        get(
            every,
            summary="List the invitations",
            problems=(*mounting.unseen, InvalidEmail),
            dependencies=here | LISTING,
            **mounting.told("list_invitations"),
        )(list_invitations),
        get(
            one,
            summary="Look at one",
            problems=(*mounting.unseen, *UNFOUND),
            dependencies=here,
            **mounting.told("get_invitation"),
        )(get_invitation),
        *_changing(mounting, one),
    ]


def _changing(mounting: Mounting, one: str) -> list[HTTPRouteHandler]:
    here = {"whither": mounting.whither}
    return [
        patch(
            one,
            summary="Edit one",
            problems=(
                *mounting.uninviting,
                *mounting.full,
                *UNFOUND,
                *(InvitationClosed, InvitationToOneself, InvalidExpiry, InvalidMemberUntil),
            ),
            dependencies=here,
            **mounting.told("edit_invitation"),
        )(edit_invitation),
        post(
            f"{one}/resend",
            status_code=200,
            summary="Send one again",
            problems=(
                *mounting.uninviting,
                *mounting.full,
                *mounting.strict,
                *UNFOUND,
                *(InvitationClosed, InvitationToOneself, AccessEnded, RateLimited),
            ),
            dependencies=here,
            **mounting.told("resend_invitation"),
        )(resend_invitation),
        post(
            f"{one}/revoke",
            status_code=200,
            summary="Revoke one",
            problems=(*mounting.uninviting, *UNFOUND, InvitationClosed),
            dependencies=here,
            **mounting.told("revoke_invitation"),
        )(revoke_invitation),
    ]


async def invite(
    whither: Injected[Whither],
    data: JSONBody[InvitationToMake],
    *,
    desk: Injected[Desk],
    caller: Injected[Caller],
) -> Response[InvitationBody]:
    """Invite an address. 200 instead of 201: it was invited already, and that one is renewed."""
    offer = data.offer(locale=locale_of(caller))
    shown, is_new = await steps.invite(desk, caller, whither, offer)
    body = present_invitation(shown)
    place = destinations.api_path(shown.invitation.destination)
    location = f"/api/v1{place}/invitations/{body.id}"
    return Response(body, status_code=201 if is_new else 200, headers={"Location": location})


async def list_invitations(
    whither: Injected[Whither],
    desk: Injected[Desk],
    *,
    caller: Injected[Caller],
    part: Injected[Part],
    asked: Injected[Filter],
) -> ListBody[InvitationBody]:
    """List the invitations of the place, the newest first."""
    _, page = await steps.list_shown(desk, caller, whither, asked, part)
    return list_body(page, present_invitation)


async def get_invitation(
    whither: Injected[Whither],
    invitation: FromPath[str],
    *,
    desk: Injected[Desk],
    caller: Injected[Caller],
) -> InvitationBody:
    """Look at an invitation, and at what became of its mail."""
    _, shown = await steps.get_shown(desk, caller, whither, steps.read_id(invitation))
    return present_invitation(shown)


async def edit_invitation(
    whither: Injected[Whither],
    invitation: FromPath[str],
    data: JSONBody[InvitationToEdit],
    *,
    desk: Injected[Desk],
    caller: Injected[Caller],
) -> InvitationBody:
    """Change role, expiry, end or language. The id and the mailed link stay."""
    return present_invitation(
        await steps.edit(desk, caller, whither, steps.read_id(invitation), data.changes())
    )


async def resend_invitation(
    whither: Injected[Whither],
    invitation: FromPath[str],
    *,
    desk: Injected[Desk],
    caller: Injected[Caller],
) -> InvitationBody:
    """Mail it again with a new link, and let it live as long again. The old link says so."""
    return present_invitation(await steps.resend(desk, caller, whither, steps.read_id(invitation)))


async def revoke_invitation(
    whither: Injected[Whither],
    invitation: FromPath[str],
    *,
    desk: Injected[Desk],
    caller: Injected[Caller],
) -> InvitationBody:
    """Take it back. Revoking a revoked one changes nothing."""
    return present_invitation(await steps.revoke(desk, caller, whither, steps.read_id(invitation)))
