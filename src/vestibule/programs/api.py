"""The API keys of an organization in the HTTP API. For people: no key makes or revokes keys."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import Response, delete, get, post
from litestar.di import Provide
from litestar.params import FromPath, JSONBody, Parameter
from msgspec import UNSET, Meta, UnsetType

from vestibule.accounts.guards import Desk
from vestibule.api_keys.model import (
    GIVEABLE,
    MOST_NAME,
    ApiKey,
    ApiKeyBeyondReach,
    ApiKeyNotFound,
    Expiry,
    InvalidApiKeyExpiry,
    Made,
    PermissionBeyondReach,
    TooManyApiKeys,
)
from vestibule.apps.model import AppNotFound
from vestibule.invitations.departure_model import SentInvitations
from vestibule.kernel.clock import present
from vestibule.kernel.errors import InvalidRequest
from vestibule.kernel.http import ListBody, list_body
from vestibule.kernel.i18n import gettext
from vestibule.kernel.ids import encode
from vestibule.kernel.names import InvalidName, InvalidText
from vestibule.kernel.wire import Time, Until, said, typed_id
from vestibule.organizations.model import NotPermitted, OrganizationNotFound
from vestibule.organizations.permission_model import Permission
from vestibule.organizations.role_model import NoPermission
from vestibule.programs import steps
from vestibule.programs.steps import Wanted
from vestibule.users.model import SignedIn
from vestibule.web.description import LOCATION
from vestibule.web.injected import Injected
from vestibule.web.listing import Part, read_part

TAGS = ("API keys",)
UNSEEN = (OrganizationNotFound, NotPermitted)
EVERY = "/organizations/{org:str}/api-keys"
ONE = EVERY + "/{api_key:str}"

Name = Annotated[str, said("What it is for.", example="Deploy bot", maxLength=MOST_NAME)]
Id = Annotated[str, typed_id("key")]
AppId = Annotated[str, said("Its id or its slug.", example="shift-planner")]
Permissions = Annotated[
    list[Annotated[str, said(enum=[str(one) for one in GIVEABLE])]],
    said(
        "What it may, of what you may. Of one app: `apps:read`, `apps:manage`.",
        example=["members:read", "invitations:manage"],
    ),
]
Expires = Annotated[Until, said("With its zone; an hour to 365 days from now.")]
Sent = Annotated[
    SentInvitations,
    Parameter(
        description="What becomes of its open invitations: `revoke`, or `keep`: the caller answers "
        "for them from now on, as far as the caller may grant their roles."
    ),
]


class MakerBody(msgspec.Struct, frozen=True, kw_only=True):
    """Who made the key, and answers for it."""

    id: Annotated[str, typed_id("user")]
    name: Annotated[str, said(example="Ada Abel")]


class ApiKeyBody(msgspec.Struct, frozen=True, kw_only=True):
    """An API key. It may what its maker may at present, within its permissions."""

    object: Literal["api_key"] = "api_key"
    id: Id
    name: Name
    hint: Annotated[str, said("How its secret ends.", example="k3JQ")]
    permissions: list[Permission]
    app: Annotated[
        Annotated[str, typed_id("app")] | None,
        said("The one app that it is good for; null: the organization and all its apps."),
    ]
    made_by: MakerBody
    created_at: Time
    expires_at: Until
    last_used_at: Annotated[
        datetime | None,
        said("To five minutes.", example="2026-11-20T09:30:00Z", format="date-time"),
    ]


class NewApiKeyBody(ApiKeyBody, frozen=True, kw_only=True):
    """An API key that has just been made, with its secret."""

    secret: Annotated[
        str,
        said(
            "Send it as `Authorization: Bearer …`. It is shown here only.",
            example="vsk_k3JQx0w2v5dYyq1C8mZbH4nT7rLsUeAiPgVfXoKjRtEq1w2E3",
        ),
    ]


class ApiKeyToMake(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A new API key. Not both ways of saying when it ends; neither: in 90 days."""

    name: Name
    permissions: Permissions
    app: AppId | UnsetType | None = UNSET
    expires_in_days: (
        Annotated[float, Meta(gt=0, le=366), said("At most 365.", example=90)] | UnsetType
    ) = UNSET
    expires_at: Expires | UnsetType = UNSET

    def wanted(self) -> Wanted:
        """Give what is asked for in the words of the model. Raises Invalid."""
        return Wanted(
            name=self.name,
            permissions=self.permissions,
            app=None if isinstance(self.app, UnsetType) else self.app,
            expiry=_expiry(self.expires_at, self.expires_in_days),
        )


