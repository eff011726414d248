"""What becomes of pending invitations when their sender may less, or their role is no more.

For `memberships/`, which holds the place: whoever has a right revoked, or a role renamed, is there.
"""

from collections.abc import Collection
from uuid import UUID

from vestibule.audit.model import Actor
from vestibule.invitations import consequences_store as held
from vestibule.invitations import store, trail
from vestibule.kernel.database import Transaction
from vestibule.messages import actions as messages


async def revoke_beyond(
    tx: Transaction, place_id: UUID, inviter_id: UUID, *, grantable: Collection[str], by: Actor
) -> int:
    """Revoke what this inviter may no longer grant in the place; unsent mails are withdrawn.

    `grantable` are the roles that they still may. Gives the number of those revoked.
    """
    pending = await held.hold_pending_of(tx, place_id, inviter_id)
    beyond = [each for each in pending if each.destination.role not in grantable]
    for invitation in beyond:
        revoked = await store.revoke(tx, invitation.id)
        await messages.withdraw(tx, revoked.id)
        await trail.record(tx, "revoked", revoked, by=by, details=trail.facts(revoked))
    return len(beyond)


async def move_role(tx: Transaction, place_id: UUID, role: str, to: str, *, by: Actor) -> int:
    """Have every pending invitation that carries the role carry the other one. Gives their number.

    Links stay good. Whether the inviter may grant the new role is asked at accept, as ever.
    """
    moved = await held.hold_pending_with(tx, place_id, role)
    await held.set_role(tx, [each.id for each in moved], to)
    for invitation in moved:
        before = trail.facts(invitation)
        details = {"before": before, "after": {**before, "role": to}}
        await trail.record(tx, "edited", invitation, by=by, details=details)
    return len(moved)
