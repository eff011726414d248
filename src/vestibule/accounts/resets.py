"""Forgotten passwords.

A key is mailed, and whoever has it chooses a new password. It gives no session.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from vestibule.accounts import notices, queries, sessions, store
from vestibule.accounts.model import RESET_LIVES, Account, AccountNotFound
from vestibule.accounts.realms import Entrance, Occasion
from vestibule.audit import actions as audit
from vestibule.audit.model import Actor, Entry
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import AccountId
from vestibule.keys import actions as keys
from vestibule.keys.actions import NewKey
from vestibule.keys.model import Key, KeyNotFound, Purpose
from vestibule.messages.model import Mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a key of a reset opens. `about`: the words that the new password may not be made of."""

    key: Key
    account: Account
    about: Sequence[str]

    @property
    def email(self) -> str:
        """Give the account's address as it was typed."""
        return self.account.address.typed

    @property
    def carried(self) -> str:
        """Give what the entrance carried when the key was asked for."""
        carried: str = self.key.particulars.get("carried", "")
        return carried


async def ask(tx: Transaction, address: Address, *, occasion: Occasion) -> None:
    """Mail a key to the account of this address.

    To an address without one, nothing is mailed or said.
    """
    entrance = occasion.entrance
    found = await queries.find_by_address(tx, entrance.realm.id, address.canonical)
    if found is None:
        return
    # Held, so that a change of password or address at this moment voids the key, or is seen here.
    account = (await store.lock_credentials(tx, found.id)).account
    if account.address != found.address:
        return
    now = await queries.read_clock(tx)
    await keys.send(
        tx,
        NewKey(
            realm_id=account.realm_id,
            purpose=Purpose.PASSWORD_RESET,
            subject=str(account.id),
            lifetime=RESET_LIVES,
            particulars={"carried": entrance.carried},
        ),
        Mail(
            template="accounts/password_reset",
            recipient=account.address.typed,
            locale=account.locale,
            parameters={
                "place_name": entrance.name,
                "expires_at": (now + RESET_LIVES).isoformat(),
            },
            not_after=now + RESET_LIVES,
            link_path=entrance.to(entrance.pages.new_password),
            place_id=entrance.realm.place_id,
            account_id=account.id,
        ),
        outbox=occasion.outbox,
    )
    await audit.record(tx, _entry("account.reset_asked", account, occasion.by))


async def get_offer(reader: Reader, presented: str, *, entrance: Entrance) -> Offer:
    """Give what the key opens, without spending it.

    Raises KeyNotFound, or why it cannot be used.
    """
    key = await keys.get(reader, Purpose.PASSWORD_RESET, presented)
    account_id = _account_of(key, entrance)
    key.ensure_usable()
    account = await _get(reader, account_id)
    person = await entrance.describe(reader, account_id)
    names = [getattr(person, name, None) for name in ("first_name", "last_name", "name")]
    about = [account.address.canonical, *(str(name) for name in names if name)]
    return Offer(key=key, account=account, about=about)


async def complete(
    tx: Transaction, presented: str, password_hash: str, *, occasion: Occasion
) -> Account:
    """Spend the key and keep the new password. Every session and open key of the account ends.

    The account before its key, as whoever ends it takes them. Raises KeyNotFound, or why the key
    cannot be used; of two at once, one.
    """
    found = await keys.get(tx, Purpose.PASSWORD_RESET, presented)
    account = await _lock(tx, _account_of(found, occasion.entrance))
    await keys.spend(tx, Purpose.PASSWORD_RESET, presented)

    await store.set_password(tx, account.id, password_hash)
    await sessions.end_all(tx, account.id)
    await keys.void(tx, account.realm_id, Purpose.ADDRESS_CHANGE, str(account.id))
    await notices.tell(tx, account, "accounts/password_changed", occasion=occasion)
    by = account.as_actor(occasion.by)
    await audit.record(tx, _entry("account.password_reset", account, by))
    return account


async def _lock(tx: Transaction, account_id: AccountId) -> Account:
    """Hold the account. Raises as `_get`, by what is after the wait."""
    try:
        await store.lock_credentials(tx, account_id)
    except AccountNotFound as fault:
        raise KeyNotFound from fault
    return await _get(tx, account_id)


async def _get(reader: Reader, account_id: AccountId) -> Account:
    """Give the account. Raises KeyNotFound if it is gone, or out: so is what was mailed to it."""
    account = await queries.find(reader, account_id)
    if account is None:
        raise KeyNotFound
    return account


def _account_of(key: Key, entrance: Entrance) -> AccountId:
    if key.realm_id != entrance.realm.id:
        raise KeyNotFound
    return AccountId(UUID(key.subject))


def _entry(event: str, account: Account, by: Actor) -> Entry:
    return Entry(event=event, by=by, subject_kind="account", subject_id=account.id)
