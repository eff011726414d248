"""What pages and API do alike with memberships of organizations, and with the end of an account.

Limits first, then hash, then the transaction.
"""

from dataclasses import dataclass, replace

from vestibule.accounts import steps as accounts
from vestibule.accounts.guards import Desk
from vestibule.invitations.consequences_queries import count_pending_by
from vestibule.kernel import addresses
from vestibule.kernel.errors import Forbidden, NotFound
from vestibule.kernel.ids import AccountId, UserId, decode
from vestibule.memberships import account_deletion, handing_over
from vestibule.memberships import organization_end_change as ends
from vestibule.memberships import organization_removal as removal
from vestibule.memberships import organization_rights as rights
from vestibule.memberships import organization_roles as roles
from vestibule.memberships.model import Deletion, HandOver, MemberChange, Removal
from vestibule.memberships.news_steps import outbox_for
from vestibule.messages.model import Outbox
from vestibule.organizations import actions as organizations
from vestibule.organizations import members, seats
from vestibule.organizations.caller_model import Caller
from vestibule.organizations.model import Member, Seat
from vestibule.users.model import SignedIn


async def get_member(desk: Desk, caller: Caller, org: str, user_id: UserId) -> tuple[Seat, Member]:
    """Give one member to who may see them.

    Raises OrganizationNotFound, NotPermitted, MemberNotFound.
    """
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_members(reader, caller, org)
        return seat, await members.get(reader, seat.organization.id, user_id)


async def count_sent(desk: Desk, member: Member) -> int:
    """Give the number of pending invitations that a member sent, in the apps too."""
    async with desk.database.reader() as reader:
        return await count_pending_by(reader, member.organization_id, member.user_id)


@dataclass(frozen=True, slots=True)
class Leaving:
    """What leaving an organization comes to: whether nobody else owns it, or is in it at all."""

    seat: Seat
    is_only_owner: bool
    is_alone: bool


async def foresee_leaving(desk: Desk, caller: SignedIn, org: str) -> Leaving:
    """Say what leaving the organization comes to. Raises OrganizationNotFound."""
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_seeing(reader, caller, org)
        belongings = await members.list_belongings(reader, caller.user.id)
        seating = await seats.count(reader, seat.organization.id)
    owned = {each.seat.organization.id for each in belongings if each.is_only_owner}
    return Leaving(seat, seat.organization.id in owned, seating.members == 1)


async def change_member(desk: Desk, caller: Caller, org: str, wanted: MemberChange) -> Member:
    """Give a member another role, another end, or both.

    Of two who change a role at once, the second is told: RoleChanged. Raises as
    `organization_roles.change` and `organization_end_change.change`, and who may not.
    """
    by = caller.actor(desk.origin)
    found, outbox = await _look(desk, caller, org, wanted.user_id)
    async with desk.database.transaction() as tx:
        seat = await organizations.lock_for_managing_members(tx, caller, org)
        if wanted.role is not None:
            role = replace(wanted.role, found=found)
            await roles.change(tx, seat, role, by=by, outbox=outbox)
        if wanted.end is not None:
            await ends.change(tx, seat, wanted.end, by=by, outbox=outbox)
        return await members.get(tx, seat.organization.id, wanted.user_id)


async def remove(desk: Desk, caller: Caller, org: str, wanted: Removal) -> None:
    """Take a member out. Raises as `organization_removal.remove`, and who may not."""
    by = caller.actor(desk.origin)
    async with desk.database.transaction() as tx:
        seat = await organizations.lock_for_managing_members(tx, caller, org)
        await removal.remove(tx, seat, wanted, by=by, outbox=desk.outbox)


async def leave(desk: Desk, caller: SignedIn, org: str) -> None:
    """Let the caller go. Raises OrganizationNotFound, LastOwner."""
    by = caller.actor(desk.origin)
    async with desk.database.transaction() as tx:
        seat = await organizations.lock_for_leaving(tx, caller, org)
        await removal.leave(tx, seat, caller.user.id, by=by)


async def hand_over(desk: Desk, caller: SignedIn, org: str, wanted: HandOver) -> Member:
    """Make another member an owner in the caller's place. Raises as `handing_over.hand_over`."""
    by = caller.actor(desk.origin)
    async with desk.database.transaction() as tx:
        seat = await organizations.lock_for_leaving(tx, caller, org)
        return await handing_over.hand_over(tx, seat, wanted, by=by, outbox=desk.outbox)


async def foresee_deletion(desk: Desk, caller: SignedIn) -> Deletion:
    """Say what deleting the caller's account would take along."""
    async with desk.database.reader() as reader:
        return await account_deletion.foresee(reader, caller.user.id)


async def delete_account(desk: Desk, caller: SignedIn, password: str) -> None:
    """Delete the account of who gives its password.

    Raises PasswordNotSet, WrongPassword, RateLimited, OnlyOwnerOf.
    """
    checked = await accounts.check_present(desk, caller, password)
    by = caller.actor(desk.origin)
    async with desk.database.transaction() as tx:
        await account_deletion.delete(tx, caller.user.id, checked, by=by)


def read_id(reference: str) -> UserId:
    """Read a user's id as people and programs write it. Raises NotFound."""
    return UserId(AccountId(decode("user", reference)))


async def _look(desk: Desk, caller: Caller, org: str, user_id: UserId) -> tuple[str | None, Outbox]:
    """Give the role of a member before anything is held, and where a mail to them is put down.

    Who may not change them uses nothing up, and is refused in the transaction.
    """
    try:
        seat, member = await get_member(desk, caller, org, user_id)
    except (NotFound, Forbidden):
        return None, desk.outbox
    if not rights.may_change(seat, member.role):
        return None, desk.outbox
    return member.role.name, await outbox_for(desk, addresses.parse(member.email))
