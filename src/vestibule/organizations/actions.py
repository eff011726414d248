"""The verbs of organizations, and the only ways to one: a right gives you the object, or raises.

Whatever changes or ends a membership is not here: that stands in `memberships/`.
"""

from collections.abc import Sequence

from vestibule.accounts.realms import PLATFORM
from vestibule.kernel import i18n, ids
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.errors import NotFound
from vestibule.kernel.ids import MembershipId, OrganizationId, UserId
from vestibule.organizations import (
    callers,
    closing_queries,
    end_queries,
    policy,
    queries,
    seat_store,
    store,
)
from vestibule.organizations.caller_model import Caller, Program, narrowed, user_of
from vestibule.organizations.closing_model import OrganizationDeleted
from vestibule.organizations.end_model import MembershipEnded
from vestibule.organizations.model import (
    Admission,
    AlreadyMember,
    Hosting,
    InvalidSlug,
    Member,
    MemberNotFound,
    Membership,
    Organization,
    OrganizationNotFound,
    Owner,
    Seat,
    clean_slug,
)
from vestibule.organizations.permission_model import Permission, Role


async def get_for_seeing(reader: Reader, caller: Caller, reference: str) -> Seat:
    """Give the organization to a member. `reference` is its id or its slug.

    Raises OrganizationNotFound to everybody else, OrganizationDeleted to who was a member of one
    that is gone; this and its siblings take one round trip.
    """
    return await _see(reader, caller, reference)


async def get_for_members(reader: Reader, caller: Caller, reference: str) -> Seat:
    """Give the organization to who may see its members. Raises NotFound, NotPermitted."""
    return await _get(reader, caller, reference, Permission.MEMBERS_READ)


async def get_for_invitations(reader: Reader, caller: Caller, reference: str) -> Seat:
    """Give the organization to who may see its invitations. Raises NotFound, NotPermitted."""
    return await _get(reader, caller, reference, Permission.INVITATIONS_READ)


async def get_for_inviting(reader: Reader, caller: Caller, reference: str) -> Seat:
    """Give the organization to who may invite to it. Raises NotFound, NotPermitted."""
    return await _get(reader, caller, reference, Permission.INVITATIONS_MANAGE)


async def get_for_settings(reader: Reader, caller: Caller, reference: str) -> Seat:
    """Give the organization to who may change it. Raises NotFound, NotPermitted."""
    return await _get(reader, caller, reference, Permission.SETTINGS_MANAGE)


async def get_for_audit(reader: Reader, caller: Caller, reference: str) -> Seat:
    """Give the organization to who may see its trail. Raises NotFound, NotPermitted."""
    return await _get(reader, caller, reference, Permission.AUDIT_READ)


async def get_for_keys(reader: Reader, caller: Caller, reference: str) -> Seat:
    """Give the organization to who may see its API keys. Raises NotFound, NotPermitted."""
    return await _get(reader, caller, reference, Permission.KEYS_MANAGE)


async def get_for_apps(reader: Reader, caller: Caller, reference: str) -> Seat:
    """Give the organization to who may see its apps. Raises NotFound, NotPermitted."""
    return await _get(reader, caller, reference, Permission.APPS_READ)


async def get_for_managing_apps(reader: Reader, caller: Caller, reference: str) -> Seat:
    """Give the organization to who may make apps in it. Raises NotFound, NotPermitted."""
    return await _get(reader, caller, reference, Permission.APPS_MANAGE)


async def get_for_deleting(reader: Reader, caller: Caller, reference: str) -> Seat:
    """Give the organization to who may delete it. Raises NotFound, NotPermitted."""
    return await _get(reader, caller, reference, Permission.ORGANIZATION_DELETE)


async def lock_for_inviting(tx: Transaction, caller: Caller, reference: str) -> Seat:
    """Give the organization to who may invite to it, and keep role and settings so.

    FOR SHARE; held for a change where seats are limited. Raises SeatLimitMoved: start anew.
    """
    seat = await seat_store.share_or_hold_seat(tx, user_of(caller), _read(reference))
    return _permitted(await _kept(tx, seat, caller), Permission.INVITATIONS_MANAGE)


async def lock_for_settings(tx: Transaction, caller: Caller, reference: str) -> Seat:
    """Give the organization to who may change it, held for that (FOR NO KEY UPDATE)."""
    seat = await store.hold_seat(tx, user_of(caller), _read(reference))
    return _permitted(await _kept(tx, seat, caller), Permission.SETTINGS_MANAGE)


async def lock_for_managing_apps(tx: Transaction, caller: Caller, reference: str) -> Seat:
    """Give the organization to who may make apps in it, and keep role and name so (FOR SHARE)."""
    seat = await store.share_seat(tx, user_of(caller), _read(reference))
    return _permitted(await _kept(tx, seat, caller), Permission.APPS_MANAGE)


async def lock_for_keys(tx: Transaction, caller: Caller, reference: str) -> Seat:
    """Give the organization to who may make API keys, held for that: they are counted."""
    seat = await store.hold_seat(tx, user_of(caller), _read(reference))
    return _permitted(await _kept(tx, seat, caller), Permission.KEYS_MANAGE)


async def lock_for_managing_members(tx: Transaction, caller: Caller, reference: str) -> Seat:
    """Give the organization to who may change and remove members, held for that."""
    seat = await store.hold_seat(tx, user_of(caller), _read(reference))
    return _permitted(await _kept(tx, seat, caller), Permission.MEMBERS_MANAGE)


async def lock_for_deleting(tx: Transaction, caller: Caller, reference: str) -> Seat:
    """Give the organization to who may delete it, held for that."""
    seat = await store.hold_seat(tx, user_of(caller), _read(reference))
    return _permitted(await _kept(tx, seat, caller), Permission.ORGANIZATION_DELETE)


