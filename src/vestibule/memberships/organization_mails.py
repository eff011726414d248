"""The mails that tell a member of an organization what was done to their membership."""

from collections.abc import Sequence

from vestibule.audit.model import Actor
from vestibule.kernel.database import Transaction
from vestibule.memberships import notices
from vestibule.memberships.notices import Notice
from vestibule.messages import actions as messages
from vestibule.messages.model import Outbox
from vestibule.organizations.model import Member, Owner


async def tell_role_changed(tx: Transaction, member: Member, *, by: Actor, outbox: Outbox) -> None:
    """Tell the member what they are now."""
    told = Notice(
        template="memberships/organization_role_changed",
        place_id=member.organization_id,
        not_after=await notices.time_limit(tx),
        named_id=by.id,
        parameters={
            "place_name": member.organization_name,
            "by_name": by.name,
            "role": member.role.name,
        },
        path=f"/organizations/{member.organization_slug}",
    )
    mail = notices.write(told, await notices.addressee(tx, member.user_id))
    await messages.queue_news(tx, mail, outbox=outbox)


async def tell_removed(tx: Transaction, member: Member, *, by: Actor, outbox: Outbox) -> None:
    """Tell somebody that they are no longer a member. Nothing is left that a link could lead to."""
    told = Notice(
        template="memberships/organization_removed",
        place_id=member.organization_id,
        not_after=await notices.time_limit(tx),
        named_id=by.id,
        parameters={"place_name": member.organization_name, "by_name": by.name},
    )
    mail = notices.write(told, await notices.addressee(tx, member.user_id))
    await messages.queue(tx, mail, outbox=outbox)


async def tell_owners_of_rescue(
    tx: Transaction, rescued: Member, owners: Sequence[Owner], *, outbox: Outbox
) -> None:
    """Tell those who own the organization whom the operator has made an owner beside them."""
    told = Notice(
        template="memberships/organization_rescued",
        place_id=rescued.organization_id,
        not_after=await notices.time_limit(tx),
        named_id=rescued.user_id,
        parameters={"place_name": rescued.organization_name, "member_name": rescued.name},
        path=f"/organizations/{rescued.organization_slug}/members",
    )
    for owner in owners:
        addressee = owner.addressee
        await messages.queue(tx, notices.write(told, addressee), outbox=outbox)
