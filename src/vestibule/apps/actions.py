"""The only ways to an app: a right gives you the app, or raises. What is done there stands beside.

Who manages an app is a user of its organization; who is in it is an app member. Either may call.
"""

from collections.abc import Sequence
from dataclasses import replace

from vestibule.accounts import sessions
from vestibule.apps import (
    callers,
    closing_queries,
    member_queries,
    member_store,
    policy,
    queries,
    store,
)
from vestibule.apps.closing_model import AppDeleted
from vestibule.apps.model import (
    App,
    AppMember,
    AppMemberNotFound,
    AppNotFound,
    AppSeat,
    Caller,
    SignedInMember,
)
from vestibule.apps.policy import Hosting
from vestibule.apps.queries import Reference
from vestibule.definitions.model import Definition
from vestibule.kernel import ids
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.errors import NotFound
from vestibule.kernel.ids import AppId, AppMemberId, OrganizationId, UserId
from vestibule.organizations import actions as organizations
from vestibule.organizations.caller_model import Program, limited, user_of
from vestibule.organizations.model import (
    InvalidSlug,
    NotPermitted,
    OrganizationNotFound,
    clean_slug,
)
from vestibule.organizations.permission_model import Role


async def get_by_reference(reader: Reader, reference: str) -> queries.Found:
    """Give the app of this id or slug, whoever asks.

    Raises AppNotFound; AppDeleted for one that is gone and was published.
    """
    named = _read(reference)
    found = await queries.find(reader, named, user_id=None)
    if found is None:
        raise await _missing(reader, named, user_id=None)
    return found


async def get_made(reader: Reader, app_id: AppId) -> App:
    """Give the app as it is now, to whoever has just been given or has made it."""
    found = await queries.find(reader, Reference(id=app_id), user_id=None)
    if found is None:
        raise AppNotFound
    return found.app


async def get_for_seeing(reader: Reader, caller: Caller, reference: str) -> AppSeat:
    """Give the app to a user who may see the organization's apps. `reference`: its id or slug.

    Raises AppNotFound to who belongs to neither, NotPermitted to who may not.
    """
    return policy.seen(await _get(reader, caller, reference))


async def get_for_managing(reader: Reader, caller: Caller, reference: str) -> AppSeat:
    """Give the app to a user who may manage it. Raises AppNotFound, NotPermitted."""
    return policy.managed(await _get(reader, caller, reference))


async def get_for_members(reader: Reader, caller: Caller, reference: str) -> AppSeat:
    """Give the app to who may see its members: users, and members who invite or manage.

    Raises AppNotFound, NotPermitted.
    """
    seat = await _get(reader, caller, reference)
    return seat if seat.invitable or seat.manageable else policy.seen(seat)


async def get_for_invitations(reader: Reader, caller: Caller, reference: str) -> AppSeat:
    """Give the app to who may see its invitations: users, and members who may invite.

    Raises AppNotFound, NotPermitted.
    """
    seat = await _get(reader, caller, reference)
    return seat if seat.invitable else policy.seen(seat)


async def get_for_inviting(reader: Reader, caller: Caller, reference: str) -> AppSeat:
    """Give the app to who may invite to it. Raises AppNotFound, NotPermitted, AppNotPublished."""
    return policy.inviting(await _get(reader, caller, reference))


async def get_own(reader: Reader, caller: Caller, reference: str) -> SignedInMember:
    """Give the caller as a member of this app. Raises AppNotFound, NotPermitted to users."""
    await _get(reader, caller, reference)
    if not isinstance(caller, SignedInMember):
        raise NotPermitted
    return caller


async def lock_for_inviting(tx: Transaction, caller: Caller, reference: str) -> AppSeat:
    """Give the app to who may invite to it, and keep rights and roles so (FOR SHARE).

    Raises AppNotFound, NotPermitted, AppNotPublished.
    """
    found = (await _get(tx, caller, reference)).app
    is_member = isinstance(caller, SignedInMember)
    hosting = await lock_for_admitting(
        tx,
        found.organization_id,
        found.id,
        user=None if is_member else UserId(caller.account_id),
        member=AppMemberId(caller.account_id) if is_member else None,
    )
    await callers.keep(tx, caller)
    return policy.inviting(_seat(hosting, caller))


async def lock_for_managing(tx: Transaction, caller: Caller, reference: str) -> AppSeat:
    """Give the app to a user who may manage it, held for a change with its organization.

    Raises AppNotFound, NotPermitted.
    """
    found = policy.managed(await _get(tx, caller, reference)).app
    return policy.managed(await _hold(tx, found, caller))


async def lock_for_managing_members(tx: Transaction, caller: Caller, reference: str) -> AppSeat:
    """Give the app to who may manage members of any role, held for a change with the rest.

    Raises AppNotFound, NotPermitted.
    """
    found = (await _get(tx, caller, reference)).app
    seat = await _hold(tx, found, caller)
    if not seat.manageable:
        raise NotPermitted
    return seat


