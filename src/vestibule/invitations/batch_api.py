"""Inviting many at once: each row stands for itself, has its own answer, and may be sent again."""

from typing import Annotated, Any

import msgspec
from litestar import post
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from vestibule.accounts.guards import Desk
from vestibule.invitations import steps
from vestibule.invitations.api import TAGS, InvitationToMake
from vestibule.invitations.presentation import present_invitation
from vestibule.kernel import http
from vestibule.kernel.errors import Problem
from vestibule.organizations import actions as organizations
from vestibule.users.model import SignedIn
from vestibule.web.bodies import refusal
from vestibule.web.injected import Injected

MOST_ROWS = 1000
BODY_BYTES = 1024 * 1024

# What of a row's problem document stands in its answer.
TOLD = ("status", "code", "detail", "errors")


class Batch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Up to 1000 invitations, each with the fields of a single one."""

    invitations: Annotated[list[Any], Meta(min_length=1, max_length=MOST_ROWS)]


@post(
    "/organizations/{org:str}/invitations/batch",
    status_code=200,
    summary="Invite many",
    tags=TAGS,
    request_max_body_size=BODY_BYTES,
)
async def invite_many(
    org: FromPath[str], data: JSONBody[Batch], *, desk: Injected[Desk], caller: Injected[SignedIn]
) -> dict[str, Any]:
    """Invite each in turn, in a transaction of its own. A row at fault stops no other."""
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_inviting(reader, caller.user.id, org)
    reference = seat.organization.slug
    rows = [
        {"index": index, **await _invite(desk, caller, reference, row)}
        for index, row in enumerate(data.invitations)
    ]
    return {"object": "batch", "data": rows}


async def _invite(desk: Desk, caller: SignedIn, reference: str, row: object) -> dict[str, Any]:
    """Give what the row would have been answered by itself: its status, and invitation or fault."""
    try:
        offer = _read(row).offer(locale=caller.user.locale)
        shown, is_new = await steps.invite(desk, caller, reference, offer)
    except Problem as problem:
        body = http.body_of(problem)
        return {name: body[name] for name in TOLD if name in body}
    return {"status": 201 if is_new else 200, "invitation": present_invitation(shown)}


def _read(row: object) -> InvitationToMake:
    try:
        return msgspec.convert(row, InvitationToMake)
    except msgspec.ValidationError as fault:
        raise refusal(str(fault)) from fault


handlers = (invite_many,)
