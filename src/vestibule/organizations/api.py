"""The organizations of the HTTP API: found one, look at it, change it, list its members."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

import msgspec
from litestar import Response, get, patch, post
from litestar.di import Provide
from litestar.params import FromPath, JSONBody, Parameter
from msgspec import UNSET, Meta, UnsetType

from vestibule.accounts.guards import Desk
from vestibule.kernel import lists
from vestibule.kernel.addresses import InvalidDomain
from vestibule.kernel.errors import InvalidRequest
from vestibule.kernel.http import ListBody, list_body
from vestibule.kernel.ids import MembershipId, OrganizationId
from vestibule.kernel.names import InvalidName, InvalidText
from vestibule.kernel.settings import Founding, Settings
from vestibule.kernel.wire import said
from vestibule.organizations import actions as organizations
from vestibule.organizations import changing, founding, queries, seat_queries, seats
from vestibule.organizations.caller_model import Caller
from vestibule.organizations.model import (
    LEAST_LIFETIME,
    MOST_LIFETIME,
    Changes,
    FoundingClosed,
    InvalidInvitationLifetime,
    InvalidSlug,
    Member,
    NewOrganization,
    NotPermitted,
    OrganizationNotFound,
    RoleNotAllowed,
    Seat,
    SlugTaken,
)
from vestibule.organizations.permission_model import OWNER
from vestibule.organizations.presentation import (
    MembershipBody,
    Name,
    OrganizationBody,
    RoleName,
    Slug,
    present_membership,
    present_organization,
)
from vestibule.organizations.queries import MemberSearch
from vestibule.organizations.rules_model import MOST_DOMAINS, OwnerByDefault, TooManyDomains
from vestibule.users.model import SignedIn
from vestibule.web.description import LOCATION
from vestibule.web.injected import Injected
from vestibule.web.listing import Part, read_part

TAGS = ("Organizations",)

Lifetime = Annotated[
    int,
    Meta(
        ge=int(LEAST_LIFETIME.total_seconds()),
        le=int(MOST_LIFETIME.total_seconds()),
        description="How long an invitation lives unless it says otherwise, in seconds.",
        examples=[432000],
    ),
]
Domains = Annotated[
    list[str],
    said(
        "Only addresses of exactly these can join; empty: any address.",
        example=["example.com"],
        maxItems=MOST_DOMAINS,
    ),
]
SearchText = Annotated[str | None, Parameter(description="Part of a name or address.")]
SearchRole = Annotated[str | None, Parameter(description="Only members of this role.")]


class OrganizationToFound(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A new organization. Without a slug, one is made from the name."""

    name: Name
    slug: Slug | UnsetType = UNSET


class OrganizationToChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """New settings; what is absent stays as it is."""

    name: Name | UnsetType = UNSET
    slug: Slug | UnsetType = UNSET
    invitation_lifetime: Lifetime | UnsetType = UNSET
    requires_sign_in: Annotated[
        bool | UnsetType, said("Whether people can join only while signed in.", example=True)
    ] = UNSET
    allowed_domains: Domains | UnsetType = UNSET
    default_role: Annotated[RoleName, said("For invitations that name none.")] | UnsetType = UNSET
    takes_other_accounts: Annotated[
        bool | UnsetType,
        said("Whether people can join with another account than the invited one.", example=False),
    ] = UNSET

    def changes(self) -> Changes:
        """Give what is asked for in the words of the model."""
        given = {
            name: value
            for name, value in msgspec.structs.asdict(self).items()
            if value is not UNSET
        }
        if "invitation_lifetime" in given:
            given["invitation_lifetime"] = timedelta(seconds=given["invitation_lifetime"])
        return Changes(**given)


def read_search(q: SearchText = None, role: SearchRole = None) -> MemberSearch:
    """Read the filters of the list of members. Raises InvalidText."""
    return MemberSearch.of(q, role)