async def lock_for_leaving(tx: Transaction, caller: Caller, reference: str) -> Seat:
    """Give the organization to any member, held for a change of their own membership."""
    seat = await store.hold_seat(tx, user_of(caller), _read(reference))
    return _found(await _kept(tx, seat, caller))


async def lock_for_admitting(
    tx: Transaction, organization_id: OrganizationId, *, inviter: UserId | None
) -> Hosting:
    """Give the organization, and what the inviter is in it now, kept so while somebody is let in.

    FOR SHARE. `inviter` None: nobody of the organization invited. Raises OrganizationNotFound.
    """
    if inviter is not None:
        seat = await store.share_seat(tx, inviter, queries.Reference(id=organization_id))
        if seat is not None:
            return Hosting(seat.organization, seat.role)
    organization = await store.share(tx, organization_id)
    if organization is None:
        raise OrganizationNotFound
    return Hosting(organization, None)


async def lock_for_change(tx: Transaction, organization_id: OrganizationId) -> Organization:
    """Give the organization, whoever asks, held for a change (FOR NO KEY UPDATE)."""
    organization = await store.hold(tx, organization_id)
    if organization is None:
        raise OrganizationNotFound
    return organization


async def get_by_reference(reader: Reader, reference: str) -> Organization:
    """Give the organization of this id or slug, whoever asks. Raises OrganizationNotFound."""
    organization = await queries.find_organization(reader, _read(reference))
    if organization is None:
        raise OrganizationNotFound
    return organization


def may_grant(actor: Role, role: Role) -> bool:
    """Tell whether an actor may make somebody this: `policy.may_grant`, for the rooms above."""
    return policy.may_grant(actor, role)


def may_change(actor: Role, present: Role) -> bool:
    """Tell whether an actor may change or remove such a member: `policy.may_change`."""
    return policy.may_change(actor, present)


def grantable(seat: Seat) -> list[Role]:
    """List what the caller may make somebody, what allows least first."""
    return policy.grantable(seat.role, seat.organization.roles)


def may_manage_apps(role: Role) -> bool:
    """Tell whether the role makes and changes apps, and may all that there is to be done there."""
    return policy.may(role, Permission.APPS_MANAGE)


async def find_member_of_address(
    reader: Reader, organization_id: OrganizationId, address: Address
) -> UserId | None:
    """Give the member who has this address."""
    return await queries.find_member_of_address(
        reader, organization_id, PLATFORM.id, address.canonical
    )


async def find_membership(
    reader: Reader, organization_id: OrganizationId, user_id: UserId
) -> Membership | None:
    """Give the user's membership in the organization."""
    return await queries.find_membership(reader, organization_id, user_id)


async def get_member(reader: Reader, membership_id: MembershipId) -> Member:
    """Give the member of this membership. Raises MemberNotFound."""
    member = await queries.find_member(reader, membership_id)
    if member is None:
        raise MemberNotFound
    return member


async def list_owners(reader: Reader, organization_id: OrganizationId) -> Sequence[Owner]:
    """Give every owner, the oldest first."""
    return await queries.list_owners(reader, organization_id)


async def admit(tx: Transaction, admission: Admission) -> Membership:
    """Let somebody in. Raises AlreadyMember, with the transaction still good to look around.

    The caller holds `lock_for_admitting`, has checked the right, and records how they came in.
    """
    membership = await store.insert_member(tx, admission)
    if membership is None:
        raise AlreadyMember
    return membership


async def _get(reader: Reader, caller: Caller, reference: str, permission: Permission) -> Seat:
    return _permitted(await _see(reader, caller, reference), permission)


async def _see(reader: Reader, caller: Caller, reference: str) -> Seat:
    """Give the caller's seat. Who has none is told of an organization of theirs that is gone."""
    named = _read(reference)
    seat = narrowed(await queries.find_seat(reader, user_of(caller), named), caller)
    if seat is not None:
        return seat
    if isinstance(caller, Program):  # knows its own place alone, and ends with that
        raise OrganizationNotFound
    raise await _gone(reader, user_of(caller), named)


async def _gone(reader: Reader, user_id: UserId, named: queries.Reference) -> OrganizationNotFound:
    """Say what became of it, to who was in it."""
    name = await closing_queries.find_closed_name(reader, user_id, named)
    if name is not None:
        return OrganizationDeleted(name=name)
    ended = await end_queries.find_ended(reader, user_id, named)
    if ended is not None:
        return MembershipEnded(name=ended.name, day=i18n.day(ended.member_until))
    return OrganizationNotFound()


async def _kept(tx: Transaction, seat: Seat | None, caller: Caller) -> Seat | None:
    """Give a locked seat as the caller has it: none by a key that ended during the wait.

    Raises ApiKeyNotGood.
    """
    own = narrowed(seat, caller)
    if own is not None and isinstance(caller, Program):
        await callers.keep(tx, caller)
    return own


def _permitted(seat: Seat | None, permission: Permission) -> Seat:
    found = _found(seat)
    policy.ensure_may(found.role, permission)
    return found


def _found(seat: Seat | None) -> Seat:
    if seat is None:
        raise OrganizationNotFound
    return seat


def _read(reference: str) -> queries.Reference:
    """Tell an id from a slug: an id has an underscore, a slug has none. Neither names nothing."""
    try:
        if "_" in reference:
            return queries.Reference(id=OrganizationId(ids.decode("org", reference)))
        return queries.Reference(slug=clean_slug(reference))
    except (NotFound, InvalidSlug) as fault:
        raise OrganizationNotFound from fault
