"""The mails that tell somebody what was done to their membership, in the app's name."""

from vestibule.apps.entrance import PAGES
from vestibule.apps.model import App, AppMember
from vestibule.audit.model import Actor
from vestibule.kernel.database import Transaction
from vestibule.memberships import notices
from vestibule.memberships.notices import Notice
from vestibule.messages import actions as messages
from vestibule.messages.model import Outbox


async def tell_roles_changed(
    tx: Transaction, app: App, *, member: AppMember, by: Actor, outbox: Outbox
) -> None:
    """Tell the member which roles they have now."""
    told = Notice(
        template="memberships/app_roles_changed",
        place_id=app.id,
        not_after=await notices.time_limit(tx),
        named_id=by.id,
        parameters={
            "place_name": app.name,
            "by_name": by.name,
            "email": member.email,
            "roles": ", ".join(member.roles),
            "role_count": len(member.roles),
        },
        path=app.path + PAGES.sign_in,
    )
    for addressee in await notices.addressees(tx, member):
        await messages.queue_news(tx, notices.write(told, addressee), outbox=outbox)


async def tell_removed(
    tx: Transaction, app: App, *, member: AppMember, by: Actor, outbox: Outbox
) -> None:
    """Tell somebody that they are no longer a member. Nothing is left that a link could lead to."""
    told = Notice(
        template="memberships/app_removed",
        place_id=app.id,
        not_after=await notices.time_limit(tx),
        named_id=by.id,
        parameters={"place_name": app.name, "by_name": by.name, "email": member.email},
    )
    for addressee in await notices.addressees(tx, member):
        await messages.queue(tx, notices.write(told, addressee), outbox=outbox)
