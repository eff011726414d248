"""What is done with keys: mail one, find what one opens, spend it, void those of a subject."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.errors import Unavailable
from vestibule.kernel.ids import KeyId, MessageId, RealmId
from vestibule.kernel.secrets import digest, new_seed
from vestibule.keys import queries, store
from vestibule.keys.model import Key, KeyNotFound, Purpose
from vestibule.keys.store import KeyRow
from vestibule.messages import actions as messages
from vestibule.messages.model import Mail, Outbox

# Each try that fails saw another's key committed: as many at once as five full pools get theirs.
TRIES = 50

# How long a dead link can still say why it is dead.
REMEMBERED = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """What a key shall open, and for how long."""

    realm_id: RealmId
    purpose: Purpose
    subject: str
    lifetime: timedelta
    particulars: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mailed:
    """A key that is on its way, and the message that carries it."""

    key: KeyId
    message: MessageId


async def send(tx: Transaction, new: NewKey, mail: Mail, *, outbox: Outbox) -> Mailed:
    """Make a key, supersede the subject's older ones, and queue the mail with its link.

    The key is nowhere: its hash is in the database, and at delivery it is derived again from the
    message's seed.
    """
    seed = new_seed()
    row = KeyRow(
        realm_id=new.realm_id,
        purpose=new.purpose,
        subject=new.subject,
        key_hash=digest(new.purpose, outbox.secret.derive_key(new.purpose, seed)),
        lifetime=new.lifetime,
        particulars=new.particulars,
    )
    key = await _insert(tx, row)
    message = await messages.queue(
        tx, replace(mail, key_purpose=new.purpose, key_seed=seed), outbox=outbox
    )
    return Mailed(key, message)


async def get(reader: Reader, purpose: Purpose, presented: str) -> Key:
    """Give the key of this purpose, usable or not. Raises KeyNotFound."""
    key = await queries.find_by_hash(reader, digest(purpose, presented))
    if key is None:
        raise KeyNotFound
    return key


async def spend(tx: Transaction, purpose: Purpose, presented: str) -> Key:
    """Spend the key, for good. Raises KeyNotFound, or the kind of Gone that says why not."""
    key = await store.lock_by_hash(tx, digest(purpose, presented))
    key.ensure_usable()
    await store.spend(tx, key.id)
    return key


async def void(tx: Transaction, realm_id: RealmId, purpose: Purpose, subject: str) -> None:
    """End the subject's live key of this purpose: what it was for has changed."""
    await store.supersede(tx, realm_id, purpose, subject)


async def forget(tx: Transaction, subjects: Sequence[str]) -> None:
    """Delete every key of these subjects: what they were for is gone."""
    await store.delete_of(tx, subjects)


async def forget_of_realm(tx: Transaction, realm_id: RealmId, *, at_most: int) -> int:
    """Delete some of the keys of a realm that is gone. Gives their number."""
    return await store.delete_of_realm(tx, realm_id, at_most=at_most)


async def forget_in(tx: Transaction, realm_id: RealmId, subject: str) -> None:
    """Delete every key of this subject in a realm: nobody there is called so any more."""
    await store.delete_in(tx, realm_id, subject)


async def forget_ended(tx: Transaction) -> int:
    """Delete keys that ended longer ago than a dead link has to say why. Gives how many."""
    return await store.delete_ended(tx, after=REMEMBERED)


async def _insert(tx: Transaction, row: KeyRow) -> KeyId:
    """Insert first: most subjects have no live key. One that is in the way is superseded.

    Of two at once, the later one wins; each more in between makes us try again.
    """
    for _ in range(TRIES):
        key = await store.insert_live(tx, row)
        if key is not None:
            return key
        await store.supersede(tx, row.realm_id, row.purpose, row.subject)
    raise Unavailable
