"""What is done with users: make one, find one, change what they say of themselves."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from vestibule.accounts import actions as accounts
from vestibule.accounts import sessions
from vestibule.accounts.model import Account, NewAccount, Started
from vestibule.accounts.realms import PLATFORM
from vestibule.audit import actions as audit
from vestibule.audit.model import Actor, Entry
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.i18n import supported
from vestibule.kernel.ids import AccountId, OrganizationId, UserId
from vestibule.messages import actions as messages
from vestibule.users import queries, store
from vestibule.users.model import (
    Profile,
    SignedIn,
    User,
    UserBody,
    UserNotFound,
    present_user,
)

# Below this path links lead into apps, whose accounts are none of the platform's.
APPS = "/apps/"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """A person to be made: what they proved to read, and what they say of themselves."""

    address: Address
    profile: Profile
    password_hash: str = field(repr=False)
    locale: str
    default_organization_id: OrganizationId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What somebody changes about themselves."""

    profile: Profile
    locale: str
    default_organization_id: OrganizationId | None


async def make(tx: Transaction, new: NewUser, *, by: Actor) -> User:
    """Make the account and its person. Raises AccountExists; of two at once, one."""
    locale = supported(new.locale)
    account = await accounts.make(
        tx,
        NewAccount(
            realm_id=PLATFORM.id,
            address=new.address,
            password_hash=new.password_hash,
            locale=locale,
        ),
        by=by,
    )
    user_id = UserId(account.id)
    created_at = await store.insert(tx, user_id, new.profile, lands_in=new.default_organization_id)
    return User(
        id=user_id,
        address=account.address,
        first_name=new.profile.first_name,
        last_name=new.profile.last_name,
        phone=new.profile.phone,
        locale=locale,
        default_organization_id=new.default_organization_id,
        created_at=created_at,
    )


async def start_session(tx: Transaction, user: User, *, origin: Actor) -> Started:
    """Sign in a user who has just been made."""
    return await sessions.start(tx, account_of(user), origin=origin)


def account_of(user: User) -> Account:
    """Give the account that the user signs in with."""
    return Account(
        id=user.id,
        realm_id=PLATFORM.id,
        address=user.address,
        locale=user.locale,
        created_at=user.created_at,
    )


async def find_signed_in(reader: Reader, token: str) -> SignedIn | None:
    """Give who holds the live session of this token, in one round trip."""
    return await queries.find_signed_in(reader, PLATFORM.id, sessions.hash_of(token))


async def find_by_address(reader: Reader, address: Address) -> User | None:
    """Give the user of this address."""
    return await queries.find_by_address(reader, PLATFORM.id, address.canonical)


async def get(reader: Reader, user_id: UserId) -> User:
    """Give the user. Raises UserNotFound."""
    user = await queries.find(reader, user_id)
    if user is None:
        raise UserNotFound
    return user


async def lock(tx: Transaction, user_id: UserId) -> User:
    """Give the user, whom nobody else changes until the end of the transaction."""
    await store.hold(tx, user_id)
    return await get(tx, user_id)


async def describe(reader: Reader, account_id: AccountId) -> UserBody:
    """Give the person behind an account of the platform, as the API shows them."""
    return present_user(await get(reader, UserId(account_id)))


async def change(tx: Transaction, before: User, changes: Changes, *, by: Actor) -> User:
    """Change what they say of themselves; no change leaves no trace.

    Whether they belong to the organization is for the caller to have asked.
    """
    after = await _write(tx, before, changes)
    changed = _differences(before, after)
    if changed:
        await audit.record(
            tx,
            Entry(
                event="user.changed",
                by=by,
                subject_kind="user",
                subject_id=before.id,
                details=changed,
            ),
        )
    return after


async def prefer_organization(
    tx: Transaction, user_id: UserId, organization_id: OrganizationId
) -> None:
    """Let them land in the organization from now on, unless they land in another already."""
    await store.prefer_organization(tx, user_id, organization_id)


async def stop_landing(tx: Transaction, user_id: UserId, organization_id: OrganizationId) -> None:
    """Let them land in the organization no longer, if they do: they are not a member any more."""
    await store.clear_default_organization(tx, user_id, organization_id)


async def stop_landing_of(
    tx: Transaction, user_ids: Sequence[UserId], organization_id: OrganizationId
) -> None:
    """Let none of these land in the organization any longer: it is gone."""
    await store.clear_default_organization_of(tx, user_ids, organization_id)


async def lock_for_end(tx: Transaction, user_id: UserId) -> User:
    """Give the user, to whom nothing new can refer until the end of the transaction.

    Raises UserNotFound.
    """
    await store.hold_for_end(tx, user_id)
    return await get(tx, user_id)


async def end(tx: Transaction, user: User, *, by: Actor) -> None:
    """Delete the user with account, sessions, keys, and mails to them. They belong nowhere now.

    What was mailed for an account in an app that has the same address stays.
    """
    await accounts.end(tx, account_of(user))
    await messages.forget(tx, user.address, except_below=APPS)
    entry = Entry(
        event="account.deleted",
        by=by,
        subject_kind="account",
        subject_id=user.id,
        subject_name=user.name,
    )
    await audit.record(tx, entry)


async def _write(tx: Transaction, before: User, changes: Changes) -> User:
    locale = supported(changes.locale)
    if locale != before.locale:
        await accounts.speak(tx, before.id, locale)
    landing = changes.default_organization_id
    await store.set_profile(tx, before.id, changes.profile, landing=landing)
    return await get(tx, before.id)


def _differences(before: User, after: User) -> dict[str, dict[str, str | None]]:
    fields = ("first_name", "last_name", "phone", "locale", "default_organization_id")
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in fields}
    return {
        name: {"before": _shown(old), "after": _shown(new)}
        for name, (old, new) in pairs.items()
        if old != new
    }


def _shown(value: object) -> str | None:
    return None if value is None else str(value)
