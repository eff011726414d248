"""Every statement that writes or locks an account."""

from collections.abc import Sequence
from datetime import datetime

from asyncpg import UniqueViolationError

from vestibule.accounts.model import Account, AccountNotFound, AddressTaken, Credentials, NewAccount
from vestibule.accounts.queries import COLUMNS, account_from_row, credentials_from_row
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AccountId, RealmId, new_id


async def insert(tx: Transaction, new: NewAccount) -> Account | None:
    """Add the account, unless its realm has one of this address."""
    row = await tx.fetch_one(
        f"""
        INSERT INTO accounts (id, realm_id, address, address_canonical, password_hash, locale,
        password_changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $5::text IS NOT NULL THEN clock_timestamp() END)
        ON CONFLICT ON CONSTRAINT accounts_one_per_realm_and_address DO NOTHING
        RETURNING {COLUMNS}
        """,
        new_id(),
        new.realm_id,
        new.address.typed,
        new.address.canonical,
        new.password_hash,
        new.locale,
    )
    return account_from_row(row) if row else None


async def lock_credentials(tx: Transaction, account_id: AccountId) -> Credentials:
    """Hold the account until the end of the transaction.

    One change of who may sign in at a time.
    """
    row = await tx.fetch_one(
        f"SELECT {COLUMNS}, password_hash FROM accounts WHERE id = $1 FOR NO KEY UPDATE",
        account_id,
    )
    if row is None:
        raise AccountNotFound
    return credentials_from_row(row)


async def hold_each(
    tx: Transaction, account_ids: Sequence[AccountId], *, before: datetime | None
) -> set[AccountId]:
    """Hold these accounts, in the order of their ids. Gives those that have a password.

    `before`: only those whose password was set before then.
    """
    rows = await tx.fetch_all(
        """
        SELECT id, password_hash IS NOT NULL
               AND ($2::timestamptz IS NULL OR password_changed_at < $2) AS has_password
          FROM accounts WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE
        """,
        list(account_ids),
        before,
    )
    return {row["id"] for row in rows if row["has_password"]}


async def set_password(tx: Transaction, account_id: AccountId, password_hash: str) -> None:
    """Keep the hash of a new password."""
    await tx.execute(
        """
        UPDATE accounts SET password_hash = $2, password_changed_at = clock_timestamp() WHERE id =
        $1
        """,
        account_id,
        password_hash,
    )


async def renew_hash(tx: Transaction, account_id: AccountId, password_hash: str) -> None:
    """Keep the same password's hash by today's parameters."""
    await tx.execute(
        "UPDATE accounts SET password_hash = $2 WHERE id = $1", account_id, password_hash
    )


async def set_address(tx: Transaction, account_id: AccountId, address: Address) -> None:
    """Give the account another address. Raises AddressTaken."""
    try:
        await tx.execute(
            "UPDATE accounts SET address = $2, address_canonical = $3 WHERE id = $1",
            account_id,
            address.typed,
            address.canonical,
        )
    except UniqueViolationError as fault:
        raise AddressTaken from fault


async def set_locale(tx: Transaction, account_id: AccountId, locale: str) -> None:
    """Keep the language of mails to this account."""
    await tx.execute("UPDATE accounts SET locale = $2 WHERE id = $1", account_id, locale)


async def insert_realm(tx: Transaction, realm_id: RealmId, kind: str) -> None:
    """Add a realm, in which nobody has an account yet."""
    await tx.execute("INSERT INTO realms (id, kind) VALUES ($1, $2)", realm_id, kind)


async def delete(tx: Transaction, account_id: AccountId) -> None:
    """Delete the account, and with it its sessions and the person behind it."""
    await tx.execute("DELETE FROM accounts WHERE id = $1", account_id)


async def delete_oldest(tx: Transaction, realm_id: RealmId, *, at_most: int) -> list[AccountId]:
    """Delete the accounts that were made first in the realm, with all that is theirs."""
    rows = await tx.fetch_all(
        """
        DELETE FROM accounts
         WHERE id = ANY(ARRAY(SELECT id FROM accounts WHERE realm_id = $1
                               ORDER BY id LIMIT $2 FOR UPDATE))
        RETURNING id
        """,
        realm_id,
        at_most,
    )
    return [row["id"] for row in rows]


async def delete_realm(tx: Transaction, realm_id: RealmId) -> None:
    """Delete a realm that has no accounts and keys."""
    await tx.execute("DELETE FROM realms WHERE id = $1", realm_id)
