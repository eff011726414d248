"""What is done with accounts as such.

Make one, find one. Signing in and what changes one stand beside, by noun.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from vestibule.accounts import queries, store
from vestibule.accounts.model import Account, AccountExists, AccountNotFound, NewAccount
from vestibule.accounts.realms import PLATFORM, Realm
from vestibule.audit import actions as audit
from vestibule.audit.model import Actor, Entry
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import AccountId, RealmId
from vestibule.keys import actions as keys
from vestibule.messages import actions as messages


async def open_realm(tx: Transaction, realm: Realm) -> None:
    """Make a place for accounts of its own."""
    await store.insert_realm(tx, realm.id, realm.kind)


async def make(tx: Transaction, new: NewAccount, *, by: Actor) -> Account:
    """Make the account. Raises AccountExists; of two at once, one."""
    account = await store.insert(tx, new)
    if account is None:
        raise AccountExists
    await audit.record(
        tx,
        Entry(
            event="account.made",
            by=account.as_actor(by),
            subject_kind="account",
            subject_id=account.id,
            details={"address": account.address.typed},
        ),
    )
    return account


async def find_by_address(reader: Reader, realm_id: RealmId, address: Address) -> Account | None:
    """Give the realm's account of this address."""
    return await queries.find_by_address(reader, realm_id, address.canonical)


async def get(reader: Reader, account_id: AccountId) -> Account:
    """Give the account. Raises AccountNotFound."""
    account = await queries.find(reader, account_id)
    if account is None:
        raise AccountNotFound
    return account


async def hold_each(
    tx: Transaction, account_ids: Sequence[AccountId], *, before: datetime | None = None
) -> Collection[AccountId]:
    """Hold accounts, in the order of their ids, before what is theirs. Gives who has a password.

    `before`: only those whose password was set before then.
    """
    return await store.hold_each(tx, account_ids, before=before)


async def speak(tx: Transaction, account_id: AccountId, locale: str) -> None:
    """Have mails to this account written in the language."""
    await store.set_locale(tx, account_id, locale)


async def end(tx: Transaction, account: Account) -> None:
    """Delete the account, with its sessions, its keys and the mails for its owner.

    Whoever ends it records why.
    """
    # The account first, then its keys: the order in which a change of password takes them.
    await store.delete(tx, account.id)
    await keys.forget(tx, [str(account.id)])
    await keys.forget_in(tx, account.realm_id, account.address.canonical)
    await messages.forget_for(tx, [account.id])
    if account.realm_id != PLATFORM.id:
        await messages.forget_of(tx, account.realm_id, account.address)


async def clear_realm(tx: Transaction, realm_id: RealmId, *, at_most: int) -> int:
    """Delete the oldest accounts of a realm that is closed, and when none is left, its keys.

    Gives their number. 0: nothing is left.
    """
    cleared = await store.delete_oldest(tx, realm_id, at_most=at_most)
    await messages.forget_about(tx, cleared)
    await messages.forget_for(tx, cleared)
    return len(cleared) or await keys.forget_of_realm(tx, realm_id, at_most=at_most)


async def close_realm(tx: Transaction, realm_id: RealmId) -> None:
    """Delete a realm in which nothing is left."""
    await store.delete_realm(tx, realm_id)
