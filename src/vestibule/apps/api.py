"""Apps in the HTTP API, for those who look after them: make, look, change, write a definition."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, patch, post, put
from litestar.di import Provide
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, UnsetType

from vestibule.accounts.guards import Desk
from vestibule.apps import actions as apps
from vestibule.apps import drafting, queries, steps
from vestibule.apps.colour_model import InvalidColour
from vestibule.apps.logo_model import InvalidLogo, logo_of_url
from vestibule.apps.making import settings_of
from vestibule.apps.model import (
    App,
    AppNotFound,
    Caller,
    DefinitionNotFound,
    InvalidOrigin,
    InvalidUrl,
    NewApp,
    SavedDefinition,
    Settings,
    TooManyUrls,
)
from vestibule.apps.presentation import (
    AppBody,
    DefinitionBody,
    Name,
    Slug,
    present_app,
    present_definition,
)
from vestibule.apps.steps import Picture
from vestibule.definitions.model import InvalidDefinition
from vestibule.kernel import lists
from vestibule.kernel.errors import InvalidRequest, NotFound
from vestibule.kernel.http import (
    ListBody,
    RequestIncomplete,
    RequestTooLarge,
    UnsupportedMediaType,
    list_body,
)
from vestibule.kernel.names import InvalidName
from vestibule.kernel.wire import Link, said
from vestibule.organizations import actions as organizations
from vestibule.organizations.caller_model import Caller as OrganizationCaller
from vestibule.organizations.model import (
    InvalidSlug,
    NotPermitted,
    OrganizationNotFound,
    SlugTaken,
)
from vestibule.web.description import LOCATION
from vestibule.web.injected import Injected
from vestibule.web.listing import Part, read_part

TAGS = ("Apps",)
UNSEEN = (AppNotFound, NotPermitted)
PART = {"part": Provide(read_part, sync_to_thread=False)}
YAML = frozenset({"application/yaml", "application/x-yaml", "text/yaml", "text/plain", ""})
JSON = "application/json"


class AppToMake(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A new app. Without a slug, one is made from the name."""

    name: Name
    slug: Slug | UnsetType = UNSET


class AppToChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """New settings; what is absent stays as it is. Publishing gives the name of the definition."""

    name: Name | UnsetType = UNSET
    slug: Slug | UnsetType = UNSET
    colour: Annotated[str | UnsetType | None, said("Of its pages.", example="#2f6f4f")] = UNSET
    logo: Annotated[
        str | UnsetType | None,
        said(
            "A PNG, JPEG or WebP of at most 32 kB as a data URL; null: none.",
            example="data:image/png;base64,iVBORw0KGgo=",
        ),
    ] = UNSET
    home_url: Annotated[Link | UnsetType | None, said("Where the app lives.")] = UNSET
    redirect_urls: Annotated[
        list[str] | UnsetType,
        said(
            "Where people may be led back to: exactly these, https or this machine.",
            example=["https://shifts.example.com/back"],
        ),
    ] = UNSET
    origins: Annotated[
        list[str] | UnsetType,
        said("From which pages may call the API.", example=["https://shifts.example.com"]),
    ] = UNSET

    def settings(self, app: App) -> Settings:
        """Give the whole that comes out of it."""
        before = settings_of(app)
        return Settings(
            name=before.name if self.name is UNSET else self.name,
            slug=before.slug if self.slug is UNSET else self.slug,
            colour=before.colour if isinstance(self.colour, UnsetType) else self.colour,
            home_url=before.home_url if isinstance(self.home_url, UnsetType) else self.home_url,
            redirect_urls=_either(self.redirect_urls, before.redirect_urls),
            origins=_either(self.origins, before.origins),
        )

    def picture(self) -> Picture | None:
        """Give what its logo becomes; None: what it is. Raises InvalidLogo."""
        if isinstance(self.logo, UnsetType):
            return None
        return Picture(logo_of_url(self.logo) if self.logo is not None else None)


@post(
    "/organizations/{org:str}/apps",
    status_code=201,
    summary="Make an app",
    tags=TAGS,
    response_headers=LOCATION,
    problems=(OrganizationNotFound, NotPermitted, SlugTaken, InvalidName, InvalidSlug),
)
async def make_app(
    org: FromPath[str],
    data: JSONBody[AppToMake],
    *,
    desk: Injected[Desk],
    caller: Injected[OrganizationCaller],
) -> Response[AppBody]:
    """Make an app in the organization. It lets nobody in before a definition is published."""
    new = NewApp(name=data.name, slug=None if data.slug is UNSET else data.slug)
    body = present_app(await steps.make_app(desk, caller, org, new))
    return Response(body, headers={"Location": f"/api/v1/apps/{body.id}"})


