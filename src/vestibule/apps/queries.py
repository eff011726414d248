"""How apps and their definitions are read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from vestibule.apps.logo_model import Logo
from vestibule.apps.model import App, SavedDefinition
from vestibule.audit.model import known_name
from vestibule.definitions.model import Definition
from vestibule.kernel.database import Reader, Row
from vestibule.kernel.ids import AppId, OrganizationId, UserId
from vestibule.kernel.lists import Window
from vestibule.organizations.permission_model import Role, read_role

APP = """a.id, a.organization_id, o.name AS organization_name, o.slug AS organization_slug,
         a.name, a.slug, a.version, a.colour, a.logo_version,
         a.home_url, a.redirect_urls, a.origins, a.created_at"""

_APPS = f"SELECT {APP} FROM open_apps a JOIN organizations o ON o.id = a.organization_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """How an app is called from outside: by its id, or by its slug."""

    id: AppId | None = None
    slug: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An app, its published definition, and what the asking user is in its organization."""

    app: App
    definition: Definition | None
    role: Role | None


async def find(reader: Reader, reference: Reference, *, user_id: UserId | None) -> Found | None:
    """Give the app with its published definition, and the user's role in its organization."""
    row = await reader.fetch_one(
        f"""
        SELECT {APP}, d.definition, o.custom_roles,
               (SELECT s.role FROM present_members s
                 WHERE s.organization_id = a.organization_id AND s.user_id = $3) AS role
          FROM open_apps a
          JOIN organizations o ON o.id = a.organization_id
          LEFT JOIN app_definitions d ON d.app_id = a.id AND d.version = a.version
         WHERE a.id = coalesce($1::uuid, (SELECT s.id FROM open_apps s WHERE s.slug = $2))
        """,
        reference.id,
        reference.slug,
        user_id,
    )
    if row is None:
        return None
    return Found(
        app=app_from_row(row),
        definition=_definition(row["definition"]),
        role=read_role(row["custom_roles"], row["role"]) if row["role"] else None,
    )


async def find_definition(reader: Reader, app_id: AppId) -> Definition | None:
    """Give the published definition."""
    return _definition(
        await reader.fetch_value(
            """
            SELECT d.definition FROM open_apps a
              JOIN app_definitions d ON d.app_id = a.id AND d.version = a.version
             WHERE a.id = $1
            """,
            app_id,
        )
    )


async def list_apps(
    reader: Reader, organization_id: OrganizationId, window: Window
) -> Sequence[App]:
    """Give up to `limit + 1` apps of the organization, by id in the window's order."""
    rows = await reader.fetch_all(
        f"""
        {_APPS}
         WHERE a.organization_id = $1
           AND ($2::uuid IS NULL OR a.id > $2) AND ($3::uuid IS NULL OR a.id < $3)
         ORDER BY a.id {window.order}
         LIMIT $4
        """,
        organization_id,
        window.before,
        window.after,
        window.limit + 1,
    )
    return [app_from_row(row) for row in rows]


async def list_ids(reader: Reader, organization_id: OrganizationId) -> list[AppId]:
    """Give all apps of the organization."""
    rows = await reader.fetch_all(
        "SELECT id FROM open_apps WHERE organization_id = $1", organization_id
    )
    return [row["id"] for row in rows]


async def name_apps(reader: Reader, app_ids: Collection[AppId]) -> Mapping[AppId, str]:
    """Give the names of these apps, open or not."""
    rows = await reader.fetch_all("SELECT id, name FROM apps WHERE id = ANY($1)", list(app_ids))
    return {row["id"]: row["name"] for row in rows}


async def find_logo(reader: Reader, slug: str) -> Logo | None:
    """Give the picture of the app of this slug."""
    row = await reader.fetch_one(
        """
        SELECT logo_type AS type, logo AS content FROM open_apps
         WHERE slug = $1 AND logo IS NOT NULL
        """,
        slug,
    )
    return Logo(**row) if row else None


async def find_saved(
    reader: Reader, app_id: AppId, *, version: int | None
) -> SavedDefinition | None:
    """Give one version of the definition; None: the draft."""
    row = await reader.fetch_one(
        """
        SELECT id, version, source, definition, saved_at, saved_by_name AS saved_by
          FROM app_definitions WHERE app_id = $1 AND version IS NOT DISTINCT FROM $2
        """,
        app_id,
        version,
    )
    return _saved_from_row(row) if row else None


async def list_versions(reader: Reader, app_id: AppId, window: Window) -> Sequence[SavedDefinition]:
    """Give up to `limit + 1` published versions, by their row's id in the window's order."""
    rows = await reader.fetch_all(
        f"""
        SELECT id, version, source, definition, saved_at, saved_by_name AS saved_by
          FROM app_definitions
         WHERE app_id = $1 AND version IS NOT NULL
           AND ($2::uuid IS NULL OR id > $2) AND ($3::uuid IS NULL OR id < $3)
         ORDER BY id {window.order}
         LIMIT $4
        """,
        app_id,
        window.before,
        window.after,
        window.limit + 1,
    )
    return [_saved_from_row(row) for row in rows]


def id_of(app: App) -> AppId:
    """Give what a list of apps goes on from."""
    return app.id


def id_of_saved(saved: SavedDefinition) -> UUID:
    """Give what a list of versions goes on from."""
    return saved.id


def app_from_row(row: Row) -> App:
    """Read the columns of APP."""
    return App(
        redirect_urls=tuple(row["redirect_urls"]),
        origins=tuple(row["origins"]),
        **{name: row[name] for name in _AS_THEY_ARE},
    )


_AS_THEY_ARE = (
    "id",
    "organization_id",
    "organization_name",
    "organization_slug",
    "name",
    "slug",
    "version",
    "colour",
    "logo_version",
    "home_url",
    "created_at",
)


def _definition(value: dict[str, object] | None) -> Definition | None:
    return Definition.from_json(value) if value else None


def _saved_from_row(row: Row) -> SavedDefinition:
    return SavedDefinition(
        id=row["id"],
        version=row["version"],
        source=row["source"],
        definition=Definition.from_json(row["definition"]),
        saved_at=row["saved_at"],
        saved_by=known_name(row["saved_by"]),
    )
