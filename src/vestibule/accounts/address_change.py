"""Changing the address of an account.

Asked for with the password, proved by a key mailed to the new address.

The key works only in the session that asked: who reads the new mailbox cannot take the account, nor
the other way.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from vestibule.accounts import notices, password_change, queries, store
from vestibule.accounts.model import (
    ADDRESS_CHANGE_LIVES,
    Account,
    Credentials,
    Holder,
    OtherSession,
)
from vestibule.accounts.realms import Entrance, Occasion
from vestibule.audit import actions as audit
from vestibule.audit.model import Entry
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Reader, Transaction
from vestibule.keys import actions as keys
from vestibule.keys.actions import NewKey
from vestibule.keys.model import Key, KeyNotFound, Purpose
from vestibule.messages import actions as messages
from vestibule.messages.model import Mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a key of an address change opens."""

    key: Key
    address: Address


async def ask(
    tx: Transaction, checked: Credentials, address: Address, *, holder: Holder, occasion: Occasion
) -> None:
    """Mail a key to the new address and a notice to the old one.

    An address that another account has gets a mail that says so instead: the answer is the same.
    """
    account = (await password_change.lock_checked(tx, checked)).account
    owner = await queries.find_by_address(tx, account.realm_id, address.canonical)
    if owner is not None and owner.id != account.id:
        await notices.tell(tx, owner, "accounts/address_wanted", occasion=occasion)
    else:
        await _send_key(tx, account, address, holder=holder, occasion=occasion)
    await notices.tell(tx, account, "accounts/address_change_asked", occasion=occasion)
    await audit.record(tx, _entry("account.address_change_asked", account, address, occasion))


async def get_offer(reader: Reader, presented: str, *, entrance: Entrance, holder: Holder) -> Offer:
    """Give the address that the key proves, without spending it.

    Raises KeyNotFound, OtherSession, or why the key cannot be used.
    """
    key = await keys.get(reader, Purpose.ADDRESS_CHANGE, presented)
    _ensure_asked_by(key, entrance, holder)
    key.ensure_usable()
    return Offer(key=key, address=_address_of(key))


async def complete(
    tx: Transaction, presented: str, *, holder: Holder, occasion: Occasion
) -> Account:
    """Spend the key and give the account its new address; keys mailed to the old one are void.

    Raises KeyNotFound, OtherSession, why the key cannot be used, or AddressTaken.
    """
    found = await keys.get(tx, Purpose.ADDRESS_CHANGE, presented)
    _ensure_asked_by(found, occasion.entrance, holder)
    # The account before its key, as whoever ends it takes them.
    account = (await store.lock_credentials(tx, holder.account_id)).account
    address = _address_of(await keys.spend(tx, Purpose.ADDRESS_CHANGE, presented))

    await store.set_address(tx, account.id, address)
    await keys.void(tx, account.realm_id, Purpose.PASSWORD_RESET, str(account.id))
    await keys.forget_in(tx, account.realm_id, account.address.canonical)
    await messages.adopt(tx, account.id, occasion.entrance.realm.place_id, account.address)
    await notices.tell(tx, account, "accounts/address_changed", occasion=occasion)
    await audit.record(tx, _entry("account.address_changed", account, address, occasion))
    return replace(account, address=address)


async def _send_key(
    tx: Transaction, account: Account, address: Address, *, holder: Holder, occasion: Occasion
) -> None:
    now = await queries.read_clock(tx)
    await keys.send(
        tx,
        NewKey(
            realm_id=account.realm_id,
            purpose=Purpose.ADDRESS_CHANGE,
            subject=str(account.id),
            lifetime=ADDRESS_CHANGE_LIVES,
            particulars={
                "address": address.typed,
                "canonical": address.canonical,
                "session": str(holder.session_id),
            },
        ),
        Mail(
            template="accounts/address_change",
            recipient=address.typed,
            locale=account.locale,
            parameters={
                "place_name": occasion.entrance.name,
                "expires_at": (now + ADDRESS_CHANGE_LIVES).isoformat(),
            },
            not_after=now + ADDRESS_CHANGE_LIVES,
            link_path=occasion.entrance.to(occasion.entrance.pages.new_address),
            place_id=occasion.entrance.realm.place_id,
            account_id=account.id,
        ),
        outbox=occasion.outbox,
    )


def _ensure_asked_by(key: Key, entrance: Entrance, holder: Holder) -> None:
    """A key of somebody else's account is unknown here; one of this account asks for its own
    session.
    """
    if key.realm_id != entrance.realm.id or key.subject != str(holder.account_id):
        raise KeyNotFound
    if UUID(key.particulars["session"]) != holder.session_id:
        raise OtherSession


def _address_of(key: Key) -> Address:
    return Address(typed=key.particulars["address"], canonical=key.particulars["canonical"])


def _entry(event: str, account: Account, address: Address, occasion: Occasion) -> Entry:
    return Entry(
        event=event,
        by=occasion.by,
        subject_kind="account",
        subject_id=account.id,
        details={"before": account.address.typed, "after": address.typed},
    )
