"""What the operator's programs ask of organizations: look at one, and limit its seats."""

from typing import Annotated

import msgspec
from litestar import get, patch
from litestar.params import FromPath, JSONBody

from vestibule.accounts.guards import Desk
from vestibule.audit.model import Actor
from vestibule.kernel.errors import NotFound, RateLimited
from vestibule.kernel.wire import said
from vestibule.organizations import actions as organizations
from vestibule.organizations import seats
from vestibule.organizations.model import OrganizationNotFound
from vestibule.organizations.operator_presentation import OperatedOrganizationBody, present
from vestibule.organizations.seat_model import LEAST_LIMIT, MOST_LIMIT, InvalidSeatLimit
from vestibule.web.injected import Injected

TAGS = ("For the operator",)

Limit = Annotated[
    int,
    said(
        "How many members and invited people there may be; null: any number.",
        example=5,
        minimum=LEAST_LIMIT,
        maximum=MOST_LIMIT,
    ),
]


class SeatLimitToSet(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """How many seats an organization shall have."""

    seat_limit: Limit | None


@get(
    "/organizations/{org:str}",
    summary="Look at an organization, as the operator",
    tags=TAGS,
    problems=(NotFound, OrganizationNotFound, RateLimited),
)
async def get_organization_as_operator(
    org: FromPath[str], desk: Injected[Desk], *, caller: Injected[Actor]
) -> OperatedOrganizationBody:
    """Give the organization of this id or slug, and its seats."""
    async with desk.database.reader() as reader:
        found = await organizations.get_by_reference(reader, org)
        return present(found, await seats.count(reader, found.id))


@patch(
    "/organizations/{org:str}",
    summary="Limit the seats of an organization",
    tags=TAGS,
    problems=(NotFound, OrganizationNotFound, InvalidSeatLimit, RateLimited),
)
async def change_organization_as_operator(
    org: FromPath[str],
    data: JSONBody[SeatLimitToSet],
    *,
    desk: Injected[Desk],
    caller: Injected[Actor],
) -> OperatedOrganizationBody:
    """Set how many seats it has. A limit below what is taken throws nobody out."""
    async with desk.database.transaction() as tx:
        found = await organizations.get_by_reference(tx, org)
        held = await organizations.lock_for_change(tx, found.id)
        return present(held, await seats.set_limit(tx, held, data.seat_limit, by=caller))


handlers = (get_organization_as_operator, change_organization_as_operator)
