"""Every statement that writes a user."""

from collections.abc import Sequence
from datetime import datetime

from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import OrganizationId, UserId
from vestibule.users.model import Profile, UserNotFound


async def insert(
    tx: Transaction, user_id: UserId, profile: Profile, *, lands_in: OrganizationId | None
) -> datetime:
    """Add the person of an account; give when."""
    created_at: datetime = await tx.fetch_value(
        """
        INSERT INTO users (id, first_name, last_name, phone, default_organization_id)
        VALUES ($1, $2, $3, $4, $5)
        RETURNING created_at
        """,
        user_id,
        profile.first_name,
        profile.last_name,
        profile.phone,
        lands_in,
    )
    return created_at


async def hold(tx: Transaction, user_id: UserId) -> None:
    """Hold the user until the end of the transaction. Raises UserNotFound."""
    found = await tx.fetch_value("SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE", user_id)
    if found is None:
        raise UserNotFound


async def hold_for_end(tx: Transaction, user_id: UserId) -> None:
    """Hold the user so that nothing new refers to them. Raises UserNotFound."""
    found = await tx.fetch_value("SELECT id FROM users WHERE id = $1 FOR UPDATE", user_id)
    if found is None:
        raise UserNotFound


async def set_profile(
    tx: Transaction, user_id: UserId, profile: Profile, *, landing: OrganizationId | None
) -> None:
    """Keep what they say of themselves, and where signing in lands."""
    await tx.execute(
        """
        UPDATE users
           SET first_name = $2, last_name = $3, phone = $4, default_organization_id = $5
         WHERE id = $1
        """,
        user_id,
        profile.first_name,
        profile.last_name,
        profile.phone,
        landing,
    )


async def prefer_organization(
    tx: Transaction, user_id: UserId, organization_id: OrganizationId
) -> None:
    """Keep where signing in lands, for who has no such place yet."""
    await tx.execute(
        """
        UPDATE users SET default_organization_id = $2
         WHERE id = $1 AND NOT EXISTS (SELECT FROM landings WHERE user_id = $1)
        """,
        user_id,
        organization_id,
    )


async def clear_default_organization(
    tx: Transaction, user_id: UserId, organization_id: OrganizationId
) -> None:
    """Let who lands in the organization land on the console again."""
    await tx.execute(
        """
        UPDATE users SET default_organization_id = NULL
         WHERE id = $1 AND default_organization_id = $2
        """,
        user_id,
        organization_id,
    )


async def clear_default_organization_of(
    tx: Transaction, user_ids: Sequence[UserId], organization_id: OrganizationId
) -> None:
    """Let those of them who land in the organization land on the console again."""
    await tx.execute(
        """
        UPDATE users SET default_organization_id = NULL
         WHERE id = ANY(ARRAY(SELECT id FROM users
                               WHERE id = ANY($1) AND default_organization_id = $2
                               ORDER BY id FOR NO KEY UPDATE))
        """,
        list(user_ids),
        organization_id,
    )
