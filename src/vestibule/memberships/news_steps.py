"""How many mails somebody gets who is made this and that: they count apart from all others.

Spent before the transaction. What was asked for is done all the same, without a mail.
"""

from dataclasses import replace

from vestibule.accounts import limit_guards as limits
from vestibule.accounts.guards import Desk
from vestibule.kernel.addresses import Address
from vestibule.kernel.errors import RateLimited
from vestibule.messages.model import Outbox


async def outbox_for(desk: Desk, address: Address) -> Outbox:
    """Count a mail that tells the owner of this address of a change. Give where it is put down."""
    try:
        await limits.spend_mail(desk, limits.news_tries(address))
    except RateLimited:
        return replace(desk.outbox, takes_news=False)
    return desk.outbox
