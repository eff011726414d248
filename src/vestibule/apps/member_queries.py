"""How the members of apps are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from vestibule.accounts.model import SESSION_IDLE, SESSION_TOUCHED_EVERY
from vestibule.apps.model import AppMember, SignedInMember
from vestibule.kernel import names
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Reader, Row
from vestibule.kernel.ids import AccountId, AppId, AppMemberId, SessionId, UserId
from vestibule.kernel.lists import Window

MAX_SEARCH = 100

MEMBER = """m.id, m.app_id, m.organization_id, m.name AS given_name, m.properties, m.user_id,
            m.created_at, c.address, c.address_canonical, c.locale,
            array(SELECT r.role FROM present_app_member_roles r
                   WHERE r.app_member_id = m.id ORDER BY r.created_at, r.role) AS roles,
            (SELECT jsonb_object_agg(r.role, r.member_until) FROM present_app_member_roles r
              WHERE r.app_member_id = m.id AND r.member_until IS NOT NULL) AS ends"""

# Of a session s that a user of the studio began, by k: it is good as long as they may manage the
# app, and have the password that they had then. A new one ends whatever came of their sessions.
IS_STILL_THEIRS = """
    EXISTS (SELECT FROM app_managers g JOIN accounts u ON u.id = g.user_id
             WHERE g.organization_id = k.organization_id AND g.user_id = k.user_id
               AND (u.password_changed_at IS NULL OR u.password_changed_at <= s.created_at))
"""

# The live sessions of members of apps. $1: how long one may rest.
_SIGNED_IN = f"""
          FROM sessions s
          JOIN accounts c ON c.realm_id = s.realm_id AND c.id = s.account_id
          JOIN present_app_members m ON m.app_id = c.realm_id AND m.id = c.id
          JOIN open_apps a ON a.id = m.app_id
          LEFT JOIN app_continuations k ON k.session_id = s.id
         WHERE s.expires_at > clock_timestamp()
           AND s.last_seen_at > clock_timestamp() - $1::interval
           AND (k.session_id IS NULL OR {IS_STILL_THEIRS})
"""

_MEMBERS = f"SELECT {MEMBER} FROM present_app_members m JOIN accounts c ON c.id = m.id"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSearch:
    """Which members are asked for. `text` is found in names and addresses; None asks for all."""

    text: str | None = None
    role: str | None = None

    @classmethod
    def of(cls, text: str | None, role: str | None) -> Self:
        """Read what was asked for; an empty text asks for all. Raises InvalidText."""
        return cls(
            text=names.clean_line(text or "", path="q", maximum=MAX_SEARCH) or None,
            role=names.clean_line(role or "", path="role", maximum=MAX_SEARCH) or None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Continued:
    """A session that a user began from the studio."""

    id: SessionId
    account_id: AccountId


async def find_signed_in(reader: Reader, token_hash: bytes) -> SignedInMember | None:
    """Give which app's member holds the live session of this token. One round trip."""
    row = await reader.fetch_one(
        f"""
        SELECT {MEMBER}, s.id AS session_id, k.user_id AS continued_by,
               s.last_seen_at < clock_timestamp() - $2::interval AS is_to_be_touched
               {_SIGNED_IN} AND s.token_hash = $3
        """,
        SESSION_IDLE,
        SESSION_TOUCHED_EVERY,
        token_hash,
    )
    if row is None:
        return None
    return SignedInMember(
        member=member_from_row(row),
        session_id=row["session_id"],
        continued_by=row["continued_by"],
        is_to_be_touched=row["is_to_be_touched"],
    )


async def find_live(reader: Reader, session_id: SessionId) -> SessionId | None:
    """Give the session if its token would be that of a member of an app now."""
    found: SessionId | None = await reader.fetch_value(
        f"SELECT s.id {_SIGNED_IN} AND s.id = $2", SESSION_IDLE, session_id
    )
    return found


