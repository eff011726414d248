"""Accounts for these tests, in two realms: the platform's and an app's."""

from uuid import UUID

import msgspec

from tests.world import PASSWORD_HASH
from vestibule.accounts import actions as accounts
from vestibule.accounts import queries, sessions
from vestibule.accounts.model import Account, Credentials, Holder, NewAccount, Started
from vestibule.accounts.realms import PLATFORM, Entrance, Occasion, Realm, RealmKind
from vestibule.audit.model import Actor, ActorKind
from vestibule.kernel import addresses
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import AccountId, RealmId, SessionId
from vestibule.messages.model import Outbox

APP = Realm(RealmId(UUID("01900000-0000-7000-8000-0000000000aa")), RealmKind.APP)
ORIGIN = Actor(kind=ActorKind.KEY_HOLDER, network="192.0.2.7", user_agent="Tests/1.0")


class Somebody:
    """The person behind an account: has its address, and no name beside it."""

    def __init__(self, account: Account) -> None:
        self.email = self.name = account.address.typed


class Seated:
    """Somebody who holds a session."""

    def __init__(self, account: Account, session_id: SessionId) -> None:
        self.account_id = account.id
        self.session_id = session_id
        self.person = Somebody(account)
        self._account = account

    def actor(self, origin: Actor) -> Actor:
        return self._account.as_actor(origin)


class Seen(msgspec.Struct, frozen=True):
    """The person behind an account of the realm, as its API shows them."""

    id: str
    first_name: str = "Ana"
    last_name: str = "Berg"


async def describe(reader: Reader, account_id: AccountId) -> Seen:
    return Seen(str(account_id))


async def land(tx: Transaction, account_id: AccountId, session_id: SessionId) -> str:
    return "/landing"


AT_PLATFORM = Entrance(realm=PLATFORM, name="Vestibule", describe=describe, landing=land)
AT_APP = Entrance(realm=APP, name="Shifts", describe=describe, landing=land, path="/apps/shifts")


def occasion(outbox: Outbox, entrance: Entrance = AT_PLATFORM, by: Actor = ORIGIN) -> Occasion:
    return Occasion(entrance=entrance, outbox=outbox, by=by)


async def make(
    tx: Transaction, email: str = "ana@example.com", *, realm: Realm = PLATFORM
) -> Account:
    """An account with the password of the cast."""
    if realm is APP:
        await tx.execute(
            "INSERT INTO realms (id, kind) VALUES ($1, 'app') ON CONFLICT DO NOTHING", APP.id
        )
    new = NewAccount(
        realm_id=realm.id,
        address=addresses.parse(email),
        password_hash=PASSWORD_HASH,
        locale="en",
    )
    return await accounts.make(tx, new, by=ORIGIN)


async def seat(tx: Transaction, account: Account) -> Holder:
    """Start a session of the account."""
    return Seated(account, (await sessions.start(tx, account, origin=ORIGIN)).id)


async def start(tx: Transaction, account: Account) -> Started:
    return await sessions.start(tx, account, origin=ORIGIN)


async def credentials(reader: Reader, account: Account) -> Credentials:
    found = await queries.find_credentials_of(reader, account.id)
    assert found
    return found


async def events(reader: Reader) -> list[str]:
    """What the trail tells, in order."""
    return [row["event"] for row in await reader.fetch_all("SELECT event FROM audit ORDER BY id")]


async def templates(reader: Reader) -> list[tuple[str, str]]:
    """Which mails are owed, to whom, in order."""
    rows = await reader.fetch_all("SELECT template, recipient FROM messages ORDER BY id")
    return [(row["template"], row["recipient"]) for row in rows]
