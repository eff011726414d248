"""How the seats of an organization read in the API."""

from typing import Annotated

import msgspec

from vestibule.kernel.wire import said
from vestibule.organizations.seat_model import Seating


class SeatsBody(msgspec.Struct, frozen=True, kw_only=True):
    """Who takes the seats of an organization. An invitation reserves one until it expires."""

    members: Annotated[int, said("How many people are members.", example=3)]
    invited: Annotated[int, said("How many invitations to it can be accepted.", example=2)]
    limit: Annotated[
        int | None, said("How many of both there may be; null: any number.", example=5)
    ]


def present_seats(seating: Seating) -> SeatsBody:
    """Give who takes the seats, and how many there are."""
    return SeatsBody(members=seating.members, invited=seating.invited, limit=seating.limit)