async def find_continued(reader: Reader, token_hash: bytes) -> Continued | None:
    """Give which session this is the token of, if a user began it from the studio."""
    row = await reader.fetch_one(
        """
        SELECT s.id, s.account_id FROM sessions s JOIN app_continuations k ON k.session_id = s.id
         WHERE s.token_hash = $1
        """,
        token_hash,
    )
    return Continued(**row) if row else None


async def find_member(reader: Reader, app_id: AppId, member_id: AppMemberId) -> AppMember | None:
    """Give the member of the app."""
    row = await reader.fetch_one(f"{_MEMBERS} WHERE m.app_id = $1 AND m.id = $2", app_id, member_id)
    return member_from_row(row) if row else None


async def find_member_of_address(reader: Reader, app_id: AppId, canonical: str) -> AppMember | None:
    """Give the member of the app who has this address."""
    row = await reader.fetch_one(
        f"{_MEMBERS} WHERE c.realm_id = $1 AND c.address_canonical = $2", app_id, canonical
    )
    return member_from_row(row) if row else None


async def find_member_of_user(reader: Reader, app_id: AppId, user_id: UserId) -> AppMember | None:
    """Give the member of the app as whom the user continues."""
    row = await reader.fetch_one(
        f"{_MEMBERS} WHERE m.app_id = $1 AND m.user_id = $2", app_id, user_id
    )
    return member_from_row(row) if row else None


async def list_members(
    reader: Reader, app_id: AppId, search: MemberSearch, window: Window
) -> Sequence[AppMember]:
    """Give up to `limit + 1` members, by id in the window's order."""
    rows = await reader.fetch_all(
        f"""
        {_MEMBERS}
         WHERE m.app_id = $1
           AND ($2::uuid IS NULL OR m.id > $2) AND ($3::uuid IS NULL OR m.id < $3)
           AND ($4::text IS NULL OR EXISTS (
                SELECT FROM present_app_member_roles h
                 WHERE h.app_member_id = m.id AND h.role = $4))
           AND ($5::text IS NULL OR strpos(lower(m.name), lower($5)) > 0
                OR strpos(lower(c.address), lower($5)) > 0)
         ORDER BY m.id {window.order}
         LIMIT $6
        """,
        app_id,
        window.before,
        window.after,
        search.role,
        search.text,
        window.limit + 1,
    )
    return [member_from_row(row) for row in rows]


async def count_members(reader: Reader, app_id: AppId) -> int:
    """Give the number of members."""
    number: int = await reader.fetch_value(
        "SELECT count(*) FROM present_app_members WHERE app_id = $1", app_id
    )
    return number


async def count_members_by_role(reader: Reader, app_id: AppId) -> Mapping[str, int]:
    """Give the number of members who hold each role."""
    rows = await reader.fetch_all(
        """
        SELECT r.role, count(*) AS number
          FROM present_app_member_roles r JOIN present_app_members m ON m.id = r.app_member_id
         WHERE r.app_id = $1 GROUP BY r.role
        """,
        app_id,
    )
    return {row["role"]: row["number"] for row in rows}


async def count_holders_by_role(reader: Reader, app_id: AppId) -> Mapping[str, int]:
    """Give how many hold each role, whom a user no longer continues as among them.

    They are no members now, and still have it if that user manages the app again.
    """
    rows = await reader.fetch_all(
        """
        SELECT role, count(*) AS number FROM present_app_member_roles
         WHERE app_id = $1 GROUP BY role
        """,
        app_id,
    )
    return {row["role"]: row["number"] for row in rows}


def member_from_row(row: Row) -> AppMember:
    """Read the columns of MEMBER."""
    return AppMember(
        address=Address(typed=row["address"], canonical=row["address_canonical"]),
        roles=tuple(row["roles"]),
        ends={role: datetime.fromisoformat(at) for role, at in (row["ends"] or {}).items()},
        **{name: row[name] for name in _MEMBER_AS_IT_IS},
    )


_MEMBER_AS_IT_IS = (
    "id",
    "app_id",
    "organization_id",
    "given_name",
    "locale",
    "properties",
    "user_id",
    "created_at",
)
