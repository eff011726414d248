"""What an offer may be, who may make it, and how often its mail may be sent. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from urllib.parse import urlsplit

from vestibule.invitations.model import LONGEST, SHORTEST, Invitation, Inviter
from vestibule.kernel.addresses import Address
from vestibule.kernel.errors import Invalid, InvalidField, RateLimited
from vestibule.kernel.i18n import mark
from vestibule.kernel.ids import AppId, OrganizationId
from vestibule.organizations.model import RoleNotAllowed

METADATA_BYTES = 4096
METADATA_DEPTH = 16
# The database writes a number out: 1e300 would be 301 digits.
LEAST_INTEGER, MOST_INTEGER = -(2**63), 2**63 - 1
LEAST_FRACTION = 1e-16
REDIRECT_LENGTH = 500
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PLAIN = re.compile(
    r"[!-~]+"
)  # no space, control character or anything that a parser may read in two ways

# A time that was right when the request was written may be a little out of bounds by our clock.
CLOCK_SKEW = timedelta(minutes=1)


class InvalidExpiry(InvalidField):
    """Out of bounds: 1 hour to 30 days from now."""

    sentence = mark("An invitation lives from 1 hour to 30 days. Choose a time in between.")


class RedirectNotAllowed(Invalid):
    """Not a place that people may be sent on to."""

    sentence = mark("The redirect must be an https address of at most 500 characters.")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A destination in the hands of somebody who may invite there: what authorization gives.

    `grantable` are the roles that they may grant; `lifetime` is for an invitation that names none.
    """

    organization_id: OrganizationId
    app_id: AppId | None
    name: str
    lifetime: timedelta
    grantable: frozenset[str]
    inviter: Inviter

    def ensure_may_grant(self, role: str) -> None:
        """Raise RoleNotAllowed unless they may grant the role."""
        if role not in self.grantable:
            raise RoleNotAllowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often the mail of one invitation may be sent."""

    cool_down: timedelta = timedelta(minutes=15)
    most: int = 10

    def ensure_resendable(self, invitation: Invitation) -> None:
        """Raise ResentTooOften within the cool-down, or past the cap."""
        if self.may_resend(invitation):
            return
        cooled_at = invitation.last_sent_at + self.cool_down
        wait = max(cooled_at, invitation.expires_at) if self._is_used_up(invitation) else cooled_at
        raise ResentTooOften(retry_after=ceil((wait - invitation.read_at).total_seconds()))

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
        after = timedelta(days=days)
        _ensure_lives(after, path=path)
        return cls(after=after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What somebody wants to offer to whom, and until when. No expiry: as the organization says."""

    email: Address
    role: str
    locale: str
    expiry: Expiry | None = None
    redirect_url: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What shall be different about a pending invitation. None: as it is."""

    role: str | None = None
    expiry: Expiry | None = None
    locale: str | None = None


def _ensure_lives(lifetime: timedelta, *, path: str) -> None:
    if not SHORTEST - CLOCK_SKEW <= lifetime <= LONGEST + CLOCK_SKEW:
        raise InvalidExpiry(path=path)


def ensure_redirect(url: str, *, path: str = "redirect_url") -> None:
    """Raise RedirectNotAllowed unless it is an https address, or one of this machine."""
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.username is None and (parts.port or True)
    except ValueError:
        raise RedirectNotAllowed(path=path) from None
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    is_plain = len(url) <= REDIRECT_LENGTH and _PLAIN.fullmatch(url) and "\\" not in url
    if not (is_whole and is_safe and is_plain):
        raise RedirectNotAllowed(path=path)


def ensure_metadata(metadata: Mapping[str, Any], *, path: str = "metadata") -> None:
    """Raise InvalidMetadata for more than is kept: 4 kB, and numbers that every reader takes."""
    if not _is_plain_json(metadata, depth=METADATA_DEPTH):
        raise InvalidMetadata(path=path)
    written = json.dumps(metadata, ensure_ascii=False, separators=(",", ":"))
    if len(written.encode()) > METADATA_BYTES:
        raise InvalidMetadata(path=path)


def _is_plain_json(value: object, *, depth: int) -> bool:
    """Tell whether it is nested that deep at most, and its numbers are short when written out."""
    match value:
        case dict():
            return depth > 0 and all(
                _is_plain_json(item, depth=depth - 1) for item in value.values()
            )
        case list():
            return depth > 0 and all(_is_plain_json(item, depth=depth - 1) for item in value)
        case bool():
            return True
        case int():
            return LEAST_INTEGER <= value <= MOST_INTEGER
        case float():
            return value == 0 or LEAST_FRACTION <= abs(value) <= MOST_INTEGER
        case _:
            return True
