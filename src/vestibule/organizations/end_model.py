"""Until when somebody is a member: of an organization, or with a role in an app. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from vestibule.kernel.errors import InvalidField
from vestibule.kernel.i18n import mark
from vestibule.kernel.wire import Until, said
from vestibule.organizations.model import OrganizationNotFound

SOONEST = timedelta(hours=1)
LATEST = timedelta(days=3653)  # ten years, with their leap days
TOLD_BEFORE = timedelta(days=7)
# A time that was right when the request was written may be a little out of bounds by our clock.
CLOCK_SKEW = timedelta(minutes=1)

_LAST_SECOND = time(23, 59, 59, tzinfo=UTC)


MemberUntil = Annotated[
    Until | None, said("Until when, with its zone; past it they are out at once. Null: for good.")
]


class InvalidMemberUntil(InvalidField):
    """Access would end at once, in the past, or hardly ever."""

    sentence = mark("Choose an end from an hour to ten years ahead.")


class OwnersHaveNoEnd(InvalidField):
    """Somebody would own an organization for a while: it could be left without an owner."""

    sentence = mark("Owners have no end. Choose another role, or no end.")


class MembershipEnded(OrganizationNotFound):
    """The caller was a member until their time was over. Is `organization_not_found`."""

    headline = mark("Your access has ended")
    sentence = mark("Your access to {name} ended on {day} (UTC).")

    @classmethod
    def code(cls) -> str:
        """Give the code of every organization that is not there."""
        return OrganizationNotFound.code()


@dataclass(frozen=True, slots=True)
class End:
    """Until when somebody shall be a member; None: for good."""

    until: datetime | None


def ensure_end(until: datetime | None, *, now: datetime) -> None:
    """Raise InvalidMemberUntil unless access may end then. `now`: the database's clock."""
    if until is None:
        return
    if not now + SOONEST - CLOCK_SKEW <= until <= now + LATEST + CLOCK_SKEW:
        raise InvalidMemberUntil(path="member_until")


def end_of_day(text: str) -> datetime:
    """Give the last second of a day in UTC, as a form writes a day. Raises InvalidMemberUntil."""
    try:
        day = date.fromisoformat(text)
        return datetime.combine(day, _LAST_SECOND)
    except ValueError as fault:
        raise InvalidMemberUntil(path="member_until") from fault


def read_day(text: str, present: datetime | None = None) -> End:
    """Read the day of a form. Empty: no end; the day of the present end leaves that as it is."""
    if not text:
        return End(None)
    if present is not None and text == as_day(present):
        return End(present)
    return End(end_of_day(text))


def as_day(until: datetime | None) -> str:
    """Give the day of an end as a form writes it."""
    return until.astimezone(UTC).date().isoformat() if until else ""