async def lock_for_admitting(
    tx: Transaction,
    organization_id: OrganizationId,
    app_id: AppId,
    *,
    user: UserId | None = None,
    member: AppMemberId | None = None,
) -> Hosting:
    """Give the app, and what the inviter is there now, kept so while somebody is let in.

    FOR SHARE. The inviter is a user, a member of the app, or neither. Raises AppNotFound.
    """
    organization_role = await _share_organization(tx, organization_id, user)
    app = await store.share(tx, app_id)
    if app is None:
        raise AppNotFound
    inviter = await member_store.share_member(tx, app_id, member) if member else None
    return Hosting(
        app=app,
        definition=await queries.find_definition(tx, app_id),
        organization_role=organization_role,
        roles=inviter.roles if inviter else (),
    )


def invitable(
    definition: Definition | None, organization_role: Role | None, roles: Sequence[str]
) -> frozenset[str]:
    """Give the roles that somebody may grant by inviting: `policy.invitable`, for above."""
    return policy.invitable(definition, organization_role, roles)


async def find_signed_in(reader: Reader, token: str) -> SignedInMember | None:
    """Give whose live session this is the token of, in whichever app. One round trip."""
    return await member_queries.find_signed_in(reader, sessions.hash_of(token))


async def find_member_of_address(
    reader: Reader, app_id: AppId, address: Address
) -> AppMember | None:
    """Give the member of the app who has this address."""
    return await member_queries.find_member_of_address(reader, app_id, address.canonical)


async def find_member(reader: Reader, app_id: AppId, member_id: AppMemberId) -> AppMember | None:
    """Give the member of the app."""
    return await member_queries.find_member(reader, app_id, member_id)


async def get_member(reader: Reader, app_id: AppId, member_id: AppMemberId) -> AppMember:
    """Give the member of the app. Raises AppMemberNotFound."""
    member = await find_member(reader, app_id, member_id)
    if member is None:
        raise AppMemberNotFound
    return member


async def lock_member(tx: Transaction, app_id: AppId, member_id: AppMemberId) -> AppMember:
    """Give the member of the app, held for a change. Raises AppMemberNotFound."""
    member = await member_store.hold_member(tx, app_id, member_id)
    if member is None:
        raise AppMemberNotFound
    return member


async def _get(reader: Reader, caller: Caller, reference: str) -> AppSeat:
    """Give the app to who belongs to it, or to its organization.

    Raises AppNotFound; AppDeleted to users of the organization of one that is gone.
    """
    named = _read(reference)
    if isinstance(caller, SignedInMember):
        found = await queries.find(reader, named, user_id=None)
        if found is None or found.app.id != caller.member.app_id:
            raise AppNotFound
        roles = caller.member.roles
        hosting = Hosting(app=found.app, definition=found.definition, roles=roles)
        return _seat(hosting, caller)
    found = await queries.find(reader, named, user_id=user_of(caller))
    if found is None and isinstance(caller, Program):  # knows its own place alone
        raise AppNotFound
    if found is None:
        raise await _missing(reader, named, user_id=user_of(caller))
    hosting = Hosting(app=found.app, definition=found.definition, organization_role=found.role)
    seat = _seat(hosting, caller)
    if seat.organization_role is None:
        raise AppNotFound
    return seat


async def _missing(reader: Reader, named: Reference, *, user_id: UserId | None) -> AppNotFound:
    """Say why no app is found: there is none, or it is gone. None: anybody asks."""
    name = await closing_queries.find_closed_name(reader, named, user_id=user_id)
    return AppDeleted(name=name) if name else AppNotFound()


async def _hold(tx: Transaction, found: App, caller: Caller) -> AppSeat:
    """Hold organization and app for a change, and read all anew: what counts is what is now."""
    organization = await organizations.lock_for_change(tx, found.organization_id)
    app = await store.hold(tx, found.id)
    if app is None:
        raise AppNotFound
    definition = await queries.find_definition(tx, app.id)
    await callers.keep(tx, caller)
    if isinstance(caller, SignedInMember):
        member = await get_member(tx, app.id, caller.member.id)
        hosting = Hosting(app=app, definition=definition, roles=member.roles)
        return _seat(hosting, caller)
    membership = await organizations.find_membership(tx, app.organization_id, user_of(caller))
    role = organization.role(membership.role) if membership else None
    hosting = Hosting(app=app, definition=definition, organization_role=role)
    return _seat(hosting, caller)


async def _share_organization(
    tx: Transaction, organization_id: OrganizationId, user: UserId | None
) -> Role | None:
    try:
        hosting = await organizations.lock_for_admitting(tx, organization_id, inviter=user)
    except OrganizationNotFound as fault:
        raise AppNotFound from fault
    return hosting.inviter_role


def _seat(hosting: Hosting, caller: Caller) -> AppSeat:
    """Say what the caller may: a program no more than its key says, of its own app alone."""
    if not isinstance(caller, Program):
        return policy.seat_of(hosting, caller.account_id)
    app = hosting.app
    role = limited(hosting.organization_role, caller, app.organization_id, app_id=app.id)
    return policy.seat_of(replace(hosting, organization_role=role), caller.account_id)


def _read(reference: str) -> Reference:
    """Tell an id from a slug: an id has an underscore, a slug has none. Neither names nothing."""
    try:
        if "_" in reference:
            return Reference(id=AppId(ids.decode("app", reference)))
        return Reference(slug=clean_slug(reference))
    except (NotFound, InvalidSlug) as fault:
        raise AppNotFound from fault
