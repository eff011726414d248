"""Every statement that writes or locks a member of an app, or the roles that one holds."""

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from vestibule.apps.member_queries import MEMBER, find_member, member_from_row
from vestibule.apps.model import (
    Admission,
    App,
    AppMember,
    AppMemberNotFound,
    NewMember,
)
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AccountId, AppId, AppMemberId, UserId
from vestibule.organizations.end_model import TOLD_BEFORE


async def insert_member(tx: Transaction, account_id: AccountId, new: NewMember) -> None:
    """Add the person behind an account of the app, without a role."""
    await tx.execute(
        """
        INSERT INTO app_members (id, app_id, organization_id, name) VALUES ($1, $2, $3, $4)
        """,
        account_id,
        new.app.id,
        new.app.organization_id,
        new.name,
    )


async def insert_role(tx: Transaction, admission: Admission) -> bool:
    """Give the member a role. False: they have it already, and the transaction lives on.

    Of an end within a week they know already: their invitation told of it.

    Raises AppMemberNotFound, which ends the transaction, if they are gone meanwhile.
    """
    try:
        return bool(
            await tx.execute(
                """
                INSERT INTO app_member_roles (app_member_id, role, app_id, organization_id,
                                              invitation_id, invited_address, member_until,
                                              told_of_end_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7::timestamptz,
                        CASE WHEN $7 <= clock_timestamp() + $8::interval THEN clock_timestamp() END)
                ON CONFLICT ON CONSTRAINT app_member_roles_pkey DO NOTHING
                """,
                admission.account_id,
                admission.role,
                admission.app_id,
                admission.organization_id,
                admission.invitation_id,
                admission.invited_address,
                admission.member_until,
                TOLD_BEFORE,
            )
        )
    except asyncpg.ForeignKeyViolationError as fault:
        raise AppMemberNotFound from fault


async def list_roles(tx: Transaction, member_id: AppMemberId) -> list[str]:
    """Give every role of a held member, those as well that are over and not cleared away."""
    rows = await tx.fetch_all(
        "SELECT role FROM app_member_roles WHERE app_member_id = $1 ORDER BY role", member_id
    )
    return [row["role"] for row in rows]


async def set_roles(tx: Transaction, member: AppMember, roles: Sequence[str]) -> None:
    """Give the held member exactly these roles; those that they keep stay as they were.

    Others end when the member's time does, so that nobody stays for longer by that.
    """
    await tx.execute(
        """
        DELETE FROM app_member_roles
         WHERE app_member_id = $1 AND (role <> ALL ($2) OR member_until <= clock_timestamp())
        """,
        member.id,
        list(roles),
    )
    await tx.execute(
        """
        INSERT INTO app_member_roles
               (app_member_id, role, app_id, organization_id, member_until, told_of_end_at)
        SELECT $1, role, $2, $3, $5::timestamptz,
               CASE WHEN $5 <= clock_timestamp() + $6::interval THEN clock_timestamp() END
          FROM unnest($4::text[]) AS role
        ON CONFLICT ON CONSTRAINT app_member_roles_pkey DO NOTHING
        """,
        member.id,
        member.app_id,
        member.organization_id,
        list(roles),
        member.member_until,
        TOLD_BEFORE,
    )


async def move_role(tx: Transaction, app: App, role: str, to: str) -> list[AppMemberId]:
    """Give each member who has the role the other one for it; who has both keeps one.

    That one ends when the later of the two would have. Gives whose role it was. The app is held, so
    nobody gets the role meanwhile.
    """
    rows = await tx.fetch_all(
        """
        WITH moved AS (
            DELETE FROM app_member_roles WHERE app_id = $1 AND role = $2
            RETURNING app_member_id, app_id, organization_id, invitation_id, invited_address,
                      created_at, member_until, told_of_end_at
        ), kept AS (
            INSERT INTO app_member_roles
                   (app_member_id, role, app_id, organization_id, invitation_id, invited_address,
                    created_at, member_until, told_of_end_at)
            SELECT app_member_id, $3, app_id, organization_id, invitation_id, invited_address,
                   created_at, member_until, told_of_end_at
              FROM moved
            ON CONFLICT ON CONSTRAINT app_member_roles_pkey DO UPDATE
               SET member_until = excluded.member_until, told_of_end_at = excluded.told_of_end_at
             WHERE app_member_roles.member_until < coalesce(excluded.member_until, 'infinity')
        )
        SELECT app_member_id AS id FROM moved ORDER BY id
        """,
        app.id,
        role,
        to,
    )
    return [row["id"] for row in rows]


async def link_user(tx: Transaction, member_id: AppMemberId, user_id: UserId) -> None:
    """Let the user continue as this member from the studio."""
    await tx.execute("UPDATE app_members SET user_id = $2 WHERE id = $1", member_id, user_id)


async def set_profile(
    tx: Transaction, member_id: AppMemberId, *, name: str | None, properties: Mapping[str, Any]
) -> None:
    """Write what a member says of themselves."""
    await tx.execute(
        "UPDATE app_members SET name = $2, properties = $3 WHERE id = $1",
        member_id,
        name,
        dict(properties),
    )


async def share_member(tx: Transaction, app_id: AppId, member_id: AppMemberId) -> AppMember | None:
    """Give the member; roles and membership stay so until the end of the transaction.

    Whoever changes a member's roles holds the member. They are read anew: None to whose time ended
    while we waited.
    """
    held = await tx.fetch_one(
        "SELECT FROM present_app_members WHERE app_id = $1 AND id = $2 FOR SHARE", app_id, member_id
    )
    return await find_member(tx, app_id, member_id) if held is not None else None


async def hold_member(tx: Transaction, app_id: AppId, member_id: AppMemberId) -> AppMember | None:
    """Give the member of the app, held for a change. None to whose time ended while we waited."""
    held = await tx.fetch_one(
        "SELECT FROM present_app_members WHERE app_id = $1 AND id = $2 FOR NO KEY UPDATE",
        app_id,
        member_id,
    )
    return await find_member(tx, app_id, member_id) if held is not None else None


async def get_held(tx: Transaction, member_id: AppMemberId) -> AppMember:
    """Read a held member by a statement of its own: it sees what we waited for.

    With roles or without: who has just been made, and whose time is over.
    """
    row = await tx.fetch_one(
        f"SELECT {MEMBER} FROM app_members m JOIN accounts c ON c.id = m.id WHERE m.id = $1",
        member_id,
    )
    if row is None:
        raise RuntimeError("a held member is gone")
    return member_from_row(row)
