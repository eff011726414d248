"""What a place is to who invites there: how they name it, and what they may grant."""

from typing import assert_never

from vestibule.apps import actions as apps
from vestibule.apps import studio
from vestibule.apps.model import App, AppSeat, SignedInMember
from vestibule.audit.model import ActorKind
from vestibule.definitions.model import Definition
from vestibule.invitations import destinations
from vestibule.invitations.destination_model import (
    Caller,
    OfApp,
    OfOrganization,
    Whither,
)
from vestibule.invitations.model import Destination, Inviter
from vestibule.invitations.offer_model import Host
from vestibule.kernel import links
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.errors import NotAuthenticated
from vestibule.kernel.i18n import gettext
from vestibule.kernel.ids import encode
from vestibule.organizations import actions as organizations
from vestibule.organizations.caller_model import Program
from vestibule.organizations.model import Seat
from vestibule.organizations.permission_model import OWNER
from vestibule.users.model import SignedIn


async def lock(tx: Transaction, whither: Whither, caller: Caller) -> Host:
    """Give the place to somebody who may invite there, kept so until the transaction ends.

    Raises NotFound to strangers, NotPermitted, AppNotPublished; SeatLimitMoved, to start anew.
    """
    match whither:
        case OfOrganization(reference):
            seat = await organizations.lock_for_inviting(tx, _user(caller), reference)
            return _organization_host(seat, _inviter(caller))
        case OfApp(reference, within):
            found = _within(await apps.lock_for_inviting(tx, caller, reference), within)
            return await _app_host(tx, found, caller)
        case _:
            assert_never(whither)


async def ensure_may_invite(reader: Reader, whither: Whither, caller: Caller) -> None:
    """Raise what `lock` would raise, without holding anything."""
    match whither:
        case OfOrganization(reference):
            await organizations.get_for_inviting(reader, _user(caller), reference)
        case OfApp(reference, within):
            _within(await apps.get_for_inviting(reader, caller, reference), within)
        case _:
            assert_never(whither)


async def view(reader: Reader, whither: Whither, caller: Caller) -> Host:
    """Give the place to somebody who may see its invitations; they may not hold any role to grant.

    Raises NotFound to strangers, NotPermitted.
    """
    match whither:
        case OfOrganization(reference):
            seat = await organizations.get_for_invitations(reader, _user(caller), reference)
            return _organization_host(seat, _inviter(caller))
        case OfApp(reference, within):
            found = _within(await apps.get_for_invitations(reader, caller, reference), within)
            return await _app_host(reader, found, caller)
        case _:
            assert_never(whither)


async def lock_for_operator(tx: Transaction, reference: str) -> Host:
    """Give the operator an organization, with every role to grant. Raises OrganizationNotFound."""
    inviter = Inviter(kind=ActorKind.OPERATOR, id=None, name=gettext("The operator"))
    found = await organizations.get_by_reference(tx, reference)
    held = await organizations.lock_for_change(tx, found.id)
    return _organization_host(Seat(held, OWNER, None), inviter)


def offered_by(host: Host, role: str) -> Destination:
    """Give the destination that the host offers with one of its roles."""
    return destinations.from_row(
        {"organization_id": host.organization_id, "app_id": host.app_id, "role": role}
    )


def _organization_host(seat: Seat, inviter: Inviter) -> Host:
    organization = seat.organization
    grantable = frozenset(role.name for role in organizations.grantable(seat))
    return Host(
        organization_id=organization.id,
        app_id=None,
        name=organization.name,
        slug=organization.slug,
        path=f"/organizations/{organization.slug}",
        lifetime=organization.invitation_lifetime,
        roles=tuple(role.name for role in organization.roles),
        grantable=grantable,
        inviter=inviter,
        account_id=seat.account_id,
        default_role=_if_in(grantable, organization.default_role),
        allowed_domains=organization.allowed_domains,
        has_seat_limit=organization.seat_limit is not None,
    )


async def _app_host(reader: Reader, seat: AppSeat, caller: Caller) -> Host:
    """Give an app into a caller's hands. Its invitations live as long as its organization says."""
    app, every = seat.app, seat.definition
    organization = await organizations.get_by_reference(reader, encode("org", app.organization_id))
    return Host(
        organization_id=app.organization_id,
        app_id=app.id,
        name=app.name,
        slug=app.slug,
        path=app.path if isinstance(caller, SignedInMember) else app.studio_path,
        lifetime=organization.invitation_lifetime,
        roles=_lowest_first(every) if every else (),
        grantable=seat.invitable,
        inviter=_inviter(caller),
        account_id=seat.account_id,
        onward=_origins(app) if isinstance(caller, SignedInMember) else None,
        default_role=_if_in(seat.invitable, every.default_role) if every else None,
    )


def _if_in(grantable: frozenset[str], default_role: str) -> str | None:
    """Give the default role to who may grant it: nobody grants another without saying which."""
    return default_role if default_role in grantable else None


def _origins(app: App) -> frozenset[str]:
    """Give where the app lives: its members lead nobody elsewhere in its name."""
    urls = [*app.redirect_urls, *app.origins, *([app.home_url] if app.home_url else [])]
    return frozenset(links.origin_of(url) for url in urls)


def _lowest_first(definition: Definition) -> tuple[str, ...]:
    """Give the roles of an app, those that hold fewest others first."""
    return tuple(sorted(definition.roles, key=lambda role: len(definition.held_by([role]))))


def _within(seat: AppSeat, organization: str | None) -> AppSeat:
    """Give the seat, if its app is the organization's that was named. Raises AppNotFound."""
    return studio.seat_in(seat, organization) if organization is not None else seat


def _user(caller: Caller) -> SignedIn | Program:
    """Give who calls. Raises NotAuthenticated: who is in an app alone is nobody here."""
    if isinstance(caller, SignedInMember):
        raise NotAuthenticated
    return caller


def _inviter(caller: Caller) -> Inviter:
    if isinstance(caller, Program):
        return Inviter(kind=ActorKind.API_KEY, id=caller.key_id, name=caller.shown_name)
    kind = ActorKind.USER if isinstance(caller, SignedIn) else ActorKind.APP_MEMBER
    return Inviter(kind=kind, id=caller.account_id, name=caller.person.name)
