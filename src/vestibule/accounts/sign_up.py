"""Signing up, up to the point where the mailed key is spent.

An address is mailed a key. What whoever has it is then made, a user or something else, the rooms
above know.
"""

from dataclasses import dataclass, replace

from vestibule.accounts import actions as accounts
from vestibule.accounts import queries
from vestibule.accounts.model import SIGN_UP_LIVES
from vestibule.accounts.realms import Entrance, Occasion
from vestibule.audit import actions as audit
from vestibule.audit.model import Entry
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.i18n import supported
from vestibule.keys import actions as keys
from vestibule.keys.actions import NewKey
from vestibule.keys.model import Key, KeyNotFound, Purpose
from vestibule.messages import actions as messages
from vestibule.messages.model import Mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks: an address, the language of its mails, and the page to come back to in the end."""

    address: Address
    locale: str
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a key of a sign-up opens. `carried` is what the entrance carried when it was asked."""

    key: Key
    address: Address
    locale: str
    next: str | None
    carried: str

    @property
    def email(self) -> str:
        """Give the address as it was typed."""
        return self.address.typed


async def ask(tx: Transaction, asked: Asked, *, occasion: Occasion) -> None:
    """Mail a key to the address; one that has an account gets a mail that says so instead."""
    entrance = occasion.entrance
    owner = await accounts.find_by_address(tx, entrance.realm.id, asked.address)
    now = await queries.read_clock(tx)
    mail = Mail(
        template="accounts/sign_up",
        recipient=asked.address.typed,
        locale=supported(asked.locale),
        parameters={
            "place_name": entrance.name,
            "expires_at": (now + SIGN_UP_LIVES).isoformat(),
        },
        not_after=now + SIGN_UP_LIVES,
        link_path=entrance.to(entrance.pages.activation),
        place_id=entrance.realm.place_id,
    )
    if owner is None:
        await keys.send(tx, _key(asked, entrance), mail, outbox=occasion.outbox)
    else:
        told = replace(
            mail,
            template="accounts/sign_up_known",
            recipient=owner.address.typed,
            locale=owner.locale,
            account_id=owner.id,
            link_path=entrance.to(entrance.pages.sign_in),
        )
        await messages.queue(tx, told, outbox=occasion.outbox)
    await audit.record(tx, _entry(asked, occasion))


async def get_offer(reader: Reader, presented: str, *, entrance: Entrance) -> Offer:
    """Give what the key opens, without spending it.

    Raises KeyNotFound, also for a key of another realm, or why it cannot be used.
    """
    key = await keys.get(reader, Purpose.SIGN_UP, presented)
    offer = _offer(key, entrance)
    key.ensure_usable()
    return offer


async def spend(tx: Transaction, presented: str, *, entrance: Entrance) -> Offer:
    """Spend the key, for good; what was offered is to be given in the same transaction.

    Raises KeyNotFound, also for a key of another realm, or why it cannot be used.
    """
    return _offer(await keys.spend(tx, Purpose.SIGN_UP, presented), entrance)


def _key(asked: Asked, entrance: Entrance) -> NewKey:
    return NewKey(
        realm_id=entrance.realm.id,
        purpose=Purpose.SIGN_UP,
        subject=asked.address.canonical,
        lifetime=SIGN_UP_LIVES,
        particulars={
            "address": asked.address.typed,
            "canonical": asked.address.canonical,
            "locale": supported(asked.locale),
            "next": asked.next,
            "carried": entrance.carried,
        },
    )


def _offer(key: Key, entrance: Entrance) -> Offer:
    if key.realm_id != entrance.realm.id:
        raise KeyNotFound
    return Offer(
        key=key,
        address=Address(typed=key.particulars["address"], canonical=key.particulars["canonical"]),
        locale=key.particulars["locale"],
        next=key.particulars["next"],
        # Keys that were mailed before entrances carried anything do not say so.
        carried=key.particulars.get("carried", ""),
    )


def _entry(asked: Asked, occasion: Occasion) -> Entry:
    return Entry(
        event="sign_up.asked",
        by=occasion.by,
        subject_kind="address",
        subject_id=None,
        details={"address": asked.address.typed},
    )
