"""Inviting many at once: each row stands for itself, has its own answer, and may be sent again."""

from typing import Annotated, Any, Literal

import msgspec
from litestar import post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import UNSET, Meta, UnsetType

from vestibule.accounts.guards import Desk
from vestibule.invitations import host_destinations as hosts
from vestibule.invitations import steps
from vestibule.invitations.api import Mounting
from vestibule.invitations.bodies_model import InvitationBody
from vestibule.invitations.destination_model import Caller, Whither, locale_of
from vestibule.invitations.offer_api import InvitationToMake
from vestibule.invitations.offer_model import Offer
from vestibule.invitations.presentation import present_invitation
from vestibule.kernel import http
from vestibule.kernel.errors import FieldError, Problem
from vestibule.kernel.wire import said
from vestibule.web.bodies import refusal
from vestibule.web.injected import Injected

MOST_ROWS = 1000
BODY_BYTES = 1024 * 1024


class InvitationsToMake(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Up to 1000 invitations, each with the fields of a single one."""

    invitations: Annotated[list[Any], Meta(min_length=1, max_length=MOST_ROWS)]


class BatchRowBody(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one row: as if it had been sent by itself."""

    index: Annotated[int, said("Its place in what was sent, from 0.", example=0)]
    status: Annotated[int, said("The status that it would have been answered.", example=201)]
    code: Annotated[str | UnsetType, said("Why it was refused.")] = UNSET
    detail: Annotated[str | UnsetType, said("The same, for a person.")] = UNSET
    errors: Annotated[list[FieldError] | UnsetType, said("Every fault in the row.")] = UNSET
    invitation: InvitationBody | UnsetType = UNSET


class BatchBody(msgspec.Struct, frozen=True, kw_only=True):
    """What became of each row, in the order of the rows."""

    object: Literal["batch"]
    data: list[BatchRowBody]


def handlers(mounting: Mounting) -> list[HTTPRouteHandler]:
    """Make the route for a kind of place."""
    return [
        post(
            f"{mounting.path}/invitations/batch",
            status_code=200,
            summary="Invite many",
            request_max_body_size=BODY_BYTES,
            problems=(*mounting.unseen, *mounting.unready),
            dependencies={"whither": mounting.whither},
            **mounting.told("invite_many"),
        )(invite_many)
    ]


async def invite_many(
    whither: Injected[Whither],
    data: JSONBody[InvitationsToMake],
    *,
    desk: Injected[Desk],
    caller: Injected[Caller],
) -> BatchBody:
    """Invite each in turn, in a transaction of its own. A row at fault stops no other."""
    async with desk.database.reader() as reader:
        await hosts.ensure_may_invite(reader, whither, caller)
    rows = [
        await _invite(desk, caller, whither, index=index, row=row)
        for index, row in enumerate(data.invitations)
    ]
    return BatchBody(object="batch", data=rows)


async def _invite(
    desk: Desk, caller: Caller, whither: Whither, *, index: int, row: object
) -> BatchRowBody:
    """Give what the row would have been answered by itself: its status, and invitation or fault.

    The first is of this very moment; by a later one key or session may have ended.
    """

    def read() -> Offer:
        return _read(row).offer(locale=locale_of(caller))

    try:
        if index == 0:
            shown, is_new = await steps.invite(desk, caller, whither, read())
        else:
            shown, is_new = await steps.invite_later(desk, caller, whither, read)
    except Problem as problem:
        body = http.body_of(problem)
        return BatchRowBody(
            index=index,
            status=body.status,
            code=body.code,
            detail=body.detail,
            errors=body.errors,
        )
    status = 201 if is_new else 200
    return BatchRowBody(index=index, status=status, invitation=present_invitation(shown))


def _read(row: object) -> InvitationToMake:
    try:
        return msgspec.convert(row, InvitationToMake)
    except msgspec.ValidationError as fault:
        raise refusal(str(fault)) from fault
