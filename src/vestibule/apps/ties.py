"""The members of apps that are linked to users: who may go on as them from the studio.

Whether one ends with the right to manage the app is decided in `invitations/departures`.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from vestibule.accounts import actions as accounts
from vestibule.apps import tie_queries, tie_store
from vestibule.apps.members import entry
from vestibule.apps.model import AppMember
from vestibule.apps.tie_model import Tie
from vestibule.audit import actions as audit
from vestibule.audit.model import Actor
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import OrganizationId, UserId


async def list_of(
    reader: Reader, user_id: UserId, organization_id: OrganizationId | None = None
) -> Sequence[Tie]:
    """Give the apps in which the user is somebody, by name: of one organization, or all."""
    return await tie_queries.list_ties(reader, user_id, organization_id)


async def lock_apps(
    tx: Transaction, user_ids: Sequence[UserId], organization_ids: Sequence[OrganizationId]
) -> Sequence[AppMember]:
    """Hold the apps of these held organizations in which the users are somebody; give as whom."""
    await tie_store.hold_apps(tx, user_ids, organization_ids)
    return await tie_queries.list_linked(tx, user_ids, organization_ids)


async def lock_accounts(
    tx: Transaction, linked: Sequence[AppMember], *, before: datetime | None
) -> Collection[UUID]:
    """Hold their accounts, after the invitations. Gives who has a password of their own there.

    `before`: one that was chosen then; later, who they were tied to managed the app no more.
    """
    return await accounts.hold_each(tx, [member.id for member in linked], before=before)


async def unlink(tx: Transaction, member: AppMember, *, by: Actor) -> None:
    """Let the user no longer continue as this member, who stays."""
    await tie_store.unlink(tx, member.id)
    details = {"user": member.user_id}
    await audit.record(tx, entry("app_member.unlinked", member, by=by, details=details))