@get(
    EVERY,
    summary="List the API keys",
    tags=TAGS,
    problems=UNSEEN,
    dependencies={"part": Provide(read_part, sync_to_thread=False)},
)
async def list_api_keys(
    org: FromPath[str],
    desk: Injected[Desk],
    *,
    caller: Injected[SignedIn],
    part: Injected[Part],
) -> ListBody[ApiKeyBody]:
    """List the keys of the organization and of its apps, the newest first, expired ones too."""
    _, page = await steps.list_keys(desk, caller, org, part)
    return list_body(page, present_key)


@post(
    EVERY,
    status_code=201,
    summary="Make an API key",
    tags=TAGS,
    response_headers=LOCATION,
    problems=(
        *UNSEEN,
        *(AppNotFound, PermissionBeyondReach, NoPermission, TooManyApiKeys),
        *(InvalidApiKeyExpiry, InvalidName, InvalidText),
    ),
)
async def make_api_key(
    org: FromPath[str],
    data: JSONBody[ApiKeyToMake],
    *,
    desk: Injected[Desk],
    caller: Injected[SignedIn],
) -> Response[NewApiKeyBody]:
    """Make a key for a program, with no more than the caller may. Its secret is shown this once."""
    seat, made = await steps.make(desk, caller, org, data.wanted())
    body = _present_made(made)
    organization = encode("org", seat.organization.id)
    where = f"/api/v1/organizations/{organization}/api-keys/{body.id}"
    return Response(body, headers={"Location": where})


@get(ONE, summary="Look at an API key", tags=TAGS, problems=(*UNSEEN, ApiKeyNotFound))
async def get_api_key(
    org: FromPath[str], api_key: FromPath[str], *, desk: Injected[Desk], caller: Injected[SignedIn]
) -> ApiKeyBody:
    """Give one key of the organization."""
    _, key = await steps.get_key(desk, caller, org, steps.read_id(api_key))
    return present_key(key)


@delete(
    ONE,
    status_code=204,
    summary="Revoke an API key",
    tags=TAGS,
    problems=(*UNSEEN, ApiKeyNotFound, ApiKeyBeyondReach),
)
async def revoke_api_key(
    org: FromPath[str],
    api_key: FromPath[str],
    *,
    desk: Injected[Desk],
    caller: Injected[SignedIn],
    invitations: Sent = SentInvitations.REVOKE,
) -> None:
    """End a key at once: one's own always, another's if it may no more than the caller."""
    await steps.revoke(desk, caller, org, steps.read_id(api_key), invitations)


def present_key(key: ApiKey) -> ApiKeyBody:
    """Give the key as the API shows it."""
    return ApiKeyBody(
        id=encode("key", key.id),
        name=key.name,
        hint=key.hint,
        permissions=[one for one in Permission if one in key.permissions],
        app=encode("app", key.app_id) if key.app_id else None,
        made_by=MakerBody(id=encode("user", key.maker_id), name=key.maker_name),
        created_at=key.created_at,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
    )


def _present_made(made: Made | None) -> NewApiKeyBody:
    if made is None:
        raise RuntimeError("a key of no form was made before")
    known = msgspec.structs.asdict(present_key(made.key))
    return NewApiKeyBody(**known, secret=made.secret)


def _expiry(at: datetime | UnsetType, days: float | UnsetType) -> Expiry:
    if isinstance(at, datetime):
        if days is not UNSET:
            raise InvalidRequest.at("expires_at", gettext("Give a time or a number of days."))
        if at.tzinfo is None:
            raise InvalidRequest.at("expires_at", gettext("Give the time with its zone, as …Z."))
        return Expiry.at_time(at, now=present())
    return Expiry() if isinstance(days, UnsetType) else Expiry.in_days(days)


handlers = (list_api_keys, make_api_key, get_api_key, revoke_api_key)
