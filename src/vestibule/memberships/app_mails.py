"""The mails that tell somebody what was done to their membership, in the app's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vestibule.accounts import queries as accounts
from vestibule.apps.entrance import PAGES
from vestibule.apps.model import App, AppMember
from vestibule.audit.model import Actor
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import AccountId
from vestibule.messages import actions as messages
from vestibule.messages.model import NEWS_FOR, Mail, Outbox
from vestibule.users import actions as users


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a mail is for, and the language that they read."""

    account_id: AccountId
    email: str
    locale: str


async def tell_roles_changed(
    tx: Transaction, app: App, *, member: AppMember, by: Actor, outbox: Outbox
) -> None:
    """Tell the member which roles they have now."""
    not_after = await _not_after(tx)
    for addressee in await addressees(tx, member):
        mail = Mail(
            template="memberships/app_roles_changed",
            recipient=addressee.email,
            locale=addressee.locale,
            parameters={
                "place_name": app.name,
                "by_name": by.name,
                "email": member.email,
                "roles": ", ".join(member.roles),
                "role_count": len(member.roles),
            },
            not_after=not_after,
            link_path=app.path + PAGES.sign_in,
            place_id=app.id,
            account_id=addressee.account_id,
        )
        await messages.queue_news(tx, mail, outbox=outbox)


async def tell_removed(
    tx: Transaction, app: App, *, member: AppMember, by: Actor, outbox: Outbox
) -> None:
    """Tell somebody that they are no longer a member. Nothing is left that a link could lead to."""
    not_after = await _not_after(tx)
    for addressee in await addressees(tx, member):
        mail = Mail(
            template="memberships/app_removed",
            recipient=addressee.email,
            locale=addressee.locale,
            parameters={"place_name": app.name, "by_name": by.name, "email": member.email},
            not_after=not_after,
            place_id=app.id,
            account_id=addressee.account_id,
        )
        await messages.queue(tx, mail, outbox=outbox)


async def addressees(reader: Reader, member: AppMember) -> Sequence[Addressee]:
    """Give the member, and the user who continues as them, if that one reads elsewhere."""
    found = {member.address.canonical: Addressee(member.id, member.email, member.locale)}
    if member.user_id is not None:
        user = await users.get(reader, member.user_id)
        addressee = Addressee(user.id, user.email, user.locale)
        found.setdefault(user.address.canonical, addressee)
    return list(found.values())


async def _not_after(reader: Reader) -> datetime:
    return await accounts.read_clock(reader) + NEWS_FOR
