"""What an invitation is, and when it may change. Pure: no database, no clock, no framework."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NewType, TypeAlias
from uuid import UUID

from vestibule.audit.model import ActorKind
from vestibule.kernel.addresses import Address
from vestibule.kernel.errors import (
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    InvalidField,
    NotAuthenticated,
    NotFound,
)
from vestibule.kernel.i18n import mark
from vestibule.kernel.ids import AccountId, AppId, InvitationId, OrganizationId
from vestibule.messages.model import DeliveryState
from vestibule.organizations.model import AlreadyMember

SHORTEST = timedelta(hours=1)
LONGEST = timedelta(days=30)
REASON_LENGTH = 500

AppRole = NewType("AppRole", str)


class State(StrEnum):
    """Where an invitation is in its life.

                ┌─accept──▶ accepted ┐
     pending ───┼─decline─▶ declined ├ final: asking again makes a new invitation
       │  ▲     └─revoke──▶ revoked  ┘
       └──┘ resend, invite again, edit

    Expired is pending past `expires_at` by the database's clock. It is never stored.
    """

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"


class ShownState(StrEnum):
    """The states as people see them, and ask for them: those of the life, and expired."""

    PENDING = "pending"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"


class InvitationNotFound(NotFound):
    """No such invitation here, or the caller may not know of it."""

    sentence = mark("There is no such invitation.")


class InvitationClosed(Conflict):
    """A manager of the invitation wants to change one that was answered or revoked."""

    sentence = mark("This invitation is closed. Invite the person again instead.")


class InvitationExpired(Gone):
    """Its time is over."""

    sentence = mark("This invitation has expired. Ask for a new one.")


class InvitationRevoked(Gone):
    """Somebody took it back."""

    sentence = mark("This invitation was taken back. Ask for a new one if that was a mistake.")


class InvitationPlaceDeleted(InvitationRevoked):
    """What it led to is gone, and every invitation with it. Is `invitation_revoked`."""

    sentence = mark("What this invitation led to was deleted. There is nothing left to join.")

    @classmethod
    def code(cls) -> str:
        """Give the code of every invitation that was taken back."""
        return InvitationRevoked.code()


class InvitationDeclined(Gone):
    """The person said no."""

    sentence = mark("This invitation was declined.")


class InvitationAlreadyAccepted(Gone):
    """Somebody has joined by it."""

    sentence = mark("This invitation was used already.")


class InvitationSuperseded(Gone):
    """A newer mail was sent, whose link is the one that works."""

    sentence = mark("A newer mail was sent; its link is the one that works.")


class AccessEnded(Conflict):
    """It would be sent again, and what it offers ends within the hour, or has ended."""

    sentence = mark("The access that it offers ends too soon. Choose a later end first.")


class InviterNotEntitled(Conflict):
    """Whoever invited may no longer grant the role."""

    sentence = mark("Whoever invited you may no longer do so. Ask for a new invitation.")


class InvitationToOneself(AlreadyMember):
    """Who sent it is who it is for: they would outlive their own end. Is `already_member`."""

    sentence = mark("You are a member already, and cannot invite yourself. Somebody else may.")

    @classmethod
    def code(cls) -> str:
        """Give the code of who is in already."""
        return AlreadyMember.code()


class WrongAccount(Forbidden):
    """The invitation was sent to an address that is not the caller's."""

    sentence = mark(
        "This invitation was sent to {email}. Sign in with the account of that address."
    )


class SignInRequired(NotAuthenticated):
    """The organization lets people join only while signed in."""

    sentence = mark("Sign in to join: this organization asks for it.")


class AccountRequired(Invalid):
    """The invited address has no account, and none was sent along."""

    sentence = mark("Nobody with this address has an account yet. Send `account` to make one.")


class AccountNotWanted(InvalidField):
    """An account was sent along by somebody who is signed in."""

    sentence = mark("You are signed in, so no account is made. Leave `account` out.")


CLOSED: dict[State, type[Gone]] = {
    State.ACCEPTED: InvitationAlreadyAccepted,
    State.DECLINED: InvitationDeclined,
    State.REVOKED: InvitationRevoked,
}


LEFT = frozenset(
    {
        DeliveryState.SENT,
        DeliveryState.DELIVERED,
        DeliveryState.BOUNCED,
        DeliveryState.COMPLAINED,
    }
)


@dataclass(frozen=True, slots=True)
class ToOrganization:
    """Leads into an organization: a user of the platform becomes a member with the role."""

    organization_id: OrganizationId
    role: str


@dataclass(frozen=True, slots=True)
class ToApp:
    """Leads into an app: an account of the app's own becomes a member with the role."""

    organization_id: OrganizationId
    app_id: AppId
    role: AppRole


Destination: TypeAlias = ToOrganization | ToApp


@dataclass(frozen=True, slots=True, kw_only=True)
class Inviter:
    """Who invited: the kind, the id, and the name as of then."""

    kind: ActorKind
    id: UUID | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of the newest mail. `reason` is a sentence when it did not leave."""

    state: DeliveryState
    attempts: int = 0
    last_attempt_at: datetime | None = None
    reason: str | None = None

    @property
    def has_left(self) -> bool:
        """Tell whether a mail server took it, whatever became of it then."""
        return self.state in LEFT


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """The offer. `is_expired` and `read_at` are by the database's clock, read with the row.

    `member_until`: when the access ends that it offers; it expires then at the latest.
    """

    id: InvitationId
    destination: Destination
    email: Address
    inviter: Inviter
    state: State
    locale: str
    redirect_url: str | None
    metadata: dict[str, Any]
    member_until: datetime | None
    send_count: int
    asked_count: int
    asked_at: datetime | None
    created_at: datetime
    last_sent_at: datetime
    expires_at: datetime
    closed_at: datetime | None
    accepted_by: AccountId | None
    decline_reason: str | None
    is_expired: bool
    read_at: datetime

    @property
    def shown_state(self) -> ShownState:
        """Give the state as people see it: expired is one."""
        return ShownState.EXPIRED if self.is_expired else ShownState(self.state)

    def ensure_open(self) -> None:
        """Raise, with the exact reason, unless the invitation can still be answered."""
        if self.state is not State.PENDING:
            raise CLOSED[self.state]
        if self.is_expired:
            raise InvitationExpired

    def ensure_changeable(self) -> None:
        """Raise InvitationClosed unless it is pending; an expired one may be renewed."""
        if self.state is not State.PENDING:
            raise InvitationClosed

    def ensure_worthwhile(self) -> None:
        """Raise AccessEnded unless what it offers lasts for as long as an invitation, at least."""
        if self.member_until is not None and self.member_until < self.read_at + SHORTEST:
            raise AccessEnded

    def renewed_lifetime(self) -> timedelta:
        """Give how long a resent one lives from now: as long as it did from its last mail."""
        return min(max(self.expires_at - self.last_sent_at, SHORTEST), LONGEST)
