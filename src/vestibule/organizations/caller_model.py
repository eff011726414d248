"""Who can call on an organization: a user, or a program that a member answers for. Pure."""

from dataclasses import dataclass, replace
from typing import TypeAlias

from vestibule.audit.model import Actor, ActorKind
from vestibule.kernel.ids import ApiKeyId, AppId, OrganizationId, UserId
from vestibule.organizations.model import Seat
from vestibule.organizations.permission_model import Permission
from vestibule.users.model import ActedFor, SignedIn


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program, by its API key: it may what its maker may, of the key's own permissions.

    `app_id`: it may do so in that app alone.
    """

    key_id: ApiKeyId
    name: str
    organization_id: OrganizationId
    app_id: AppId | None
    maker_id: UserId
    maker_name: str
    permissions: frozenset[Permission]

    @property
    def shown_name(self) -> str:
        """Give what people see: the key's name, and whose it is."""
        return f"{self.name} ({self.maker_name})"

    def actor(self, origin: Actor) -> Actor:
        """Give the origin of the request as this program."""
        return origin.acting_as(ActorKind.API_KEY, self.key_id, self.shown_name)


Caller: TypeAlias = SignedIn | ActedFor | Program


def user_of(caller: Caller) -> UserId:
    """Give the user by whose membership the caller may what they may."""
    return caller.maker_id if isinstance(caller, Program) else caller.user.id


def narrowed(seat: Seat | None, caller: Caller) -> Seat | None:
    """Give the seat as the caller has it: a program's is that of its maker, and less.

    None: it is not theirs. A program of one app has no seat in the organization.
    """
    if seat is None or not isinstance(caller, Program):
        return seat
    if caller.app_id is not None or caller.organization_id != seat.organization.id:
        return None
    return replace(seat, role=seat.role.within(caller.permissions))
