"""Roles in apps that end by the clock: their end set, told of, and come.

What follows from an end is seen to in `memberships/`. Nobody has a role past its end, and who has
none left is no member, whether or not what is left of it has been cleared away.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from vestibule.apps import actions as apps
from vestibule.apps import end_queries, end_store, member_store, members, store
from vestibule.apps.end_queries import EndingRole, Whose
from vestibule.apps.members import entry
from vestibule.apps.model import AppMember, AppNotFound
from vestibule.audit import actions as audit
from vestibule.audit.model import SERVER, Actor
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import AppId, AppMemberId
from vestibule.organizations import actions as organizations


async def change(
    tx: Transaction, member: AppMember, until: datetime | None, *, by: Actor
) -> AppMember:
    """Set until when a held member has their roles, all of them; None: for good."""
    await end_store.set_end(tx, member.id, until)
    after = await apps.get_member(tx, member.app_id, member.id)
    details = {"before": _told(member), "after": _told(after)}
    await audit.record(tx, entry("app_member.end_changed", member, by=by, details=details))
    return after


async def claim_ending(tx: Transaction, *, at_most: int) -> Sequence[EndingRole]:
    """Give roles that end within a week, each once, so that people are told."""
    return await end_store.claim_ending(tx, at_most=at_most)


async def list_over(reader: Reader, *, after: AppMemberId | None, at_most: int) -> Sequence[Whose]:
    """Give who has a role whose time is over and that is not cleared away, by id."""
    return await end_queries.list_over(reader, after=after, at_most=at_most)


async def find_over(reader: Reader, app_id: AppId, member_id: AppMemberId) -> AppMember | None:
    """Give the member, with the roles that are left to them, if the time of one is over."""
    return await end_queries.find_over(reader, app_id, member_id)


async def find_over_of_address(reader: Reader, app_id: AppId, address: Address) -> AppMember | None:
    """Give the member of this address, as `find_over` does."""
    return await end_queries.find_over_of_address(reader, app_id, address.canonical)


async def hold_place(tx: Transaction, whose: Whose) -> None:
    """Hold organization and app of somebody whose time is over. Raises NotFound if closed."""
    await organizations.lock_for_change(tx, whose.organization_id)
    if await store.hold(tx, whose.app_id) is None:
        raise AppNotFound


async def hold_over(tx: Transaction, member: AppMember) -> AppMember | None:
    """Give the member as `find_over` does, held. None: of two at once, the other was faster."""
    if not await end_store.hold_roles(tx, member.id):
        return None
    return await find_over(tx, member.app_id, member.id)


async def take_over_roles(tx: Transaction, member: AppMember) -> None:
    """Take from a member, of `hold_over`, the roles that are over; theirs are left to them."""
    over = await end_store.delete_over(tx, member.id, left=member.roles)
    if over:
        left = await member_store.list_roles(tx, member.id)
        details = {"before": sorted([*left, *over]), "after": left}
        await audit.record(
            tx, entry("app_member.roles_changed", member, by=SERVER, details=details)
        )


async def clear_way(tx: Transaction, app_id: AppId, address: Address) -> None:
    """End the member of this address whose time is over, so that they may come in anew."""
    over = await find_over_of_address(tx, app_id, address)
    if over is not None and not over.roles:
        await members.end(tx, over, "ended", by=SERVER)


def _told(member: AppMember) -> Mapping[str, str | None]:
    return {role: _iso(member.ends.get(role)) for role in member.roles}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
