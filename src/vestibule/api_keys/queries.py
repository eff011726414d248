"""How API keys are read: by lists, and by whoever shows a secret."""

from collections.abc import Sequence
from datetime import timedelta

from vestibule.accounts.model import SESSION_TOUCHED_EVERY
from vestibule.api_keys.model import ApiKey, Calling
from vestibule.kernel.database import Reader, Row
from vestibule.kernel.ids import ApiKeyId, AppId, OrganizationId, UserId
from vestibule.kernel.lists import Window
from vestibule.organizations.caller_model import Program
from vestibule.organizations.permission_model import Permission

COLUMNS = """k.id, k.organization_id, k.app_id, k.user_id AS maker_id, k.name, k.hint,
             k.permissions, k.created_at, k.expires_at, k.last_used_at,
             k.expires_at <= clock_timestamp() AS is_expired,
             u.first_name || ' ' || u.last_name AS maker_name"""

KEYS = f"SELECT {COLUMNS} FROM api_keys k JOIN users u ON u.id = k.user_id"


async def find_calling(reader: Reader, secret_hash: bytes) -> Calling | None:
    """Give the program that shows this secret, if its key is good at this very moment.

    One round trip. What its maker may is asked where something is done.
    """
    row = await reader.fetch_one(
        """
        SELECT k.id, k.name, k.organization_id, k.app_id, k.user_id, k.permissions, a.locale,
               u.first_name || ' ' || u.last_name AS maker_name,
               coalesce(k.last_used_at < clock_timestamp() - $2::interval, true) AS is_to_be_noted
          FROM good_keys k
          JOIN open_organizations o ON o.id = k.organization_id
          JOIN present_members m
            ON m.organization_id = k.organization_id AND m.user_id = k.user_id
          JOIN users u ON u.id = k.user_id
          JOIN accounts a ON a.id = k.user_id
         WHERE k.secret_hash = $1
           AND (k.app_id IS NULL OR EXISTS (SELECT FROM open_apps p WHERE p.id = k.app_id))
        """,
        secret_hash,
        SESSION_TOUCHED_EVERY,
    )
    return Calling(_program_from_row(row), row["is_to_be_noted"]) if row else None


async def find(reader: Reader, key_id: ApiKeyId) -> ApiKey | None:
    """Give the key, expired or not, whoever asks."""
    row = await reader.fetch_one(f"{KEYS} WHERE k.id = $1", key_id)
    return key_from_row(row) if row else None


async def find_of(
    reader: Reader, organization_id: OrganizationId, key_id: ApiKeyId
) -> ApiKey | None:
    """Give the key of the organization."""
    key = await find(reader, key_id)
    return key if key and key.organization_id == organization_id else None


async def list_of(
    reader: Reader, organization_id: OrganizationId, window: Window
) -> Sequence[ApiKey]:
    """Give up to `limit + 1` keys of the organization and its apps, by id in the window's order."""
    rows = await reader.fetch_all(
        f"""
        {KEYS}
         WHERE k.organization_id = $1
           AND ($2::uuid IS NULL OR k.id > $2) AND ($3::uuid IS NULL OR k.id < $3)
         ORDER BY k.id {window.order}
         LIMIT $4
        """,
        organization_id,
        window.before,
        window.after,
        window.limit + 1,
    )
    return [key_from_row(row) for row in rows]


async def list_made_by(
    reader: Reader, organization_id: OrganizationId, user_id: UserId
) -> Sequence[ApiKey]:
    """Give every key that a member made there, the oldest first."""
    rows = await reader.fetch_all(
        f"{KEYS} WHERE k.organization_id = $1 AND k.user_id = $2 ORDER BY k.id",
        organization_id,
        user_id,
    )
    return [key_from_row(row) for row in rows]


async def count_made_by(reader: Reader, organization_id: OrganizationId, user_id: UserId) -> int:
    """Give the number of keys that a member made there, expired ones too."""
    number: int = await reader.fetch_value(
        "SELECT count(*) FROM api_keys WHERE organization_id = $1 AND user_id = $2",
        organization_id,
        user_id,
    )
    return number


async def list_of_app(
    reader: Reader, organization_id: OrganizationId, app_id: AppId
) -> Sequence[ApiKey]:
    """Give every key of the organization's app, the oldest first."""
    rows = await reader.fetch_all(
        f"{KEYS} WHERE k.organization_id = $1 AND k.app_id = $2 ORDER BY k.id",
        organization_id,
        app_id,
    )
    return [key_from_row(row) for row in rows]


async def list_ended(reader: Reader, *, ago: timedelta, at_most: int) -> Sequence[ApiKey]:
    """Give keys that expired so long ago, the first to end first."""
    rows = await reader.fetch_all(
        f"""
        {KEYS}
         WHERE k.id IN (SELECT e.id FROM api_keys e
                         WHERE e.expires_at < (SELECT clock_timestamp()) - $1::interval
                         ORDER BY e.expires_at LIMIT $2)
         ORDER BY k.expires_at, k.id
        """,
        ago,
        at_most,
    )
    return [key_from_row(row) for row in rows]


def key_from_row(row: Row) -> ApiKey:
    """Read the columns of COLUMNS."""
    return ApiKey(**{**row, "permissions": _permissions(row)})


def _program_from_row(row: Row) -> Program:
    return Program(
        key_id=row["id"],
        name=row["name"],
        organization_id=row["organization_id"],
        app_id=row["app_id"],
        maker_id=row["user_id"],
        maker_name=row["maker_name"],
        locale=row["locale"],
        permissions=_permissions(row),
    )


def _permissions(row: Row) -> frozenset[Permission]:
    return frozenset(Permission(one) for one in row["permissions"])
