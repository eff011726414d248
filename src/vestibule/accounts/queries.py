"""How accounts and their sessions are read."""

from datetime import datetime

from vestibule.accounts.model import SESSION_IDLE, Account, Credentials, Session
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Reader, Row
from vestibule.kernel.ids import AccountId, RealmId, SessionId

COLUMNS = "id, realm_id, address, address_canonical, locale, created_at"

# $2: how long a session may rest.
_LIVE_SESSIONS_OF = """
          FROM sessions
         WHERE account_id = $1
           AND expires_at > clock_timestamp()
           AND last_seen_at > clock_timestamp() - $2::interval
"""


async def find_by_address(reader: Reader, realm_id: RealmId, canonical: str) -> Account | None:
    """Give the realm's account of this address. Whose time in an app is over has none there."""
    row = await reader.fetch_one(
        f"SELECT {COLUMNS} FROM present_accounts WHERE realm_id = $1 AND address_canonical = $2",
        realm_id,
        canonical,
    )
    return account_from_row(row) if row else None


async def find(reader: Reader, account_id: AccountId) -> Account | None:
    """Give the account."""
    row = await reader.fetch_one(
        f"SELECT {COLUMNS} FROM present_accounts WHERE id = $1",
        account_id,
    )
    return account_from_row(row) if row else None


async def find_credentials(reader: Reader, realm_id: RealmId, canonical: str) -> Credentials | None:
    """Give the realm's account of this address, and what its password is checked against."""
    row = await reader.fetch_one(
        f"""
        SELECT {COLUMNS}, password_hash FROM present_accounts
         WHERE realm_id = $1 AND address_canonical = $2
        """,
        realm_id,
        canonical,
    )
    return credentials_from_row(row) if row else None


async def find_credentials_of(reader: Reader, account_id: AccountId) -> Credentials | None:
    """Give the account, and what its password is checked against."""
    row = await reader.fetch_one(
        f"SELECT {COLUMNS}, password_hash FROM accounts WHERE id = $1",
        account_id,
    )
    return credentials_from_row(row) if row else None


async def list_sessions(reader: Reader, account_id: AccountId) -> list[Session]:
    """Give the account's live sessions, the newest first. They are twenty at most."""
    rows = await reader.fetch_all(
        f"""
        SELECT id, created_at, last_seen_at, expires_at, network, user_agent
               {_LIVE_SESSIONS_OF}
         ORDER BY id DESC
        """,
        account_id,
        SESSION_IDLE,
    )
    return [Session(**row) for row in rows]


async def find_live_session(
    reader: Reader, account_id: AccountId, session_id: SessionId
) -> SessionId | None:
    """Give the session if it is one of the account's live ones."""
    found: SessionId | None = await reader.fetch_value(
        f"SELECT id {_LIVE_SESSIONS_OF} AND id = $3", account_id, SESSION_IDLE, session_id
    )
    return found


async def read_clock(reader: Reader) -> datetime:
    """Give the database's time, which decides what has expired."""
    moment: datetime = await reader.fetch_value("SELECT clock_timestamp()")
    return moment


def account_from_row(row: Row) -> Account:
    """Read the row of COLUMNS."""
    return Account(
        id=row["id"],
        realm_id=row["realm_id"],
        address=Address(typed=row["address"], canonical=row["address_canonical"]),
        locale=row["locale"],
        created_at=row["created_at"],
    )


def credentials_from_row(row: Row) -> Credentials:
    """Read the row of COLUMNS and password_hash."""
    return Credentials(account=account_from_row(row), password_hash=row["password_hash"])
