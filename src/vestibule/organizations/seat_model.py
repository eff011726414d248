"""How many seats an organization has, and how many are taken by whom. Pure."""

from dataclasses import dataclass

from vestibule.kernel.errors import Conflict, InvalidField, Unavailable
from vestibule.kernel.i18n import gettext, mark, ngettext

LEAST_LIMIT = 1
MOST_LIMIT = 1_000_000


class SeatLimitReached(Conflict):
    """Every seat is taken, by a member or by an invitation that can still be accepted."""

    sentence = mark(
        "All seats are taken: {taken}. Revoke an invitation or remove a member first, or ask the "
        "operator of this server for more seats."
    )


class InvalidSeatLimit(InvalidField):
    """A limit that leaves no room for an owner, or is none."""

    sentence = mark("Give a whole number of seats from {least} to {most}, or none.")


class SeatLimitMoved(Unavailable):
    """The limit came or went while we waited for the organization: our lock is the wrong one.

    A lock that others share is never made stronger, for two that do so wait for each other. Whoever
    opened the transaction starts it anew.
    """

    @classmethod
    def code(cls) -> str:
        """Give the code of whatever is over in a moment."""
        return Unavailable.code()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seating:
    """Who takes an organization's seats: present members, and invitations that can be accepted.

    `limit` None: there is none. More may be taken than it allows: it was lowered, or the operator
    rescued somebody; then nobody new is invited before there is room.
    """

    members: int
    invited: int
    limit: int | None

    @property
    def used(self) -> int:
        """Give how many are taken."""
        return self.members + self.invited

    @property
    def is_full(self) -> bool:
        """Tell whether there is no seat for anybody new."""
        return self.limit is not None and self.used >= self.limit

    @property
    def is_exceeded(self) -> bool:
        """Tell whether more are taken than there are."""
        return self.limit is not None and self.used > self.limit

    def explain(self) -> str:
        """Say it in the reader's language: `3 members and 2 invited, of 5`."""
        sentence = ngettext("{count} member", "{count} members", self.members)
        taken = sentence.format(count=self.members)
        if self.invited:
            both = gettext("{members} and {invited} invited")
            taken = both.format(members=taken, invited=self.invited)
        if self.limit is None:
            return taken
        return gettext("{taken}, of {limit}").format(taken=taken, limit=self.limit)


def ensure_limit(limit: int | None) -> None:
    """Raise InvalidSeatLimit unless an organization may have this limit; None: no limit."""
    if limit is not None and not LEAST_LIMIT <= limit <= MOST_LIMIT:
        raise InvalidSeatLimit(path="seat_limit", least=LEAST_LIMIT, most=MOST_LIMIT)
