"""The members of an organization: given another role, taken out, let in by the operator.

Thin: whoever lowers or ends a membership sees to what follows from it, in `memberships/`. The
organization is held for all of it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from vestibule.audit import actions as audit
from vestibule.audit.model import Actor, Entry
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import OrganizationId, UserId
from vestibule.organizations import actions as organizations
from vestibule.organizations import member_queries, member_store
from vestibule.organizations.member_queries import Belonging
from vestibule.organizations.model import Admission, Member, MemberNotFound
from vestibule.organizations.permission_model import Role
from vestibule.users import actions as users


async def get(reader: Reader, organization_id: OrganizationId, user_id: UserId) -> Member:
    """Give the user as a member of the organization. Raises MemberNotFound."""
    member = await member_queries.find_member_of_user(reader, organization_id, user_id)
    if member is None:
        raise MemberNotFound
    return member


async def find(reader: Reader, organization_id: OrganizationId, user_id: UserId) -> Member | None:
    """Give the user as a member of the organization, if they are one."""
    return await member_queries.find_member_of_user(reader, organization_id, user_id)


async def lock(tx: Transaction, organization_id: OrganizationId, user_id: UserId) -> Member:
    """Give the user as a member of the held organization, held as well. Raises MemberNotFound."""
    if await member_store.hold(tx, organization_id, user_id) is None:
        raise MemberNotFound
    return await get(tx, organization_id, user_id)


async def lock_all_of(tx: Transaction, user_id: UserId) -> Sequence[OrganizationId]:
    """Hold every organization of the user for a change (FOR NO KEY UPDATE), in id order."""
    return await member_store.hold_all_of(tx, user_id)


async def list_belongings(reader: Reader, user_id: UserId) -> Sequence[Belonging]:
    """Give every organization of the user, by name, and whether they alone own it."""
    return await member_queries.list_belongings(reader, user_id)


async def count_owners(reader: Reader, organization_id: OrganizationId) -> int:
    """Give the number of owners."""
    return await member_queries.count_owners(reader, organization_id)


async def set_role(tx: Transaction, member: Member, role: Role, *, by: Actor) -> Member:
    """Give the held member another role. Who calls has checked the right, and the last owner.

    Who becomes an owner has no end any more.
    """
    await member_store.set_role(tx, member.id, role.name)
    details = {"before": member.role.name, "after": role.name}
    await audit.record(tx, entry("member.role_changed", member, by=by, details=details))
    if role.owns and member.member_until is not None:
        await audit.record(tx, end_changed(member, None, by=by))
    return await get(tx, member.organization_id, member.user_id)


async def end(tx: Transaction, member: Member, event: str, *, by: Actor) -> None:
    """End the held membership; they land there no longer.

    `event`: `left`, `removed` or `ended`.
    """
    await member_store.delete(tx, member.id)
    await users.stop_landing(tx, member.user_id, member.organization_id)
    details = {"role": member.role.name}
    await audit.record(tx, entry(f"member.{event}", member, by=by, details=details))


async def add(
    tx: Transaction,
    organization_id: OrganizationId,
    user_id: UserId,
    role: Role,
    *,
    by: Actor,
) -> Member:
    """Let somebody in whom nobody invited: the operator's way. Raises AlreadyMember."""
    admission = Admission(organization_id=organization_id, user_id=user_id, role=role.name)
    await organizations.admit(tx, admission)
    member = await get(tx, organization_id, user_id)
    await audit.record(tx, entry("member.added", member, by=by, details={"role": role.name}))
    return member


def end_changed(member: Member, until: datetime | None, *, by: Actor) -> Entry:
    """Give what the trail keeps of another end of a membership."""
    details = {"before": member.member_until, "after": until.astimezone(UTC) if until else None}
    return entry("member.end_changed", member, by=by, details=details)


def entry(event: str, member: Member, *, by: Actor, details: Mapping[str, Any]) -> Entry:
    """Give what the trail keeps of something that was done to a member."""
    return Entry(
        event=event,
        by=by,
        subject_kind="user",
        subject_id=member.user_id,
        subject_name=member.name,
        organization_id=member.organization_id,
        details={"membership": member.id, **details},
    )
