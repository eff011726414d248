"""What an offer may be, who may make it, and how often its mail may be sent. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from uuid import UUID

from vestibule.invitations.model import LONGEST, SHORTEST, Delivery, Invitation, Inviter
from vestibule.kernel import links, plain_json
from vestibule.kernel.addresses import Address
from vestibule.kernel.errors import InvalidField, InvalidRequest, RateLimited
from vestibule.kernel.i18n import gettext, mark
from vestibule.kernel.ids import AccountId, AppId, OrganizationId
from vestibule.kernel.links import RedirectNotAllowed
from vestibule.organizations import rules_model
from vestibule.organizations.end_model import End
from vestibule.organizations.model import RoleNotAllowed

# A time that was right when the request was written may be a little out of bounds by our clock.
CLOCK_SKEW = timedelta(minutes=1)


class InvalidExpiry(InvalidField):
    """Out of bounds: 1 hour to 30 days from now."""

    sentence = mark("An invitation lives from 1 hour to 30 days. Choose a time in between.")


class InvalidMetadata(InvalidField):
    """More than is kept with an invitation."""

    sentence = mark("Metadata may hold at most 4 kB of plain JSON.")


class ResentTooOften(RateLimited):
    """Within the cool-down of the last mail, or past the cap. Answers as `rate_limited`."""

    sentence = mark(
        "A mail was sent a short while ago. Give it time to arrive before sending another."
    )

    @classmethod
    def code(cls) -> str:
        """Give the code of every limit."""
        return RateLimited.code()


class TriedTooOften(ResentTooOften):
    """The same, and the last mail has not left: there is none to wait for."""

    sentence = mark("The last mail has not left. Wait a while before you ask for another.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A destination in the hands of who may see its invitations: what authorization gives.

    `roles` are all that exist there, lowest first, `grantable` those that they may grant, if any.
    `lifetime` is for an invitation that names none, and so is `default_role`; None: they must say
    one. `path` is where its pages begin, as this person reaches them. `onward` are the origins that
    their invitations may lead on to; None: any. `allowed_domains` are those of the addresses that
    may come in; none: any.
    `has_seat_limit`: whoever is invited here takes one of so many seats. `account_id`: who they
    are, by a program its maker; None: the operator.
    """

    organization_id: OrganizationId
    app_id: AppId | None
    name: str
    slug: str
    path: str
    lifetime: timedelta
    roles: tuple[str, ...]
    grantable: frozenset[str]
    inviter: Inviter
    account_id: AccountId | None
    onward: frozenset[str] | None = None
    default_role: str | None = None
    allowed_domains: tuple[str, ...] = ()
    has_seat_limit: bool = False

    @property
    def place_id(self) -> UUID:
        """Give what the place's invitations are listed by."""
        return self.app_id or self.organization_id

    def chosen_role(self, role: str | None) -> str:
        """Give the role, or else the default one. Raises InvalidRequest if there is neither."""
        chosen = role if role is not None else self.default_role
        if chosen is None:
            raise self._no_role()
        return chosen

    def ensure_may_grant(self, role: str) -> None:
        """Raise InvalidRequest unless the role exists, RoleNotAllowed unless they may grant it."""
        if role not in self.roles:
            raise self._no_role()
        if role not in self.grantable:
            raise RoleNotAllowed

    def takes(self, email: Address) -> bool:
        """Tell whether the address may come in, by the rules of the place."""
        return rules_model.is_allowed(email, self.allowed_domains)

    def ensure_takes(self, email: Address) -> None:
        """Raise DomainNotAllowed unless the address may come in."""
        rules_model.ensure_allowed(email, self.allowed_domains)

    def ensure_may_lead_to(self, url: str | None) -> None:
        """Raise RedirectNotAllowed unless their invitations may lead on to this safe address."""
        if url is None or self.onward is None:
            return
        if links.origin_of(url) not in self.onward:
            raise RedirectNotAllowed(path="redirect_url")

    def may_change(self, role: str) -> bool:
        """Tell whether an invitation that has this role is theirs to change.

        A role may have gone meanwhile: then it is for everybody who invites.
        """
        return role in self.grantable or (bool(self.grantable) and role not in self.roles)

    def ensure_may_change(self, role: str) -> None:
        """Raise RoleNotAllowed unless an invitation that has this role is theirs to change."""
        if not self.may_change(role):
            raise RoleNotAllowed

    def _no_role(self) -> InvalidRequest:
        message = gettext("Choose a role: {choices}.").format(choices=", ".join(self.roles))
        return InvalidRequest.at("role", message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often the mail of one invitation may be sent."""

    cool_down: timedelta = timedelta(minutes=15)
    most: int = 10

    def ensure_resendable(self, invitation: Invitation, delivery: Delivery | None) -> None:
        """Raise ResentTooOften within the cool-down, or past the cap.

        TriedTooOften, if the last mail has not left. That is waited for as well: it may yet leave,
        and what a mail server refused it would refuse again.
        """
        if self.may_resend(invitation):
            return
        cooled_at = invitation.last_sent_at + self.cool_down
        wait = max(cooled_at, invitation.expires_at) if self._is_used_up(invitation) else cooled_at
        has_left = delivery is None or delivery.has_left
        problem = ResentTooOften if has_left else TriedTooOften
        raise problem(retry_after=ceil((wait - invitation.read_at).total_seconds()))

    def may_resend(self, invitation: Invitation) -> bool:
        """Tell whether another mail may be sent now."""
        cooled_at = invitation.last_sent_at + self.cool_down
        return invitation.read_at >= cooled_at and not self._is_used_up(invitation)

    def _is_used_up(self, invitation: Invitation) -> bool:
        return invitation.send_count >= self.most


UNHURRIED = Pace(cool_down=timedelta(0), most=2**31)


@dataclass(frozen=True, slots=True)
class Expiry:
    """When an invitation ends: `at` a time, or `after` so long by the database's clock."""

    at: datetime | None = None
    after: timedelta | None = None

    @classmethod
    def at_time(cls, at: datetime, *, now: datetime, path: str = "expires_at") -> "Expiry":
        """Make one of a time. Raises InvalidExpiry out of 1 hour to 30 days from now."""
        _ensure_lives(at - now, path=path)
        return cls(at=at)

    @classmethod
    def in_days(cls, days: float, *, path: str = "expires_in_days") -> "Expiry":
        """Make one of a number of days. Raises InvalidExpiry out of 1 hour to 30 days."""
        try:
            after = timedelta(days=days)
        except (OverflowError, ValueError):  # infinite, not a number, or longer than any time
            raise InvalidExpiry(path=path) from None
        _ensure_lives(after, path=path)
        return cls(after=after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What somebody wants to offer to whom, and until when.

    No role: the default one. No expiry: as the organization says.
    """

    email: Address
    role: str | None
    locale: str
    expiry: Expiry | None = None
    member_until: datetime | None = None
    redirect_url: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What shall be different about a pending invitation. None: as it is."""

    role: str | None = None
    expiry: Expiry | None = None
    end: End | None = None
    locale: str | None = None


def _ensure_lives(lifetime: timedelta, *, path: str) -> None:
    if not SHORTEST - CLOCK_SKEW <= lifetime <= LONGEST + CLOCK_SKEW:
        raise InvalidExpiry(path=path)


def ensure_redirect(url: str, *, path: str = "redirect_url") -> None:
    """Raise RedirectNotAllowed unless it is an https address, or one of this machine."""
    if not links.is_safe(url):
        raise RedirectNotAllowed(path=path)


def ensure_metadata(metadata: Mapping[str, Any], *, path: str = "metadata") -> None:
    """Raise InvalidMetadata for more than is kept: 4 kB, and numbers that every reader takes."""
    if not plain_json.is_kept(metadata):
        raise InvalidMetadata(path=path)
