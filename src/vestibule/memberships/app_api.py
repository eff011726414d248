"""Memberships in the HTTP API: who is in an app, as what, and no longer; and publishing."""

from typing import Annotated

import msgspec
from litestar import delete, get, patch, post
from litestar.di import Provide
from litestar.params import FromPath, JSONBody, Parameter
from msgspec import UNSET, UnsetType

from vestibule.accounts.guards import Desk
from vestibule.accounts.model import AccountNotFound, PasswordNotSet, WrongPassword
from vestibule.apps.member_queries import MemberSearch
from vestibule.apps.model import (
    AppMember,
    AppMemberNotFound,
    AppNotFound,
    Caller,
    DefinitionNotFound,
    SignedInMember,
)
from vestibule.apps.presentation import (
    AppBody,
    AppMemberBody,
    present_app,
    present_member,
)
from vestibule.kernel.errors import InvalidRequest, NotFound, RateLimited
from vestibule.kernel.http import ListBody, list_body
from vestibule.kernel.ids import AppMemberId
from vestibule.kernel.names import InvalidText
from vestibule.kernel.wire import said
from vestibule.memberships import app_steps as steps
from vestibule.memberships.model import (
    AppMemberChange,
    NewAppEnd,
    RoleBeyondReach,
    RoleChange,
    RoleChanged,
    RoleInUse,
)
from vestibule.memberships.presentation import AccountToDelete
from vestibule.organizations.end_model import InvalidMemberUntil, MemberUntil
from vestibule.organizations.end_presentation import end_of, ensure_something
from vestibule.organizations.model import NotPermitted
from vestibule.web.injected import Injected
from vestibule.web.listing import Part, read_part

TAGS = ("App members",)
UNSEEN = (AppNotFound, NotPermitted)
UNFOUND = (NotFound, AppMemberNotFound)
ONE = "/members/{member:str}"


class AppMemberToChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What shall be different about a member: at least one thing."""

    roles: Annotated[
        list[str] | UnsetType, said("All of them: one at least.", example=["Employee"])
    ] = UNSET
    member_until: MemberUntil | UnsetType = UNSET

    def change(self, member_id: AppMemberId) -> AppMemberChange:
        """Give what is asked for in the words of the model. Raises InvalidRequest."""
        ensure_something(self.roles, self.member_until, or_="roles")
        end = end_of(self.member_until)
        return AppMemberChange(
            member_id=member_id,
            roles=None if self.roles is UNSET else RoleChange(member_id, self.roles),
            end=NewAppEnd(member_id, end.until) if end else None,
        )


class Publication(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What becomes of who has a role that the draft drops: by each such role, the new one."""

    roles: Annotated[
        dict[str, str] | UnsetType,
        said("By the old role, the new one.", example={"Employee": "Worker"}),
    ] = UNSET


def read_search(
    q: Annotated[str | None, Parameter(description="Part of a name or address.")] = None,
    role: Annotated[str | None, Parameter(description="Only who has this role.")] = None,
) -> MemberSearch:
    """Read what is searched for. Raises InvalidText."""
    return MemberSearch.of(q, role)


@get(
    "/members",
    summary="List the members of an app",
    tags=TAGS,
    problems=(*UNSEEN, InvalidText),
    dependencies={
        "part": Provide(read_part, sync_to_thread=False),
        "search": Provide(read_search, sync_to_thread=False),
    },
)
async def list_app_members(
    app: FromPath[str],
    desk: Injected[Desk],
    *,
    caller: Injected[Caller],
    part: Injected[Part],
    search: Injected[MemberSearch],
) -> ListBody[AppMemberBody]:
    """List who is in the app, the newest first."""
    seat, page = await steps.list_members(desk, caller, app, search, part)

    def present(member: AppMember) -> AppMemberBody:
        return present_member(seat.app, member)

    return list_body(page, present)


@get(ONE, summary="Look at a member of an app", tags=TAGS, problems=(*UNSEEN, *UNFOUND))
async def get_app_member(
    app: FromPath[str],
    member: FromPath[str],
    *,
    desk: Injected[Desk],
    caller: Injected[Caller],
) -> AppMemberBody:
    """Give one member of the app."""
    seat, found = await steps.get_member(desk, caller, app, steps.read_id(member))
    return present_member(seat.app, found)


@patch(
    ONE,
    summary="Change a member of an app",
    tags=TAGS,
    problems=(*UNSEEN, *UNFOUND, RoleBeyondReach, RoleChanged, InvalidRequest, InvalidMemberUntil),
)
async def change_app_member(
    app: FromPath[str],
    member: FromPath[str],
    data: JSONBody[AppMemberToChange],
    *,
    desk: Injected[Desk],
    caller: Injected[Caller],
) -> AppMemberBody:
    """Give somebody else exactly these roles, or set until when they have them, all of them.

    They are told by mail. What they invited to and may no longer grant is revoked.
    """
    wanted = data.change(steps.read_id(member))
    seat, changed = await steps.change_member(desk, caller, app, wanted)
    return present_member(seat.app, changed)


@delete(
    ONE,
    status_code=204,
    summary="Remove a member of an app",
    tags=TAGS,
    problems=(*UNSEEN, *UNFOUND, RoleBeyondReach),
)
async def remove_app_member(
    app: FromPath[str],
    member: FromPath[str],
    *,
    desk: Injected[Desk],
    caller: Injected[Caller],
) -> None:
    """Take somebody else out of the app, with their account there. They are told by mail."""
    await steps.remove(desk, caller, app, steps.read_id(member))


@post(
    "/publish",
    status_code=200,
    summary="Publish the definition",
    tags=("Apps",),
    problems=(*UNSEEN, DefinitionNotFound, RoleInUse, InvalidRequest),
)
async def publish_app(
    app: FromPath[str],
    *,
    desk: Injected[Desk],
    caller: Injected[Caller],
    data: JSONBody[Publication | None] = None,
) -> AppBody:
    """Make the draft what counts. A draft that counts already changes nothing.

    A role that members or pending invitations have may only go when `roles` says what becomes of
    them. The first publish makes the caller a member of the app.
    """
    moved = data.roles if data and isinstance(data.roles, dict) else {}
    return present_app((await steps.publish(desk, caller, app, moved)).app)


@post(
    "/me/deletion",
    status_code=204,
    summary="Leave an app",
    tags=TAGS,
    problems=(
        *UNSEEN,
        *(PasswordNotSet, WrongPassword, RateLimited),
        *(AppMemberNotFound, AccountNotFound),
    ),
)
async def leave_app(
    data: JSONBody[AccountToDelete], desk: Injected[Desk], *, caller: Injected[SignedInMember]
) -> None:
    """Leave. The account in this app is deleted, and what it invited to is revoked."""
    await steps.leave(desk, caller, data.password)


# For users of the organization and members of the app.
handlers = (
    list_app_members,
    get_app_member,
    change_app_member,
    remove_app_member,
    publish_app,
)
# For a member of the very app.
own_handlers = (leave_app,)
