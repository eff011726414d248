"""The operator's verb: delete an organization, whoever owns it."""

from vestibule.audit.model import OPERATOR
from vestibule.deletion import organization_deletion
from vestibule.deletion.presentation import DeletedOrganizationBody, present_deleted
from vestibule.kernel.database import Database
from vestibule.messages.model import Outbox
from vestibule.organizations import actions as organizations


async def delete_organization(
    database: Database, outbox: Outbox, organization: str
) -> DeletedOrganizationBody:
    """Delete an organization; its owners are told by mail. Raises OrganizationNotFound."""
    async with database.transaction() as tx:
        found = await organizations.get_by_reference(tx, organization)
        held = await organizations.lock_for_change(tx, found.id)
        extent = await organization_deletion.delete(tx, held, by=OPERATOR, outbox=outbox)
        return present_deleted(held, extent)


async def foresee(database: Database, organization: str) -> DeletedOrganizationBody:
    """Give the organization as if it were deleted now. Raises OrganizationNotFound."""
    async with database.reader() as reader:
        found = await organizations.get_by_reference(reader, organization)
        return present_deleted(found, await organization_deletion.foresee(reader, found.id))
