"""Giving an organization an owner again: the operator's way, when those there are cannot."""

from vestibule.audit.model import Actor
from vestibule.invitations import consequences, ends
from vestibule.kernel.database import Transaction
from vestibule.memberships import organization_mails as mails
from vestibule.memberships import organization_roles as roles
from vestibule.messages.model import Outbox
from vestibule.organizations import actions as organizations
from vestibule.organizations import members
from vestibule.organizations.model import Member, Organization
from vestibule.organizations.permission_model import OWNER
from vestibule.users.model import User


async def rescue(
    tx: Transaction, organization: Organization, user: User, *, by: Actor, outbox: Outbox
) -> Member:
    """Make the user an owner, member or not; they are told by mail, and so are the owners there.

    Who owns already stays so. The organization is of `lock_for_change`.
    """
    owners = await organizations.list_owners(tx, organization.id)
    before = await members.find(tx, organization.id, user.id)
    if before is not None and before.role.owns:
        return before
    if before is not None:
        after = await roles.give(tx, before, OWNER, by=by)
    else:
        await ends.clear_membership(tx, organization.id, user.id)
        await consequences.revoke_to(tx, organization.id, user.address, by=by)
        after = await members.add(tx, organization.id, user.id, OWNER, by=by)
    await mails.tell_role_changed(tx, after, by=by, outbox=outbox)
    await mails.tell_owners_of_rescue(tx, after, owners, outbox=outbox)
    return after
