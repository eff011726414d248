"""What the pages and the API of accounts do alike.

Limits first, then look up, then hash, then the transaction.
"""

from vestibule.accounts import actions as accounts
from vestibule.accounts import (
    address_change,
    password_change,
    resets,
    sessions,
    sign_in,
    sign_up,
)
from vestibule.accounts.guards import Desk
from vestibule.accounts.limit_guards import (
    counting_misses,
    forget_password_tries,
    mail_evenly,
    mail_tries,
    reset_tries,
    spend_mail,
    spend_mail_by_network,
    spend_password_try,
    spend_session_password_try,
)
from vestibule.accounts.model import (
    Account,
    AccountExists,
    Credentials,
    Holder,
    InvalidCredentials,
    PasswordNotSet,
    Started,
    WrongPassword,
)
from vestibule.accounts.realms import Entrance
from vestibule.kernel import addresses
from vestibule.kernel.addresses import Address


async def start_session(
    desk: Desk, entrance: Entrance, *, email: str, password: str, replaced: str | None = None
) -> Started:
    """Sign in; the session of the token `replaced` ends. Raises InvalidCredentials, RateLimited."""
    address = addresses.parse(email)
    await spend_password_try(desk, entrance.realm, address)
    async with desk.database.reader() as reader:
        found = await sign_in.find_credentials(reader, entrance.realm, address)
    verdict = await desk.passwords.check(password, found.password_hash if found else None)
    if found is None or not verdict.is_right:
        raise InvalidCredentials

    async with desk.database.transaction() as tx:
        if replaced:
            await sessions.end_presented(tx, entrance.realm, replaced, by=desk.origin)
        started = await sign_in.complete(tx, found, verdict, origin=desk.origin)
    await forget_password_tries(desk, entrance.realm, address)
    return started


async def end_session(desk: Desk, holder: Holder | None) -> None:
    """Sign out whoever is signed in."""
    if holder is None:
        return
    by = holder.actor(desk.origin)
    async with desk.database.transaction() as tx:
        await sessions.end(tx, holder.account_id, holder.session_id, by=by)


async def ask_reset(desk: Desk, entrance: Entrance, *, email: str) -> None:
    """Have a key mailed, if the address has an account.

    The answer is the same, in the same time.
    """
    address = addresses.parse(email)
    occasion = desk.occasion(entrance)
    await mail_evenly(
        desk, reset_tries(address), lambda tx: resets.ask(tx, address, occasion=occasion)
    )


async def get_reset(desk: Desk, entrance: Entrance, key: str) -> resets.Offer:
    """Give what a mailed key opens. Raises KeyNotFound, why it cannot be used, or RateLimited."""
    async with counting_misses(desk), desk.database.reader() as reader:
        return await resets.get_offer(reader, key, entrance=entrance)


async def complete_reset(desk: Desk, entrance: Entrance, *, key: str, password: str) -> Account:
    """Choose the new password. Raises WeakPassword, and what `get_reset` raises."""
    offer = await get_reset(desk, entrance, key)
    password_hash = await desk.passwords.hash(password, about=offer.about)
    async with desk.database.transaction() as tx:
        account = await resets.complete(tx, key, password_hash, occasion=desk.occasion(entrance))
    await forget_password_tries(desk, entrance.realm, account.address)
    return account


async def ask_sign_up(
    desk: Desk, entrance: Entrance, *, email: str, locale: str, next: str = ""
) -> None:
    """Have a mail sent to the address: the answer is the same for every one, in the same time.

    Raises what the entrance is closed by, InvalidEmail, RateLimited.
    """
    entrance.ensure_takes_sign_ups()
    address = addresses.parse(email)
    asked = sign_up.Asked(address=address, locale=locale, next=next or None)
    occasion = desk.occasion(entrance)
    await mail_evenly(
        desk, mail_tries(address), lambda tx: sign_up.ask(tx, asked, occasion=occasion)
    )


async def get_sign_up(desk: Desk, entrance: Entrance, key: str) -> sign_up.Offer:
    """Give what a mailed key opens.

    Raises KeyNotFound, why it cannot be used, what the entrance is closed by, or RateLimited.
    """
    entrance.ensure_takes_sign_ups()
    async with counting_misses(desk), desk.database.reader() as reader:
        return await sign_up.get_offer(reader, key, entrance=entrance)


async def ensure_newcomer(desk: Desk, entrance: Entrance, address: Address) -> None:
    """Raise AccountExists before a password is hashed in vain: that is no way to load us."""
    async with desk.database.reader() as reader:
        if await accounts.find_by_address(reader, entrance.realm.id, address):
            raise AccountExists


async def change_password(
    desk: Desk, entrance: Entrance, holder: Holder, *, present: str, new: str
) -> None:
    """Change the password of somebody who gives the present one.

    Raises PasswordNotSet, WrongPassword, WeakPassword.
    """
    checked = await check_present(desk, holder, present)
    about = [holder.person.email, holder.person.name, *holder.person.name.split()]
    password_hash = await desk.passwords.hash(new, about=about, path="new")
    occasion = desk.occasion(entrance, holder.actor(desk.origin))
    async with desk.database.transaction() as tx:
        await password_change.complete(tx, checked, password_hash, holder=holder, occasion=occasion)


async def ask_address_change(
    desk: Desk, entrance: Entrance, holder: Holder, *, email: str, password: str
) -> None:
    """Have a key mailed to the new address.

    Raises PasswordNotSet, WrongPassword, InvalidEmail, RateLimited.
    """
    address = addresses.parse(email)
    checked = await check_present(desk, holder, password)
    await spend_mail_by_network(desk)
    await spend_mail(desk, mail_tries(address))
    occasion = desk.occasion(entrance, holder.actor(desk.origin))
    async with desk.database.transaction() as tx:
        await address_change.ask(tx, checked, address, holder=holder, occasion=occasion)


async def get_address_change(
    desk: Desk, entrance: Entrance, holder: Holder, *, key: str
) -> address_change.Offer:
    """Give what a mailed key opens. Raises KeyNotFound, OtherSession, or why it cannot be used."""
    async with counting_misses(desk), desk.database.reader() as reader:
        return await address_change.get_offer(reader, key, entrance=entrance, holder=holder)


async def complete_address_change(
    desk: Desk, entrance: Entrance, holder: Holder, *, key: str
) -> Account:
    """Give the account its new address.

    Raises what `get_address_change` raises, and AddressTaken.
    """
    await get_address_change(desk, entrance, holder, key=key)
    occasion = desk.occasion(entrance, holder.actor(desk.origin))
    async with desk.database.transaction() as tx:
        return await address_change.complete(tx, key, holder=holder, occasion=occasion)


async def check_present(desk: Desk, holder: Holder, password: str) -> Credentials:
    """Give the credentials of who gives their present password.

    Raises PasswordNotSet, WrongPassword, RateLimited.
    """
    await spend_session_password_try(desk, holder.session_id)
    async with desk.database.reader() as reader:
        checked = await password_change.get_credentials(reader, holder.account_id)
    if checked.password_hash is None:
        raise PasswordNotSet
    verdict = await desk.passwords.check(password, checked.password_hash)
    if not verdict.is_right:
        raise WrongPassword
    return checked
