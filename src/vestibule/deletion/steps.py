"""What pages and API do alike when an organization or an app is deleted."""

from vestibule.accounts.guards import Desk
from vestibule.apps import actions as apps
from vestibule.apps import studio
from vestibule.apps.model import AppSeat
from vestibule.apps.model import Caller as AppCaller
from vestibule.deletion import app_deletion, mails, organization_deletion
from vestibule.deletion.model import AppExtent, Extent, ensure_typed
from vestibule.organizations import actions as organizations
from vestibule.organizations.caller_model import Caller
from vestibule.organizations.model import Seat
from vestibule.users.model import SignedIn


async def foresee_organization(desk: Desk, caller: SignedIn, org: str) -> tuple[Seat, Extent, int]:
    """Give the organization to who may delete it, what goes along, and how many are told.

    Raises OrganizationNotFound, NotPermitted.
    """
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_deleting(reader, caller, org)
        extent = await organization_deletion.foresee(reader, seat.organization.id)
        owners = await organizations.list_owners(reader, seat.organization.id)
    return seat, extent, len(mails.others(owners, caller.actor(desk.origin)))


async def foresee_app(
    desk: Desk, caller: SignedIn, org: str, app: str
) -> tuple[AppSeat, AppExtent, int]:
    """Give the organization's app to who may delete it, what goes along, and how many are told.

    Raises AppNotFound, NotPermitted.
    """
    async with desk.database.reader() as reader:
        seat = studio.seat_in(await apps.get_for_managing(reader, caller, app), org)
        extent = await app_deletion.foresee(reader, seat.app)
        owners = await organizations.list_owners(reader, seat.app.organization_id)
    return seat, extent, len(mails.others(owners, caller.actor(desk.origin)))


async def delete_organization(
    desk: Desk, caller: Caller, org: str, *, typed: str | None = None
) -> None:
    """Delete the organization. `typed`: what somebody typed as its name; None: nobody was asked.

    Raises OrganizationNotFound, NotPermitted, NameDoesNotMatch.
    """
    by = caller.actor(desk.origin)
    async with desk.database.transaction() as tx:
        seat = await organizations.lock_for_deleting(tx, caller, org)
        if typed is not None:
            ensure_typed(typed, seat.organization.name)
        await organization_deletion.delete(tx, seat.organization, by=by, outbox=desk.outbox)


async def delete_app(
    desk: Desk, caller: AppCaller, app: str, *, org: str | None = None, typed: str | None = None
) -> AppSeat:
    """Delete the app. `org`: whose it has to be; `typed` as for `delete_organization`.

    Raises AppNotFound, NotPermitted, NameDoesNotMatch.
    """
    by = caller.actor(desk.origin)
    async with desk.database.transaction() as tx:
        seat = await apps.lock_for_managing(tx, caller, app)
        if org is not None:
            studio.seat_in(seat, org)
        if typed is not None:
            ensure_typed(typed, seat.app.name)
        await app_deletion.delete(tx, seat.app, by=by, outbox=desk.outbox)
        return seat
