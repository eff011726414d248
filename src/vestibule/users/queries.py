"""How users are read."""

from vestibule.accounts.model import SESSION_IDLE, SESSION_TOUCHED_EVERY
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Reader, Row
from vestibule.kernel.ids import RealmId, UserId
from vestibule.users.model import SignedIn, User

COLUMNS = """u.id, u.first_name, u.last_name, u.phone, u.created_at,
             (SELECT l.organization_id FROM landings l WHERE l.user_id = u.id)
                 AS default_organization_id,
             a.address, a.address_canonical, a.locale"""


async def find(reader: Reader, user_id: UserId) -> User | None:
    """Give the user."""
    row = await reader.fetch_one(
        f"SELECT {COLUMNS} FROM users u JOIN accounts a ON a.id = u.id WHERE u.id = $1",
        user_id,
    )
    return user_from_row(row) if row else None


async def find_by_address(reader: Reader, realm_id: RealmId, canonical: str) -> User | None:
    """Give the user of this address."""
    row = await reader.fetch_one(
        f"""
        SELECT {COLUMNS}
          FROM accounts a
          JOIN users u ON u.id = a.id
         WHERE a.realm_id = $1 AND a.address_canonical = $2
        """,
        realm_id,
        canonical,
    )
    return user_from_row(row) if row else None


async def find_signed_in(reader: Reader, realm_id: RealmId, token_hash: bytes) -> SignedIn | None:
    """Give who holds the live session of this token.

    One round trip for every request that needs it.
    """
    row = await reader.fetch_one(
        f"""
        SELECT {COLUMNS}, s.id AS session_id,
               s.last_seen_at < clock_timestamp() - $4::interval AS is_to_be_touched
          FROM sessions s
          JOIN accounts a ON a.realm_id = s.realm_id AND a.id = s.account_id
          JOIN users u ON u.id = a.id
         WHERE s.token_hash = $2
           AND s.realm_id = $1
           AND s.expires_at > clock_timestamp()
           AND s.last_seen_at > clock_timestamp() - $3::interval
        """,
        realm_id,
        token_hash,
        SESSION_IDLE,
        SESSION_TOUCHED_EVERY,
    )
    if row is None:
        return None
    return SignedIn(
        user=user_from_row(row),
        session_id=row["session_id"],
        is_to_be_touched=row["is_to_be_touched"],
    )


def user_from_row(row: Row) -> User:
    """Read the row of COLUMNS."""
    return User(
        id=row["id"],
        address=Address(typed=row["address"], canonical=row["address_canonical"]),
        first_name=row["first_name"],
        last_name=row["last_name"],
        phone=row["phone"],
        locale=row["locale"],
        default_organization_id=row["default_organization_id"],
        created_at=row["created_at"],
    )
