"""Memberships of organizations in the HTTP API: another role, removed, left, handed over."""

from typing import Annotated

import msgspec
from litestar import delete, get, patch, post
from litestar.di import Provide
from litestar.params import FromPath, JSONBody, Parameter
from msgspec import UNSET, UnsetType

from vestibule.accounts.guards import Desk
from vestibule.invitations.departure_model import SentInvitations
from vestibule.kernel.errors import NotFound
from vestibule.kernel.ids import UserId
from vestibule.kernel.wire import said, typed_id
from vestibule.memberships import organization_steps as steps
from vestibule.memberships.model import (
    HandOver,
    LastOwner,
    MemberBeyondReach,
    MemberChange,
    NewEnd,
    NewRole,
    Removal,
    RoleChanged,
)
from vestibule.organizations.caller_model import Caller
from vestibule.organizations.end_model import InvalidMemberUntil, MemberUntil, OwnersHaveNoEnd
from vestibule.organizations.end_presentation import end_of, ensure_something
from vestibule.organizations.model import (
    MemberNotFound,
    NotPermitted,
    OrganizationNotFound,
    RoleNotAllowed,
)
from vestibule.organizations.presentation import MembershipBody, RoleName, present_membership
from vestibule.users.model import SignedIn
from vestibule.web.injected import Injected

TAGS = ("Organizations",)
UNSEEN = (OrganizationNotFound, NotPermitted)
UNFOUND = (NotFound, MemberNotFound)
ORGANIZATION = "/organizations/{org:str}"
ONE = ORGANIZATION + "/members/{user:str}"

Sent = Annotated[
    SentInvitations,
    Parameter(
        description="What becomes of the open invitations that they sent: `revoke`, or `keep`: the "
        "caller answers for them from now on, as far as the caller may grant their roles."
    ),
]
Seen = Annotated[
    str | None,
    Parameter(
        description="What they were when you looked: if they are not any more, nobody is removed."
    ),
]


class MembershipToChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What shall be different about a member: at least one thing."""

    role: RoleName | UnsetType = UNSET
    expected_role: Annotated[
        RoleName | UnsetType,
        said("What they were when you looked: if they are not any more, nothing is changed."),
    ] = UNSET
    member_until: MemberUntil | UnsetType = UNSET

    def change(self, user_id: UserId) -> MemberChange:
        """Give what is asked for in the words of the model. Raises InvalidRequest."""
        ensure_something(self.role, self.member_until, or_="role")
        end = end_of(self.member_until)
        return MemberChange(
            user_id=user_id,
            role=None if self.role is UNSET else self._role(user_id, self.role),
            end=NewEnd(user_id, end.until) if end else None,
        )

    def _role(self, user_id: UserId, role: str) -> NewRole:
        expected = None if self.expected_role is UNSET else self.expected_role
        return NewRole(user_id=user_id, role=role, expected=expected)


class HandOverToDo(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Who shall own the organization, and whether the caller leaves; else they become an admin."""

    user: Annotated[str, typed_id("user")]
    leave: Annotated[bool, said("Whether the caller leaves with that.", example=False)] = False


@get(ONE, summary="Look at a member", tags=TAGS, problems=(*UNSEEN, *UNFOUND))
async def get_member(
    org: FromPath[str],
    user: FromPath[str],
    *,
    desk: Injected[Desk],
    caller: Injected[Caller],
) -> MembershipBody:
    """Give one member of the organization, by the user's id."""
    _, member = await steps.get_member(desk, caller, org, steps.read_id(user))
    return present_membership(member)


@patch(
    ONE,
    summary="Change a member",
    tags=TAGS,
    problems=(
        *(*UNSEEN, *UNFOUND, RoleNotAllowed, MemberBeyondReach, RoleChanged, LastOwner),
        *(InvalidMemberUntil, OwnersHaveNoEnd),
    ),
)
async def change_member(
    org: FromPath[str],
    user: FromPath[str],
    data: JSONBody[MembershipToChange],
    *,
    desk: Injected[Desk],
    caller: Injected[Caller],
) -> MembershipBody:
    """Give somebody else another role, or set until when they are a member. They are told by mail.

    What they invited to and may no longer grant, here and in the apps, is revoked. Owners have no
    end: who becomes one loses theirs.
    """
    wanted = data.change(steps.read_id(user))
    return present_membership(await steps.change_member(desk, caller, org, wanted))


def read_removal(
    user: FromPath[str],
    invitations: Sent = SentInvitations.REVOKE,
    expected_role: Seen = None,
) -> Removal:
    """Read whom a removal is of, and as what the caller saw them. Raises NotFound."""
    return Removal(user_id=steps.read_id(user), sent=invitations, expected=expected_role)


@delete(
    ONE,
    status_code=204,
    summary="Remove a member",
    tags=TAGS,
    problems=(*UNSEEN, *UNFOUND, MemberBeyondReach, RoleChanged, LastOwner),
    dependencies={"wanted": Provide(read_removal, sync_to_thread=False)},
)
async def remove_member(
    org: FromPath[str],
    *,
    desk: Injected[Desk],
    caller: Injected[Caller],
    wanted: Injected[Removal],
) -> None:
    """Take somebody else out of the organization. They are told by mail.

    What is pending for them there is revoked, and an account in one of its apps that has no
    password of its own is deleted.
    """
    await steps.remove(desk, caller, org, wanted)


@post(
    f"{ORGANIZATION}/leave",
    status_code=204,
    summary="Leave an organization",
    tags=TAGS,
    problems=(OrganizationNotFound, MemberNotFound, LastOwner),
)
async def leave_organization(
    org: FromPath[str], desk: Injected[Desk], *, caller: Injected[SignedIn]
) -> None:
    """Leave. What the caller invited to is revoked. The last owner hands over first."""
    await steps.leave(desk, caller, org)


@post(
    f"{ORGANIZATION}/transfer",
    status_code=200,
    summary="Hand an organization over",
    tags=TAGS,
    problems=(*UNSEEN, *UNFOUND, LastOwner),
)
async def transfer_organization(
    org: FromPath[str],
    data: JSONBody[HandOverToDo],
    *,
    desk: Injected[Desk],
    caller: Injected[SignedIn],
) -> MembershipBody:
    """Make another member an owner in the caller's place, in one step. For owners."""
    wanted = HandOver(giver=caller.user.id, heir=steps.read_id(data.user), leaves=data.leave)
    return present_membership(await steps.hand_over(desk, caller, org, wanted))


handlers = (
    get_member,
    change_member,
    remove_member,
)
# For people alone: nobody has a program leave for them.
own_handlers = (leave_organization, transfer_organization)
