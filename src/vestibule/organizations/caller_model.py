"""Who can call on an organization: a user, or a program that a member answers for. Pure."""

from dataclasses import dataclass, replace
from typing import TypeAlias

from vestibule.audit.model import Actor, ActorKind
from vestibule.kernel.errors import NotAuthenticated
from vestibule.kernel.i18n import mark
from vestibule.kernel.ids import AccountId, ApiKeyId, AppId, OrganizationId, UserId
from vestibule.organizations.model import Seat
from vestibule.organizations.permission_model import Permission, Role
from vestibule.users.model import ActedFor, SignedIn


class ApiKeyNotGood(NotAuthenticated):
    """A key was mistyped, expired or revoked, or its maker has no right. Is `not_authenticated`."""

    sentence = mark(
        "This API key is mistyped, expired or revoked, or its maker is no longer there. Make "
        "another one."
    )

    @classmethod
    def code(cls) -> str:
        """Give the code of everybody who is not known."""
        return NotAuthenticated.code()


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program, by its API key: it may what its maker may, of the key's own permissions.

    `app_id`: it may do so in that app alone. `locale` is its maker's.
    """

    key_id: ApiKeyId
    name: str
    organization_id: OrganizationId
    app_id: AppId | None
    maker_id: UserId
    maker_name: str
    locale: str
    permissions: frozenset[Permission]

    @property
    def shown_name(self) -> str:
        """Give what people see: the key's name, and whose it is."""
        return named(self.name, self.maker_name)

    @property
    def account_id(self) -> AccountId:
        """Give the account that answers for it, and whose limits it uses up: its maker's."""
        return self.maker_id

    def actor(self, origin: Actor) -> Actor:
        """Give the origin of the request as this program."""
        return origin.acting_as(ActorKind.API_KEY, self.key_id, self.shown_name)


Caller: TypeAlias = SignedIn | ActedFor | Program


def named(name: str, maker_name: str) -> str:
    """Give what people see of a program: its key's name, and whose it is."""
    return f"{name} ({maker_name})"


def user_of(caller: Caller) -> UserId:
    """Give the user by whose membership the caller may what they may."""
    return caller.maker_id if isinstance(caller, Program) else caller.user.id


def limited(
    role: Role | None, caller: Caller, organization_id: OrganizationId, *, app_id: AppId | None
) -> Role | None:
    """Give what the caller is there whose user is this: a program that, within its permissions.

    `app_id`: in which app; None: in the organization itself, where a program of one app is nobody.
    """
    if role is None or not isinstance(caller, Program):
        return role
    if caller.organization_id != organization_id or caller.app_id not in {None, app_id}:
        return None
    return role.within(caller.permissions)


def narrowed(seat: Seat | None, caller: Caller) -> Seat | None:
    """Give the seat as the caller has it. None: it is not theirs."""
    if seat is None:
        return None
    role = limited(seat.role, caller, seat.organization.id, app_id=None)
    return replace(seat, role=role) if role is not None else None
