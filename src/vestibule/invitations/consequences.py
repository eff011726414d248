"""What becomes of pending invitations when their sender may less, or their role is no more.

For `memberships/`, which holds the place: whoever has a right revoked, or a role renamed, is there.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from vestibule.api_keys import actions as api_keys
from vestibule.api_keys.model import ApiKey
from vestibule.audit.model import Actor, ActorKind
from vestibule.invitations import consequences_store as held
from vestibule.invitations import destinations, forgetting, store, trail
from vestibule.invitations.model import Invitation, Inviter
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import ApiKeyId, AppId, AppMemberId, OrganizationId, UserId
from vestibule.messages import actions as messages
from vestibule.organizations import actions as organizations
from vestibule.organizations.permission_model import Permission, Role


async def revoke_beyond(
    tx: Transaction, app_id: AppId, member_id: AppMemberId, *, grantable: Collection[str], by: Actor
) -> None:
    """Revoke what this member of an app may no longer grant there; unsent mails are withdrawn.

    `grantable` are the roles that they still may.
    """
    pending = await held.hold_pending_of(tx, app_id, member_id)
    beyond = [each for each in pending if each.destination.role not in grantable]
    await _revoke(tx, beyond, by=by)


async def revoke_of_user(
    tx: Transaction,
    organization_id: OrganizationId,
    user_id: UserId,
    *,
    role: Role | None,
    by: Actor,
) -> None:
    """Revoke what a user may no longer grant, in the organization and in all its apps.

    `role` is what they are from now on; None: nothing.
    """
    organization = await organizations.lock_for_change(tx, organization_id)
    made = await api_keys.list_made_by(tx, organization_id, user_id)
    within = {key.id: key.permissions for key in made}
    pending = await held.hold_pending_by(tx, organization_id, user_id)
    beyond = [
        one
        for one in pending
        if not destinations.may_still_grant(
            one.destination, organization, _limited(role, one.inviter, within)
        )
    ]
    await _revoke(tx, beyond, by=by)


async def revoke_sent(
    tx: Transaction, organization_id: OrganizationId, person_id: UUID, *, by: Actor
) -> None:
    """Revoke all that somebody or their API keys sent in the organization and its apps: they go."""
    await _revoke(tx, await held.hold_pending_by(tx, organization_id, person_id), by=by)


async def revoke_of_key(tx: Transaction, key: ApiKey, *, by: Actor) -> None:
    """Revoke all that an API key sent: it ends."""
    await _revoke(tx, await held.hold_pending_by_key(tx, key.organization_id, key.id), by=by)


async def hand_on_of_key(tx: Transaction, key: ApiKey, *, role: Role, by: Actor) -> None:
    """Have who acts answer for what an API key invited to, as far as their `role` may grant it."""
    pending = await held.hold_pending_by_key(tx, key.organization_id, key.id)
    await _hand_on(tx, key.organization_id, pending, role=role, by=by)


async def end_keys(tx: Transaction, keys: Sequence[ApiKey], event: str, *, by: Actor) -> None:
    """End API keys, whose invitations are seen to. `event`: `revoked` or `expired`.

    What they sent shows their own names alone: nobody can tell any more whose they were. Mails name
    neither. Raises ApiKeyNotFound if somebody else ended one.
    """
    key_ids = [key.id for key in keys]
    await held.name_keys_alone(tx, key_ids)
    await messages.blank_names(tx, key_ids)
    await api_keys.end(tx, keys, event, by=by)


async def hand_on(
    tx: Transaction,
    organization_id: OrganizationId,
    user_id: UserId,
    *,
    role: Role,
    by: Actor,
) -> None:
    """Have who acts answer for what a user or their API keys sent, as `hand_on_of_key`."""
    pending = await held.hold_pending_by(tx, organization_id, user_id)
    await _hand_on(tx, organization_id, pending, role=role, by=by)


async def revoke_unentitled(
    tx: Transaction, organization_id: OrganizationId, role: Role, *, by: Actor
) -> None:
    """Revoke what its inviter may not grant, after a role of the organization was changed.

    Those sent by who has the role, and those that carry it.
    """
    concerned = await held.hold_concerned(tx, organization_id, role.name)
    beyond = [one for one, is_entitled in concerned if not is_entitled]
    await _revoke(tx, beyond, by=by)


async def revoke_raised(
    tx: Transaction, organization_id: OrganizationId, role: Role, to: Role, *, by: Actor
) -> None:
    """Revoke what is pending for who makes the change, if the role would offer them more.

    For a program: what is pending for its maker. Nobody raises or prolongs themselves.
    """
    if by.id is not None and not to.permissions <= role.permissions:
        raised = await held.hold_pending_for(tx, organization_id, role.name, by.id)
        await _revoke(tx, raised, by=by)


async def move_organization_role(
    tx: Transaction, organization_id: OrganizationId, role: Role, to: Role, *, by: Actor
) -> None:
    """Have pending invitations to a role of the organization lead to another.

    Links stay good. Who acts, and may grant the other role, answers for those whose inviter may
    not. The members who had the role have the other one already.
    """
    moved = await held.hold_pending_with(tx, organization_id, role.name)
    ids = {each.id for each in moved}
    await held.set_role(tx, list(ids), to.name)
    await messages.correct(tx, list(ids), {"role": to.name})
    now = await held.hold_concerned(tx, organization_id, to.name)
    adopted = {one.id for one, is_entitled in now if one.id in ids and not is_entitled}
    await _set_inviter(tx, list(adopted), by)
    for invitation in moved:
        before = trail.facts(invitation) | {"inviter": invitation.inviter.id}
        answering = by.id if invitation.id in adopted else invitation.inviter.id
        after = before | {"role": to.name, "inviter": answering}
        details = {"before": before, "after": after}
        await trail.record(tx, "edited", invitation, by=by, details=details)


async def move_app_role(tx: Transaction, app_id: AppId, role: str, to: str, *, by: Actor) -> int:
    """Have pending invitations to a role of the app lead to another. Gives their number.

    Links stay good. Whether the inviter may grant the new role is asked at accept, as ever.
    """
    moved = await held.hold_pending_with(tx, app_id, role)
    ids = [each.id for each in moved]
    await held.set_role(tx, ids, to)
    await messages.correct(tx, ids, {"role": to})
    for invitation in moved:
        before = trail.facts(invitation)
        details = {"before": before, "after": {**before, "role": to}}
        await trail.record(tx, "edited", invitation, by=by, details=details)
    return len(moved)


async def revoke_to(tx: Transaction, place_id: UUID, address: Address, *, by: Actor) -> None:
    """Revoke what is pending for an address in the place: they are in by another way, or go."""
    await _revoke(tx, await held.hold_pending_to(tx, place_id, address), by=by)


async def forget_person(tx: Transaction, person_id: UUID, *, by: Actor) -> None:
    """Delete the invitations that somebody came in by, and take their name off those they sent.

    What they sent and is pending has been revoked. For who is deleted.
    """
    concerned = await held.hold_of_person(tx, person_id)
    theirs = [each.id for each in concerned if each.accepted_by == person_id]
    await held.forget_inviter(tx, [each.id for each in concerned], person_id)
    await forgetting.forget(tx, theirs, by=by)


def _limited(
    role: Role | None, inviter: Inviter, within: Mapping[ApiKeyId, frozenset[Permission]]
) -> Role | None:
    """Give what an inviter is whose user is this: an API key within its permissions."""
    if role is None or inviter.id is None or inviter.kind is not ActorKind.API_KEY:
        return role
    return role.within(within.get(ApiKeyId(inviter.id), ()))


async def _hand_on(
    tx: Transaction,
    organization_id: OrganizationId,
    pending: Sequence[Invitation],
    *,
    role: Role,
    by: Actor,
) -> None:
    """Have who acts answer for these. Links stay good; what they may not grant is revoked."""
    organization = await organizations.lock_for_change(tx, organization_id)
    kept = [
        one for one in pending if destinations.may_still_grant(one.destination, organization, role)
    ]
    await _revoke(tx, [one for one in pending if one not in kept], by=by)
    await _set_inviter(tx, [each.id for each in kept], by)
    for invitation in kept:
        facts = trail.facts(invitation)
        before, after = facts | {"inviter": invitation.inviter.id}, facts | {"inviter": by.id}
        details = {"before": before, "after": after}
        await trail.record(tx, "edited", invitation, by=by, details=details)


async def _set_inviter(tx: Transaction, invitation_ids: Sequence[UUID], by: Actor) -> None:
    """Have who acts answer for these, in the mails that are still to be sent as well."""
    inviter = Inviter(kind=by.kind, id=by.id, name=by.name or "")
    await held.set_inviter(tx, list(invitation_ids), inviter)
    name = {"inviter_name": inviter.name}
    await messages.correct(tx, invitation_ids, name, named_id=by.id)


async def _revoke(tx: Transaction, pending: Iterable[Invitation], *, by: Actor) -> None:
    for invitation in pending:
        revoked = await store.revoke(tx, invitation.id)
        await messages.withdraw(tx, revoked.id)
        await trail.record(tx, "revoked", revoked, by=by, details=trail.facts(revoked))
