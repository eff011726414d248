"""Mails that tell of a change to an account.

Each goes where its owner reads, whatever was changed.
"""

from vestibule.accounts import queries
from vestibule.accounts.model import Account
from vestibule.accounts.realms import Occasion
from vestibule.kernel.database import Transaction
from vestibule.messages import actions as messages
from vestibule.messages.model import NEWS_FOR, Mail


async def tell(tx: Transaction, account: Account, template: str, *, occasion: Occasion) -> None:
    """Mail a notice to the account's address. Its link leads to where a password is reset."""
    now = await queries.read_clock(tx)
    await messages.queue(
        tx,
        Mail(
            template=template,
            recipient=account.address.typed,
            locale=account.locale,
            parameters={"place_name": occasion.entrance.name, "happened_at": now.isoformat()},
            not_after=now + NEWS_FOR,
            link_path=occasion.entrance.to(occasion.entrance.pages.forgotten),
            place_id=occasion.entrance.realm.place_id,
            account_id=account.id,
        ),
        outbox=occasion.outbox,
    )
