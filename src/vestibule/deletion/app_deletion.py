"""Deleting an app: closed at once for everybody; what is left is cleared away later."""

from vestibule.apps import closing
from vestibule.apps.model import App
from vestibule.audit.model import Actor
from vestibule.deletion import mails, queries
from vestibule.deletion.model import AppExtent
from vestibule.kernel.database import Reader, Transaction
from vestibule.messages import actions as messages
from vestibule.messages.model import Outbox
from vestibule.organizations import actions as organizations
from vestibule.programs import revoking


async def foresee(reader: Reader, app: App) -> AppExtent:
    """Say what deleting the app would take along."""
    return await queries.measure_app(reader, app.organization_id, app.id)


async def delete(tx: Transaction, app: App, *, by: Actor, outbox: Outbox) -> None:
    """Delete the app, with its members and invitations. The organization's owners are told by mail.

    The app is of `lock_for_managing`.
    """
    extent = await foresee(tx, app)
    told = mails.others(await organizations.list_owners(tx, app.organization_id), by)

    await closing.close(tx, app, by=by, went_along=extent.numbers())
    await revoking.revoke_all_of_app(tx, app, by=by)
    await messages.withdraw_of(tx, [app.id])
    await mails.tell_app_deleted(tx, app, told, by=by, outbox=outbox)
