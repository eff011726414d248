"""The roles of an organization in the HTTP API: those that all have, and its own."""

from typing import Annotated, Literal
from urllib.parse import quote

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.params import FromPath, JSONBody, Parameter
from msgspec import UNSET, UnsetType

from vestibule.accounts.guards import Desk
from vestibule.kernel.errors import InvalidRequest
from vestibule.kernel.http import ListBody, list_body
from vestibule.kernel.ids import encode
from vestibule.kernel.lists import Page
from vestibule.kernel.wire import said
from vestibule.memberships import role_steps as steps
from vestibule.memberships.model import (
    MemberBeyondReach,
    PermissionsChanged,
    RoleDeletion,
    RoleInUse,
    RoleShape,
    RoleUse,
)
from vestibule.organizations.caller_model import Caller
from vestibule.organizations.model import NotPermitted, OrganizationNotFound, RoleNotAllowed
from vestibule.organizations.permission_model import CHOOSABLE, Permission, Role
from vestibule.organizations.presentation import RoleName
from vestibule.organizations.role_model import (
    InvalidRoleName,
    NoPermission,
    RoleBeyondYours,
    RoleNameTaken,
    RoleNotFound,
    RoleNotYours,
    TooManyRoles,
    is_built_in,
)
from vestibule.web.description import LOCATION
from vestibule.web.injected import Injected

TAGS = ("Organizations",)
UNSEEN = (OrganizationNotFound, NotPermitted)
ROLES = "/organizations/{org:str}/roles"
ONE = ROLES + "/{role:str}"

Permissions = Annotated[
    list[Annotated[str, said(enum=[str(one) for one in CHOOSABLE])]],
    said(
        "What it allows. Whoever may change a thing may see it, said or not.",
        example=["members:read", "invitations:manage"],
    ),
]
OwnName = Annotated[
    str,
    said("2 to 40 characters, for ever.", example="Billing clerk", minLength=2, maxLength=40),
]
Heir = Annotated[
    str | None,
    Parameter(description="The role that members and open invitations get that have this one."),
]


class RoleBody(msgspec.Struct, frozen=True, kw_only=True):
    """A role of an organization. It goes by its name, in paths too."""

    object: Literal["role"]
    name: RoleName
    built_in: Annotated[bool, said("Whether every organization has it.")]
    permissions: Annotated[list[Permission], said("What it allows.")]
    members: Annotated[int, said("How many members have it.", example=3)]
    invitations: Annotated[int, said("How many open invitations carry it.", example=1)]


class RoleToMake(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A new role of the organization's own."""

    name: OwnName
    permissions: Permissions


class RoleToChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a role shall allow: all of it."""

    permissions: Permissions
    expected_permissions: Annotated[
        Permissions | UnsetType,
        said("What it did when you looked: if it does not any more, nothing is changed."),
    ] = UNSET


@get(ROLES, summary="List the roles of an organization", tags=TAGS, problems=UNSEEN)
async def list_roles(
    org: FromPath[str], desk: Injected[Desk], *, caller: Injected[Caller]
) -> ListBody[RoleBody]:
    """List all roles, those that allow most first: the four of every organization, and its own."""
    listed = await steps.list_roles(desk, caller, org)

    def present(role: Role) -> RoleBody:
        return present_role(role, listed.uses[role.name])

    return list_body(Page(items=listed.roles, before=None, after=None), present)


@post(
    ROLES,
    status_code=201,
    summary="Make a role",
    tags=TAGS,
    response_headers=LOCATION,
    problems=(
        *UNSEEN,
        *(InvalidRequest, InvalidRoleName, NoPermission),
        *(RoleNameTaken, TooManyRoles, RoleBeyondYours),
    ),
)
async def make_role(
    org: FromPath[str],
    data: JSONBody[RoleToMake],
    *,
    desk: Injected[Desk],
    caller: Injected[Caller],
) -> Response[RoleBody]:
    """Make a role of the organization's own, that allows nothing which the caller may not."""
    made = await steps.make(desk, caller, org, name=data.name, permissions=data.permissions)
    organization = encode("org", made.seat.organization.id)
    where = f"/api/v1/organizations/{organization}/roles/{quote(made.role.name, safe='')}"
    return Response(present_role(made.role, made.use), headers={"Location": where})


@get(ONE, summary="Look at a role", tags=TAGS, problems=(*UNSEEN, RoleNotFound))
async def get_role(
    org: FromPath[str], role: FromPath[str], *, desk: Injected[Desk], caller: Injected[Caller]
) -> RoleBody:
    """Give one role, built in or the organization's own."""
    found = await steps.get_role(desk, caller, org, role)
    return present_role(found.role, found.use)


@patch(
    ONE,
    summary="Change what a role allows",
    tags=TAGS,
    problems=(
        *UNSEEN,
        *(RoleNotFound, RoleNotYours, RoleBeyondYours),
        *(InvalidRequest, NoPermission, PermissionsChanged),
    ),
)
async def change_role(
    org: FromPath[str],
    role: FromPath[str],
    data: JSONBody[RoleToChange],
    *,
    desk: Injected[Desk],
    caller: Injected[Caller],
) -> RoleBody:
    """Have a role allow something else, for all who have it.

    Open invitations that their inviter may no longer grant are revoked, here and in the apps.
    """
    expected = data.expected_permissions
    wanted = RoleShape(
        role=role,
        permissions=data.permissions,
        expected=None if expected is UNSET else expected,
    )
    changed = await steps.change(desk, caller, org, wanted)
    return present_role(changed.role, changed.use)


@delete(
    ONE,
    status_code=204,
    summary="Delete a role",
    tags=TAGS,
    problems=(
        *UNSEEN,
        *(RoleNotFound, RoleNotYours, RoleInUse, InvalidRequest),
        *(RoleNotAllowed, MemberBeyondReach),
    ),
)
async def delete_role(
    org: FromPath[str],
    role: FromPath[str],
    *,
    desk: Injected[Desk],
    caller: Injected[Caller],
    to: Heir = None,
) -> None:
    """Delete a role. Whoever has it gets the role `to`; members are told by mail."""
    await steps.delete(desk, caller, org, RoleDeletion(role=role, to=to))


def present_role(role: Role, use: RoleUse) -> RoleBody:
    """Give the role, and how many have it."""
    return RoleBody(
        object="role",
        name=role.name,
        built_in=is_built_in(role.name),
        permissions=[one for one in Permission if one in role.permissions],
        members=use.members,
        invitations=use.invitations,
    )


handlers = (list_roles, make_role, get_role, change_role, delete_role)
