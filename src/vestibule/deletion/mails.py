"""The mails that tell the owners of an organization that it, or an app of it, was deleted."""

from collections.abc import Mapping, Sequence

from vestibule.accounts import queries as accounts
from vestibule.apps.model import App
from vestibule.audit.model import Actor, ActorKind
from vestibule.kernel.database import Transaction
from vestibule.messages import actions as messages
from vestibule.messages.model import NEWS_FOR, Mail, Outbox, Parameter
from vestibule.organizations.model import Organization, Owner

# The oldest; whoever makes more owners than that does not have them all told.
MOST_TOLD = 100


async def tell_organization_deleted(
    tx: Transaction, organization: Organization, told: Sequence[Owner], *, by: Actor, outbox: Outbox
) -> None:
    """Tell these owners. Nothing is left that a link could lead to."""
    parameters = {"place_name": organization.name, "by_name": by.name}
    await _tell(tx, told, "deletion/organization_deleted", parameters, outbox=outbox)


async def tell_app_deleted(
    tx: Transaction, app: App, told: Sequence[Owner], *, by: Actor, outbox: Outbox
) -> None:
    """Tell these owners of the organization."""
    names = {"app_name": app.name, "place_name": app.organization_name, "by_name": by.name}
    await _tell(tx, told, "deletion/app_deleted", names, outbox=outbox)


def others(owners: Sequence[Owner], by: Actor) -> Sequence[Owner]:
    """Give those who are told: all but who did it."""
    return [o for o in owners if (by.kind, by.id) != (ActorKind.USER, o.user_id)][:MOST_TOLD]


async def _tell(
    tx: Transaction,
    told: Sequence[Owner],
    template: str,
    parameters: Mapping[str, Parameter],
    *,
    outbox: Outbox,
) -> None:
    not_after = await accounts.read_clock(tx) + NEWS_FOR
    for owner in told:
        mail = Mail(
            template=template,
            recipient=owner.address,
            locale=owner.locale,
            parameters={**parameters, "email": owner.address},
            not_after=not_after,
            account_id=owner.user_id,
        )
        await messages.queue(tx, mail, outbox=outbox)
