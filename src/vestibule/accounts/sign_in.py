"""Signing in.

An address and a password become a session. The password is checked before the transaction opens.
"""

from vestibule.accounts import queries, sessions, store
from vestibule.accounts.model import Credentials, InvalidCredentials, Started
from vestibule.accounts.passwords import Verdict
from vestibule.accounts.realms import Realm
from vestibule.audit.model import Actor
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Reader, Transaction


async def find_credentials(reader: Reader, realm: Realm, address: Address) -> Credentials | None:
    """Give what a password is checked against.

    None: check it all the same, so that it takes as long.
    """
    return await queries.find_credentials(reader, realm.id, address.canonical)


async def complete(
    tx: Transaction, checked: Credentials, verdict: Verdict, *, origin: Actor
) -> Started:
    """Start a session for who gave the right password.

    Raises InvalidCredentials if the password was changed since it was checked: that change ended
    every session.
    """
    present = await store.lock_credentials(tx, checked.account.id)
    if present.password_hash != checked.password_hash:
        raise InvalidCredentials

    if verdict.renewed_hash:
        await store.renew_hash(tx, present.account.id, verdict.renewed_hash)
    return await sessions.start(tx, present.account, origin=origin)
