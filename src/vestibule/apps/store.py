"""Every statement that writes or locks an app or its definitions.

An app is locked after its organization: FOR SHARE to let people in, FOR NO KEY UPDATE to change
what others decide by. Its definition is read after that, by a statement that sees what we waited
for.
"""

import asyncpg

from vestibule.apps.logo_model import Logo
from vestibule.apps.model import (
    App,
    Settings,
)
from vestibule.apps.queries import APP, app_from_row
from vestibule.audit.model import Actor
from vestibule.definitions.model import Definition
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AppId, OrganizationId, UserId, new_id
from vestibule.organizations.model import SlugTaken

SLUG_IS_UNIQUE = "apps_slug_is_unique"


async def insert(
    tx: Transaction, app_id: AppId, organization_id: OrganizationId, *, name: str, slug: str
) -> bool:
    """Add the app, whose realm is there.

    False: the slug is taken, or rests, and the transaction lives on.
    """
    return bool(
        await tx.execute(
            """
            INSERT INTO apps (id, organization_id, name, slug)
            SELECT $1, $2, $3, $4
             WHERE NOT EXISTS (SELECT FROM resting_slugs r
                                WHERE r.kind = 'app' AND r.slug = $4 AND r.given_up_by <> $2
                                  AND r.rests_until > clock_timestamp())
            ON CONFLICT ON CONSTRAINT apps_slug_is_unique DO NOTHING
            """,
            app_id,
            organization_id,
            name,
            slug,
        )
    )


async def share(tx: Transaction, app_id: AppId) -> App | None:
    """Give the app; it stays as it is until the end of the transaction."""
    row = await tx.fetch_one(
        f"""
        SELECT {APP} FROM open_apps a JOIN organizations o ON o.id = a.organization_id
         WHERE a.id = $1 FOR SHARE OF a
        """,
        app_id,
    )
    return app_from_row(row) if row else None


async def hold(tx: Transaction, app_id: AppId) -> App | None:
    """Give the app, held for a change."""
    row = await tx.fetch_one(
        f"""
        SELECT {APP} FROM open_apps a JOIN organizations o ON o.id = a.organization_id
         WHERE a.id = $1 FOR NO KEY UPDATE OF a
        """,
        app_id,
    )
    return app_from_row(row) if row else None


async def update(tx: Transaction, app_id: AppId, settings: Settings) -> None:
    """Write the app's settings. Raises SlugTaken, which ends the transaction."""
    try:
        await tx.execute(
            """
            UPDATE apps SET name = $2, slug = $3, colour = $4, home_url = $5, redirect_urls = $6,
                            origins = $7
             WHERE id = $1
            """,
            app_id,
            settings.name,
            settings.slug,
            settings.colour,
            settings.home_url,
            list(settings.redirect_urls),
            list(settings.origins),
        )
    except asyncpg.UniqueViolationError as fault:
        if fault.constraint_name != SLUG_IS_UNIQUE:
            raise
        raise SlugTaken from fault


async def set_logo(tx: Transaction, app_id: AppId, logo: Logo | None) -> None:
    """Write the app's picture; None takes it away."""
    await tx.execute(
        "UPDATE apps SET logo = $2, logo_type = $3 WHERE id = $1",
        app_id,
        logo.content if logo else None,
        logo.type if logo else None,
    )


async def save_draft(
    tx: Transaction, app: App, definition: Definition, *, source: str, by: Actor
) -> None:
    """Write the draft of the definition in place of the one before."""
    await tx.execute(
        """
        INSERT INTO app_definitions AS d
               (id, app_id, organization_id, version, source, definition, saved_by_kind,
                saved_by_id, saved_by_name)
        VALUES ($1, $2, $3, NULL, $4, $5, $6, $7, $8)
        ON CONFLICT ON CONSTRAINT app_definitions_one_draft_and_each_version_once DO UPDATE
           SET source = excluded.source, definition = excluded.definition,
               saved_at = clock_timestamp(), saved_by_kind = excluded.saved_by_kind,
               saved_by_id = excluded.saved_by_id, saved_by_name = excluded.saved_by_name
        """,
        new_id(),
        app.id,
        app.organization_id,
        source,
        definition.to_json(),
        by.kind,
        by.id,
        by.name,
    )


async def forget_author(tx: Transaction, user_id: UserId) -> None:
    """Take the name of a user off what they saved."""
    await tx.execute(
        """
        UPDATE app_definitions SET saved_by_id = NULL, saved_by_name = '' WHERE saved_by_id = $1
        """,
        user_id,
    )


async def publish_draft(tx: Transaction, app_id: AppId, *, by: Actor) -> int:
    """Make the draft the next version, which counts from now on. Gives its number."""
    version: int = await tx.fetch_value(
        """
        WITH made AS (
            INSERT INTO app_definitions
                   (id, app_id, organization_id, version, source, definition, saved_by_kind,
                    saved_by_id, saved_by_name)
            SELECT $2, d.app_id, d.organization_id, coalesce(a.version, 0) + 1, d.source,
                   d.definition, $3, $4, $5
              FROM app_definitions d JOIN apps a ON a.id = d.app_id
             WHERE d.app_id = $1 AND d.version IS NULL
            RETURNING app_id, version, definition
        )
        UPDATE apps a SET version = made.version, name = made.definition ->> 'name'
          FROM made WHERE a.id = made.app_id
        RETURNING a.version
        """,
        app_id,
        new_id(),
        by.kind,
        by.id,
        by.name,
    )
    return version