@post(
    "/organizations",
    status_code=201,
    summary="Found an organization",
    tags=TAGS,
    response_headers=LOCATION,
    problems=(FoundingClosed, SlugTaken, InvalidName, InvalidSlug),
)
async def found_organization(
    data: JSONBody[OrganizationToFound],
    desk: Injected[Desk],
    *,
    settings: Injected[Settings],
    caller: Injected[SignedIn],
) -> Response[OrganizationBody]:
    """Found an organization; the caller is its owner."""
    slug = None if data.slug is UNSET else data.slug
    new = NewOrganization(name=data.name, slug=slug, founder=caller.user.id)
    is_open = settings.founding is Founding.ANYBODY
    async with desk.database.transaction() as tx:
        founded = await founding.found(
            tx, new, by=caller.actor(desk.origin), is_founding_open=is_open
        )
        seating = await seats.count(tx, founded.organization.id)
    seat = Seat(founded.organization, OWNER, caller.account_id)
    body = present_organization(seat, seating)
    return Response(body, headers={"Location": f"/api/v1/organizations/{body.id}"})


@get(
    ["/organizations", "/me/organizations"],
    summary="List the caller's organizations",
    tags=TAGS,
    dependencies={"part": Provide(read_part, sync_to_thread=False)},
)
async def list_organizations(
    desk: Injected[Desk],
    caller: Injected[SignedIn],
    *,
    part: Injected[Part],
) -> ListBody[OrganizationBody]:
    """List the organizations that the caller is a member of, newest first."""
    window = part.window(f"organizations/{caller.user.id}")
    async with desk.database.reader() as reader:
        found = await queries.list_seats(reader, caller.user.id, window)
        page = lists.page(window, found, _organization_id)
        seating = await seat_queries.count_seats(reader, [_organization_id(s) for s in page.items])
    return list_body(page, lambda seat: present_organization(seat, seating[_organization_id(seat)]))


@get(
    "/organizations/{org:str}",
    summary="Look at an organization",
    tags=TAGS,
    problems=(OrganizationNotFound,),
)
async def get_organization(
    org: FromPath[str],
    desk: Injected[Desk],
    *,
    caller: Injected[Caller],
) -> OrganizationBody:
    """Give the organization of this id or slug."""
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_seeing(reader, caller, org)
        return present_organization(seat, await seats.count(reader, seat.organization.id))


@patch(
    "/organizations/{org:str}",
    summary="Change an organization",
    tags=TAGS,
    problems=(
        OrganizationNotFound,
        NotPermitted,
        SlugTaken,
        InvalidName,
        InvalidSlug,
        InvalidInvitationLifetime,
        InvalidDomain,
        TooManyDomains,
        OwnerByDefault,
        RoleNotAllowed,
    ),
)
async def change_organization(
    org: FromPath[str],
    data: JSONBody[OrganizationToChange],
    *,
    desk: Injected[Desk],
    caller: Injected[Caller],
) -> OrganizationBody:
    """Change the name, the slug, or the rules of who comes in, how, and as what."""
    async with desk.database.transaction() as tx:
        seat = await organizations.lock_for_settings(tx, caller, org)
        changed = await changing.change(tx, seat, data.changes(), by=caller.actor(desk.origin))
        after = replace(seat, organization=changed)
        return present_organization(after, await seats.count(tx, changed.id))


@get(
    "/organizations/{org:str}/members",
    summary="List the members of an organization",
    tags=TAGS,
    problems=(OrganizationNotFound, NotPermitted, InvalidText, InvalidRequest),
    dependencies={
        "part": Provide(read_part, sync_to_thread=False),
        "search": Provide(read_search, sync_to_thread=False),
    },
)
async def list_members(
    org: FromPath[str],
    desk: Injected[Desk],
    *,
    caller: Injected[Caller],
    part: Injected[Part],
    search: Injected[MemberSearch],
) -> ListBody[MembershipBody]:
    """List the members of an organization, the newest first."""
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_members(reader, caller, org)
        if search.role is not None:
            seat.organization.get_role(search.role)
        window = part.window(f"members/{seat.organization.id}")
        members = await queries.list_members(reader, seat.organization.id, search, window)
    return list_body(lists.page(window, members, _membership_id), present_membership)


def _organization_id(seat: Seat) -> OrganizationId:
    return seat.organization.id


def _membership_id(member: Member) -> MembershipId:
    return member.id


# For people alone.
own_handlers = (found_organization, list_organizations)
# For whoever has a permission here.
handlers = (
    get_organization,
    change_organization,
    list_members,
)
