"""How apps, their definitions and their members read in the API, for this room and those above."""

from typing import Annotated, Any, Literal

import msgspec

from vestibule.accounts.model import Started
from vestibule.apps.look import look_of
from vestibule.apps.model import App, AppMember, SavedDefinition
from vestibule.definitions.model import Definition, Role
from vestibule.kernel.ids import encode
from vestibule.kernel.wire import Email, Link, Locale, Time, Until, said, typed_id
from vestibule.organizations.end_model import MemberUntil

Id = Annotated[str, typed_id("app")]
MemberId = Annotated[str, typed_id("apm")]
Name = Annotated[str, said(example="Shift planner")]
Slug = Annotated[
    str,
    said("Its name in addresses.", example="shift-planner", pattern="^[a-z0-9-]{3,40}$"),
]
Roles = Annotated[list[str], said("As the definition names them.", example=["Employee"])]
Properties = Annotated[
    dict[str, Any], said("What the app notes of the person, 4 kB at most.", example={"team": "B"})
]
EXAMPLE = Definition(
    name="Shift planner",
    default_role="Employee",
    roles={"Employee": Role(name="Employee", description="Works the shifts")},
)
Version = Annotated[int | None, said("Null: the draft, or nothing published.", example=3)]


class OrganizationOfApp(msgspec.Struct, frozen=True, kw_only=True):
    """The organization that owns an app."""

    id: Annotated[str, typed_id("org")]
    name: Annotated[str, said(example="Acme")]


class AppBody(msgspec.Struct, frozen=True, kw_only=True):
    """An app, as those who look after it see it."""

    object: Literal["app"]
    id: Id
    organization: OrganizationOfApp
    name: Name
    slug: Slug
    version: Annotated[int | None, said("The published version; null: none yet.", example=3)]
    colour: Annotated[str | None, said("Of its pages.", example="#2f6f4f")]
    logo_url: Annotated[str | None, said("The path of its picture.", example="/apps/shifts/logo")]
    home_url: Annotated[Link | None, said("Where the app lives.")]
    redirect_urls: Annotated[
        list[str],
        said("Where people may be led back to.", example=["https://shifts.example.com/back"]),
    ]
    origins: Annotated[
        list[str],
        said("From which pages may call the API.", example=["https://shifts.example.com"]),
    ]
    created_at: Time


class DefinitionBody(msgspec.Struct, frozen=True, kw_only=True):
    """One security definition of an app: the draft, or a published version."""

    object: Literal["definition"]
    id: Annotated[str, typed_id("def")]
    app: Id
    version: Version
    source: Annotated[str, said("As it was written.")]
    definition: Annotated[dict[str, Any], said("As it was understood.", example=EXAMPLE.to_json())]
    saved_at: Time
    saved_by: Annotated[str, said("As of then.", example="Ada Abel")]


class AppOfMember(msgspec.Struct, frozen=True, kw_only=True):
    """The app that somebody is a member of."""

    id: Id
    name: Name
    slug: Slug


class AppMemberBody(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="object", tag="app_member"
):
    """A person in one app."""

    id: MemberId
    app: AppOfMember
    email: Email
    name: Annotated[str | None, said("Null if they gave none.", example="Ana")]
    roles: Roles
    role_ends: Annotated[
        dict[str, Until],
        said("Until when, by role, of those that they do not have for good.", example={}),
    ]
    member_until: MemberUntil
    locale: Annotated[Locale, said("The language of mails to them.")]
    properties: Properties
    created_at: Annotated[Time, said("When they joined.")]


class AppSessionBody(msgspec.Struct, frozen=True, kw_only=True, tag_field="object", tag="session"):
    """A session in an app that was just started. The only answer that ever holds its token."""

    id: Annotated[str, typed_id("ses")]
    token: Annotated[
        str,
        said(
            "Good for this app alone. Send it as `Authorization: Bearer …`.",
            example="k3JQx0w2v5dYyq1C8mZbH4nT7rLsUeAiPgVfXoKjRtE",
        ),
    ]
    expires_at: Annotated[Until, said("At the latest; sooner if it is not used for 14 days.")]
    member: AppMemberBody


def present_app(app: App) -> AppBody:
    """Give the app as those who look after it see it."""
    return AppBody(
        object="app",
        id=encode("app", app.id),
        organization=OrganizationOfApp(
            id=encode("org", app.organization_id), name=app.organization_name
        ),
        name=app.name,
        slug=app.slug,
        version=app.version,
        colour=app.colour,
        logo_url=look_of(app).logo,
        home_url=app.home_url,
        redirect_urls=list(app.redirect_urls),
        origins=list(app.origins),
        created_at=app.created_at,
    )


def present_definition(app: App, saved: SavedDefinition) -> DefinitionBody:
    """Give one definition of the app."""
    return DefinitionBody(
        object="definition",
        id=encode("def", saved.id),
        app=encode("app", app.id),
        version=saved.version,
        source=saved.source,
        definition=saved.definition.to_json(),
        saved_at=saved.saved_at,
        saved_by=saved.saved_by,
    )


def present_member(app: App, member: AppMember) -> AppMemberBody:
    """Give a member of the app."""
    return AppMemberBody(
        id=encode("apm", member.id),
        app=AppOfMember(id=encode("app", app.id), name=app.name, slug=app.slug),
        email=member.email,
        name=member.given_name,
        roles=list(member.roles),
        role_ends=dict(member.ends),
        member_until=member.member_until,
        locale=member.locale,
        properties=dict(member.properties),
        created_at=member.created_at,
    )


def present_session(app: App, member: AppMember, started: Started) -> AppSessionBody:
    """Show a new session to the program that started it."""
    return AppSessionBody(
        id=encode("ses", started.id),
        token=started.token,
        expires_at=started.expires_at,
        member=present_member(app, member),
    )
