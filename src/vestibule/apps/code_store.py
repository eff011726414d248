"""Every statement that writes or locks a one-time code, or what is begun from the studio."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from vestibule.apps.code_model import CODE_LIVES, Return
from vestibule.apps.member_queries import IS_STILL_THEIRS
from vestibule.apps.model import AppMember
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AccountId, AppId, OrganizationId, SessionId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code that was presented. `session_id`: the session that it made already."""

    account_id: AccountId
    challenge: str
    issued_in: SessionId
    continued_by: UserId | None
    is_expired: bool
    is_spent: bool
    session_id: SessionId | None


async def insert(
    tx: Transaction,
    code_hash: bytes,
    member: AppMember,
    asked: Return,
    *,
    issued_in: SessionId,
) -> None:
    """Keep a code that leads the member back to where the app lives.

    If a user began the session from the studio, what comes of the code is theirs as well.
    """
    await tx.execute(
        """
        INSERT INTO app_codes (code_hash, app_id, organization_id, account_id, redirect_url,
                               challenge, issued_in, continued_by, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7,
                (SELECT user_id FROM app_continuations WHERE session_id = $7),
                clock_timestamp() + $8::interval)
        """,
        code_hash,
        member.app_id,
        member.organization_id,
        member.id,
        asked.redirect_url,
        asked.challenge,
        issued_in,
        CODE_LIVES,
    )


async def list_accounts(tx: Transaction, app_id: AppId, code_hash: bytes) -> list[AccountId]:
    """Give whom the app's code of this hash is for, and the user from whose session it came."""
    rows = await tx.fetch_all(
        """
        SELECT id FROM app_codes, unnest(ARRAY[account_id, continued_by]) AS id
         WHERE app_id = $1 AND code_hash = $2 AND id IS NOT NULL
        """,
        app_id,
        code_hash,
    )
    return [row["id"] for row in rows]


async def hold(tx: Transaction, app_id: AppId, code_hash: bytes) -> Code | None:
    """Give the app's code of this hash, held: of two who show it at once, one waits.

    One that came of a user's session ends with that. Their account is held, so that a new password
    at this moment is seen here, or ends what comes of the code.
    """
    row = await tx.fetch_one(
        f"""
        WITH held AS (
            SELECT account_id, challenge, issued_in, continued_by, session_id, expires_at, spent_at
              FROM app_codes WHERE app_id = $1 AND code_hash = $2 FOR UPDATE
        )
        SELECT account_id, challenge, issued_in, continued_by, session_id,
               expires_at <= clock_timestamp() OR continued_by IS NOT NULL AND NOT EXISTS (
                    SELECT FROM app_continuations k JOIN sessions s ON s.id = k.session_id
                     WHERE k.session_id = issued_in AND {IS_STILL_THEIRS}) AS is_expired,
               spent_at IS NOT NULL AS is_spent
          FROM held
        """,
        app_id,
        code_hash,
    )
    return Code(**row) if row else None


async def spend(tx: Transaction, code_hash: bytes, *, session_id: SessionId | None) -> None:
    """Note that the code was used, and which session came of it."""
    await tx.execute(
        """
        UPDATE app_codes SET spent_at = clock_timestamp(), session_id = $2 WHERE code_hash = $1
        """,
        code_hash,
        session_id,
    )


async def delete_of_users(
    tx: Transaction, user_ids: Sequence[UserId], organization_id: OrganizationId | None
) -> list[SessionId]:
    """Delete the codes that users got by continuing, in one organization's apps or in all.

    Gives the sessions that they began so.
    """
    await tx.execute(
        """
        DELETE FROM app_codes
         WHERE continued_by = ANY($1) AND ($2::uuid IS NULL OR organization_id = $2)
        """,
        list(user_ids),
        organization_id,
    )
    rows = await tx.fetch_all(
        """
        SELECT session_id FROM app_continuations
         WHERE user_id = ANY($1) AND ($2::uuid IS NULL OR organization_id = $2)
        """,
        list(user_ids),
        organization_id,
    )
    return [row["session_id"] for row in rows]


async def delete_ended(tx: Transaction, *, after: timedelta) -> int:
    """Delete codes that ended so long ago. Gives their number."""
    return await tx.execute(
        "DELETE FROM app_codes WHERE expires_at < (SELECT clock_timestamp() - $1::interval)", after
    )


async def insert_continuation(
    tx: Transaction, session_id: SessionId, member: AppMember, user_id: UserId
) -> None:
    """Note that the session is a user's, and good as long as they may manage the app."""
    await tx.execute(
        """
        INSERT INTO app_continuations (session_id, app_id, organization_id, user_id)
        VALUES ($1, $2, $3, $4)
        """,
        session_id,
        member.app_id,
        member.organization_id,
        user_id,
    )
