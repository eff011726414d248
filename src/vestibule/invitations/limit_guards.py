"""Limits on inviting: counted before anything is done."""

from datetime import timedelta

from vestibule.accounts.guards import Desk
from vestibule.accounts.limit_guards import mail_tries
from vestibule.apps import callers
from vestibule.invitations import host_destinations as hosts
from vestibule.invitations.destination_model import Caller, Whither
from vestibule.kernel.addresses import Address
from vestibule.kernel.limits import Limit

# Its name is kept with the counters, for ever.
INVITE_BY_INVITER = Limit("invite-by-inviter", 1000, timedelta(hours=24))


async def spend_inviting(
    desk: Desk, caller: Caller, whither: Whither, *, email: Address, is_later: bool = False
) -> None:
    """Count the mail, for the inviter and for the address, whoever writes. Raises RateLimited.

    Only who may invite spends: else a stranger could use up the mails of anybody's address.
    `is_later`: nor does who no longer calls.
    """
    if not desk.limiter.is_on:
        return
    async with desk.database.reader() as reader:
        if is_later:
            await callers.ensure_live(reader, caller)
        await hosts.ensure_may_invite(reader, whither, caller)
    tries = [(INVITE_BY_INVITER, str(caller.account_id)), *mail_tries(email)]
    await desk.limiter.spend_each(tries)
