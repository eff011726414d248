"""Invitations in the HTTP API, for the caller whose own address was invited."""

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import Provide
from litestar.params import FromPath, JSONBody

from vestibule.accounts.guards import Desk
from vestibule.invitations import queries, steps
from vestibule.invitations.api import UNFOUND
from vestibule.invitations.bodies_model import PublicInvitationBody
from vestibule.invitations.key_api import DEAD, AcceptanceBody, answer
from vestibule.invitations.model import REASON_LENGTH, InviterNotEntitled
from vestibule.invitations.presentation import present_public
from vestibule.invitations.queries import Shown
from vestibule.kernel import lists
from vestibule.kernel.http import ListBody, list_body
from vestibule.kernel.names import InvalidText
from vestibule.kernel.wire import said
from vestibule.organizations.model import AlreadyMember, OrganizationNotFound
from vestibule.organizations.rules_model import DomainNotAllowed
from vestibule.users.model import SignedIn
from vestibule.web.injected import Injected
from vestibule.web.listing import Part, read_part

TAGS = ("Invitations to the caller",)


class OwnRefusal(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """No, and why, if the caller likes to say."""

    reason: Annotated[str | None, said("Seen by who invited.", maxLength=REASON_LENGTH)] = None


@get(
    "/me/invitations",
    summary="List the invitations to the caller",
    tags=TAGS,
    dependencies={"part": Provide(read_part, sync_to_thread=False)},
)
async def list_own(
    desk: Injected[Desk], *, caller: Injected[SignedIn], part: Injected[Part]
) -> ListBody[PublicInvitationBody]:
    """List the open invitations to the caller's own address, the newest first."""
    window = part.window(f"own-invitations/{caller.user.id}")
    async with desk.database.reader() as reader:
        found = await queries.list_waiting(reader, caller.user.address.canonical, window)
    return list_body(lists.page(window, found, queries.id_of), _present_public)


@post(
    "/me/invitations/{invitation:str}/accept",
    status_code=200,
    summary="Accept one to the caller",
    tags=TAGS,
    problems=(
        *(*UNFOUND, *DEAD),
        *(InviterNotEntitled, DomainNotAllowed, AlreadyMember, OrganizationNotFound),
    ),
)
async def accept_own(
    invitation: FromPath[str], *, desk: Injected[Desk], caller: Injected[SignedIn]
) -> AcceptanceBody:
    """Join. The caller's own address is the proof."""
    return await answer(desk, await steps.accept_waiting(desk, caller, steps.read_id(invitation)))


@post(
    "/me/invitations/{invitation:str}/decline",
    status_code=204,
    summary="Decline one to the caller",
    tags=TAGS,
    problems=(*UNFOUND, *DEAD, InvalidText),
)
async def decline_own(
    invitation: FromPath[str],
    *,
    desk: Injected[Desk],
    caller: Injected[SignedIn],
    data: JSONBody[OwnRefusal | None] = None,
) -> None:
    """Say no, for good; the inviter sees it."""
    reason = data.reason if data else None
    await steps.decline_waiting(desk, caller, steps.read_id(invitation), reason)


def _present_public(shown: Shown) -> PublicInvitationBody:
    return present_public(shown.invitation, shown.destination_name, shown.organization_name)


handlers = (list_own, accept_own, decline_own)