@get(
    "/organizations/{org:str}/apps",
    summary="List the apps of an organization",
    tags=TAGS,
    problems=(OrganizationNotFound, NotPermitted),
    dependencies=PART,
)
async def list_apps(
    org: FromPath[str],
    desk: Injected[Desk],
    *,
    caller: Injected[OrganizationCaller],
    part: Injected[Part],
) -> ListBody[AppBody]:
    """List the apps, the newest first."""
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_apps(reader, caller, org)
        window = part.window(f"apps/{seat.organization.id}")
        found = await queries.list_apps(reader, seat.organization.id, window)
    return list_body(lists.page(window, found, queries.id_of), present_app)


@get("/", summary="Look at an app", tags=TAGS, problems=UNSEEN)
async def get_app(app: FromPath[str], desk: Injected[Desk], *, caller: Injected[Caller]) -> AppBody:
    """Give the app of this id or slug."""
    async with desk.database.reader() as reader:
        return present_app((await apps.get_for_seeing(reader, caller, app)).app)


@patch(
    "/",
    summary="Change an app",
    tags=TAGS,
    problems=(
        *UNSEEN,
        *(SlugTaken, InvalidName, InvalidSlug, InvalidColour, InvalidLogo),
        *(InvalidUrl, InvalidOrigin, TooManyUrls),
    ),
)
async def change_app(
    app: FromPath[str],
    data: JSONBody[AppToChange],
    *,
    desk: Injected[Desk],
    caller: Injected[Caller],
) -> AppBody:
    """Change what is set about it outside of its definition."""
    changed = await steps.change_app(desk, caller, app, data.settings, picture=data.picture())
    return present_app(changed)


@put(
    "/definition",
    status_code=200,
    summary="Write the security definition",
    tags=TAGS,
    takes_text=(JSON, "application/yaml"),
    problems=(
        *UNSEEN,
        *(InvalidDefinition, InvalidRequest),
        *(RequestIncomplete, RequestTooLarge, UnsupportedMediaType),
    ),
)
async def save_definition(
    app: FromPath[str],
    request: Request[Any, Any, Any],
    *,
    desk: Injected[Desk],
    caller: Injected[Caller],
) -> DefinitionBody:
    """Keep a draft, in YAML or JSON, if it has no fault; else the answer tells every one.

    It counts once it is published. Its JSON Schema is at `/schemas/app-definition.json`.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON and kind not in YAML:
        raise UnsupportedMediaType
    text = await request.body()
    found, saved = await steps.save_definition(desk, caller, app, text, is_json=kind == JSON)
    return present_definition(found, saved)


@get(
    "/definition",
    summary="Look at the draft of the definition",
    tags=TAGS,
    problems=(*UNSEEN, DefinitionNotFound),
)
async def get_definition(
    app: FromPath[str], desk: Injected[Desk], *, caller: Injected[Caller]
) -> DefinitionBody:
    """Give what was written last, published or not."""
    async with desk.database.reader() as reader:
        seat = await apps.get_for_seeing(reader, caller, app)
        return present_definition(seat.app, await drafting.get_draft(reader, seat.app.id))


@get(
    "/versions",
    summary="List the published versions",
    tags=TAGS,
    problems=UNSEEN,
    dependencies=PART,
)
async def list_versions(
    app: FromPath[str],
    desk: Injected[Desk],
    *,
    caller: Injected[Caller],
    part: Injected[Part],
) -> ListBody[DefinitionBody]:
    """List the versions of the definition, the newest first."""
    async with desk.database.reader() as reader:
        seat = await apps.get_for_seeing(reader, caller, app)
        window = part.window(f"versions/{seat.app.id}")
        found = await queries.list_versions(reader, seat.app.id, window)

    def present(saved: SavedDefinition) -> DefinitionBody:
        return present_definition(seat.app, saved)

    return list_body(lists.page(window, found, queries.id_of_saved), present)


@get(
    "/versions/{version:int}",
    summary="Look at one version",
    tags=TAGS,
    problems=(*UNSEEN, NotFound, DefinitionNotFound),
)
async def get_version(
    app: FromPath[str],
    version: FromPath[int],
    *,
    desk: Injected[Desk],
    caller: Injected[Caller],
) -> DefinitionBody:
    """Give the definition as it was published under this number."""
    async with desk.database.reader() as reader:
        seat = await apps.get_for_seeing(reader, caller, app)
        saved = await drafting.get_version(reader, seat.app.id, version)
    return present_definition(seat.app, saved)


def _either(given: list[str] | UnsetType, before: tuple[str, ...]) -> tuple[str, ...]:
    return before if isinstance(given, UnsetType) else tuple(given)


organization_handlers = (make_app, list_apps)
handlers = (
    get_app,
    change_app,
    save_definition,
    get_definition,
    list_versions,
    get_version,
)
