"""The mails that tell the owners of an organization that it, or an app of it, was deleted."""

from collections.abc import Sequence

from vestibule.apps.model import App
from vestibule.audit.model import Actor, ActorKind
from vestibule.kernel.database import Transaction
from vestibule.memberships import notices
from vestibule.memberships.notices import Notice
from vestibule.messages import actions as messages
from vestibule.messages.model import Outbox
from vestibule.organizations.model import Organization, Owner

# The oldest; whoever makes more owners than that does not have them all told.
MOST_TOLD = 100


async def tell_organization_deleted(
    tx: Transaction, organization: Organization, told: Sequence[Owner], *, by: Actor, outbox: Outbox
) -> None:
    """Tell these owners. Nothing is left that a link could lead to, or a mail go with."""
    deleted = Notice(
        template="deletion/organization_deleted",
        place_id=None,
        not_after=await notices.time_limit(tx),
        named_id=by.id,
        parameters={"place_name": organization.name, "by_name": by.name},
    )
    await _tell(tx, told, deleted, outbox=outbox)


async def tell_app_deleted(
    tx: Transaction, app: App, told: Sequence[Owner], *, by: Actor, outbox: Outbox
) -> None:
    """Tell these owners of the organization, whose mail it is: the app's would be withdrawn."""
    deleted = Notice(
        template="deletion/app_deleted",
        place_id=app.organization_id,
        not_after=await notices.time_limit(tx),
        named_id=by.id,
        parameters={
            "app_name": app.name,
            "place_name": app.organization_name,
            "by_name": by.name,
        },
    )
    await _tell(tx, told, deleted, outbox=outbox)


def others(owners: Sequence[Owner], by: Actor) -> Sequence[Owner]:
    """Give those who are told: all but who did it."""
    return [o for o in owners if (by.kind, by.id) != (ActorKind.USER, o.user_id)][:MOST_TOLD]


async def _tell(tx: Transaction, told: Sequence[Owner], deleted: Notice, *, outbox: Outbox) -> None:
    for owner in told:
        to = owner.addressee
        await messages.queue(tx, notices.write(deleted, to), outbox=outbox)
