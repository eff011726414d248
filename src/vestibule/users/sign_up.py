"""Signing up.

An address is mailed a key, and whoever has it makes the account with a name and a password.
"""

from dataclasses import dataclass, field, replace

from vestibule.accounts import actions as accounts
from vestibule.accounts import queries as account_queries
from vestibule.accounts.model import Started
from vestibule.accounts.realms import Occasion
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
from vestibule.users import actions as users
from vestibule.users.actions import NewUser
from vestibule.users.model import SIGN_UP_LIVES, Profile, User

ACTIVATION = "/activation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks: an address, the language of its mails, and the page to come back to in the end."""

    address: Address
    locale: str
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a key of a sign-up opens."""

    key: Key
    address: Address
    locale: str
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A new user, signed in."""

    user: User
    session: Started


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """What a person chose on the activation page."""

    profile: Profile
    password_hash: str = field(repr=False)


async def ask(tx: Transaction, asked: Asked, *, occasion: Occasion) -> None:
    """Mail a key to the address; one that has an account gets a mail that says so instead."""
    entrance = occasion.entrance
    owner = await accounts.find_by_address(tx, entrance.realm.id, asked.address)
    now = await account_queries.read_clock(tx)
    mail = Mail(
        template="users/sign_up",
        recipient=asked.address.typed,
        locale=supported(asked.locale),
        parameters={
            "place_name": entrance.name,
            "expires_at": (now + SIGN_UP_LIVES).isoformat(),
        },
        not_after=now + SIGN_UP_LIVES,
        link_path=entrance.to(ACTIVATION),
    )
    if owner is None:
        await keys.send(tx, _key(asked, occasion), mail, outbox=occasion.outbox)
    else:
        told = replace(
            mail,
            template="users/sign_up_known",
            recipient=owner.address.typed,
            locale=owner.locale,
            link_path=entrance.to(entrance.pages.sign_in),
        )
        await messages.queue(tx, told, outbox=occasion.outbox)
    await audit.record(tx, _entry(asked, occasion))


async def get_offer(reader: Reader, presented: str) -> Offer:
    """Give what the key opens, without spending it.

    Raises KeyNotFound, or why it cannot be used.
    """
    key = await keys.get(reader, Purpose.SIGN_UP, presented)
    key.ensure_usable()
    return _offer(key)


async def complete(
    tx: Transaction, presented: str, activation: Activation, *, occasion: Occasion
) -> Signed:
    """Spend the key, make the user, and sign them in.

    Raises KeyNotFound, why the key cannot be used, or AccountExists if an invitation was faster.
    """
    offer = _offer(await keys.spend(tx, Purpose.SIGN_UP, presented))
    if offer.key.realm_id != occasion.entrance.realm.id:
        raise KeyNotFound
    user = await users.make(
        tx,
        NewUser(
            address=offer.address,
            profile=activation.profile,
            password_hash=activation.password_hash,
            locale=offer.locale,
        ),
        by=occasion.by,
    )
    session = await users.start_session(tx, user, origin=occasion.by)
    return Signed(user=user, session=session)


def _key(asked: Asked, occasion: Occasion) -> NewKey:
    return NewKey(
        realm_id=occasion.entrance.realm.id,
        purpose=Purpose.SIGN_UP,
        subject=asked.address.canonical,
        lifetime=SIGN_UP_LIVES,
        particulars={
            "address": asked.address.typed,
            "canonical": asked.address.canonical,
            "locale": supported(asked.locale),
            "next": asked.next,
        },
    )


def _offer(key: Key) -> Offer:
    return Offer(
        key=key,
        address=Address(typed=key.particulars["address"], canonical=key.particulars["canonical"]),
        locale=key.particulars["locale"],
        next=key.particulars["next"],
    )


def _entry(asked: Asked, occasion: Occasion) -> Entry:
    return Entry(
        event="sign_up.asked",
        by=occasion.by,
        subject_kind="address",
        subject_id=None,
        details={"address": asked.address.typed},
    )
