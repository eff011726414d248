"""The mails that tell a member of an organization what was done to their membership."""

from collections.abc import Sequence

from vestibule.accounts import queries as accounts
from vestibule.audit.model import Actor
from vestibule.kernel.database import Transaction
from vestibule.messages import actions as messages
from vestibule.messages.model import NEWS_FOR, Mail, Outbox
from vestibule.organizations.queries import Member, Owner
from vestibule.users import actions as users


async def tell_role_changed(tx: Transaction, member: Member, *, by: Actor, outbox: Outbox) -> None:
    """Tell the member what they are now."""
    mail = await _mail(tx, member, "memberships/organization_role_changed", by=by, is_in=True)
    await messages.queue_news(tx, mail, outbox=outbox)


async def tell_removed(tx: Transaction, member: Member, *, by: Actor, outbox: Outbox) -> None:
    """Tell somebody that they are no longer a member. Nothing is left that a link could lead to."""
    mail = await _mail(tx, member, "memberships/organization_removed", by=by, is_in=False)
    await messages.queue(tx, mail, outbox=outbox)


async def tell_owners_of_rescue(
    tx: Transaction, rescued: Member, owners: Sequence[Owner], *, outbox: Outbox
) -> None:
    """Tell those who own the organization whom the operator has made an owner beside them."""
    not_after = await accounts.read_clock(tx) + NEWS_FOR
    for owner in owners:
        mail = Mail(
            template="memberships/organization_rescued",
            recipient=owner.address,
            locale=owner.locale,
            parameters={
                "place_name": rescued.organization_name,
                "member_name": rescued.name,
                "email": owner.address,
            },
            not_after=not_after,
            link_path=f"/organizations/{rescued.organization_slug}/members",
            place_id=rescued.organization_id,
            account_id=owner.user_id,
        )
        await messages.queue(tx, mail, outbox=outbox)


async def _mail(tx: Transaction, member: Member, template: str, *, by: Actor, is_in: bool) -> Mail:
    user = await users.get(tx, member.user_id)
    return Mail(
        template=template,
        recipient=user.email,
        locale=user.locale,
        parameters={
            "place_name": member.organization_name,
            "by_name": by.name,
            "email": user.email,
            **({"role": member.role.name} if is_in else {}),
        },
        not_after=await accounts.read_clock(tx) + NEWS_FOR,
        link_path=f"/organizations/{member.organization_slug}" if is_in else None,
        place_id=member.organization_id,
        account_id=user.id,
    )
