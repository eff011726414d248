"""Deleting the account of a user: all that it belongs to is left, in the same transaction.

Locks, in order: every organization of the user, their apps there, the invitations that name them,
the account, the user. Then it is read once more what they belong to, and their address, for they
may have joined another organization meanwhile.
"""

from vestibule.accounts import password_change
from vestibule.accounts.model import Credentials
from vestibule.apps import drafting, ties
from vestibule.audit.model import Actor
from vestibule.invitations import departures, ends
from vestibule.invitations.consequences_queries import count_pending_of
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.errors import Unavailable
from vestibule.kernel.ids import UserId
from vestibule.memberships import organization_removal as removal
from vestibule.memberships.model import Deletion, OnlyOwnerOf
from vestibule.organizations import closing, members
from vestibule.users import actions as users


async def foresee(reader: Reader, user_id: UserId) -> Deletion:
    """Say what deleting the account would take along, and what stands in its way."""
    belongings = await members.list_belongings(reader, user_id)
    return Deletion(
        left=[each.seat for each in belongings if not each.is_only_owner],
        in_the_way=[each.seat for each in belongings if each.is_only_owner],
        pending_invitations=await count_pending_of(reader, user_id),
        apps=await ties.list_of(reader, user_id),
    )


async def delete(tx: Transaction, user_id: UserId, checked: Credentials, *, by: Actor) -> None:
    """Delete the account: memberships, sessions, keys, and what names it but for the trail.

    `checked` is what their password was compared with. Raises OnlyOwnerOf, WrongPassword if it was
    changed since, AccountNotFound.
    """
    held = await members.lock_all_of(tx, user_id)
    await departures.hold_account(tx, checked.account, held)
    account = (await password_change.lock_checked(tx, checked)).account
    user = await users.lock_for_end(tx, user_id)
    foreseen = await foresee(tx, user_id)
    if foreseen.in_the_way:
        names = ", ".join(seat.organization.name for seat in foreseen.in_the_way)
        raise OnlyOwnerOf(names=names)
    is_held = {seat.organization.id for seat in foreseen.left} <= set(held)
    if not is_held or account.address != checked.account.address:
        raise Unavailable

    for organization_id in held:
        await ends.clear_membership(tx, organization_id, user_id)
        member = await members.find(tx, organization_id, user_id)
        if member is not None:
            await removal.end_own(tx, member, by=by)
    await closing.forget_member(tx, user_id)
    await departures.forget_account(tx, account, by=by)
    await drafting.forget_author(tx, user_id)
    await users.end(tx, user, by=by)
