"""Deleting an organization: closed at once for everybody; what is left is cleared away later.

The one short transaction holds the organization, so nobody is inviting, joining or changing
anything there meanwhile. Its rows are not touched one by one: whatever is looked up goes through
the organization, which is gone.
"""

from vestibule.apps import closing as apps
from vestibule.audit.model import Actor
from vestibule.deletion import mails, queries
from vestibule.deletion.model import Extent
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import OrganizationId
from vestibule.messages import actions as messages
from vestibule.messages.model import Outbox
from vestibule.organizations import actions as organizations
from vestibule.organizations import closing
from vestibule.organizations.model import Organization


async def foresee(reader: Reader, organization_id: OrganizationId) -> Extent:
    """Say what deleting the organization would take along."""
    return await queries.measure_organization(reader, organization_id)


async def delete(
    tx: Transaction, organization: Organization, *, by: Actor, outbox: Outbox
) -> Extent:
    """Delete the organization, with all that is in it. Its other owners are told by mail.

    It is held: of `lock_for_deleting`, or `lock_for_change`. Gives what went along.
    """
    extent = await foresee(tx, organization.id)
    told = mails.others(await organizations.list_owners(tx, organization.id), by)

    await closing.close(tx, organization, by=by, went_along=extent.numbers())
    app_ids = await apps.close_all_of(tx, organization.id)
    await messages.withdraw_of(tx, [organization.id, *app_ids])
    await mails.tell_organization_deleted(tx, organization, told, by=by, outbox=outbox)
    return extent
