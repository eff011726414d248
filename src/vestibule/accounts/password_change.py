"""Changing a password by somebody who is signed in and knows the present one."""

from vestibule.accounts import notices, queries, sessions, store
from vestibule.accounts.model import AccountNotFound, Credentials, Holder, WrongPassword
from vestibule.accounts.realms import Occasion
from vestibule.audit import actions as audit
from vestibule.audit.model import Entry
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import AccountId
from vestibule.keys import actions as keys
from vestibule.keys.model import Purpose


async def get_credentials(reader: Reader, account_id: AccountId) -> Credentials:
    """Give what the present password is checked against. Raises AccountNotFound."""
    credentials = await queries.find_credentials_of(reader, account_id)
    if credentials is None:
        raise AccountNotFound
    return credentials


async def lock_checked(tx: Transaction, checked: Credentials) -> Credentials:
    """Hold the account whose password was checked. Raises WrongPassword if it was changed since."""
    present = await store.lock_credentials(tx, checked.account.id)
    if present.password_hash != checked.password_hash:
        raise WrongPassword
    return present


async def complete(
    tx: Transaction, checked: Credentials, password_hash: str, *, holder: Holder, occasion: Occasion
) -> None:
    """Keep the new password. Every other session and every open key of the account ends."""
    account = (await lock_checked(tx, checked)).account

    await store.set_password(tx, account.id, password_hash)
    ended = await sessions.end_all(tx, account.id, except_=holder.session_id)
    await keys.void(tx, account.realm_id, Purpose.PASSWORD_RESET, str(account.id))
    await keys.void(tx, account.realm_id, Purpose.ADDRESS_CHANGE, str(account.id))
    await notices.tell(tx, account, "accounts/password_changed", occasion=occasion)
    await audit.record(
        tx,
        Entry(
            event="account.password_changed",
            by=occasion.by,
            subject_kind="account",
            subject_id=account.id,
            details={"sessions_ended": ended},
        ),
    )
