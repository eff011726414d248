"""Invitations in the HTTP API, for those who invite."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Response, get, patch, post
from litestar.di import Provide
from litestar.params import FromPath, JSONBody, Parameter, QueryParameter
from msgspec import UNSET, Meta, UnsetType

from vestibule.accounts.guards import Desk
from vestibule.invitations import queries, steps
from vestibule.invitations.bodies_model import InvitationBody, Role
from vestibule.invitations.model import InvitationClosed, InvitationNotFound, ShownState
from vestibule.invitations.offer_model import (
    Changes,
    Expiry,
    InvalidExpiry,
    InvalidMetadata,
    Offer,
    RedirectNotAllowed,
    ensure_metadata,
    ensure_redirect,
)
from vestibule.invitations.presentation import present_invitation
from vestibule.invitations.queries import Filter
from vestibule.kernel import addresses, lists
from vestibule.kernel.addresses import InvalidEmail
from vestibule.kernel.clock import present
from vestibule.kernel.errors import InvalidRequest, NotFound, RateLimited
from vestibule.kernel.http import ListBody, list_body
from vestibule.kernel.i18n import gettext
from vestibule.kernel.wire import Email, Link, Metadata, Until, said
from vestibule.organizations import actions as organizations
from vestibule.organizations.model import (
    AlreadyMember,
    NotPermitted,
    OrganizationNotFound,
    RoleNotAllowed,
)
from vestibule.users.model import SignedIn
from vestibule.web.bodies import Locale
from vestibule.web.description import LOCATION
from vestibule.web.injected import Injected
from vestibule.web.listing import Part, read_part

TAGS = ("Invitations",)


Expires = Annotated[Until, said("With its zone; 1 hour to 30 days from now.")]
# What may keep somebody from looking at the invitations of an organization, and from inviting.
UNSEEN = (OrganizationNotFound, NotPermitted)
UNINVITING = (*UNSEEN, RoleNotAllowed)
UNFOUND = (NotFound, InvitationNotFound)


class InvitationToMake(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Whom to invite, as what, and until when.

    Not both ways of saying when; neither: as the organization says.
    """

    email: Email
    role: Role
    expires_in_days: Annotated[float, Meta(gt=0, le=31), said(example=5)] | UnsetType = UNSET
    expires_at: Expires | UnsetType = UNSET
    locale: Locale | UnsetType = UNSET
    redirect_url: Annotated[
        Link | None, said("Where to lead them after joining: https, or http to this machine.")
    ] = None
    metadata: Annotated[Metadata, said("Your notes, 4 kB at most. The person never sees them.")] = (
        msgspec.field(default_factory=dict)
    )

    def offer(self, *, locale: str) -> Offer:
        """Give what is asked for in the words of the model. Raises Invalid."""
        if self.redirect_url is not None:
            ensure_redirect(self.redirect_url)
        ensure_metadata(self.metadata)
        return Offer(
            email=addresses.parse(self.email),
            role=self.role,
            locale=locale if self.locale is UNSET else self.locale,
            expiry=_expiry(self.expires_at, self.expires_in_days),
            redirect_url=self.redirect_url,
            metadata=self.metadata,
        )


