"""What the audit trail keeps of an invitation. Each verb records itself, in its transaction."""

from collections.abc import Mapping
from typing import Any

from vestibule.audit import actions as audit
from vestibule.audit.model import Actor, Entry
from vestibule.invitations import destinations
from vestibule.invitations.model import Invitation
from vestibule.kernel.database import Transaction


async def record(
    tx: Transaction, event: str, invitation: Invitation, *, by: Actor, details: Mapping[str, Any]
) -> None:
    """Record what was done to the invitation: `event` is its past participle ("revoked")."""
    entry = Entry(
        event=f"invitation.{event}",
        by=by,
        subject_kind="invitation",
        subject_id=invitation.id,
        organization_id=invitation.destination.organization_id,
        details=dict(details) | destinations.traced(invitation.destination),
    )
    await audit.record(tx, entry)


def facts(invitation: Invitation) -> dict[str, Any]:
    """Give what is kept of an invitation itself."""
    return {
        "address": invitation.email.typed,
        "role": invitation.destination.role,
        "locale": invitation.locale,
        "expires_at": invitation.expires_at,
        "member_until": invitation.member_until,
    }