class InvitationToEdit(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What shall be different; what is absent stays as it is."""

    role: Role | UnsetType = UNSET
    expires_at: Expires | UnsetType = UNSET
    locale: Locale | UnsetType = UNSET

    def changes(self) -> Changes:
        """Give what is asked for in the words of the model. Raises InvalidExpiry."""
        return Changes(
            role=None if self.role is UNSET else self.role,
            locale=None if self.locale is UNSET else self.locale,
            expiry=_expiry(self.expires_at, UNSET),
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


@post(
    "/organizations/{org:str}/invitations",
    status_code=201,
    summary="Invite",
    tags=TAGS,
    response_description="Invited.",
    also={200: "It was invited already: that invitation is renewed."},
    response_headers=LOCATION,
    problems=(
        *UNINVITING,
        AlreadyMember,
        InvalidEmail,
        InvalidExpiry,
        InvalidMetadata,
        RedirectNotAllowed,
        RateLimited,
    ),
)
async def invite(
    org: FromPath[str],
    data: JSONBody[InvitationToMake],
    *,
    desk: Injected[Desk],
    caller: Injected[SignedIn],
) -> Response[InvitationBody]:
    """Invite an address. 200 instead of 201: it was invited already, and that one is renewed."""
    offer = data.offer(locale=caller.user.locale)
    shown, is_new = await steps.invite(desk, caller, org, offer)
    body = present_invitation(shown)
    location = f"/api/v1/organizations/{body.destination.id}/invitations/{body.id}"
    return Response(body, status_code=201 if is_new else 200, headers={"Location": location})


@get(
    "/organizations/{org:str}/invitations",
    summary="List the invitations",
    tags=TAGS,
    problems=(*UNSEEN, InvalidEmail),
    dependencies={
        "part": Provide(read_part, sync_to_thread=False),
        "asked": Provide(read_filter, sync_to_thread=False),
    },
)
async def list_invitations(
    org: FromPath[str],
    desk: Injected[Desk],
    *,
    caller: Injected[SignedIn],
    part: Injected[Part],
    asked: Injected[Filter],
) -> ListBody[InvitationBody]:
    """List the invitations of an organization, the newest first."""
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_invitations(reader, caller.user.id, org)
        window = part.window(f"invitations/{seat.organization.id}")
        found = await queries.list_shown(reader, seat.organization.id, asked, window)
    return list_body(lists.page(window, found, queries.id_of), present_invitation)


@get(
    "/organizations/{org:str}/invitations/{invitation:str}",
    summary="Look at one",
    tags=TAGS,
    problems=(*UNSEEN, *UNFOUND),
)
async def get_invitation(
    org: FromPath[str],
    invitation: FromPath[str],
    *,
    desk: Injected[Desk],
    caller: Injected[SignedIn],
) -> InvitationBody:
    """Look at an invitation, and at what became of its mail."""
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_invitations(reader, caller.user.id, org)
        shown = await queries.find_shown(reader, seat.organization.id, steps.read_id(invitation))
    if shown is None:
        raise InvitationNotFound
    return present_invitation(shown)


@patch(
    "/organizations/{org:str}/invitations/{invitation:str}",
    summary="Edit one",
    tags=TAGS,
    problems=(*UNINVITING, *UNFOUND, InvitationClosed, InvalidExpiry),
)
async def edit_invitation(
    org: FromPath[str],
    invitation: FromPath[str],
    data: JSONBody[InvitationToEdit],
    *,
    desk: Injected[Desk],
    caller: Injected[SignedIn],
) -> InvitationBody:
    """Change role, expiry or language. The id and the mailed link stay."""
    return present_invitation(
        await steps.edit(desk, caller, org, steps.read_id(invitation), data.changes())
    )


@post(
    "/organizations/{org:str}/invitations/{invitation:str}/resend",
    status_code=200,
    summary="Send one again",
    tags=TAGS,
    problems=(*UNINVITING, *UNFOUND, InvitationClosed, RateLimited),
)
async def resend_invitation(
    org: FromPath[str],
    invitation: FromPath[str],
    *,
    desk: Injected[Desk],
    caller: Injected[SignedIn],
) -> InvitationBody:
    """Mail it again with a new link, and let it live as long again. The old link says so."""
    return present_invitation(await steps.resend(desk, caller, org, steps.read_id(invitation)))


@post(
    "/organizations/{org:str}/invitations/{invitation:str}/revoke",
    status_code=200,
    summary="Revoke one",
    tags=TAGS,
    problems=(*UNINVITING, *UNFOUND, InvitationClosed),
)
async def revoke_invitation(
    org: FromPath[str],
    invitation: FromPath[str],
    *,
    desk: Injected[Desk],
    caller: Injected[SignedIn],
) -> InvitationBody:
    """Take it back. Revoking a revoked one changes nothing."""
    return present_invitation(await steps.revoke(desk, caller, org, steps.read_id(invitation)))


def _expiry(at: datetime | UnsetType, days: float | UnsetType) -> Expiry | None:
    if isinstance(at, datetime):
        if days is not UNSET:
            raise InvalidRequest.at("expires_at", gettext("Give a time or a number of days."))
        if at.tzinfo is None:
            raise InvalidRequest.at("expires_at", gettext("Give the time with its zone, as …Z."))
        return Expiry.at_time(at, now=present())
    return None if isinstance(days, UnsetType) else Expiry.in_days(days)


handlers = (
    invite,
    list_invitations,
    get_invitation,
    edit_invitation,
    resend_invitation,
    revoke_invitation,
)
