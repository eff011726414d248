"""Invitations in the HTTP API: for who invites, who holds a key, and who is invited by address."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get, patch, post
from litestar.di import Provide
from litestar.params import FromPath, JSONBody, Parameter, QueryParameter
from msgspec import UNSET, Meta, UnsetType

from vestibule.accounts.guards import Desk
from vestibule.accounts.model import present_session
from vestibule.invitations import answers, destinations, queries, steps
from vestibule.invitations.answers import Acceptance, KeyAlone, SignedInAs
from vestibule.invitations.model import AccountNotWanted, InvitationNotFound, ShownState
from vestibule.invitations.offer_model import (
    Changes,
    Expiry,
    Offer,
    ensure_metadata,
    ensure_redirect,
)
from vestibule.invitations.presentation import present_invitation, present_offered, present_public
from vestibule.invitations.queries import Filter, Shown
from vestibule.kernel import addresses, lists
from vestibule.kernel.clock import present
from vestibule.kernel.errors import InvalidRequest
from vestibule.kernel.http import list_body
from vestibule.kernel.i18n import gettext
from vestibule.kernel.ids import InvitationId
from vestibule.organizations import actions as organizations
from vestibule.organizations.model import OrganizationRole
from vestibule.users import actions as users
from vestibule.users.model import Profile, SignedIn
from vestibule.web.injected import Injected
from vestibule.web.listing import Part, read_part

TAGS = ("Invitations",)
KEY_TAGS = ("Invitations, by key",)
MINE_TAGS = ("Invitations to the caller",)


Locale = Annotated[str, Meta(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length=35)]
Key = Annotated[str, Meta(min_length=1, max_length=200)]


class InvitationToMake(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Whom to invite, as what, and until when.

    Not both ways of saying when; neither: as the organization says.
    """

    email: str
    role: OrganizationRole
    expires_in_days: Annotated[float, Meta(gt=0, le=31)] | UnsetType = UNSET
    expires_at: datetime | UnsetType = UNSET
    locale: Locale | UnsetType = UNSET
    redirect_url: str | None = None
    metadata: dict[str, Any] = msgspec.field(default_factory=dict)

    def offer(self, *, locale: str) -> Offer:
        """Give what is asked for in the words of the model. Raises Invalid."""
        if self.redirect_url is not None:
            ensure_redirect(self.redirect_url)
        ensure_metadata(len(msgspec.json.encode(self.metadata)))
        return Offer(
            email=addresses.parse(self.email),
            role=self.role,
            locale=locale if self.locale is UNSET else self.locale,
            expiry=_expiry(self.expires_at, self.expires_in_days),
            redirect_url=self.redirect_url,
            metadata=self.metadata,
        )


class InvitationToEdit(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What shall be different; what is absent stays as it is."""

    role: OrganizationRole | UnsetType = UNSET
    expires_at: datetime | UnsetType = UNSET
    locale: Locale | UnsetType = UNSET

    def changes(self) -> Changes:
        """Give what is asked for in the words of the model. Raises InvalidExpiry."""
        return Changes(
            role=None if self.role is UNSET else self.role,
            locale=None if self.locale is UNSET else self.locale,
            expiry=_expiry(self.expires_at, UNSET),
        )


class KeyToLookUp(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A mailed key."""

    key: Key


class AccountToMake(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Who joins without having an account."""

    first_name: str
    last_name: str
    password: str
    phone: str | None = None


class Answer(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, rename={"as_": "as"}):
    """Yes: by the key alone, with a new account, or (`as`: "me") with the caller's own."""

    key: Key
    account: AccountToMake | UnsetType = UNSET
    as_: Literal["me"] | UnsetType = UNSET


class Refusal(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """No, and why, if the person likes to say."""

    key: Key
    reason: str | None = None


class OwnRefusal(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """No, and why, if the caller likes to say."""

    reason: str | None = None


def read_filter(
    states: Annotated[list[ShownState] | None, QueryParameter(name="state")] = None,
    email: Annotated[str | None, Parameter(description="Only this address.")] = None,
) -> Filter:
    """Read the filters of the list. Raises InvalidEmail."""
    canonical = addresses.parse(email).canonical if email else None
    return Filter(states=tuple(states or ()), email=canonical)


@post("/organizations/{org:str}/invitations", status_code=201, summary="Invite", tags=TAGS)
async def invite(
    org: FromPath[str],
    data: JSONBody[InvitationToMake],
    *,
    desk: Injected[Desk],
    caller: Injected[SignedIn],
) -> Response[dict[str, Any]]:
    """Invite an address. 200 instead of 201: it was invited already, and that one is renewed."""
    offer = data.offer(locale=caller.user.locale)
    shown, is_new = await steps.invite(desk, caller, org, offer)
    body = present_invitation(shown)
    location = f"/api/v1/organizations/{body['destination']['id']}/invitations/{body['id']}"
    return Response(body, status_code=201 if is_new else 200, headers={"Location": location})


@get(
    "/organizations/{org:str}/invitations",
    summary="List the invitations",
    tags=TAGS,
    dependencies={
        "part": Provide(read_part, sync_to_thread=False),
        "asked": Provide(read_filter, sync_to_thread=False),
    },
)
async def list_invitations(
    org: FromPath[str],
    desk: Injected[Desk],
    *,
    caller: Injected[SignedIn],
    part: Injected[Part],
    asked: Injected[Filter],
) -> dict[str, Any]:
    """List the invitations of an organization, the newest first."""
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_invitations(reader, caller.user.id, org)
        window = part.window(f"invitations/{seat.organization.id}")
        found = await queries.list_shown(reader, seat.organization.id, asked, window)
    return list_body(lists.page(window, found, _id), present_invitation)


@get("/organizations/{org:str}/invitations/{invitation:str}", summary="Look at one", tags=TAGS)
async def get_invitation(
    org: FromPath[str],
    invitation: FromPath[str],
    *,
    desk: Injected[Desk],
    caller: Injected[SignedIn],
) -> dict[str, Any]:
    """Look at an invitation, and at what became of its mail."""
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_invitations(reader, caller.user.id, org)
        shown = await queries.find_shown(reader, seat.organization.id, steps.read_id(invitation))
    if shown is None:
        raise InvitationNotFound
    return present_invitation(shown)


@patch("/organizations/{org:str}/invitations/{invitation:str}", summary="Edit one", tags=TAGS)
async def edit_invitation(
    org: FromPath[str],
    invitation: FromPath[str],
    data: JSONBody[InvitationToEdit],
    *,
    desk: Injected[Desk],
    caller: Injected[SignedIn],
) -> dict[str, Any]:
    """Change role, expiry or language. The id and the mailed link stay."""
    return present_invitation(
        await steps.edit(desk, caller, org, steps.read_id(invitation), data.changes())
    )


@post(
    "/organizations/{org:str}/invitations/{invitation:str}/resend",
    status_code=200,
    summary="Send one again",
    tags=TAGS,
)
async def resend_invitation(
    org: FromPath[str],
    invitation: FromPath[str],
    *,
    desk: Injected[Desk],
    caller: Injected[SignedIn],
) -> dict[str, Any]:
    """Mail it again with a new link, and let it live as long again. The old link says so."""
    return present_invitation(await steps.resend(desk, caller, org, steps.read_id(invitation)))


@post(
    "/organizations/{org:str}/invitations/{invitation:str}/revoke",
    status_code=200,
    summary="Revoke one",
    tags=TAGS,
)
async def revoke_invitation(
    org: FromPath[str],
    invitation: FromPath[str],
    *,
    desk: Injected[Desk],
    caller: Injected[SignedIn],
) -> dict[str, Any]:
    """Take it back. Revoking a revoked one changes nothing."""
    return present_invitation(await steps.revoke(desk, caller, org, steps.read_id(invitation)))


@post("/invitations/lookup", status_code=200, summary="Look a key up", tags=KEY_TAGS)
async def look_up(
    data: JSONBody[KeyToLookUp], *, desk: Injected[Desk], maybe_caller: Injected[SignedIn | None]
) -> dict[str, Any]:
    """Show what the key offers, and what to do next. Nothing is spent."""
    offered = await steps.get_offered(desk, data.key)
    steps.ensure_open(offered)
    user = maybe_caller.user if maybe_caller else None
    return present_offered(offered, steps.next_step(offered, user))


@post("/invitations/accept", status_code=200, summary="Accept", tags=KEY_TAGS)
async def accept(
    data: JSONBody[Answer], *, desk: Injected[Desk], maybe_caller: Injected[SignedIn | None]
) -> dict[str, Any]:
    """Join. A session is in the answer only for an account that was made by it."""
    if isinstance(data.account, AccountToMake):
        if maybe_caller is not None or data.as_ is not UNSET:
            raise AccountNotWanted(path="account")
        return await _answer(desk, await _accept_as_newcomer(desk, data.key, data.account))
    if maybe_caller is not None:
        accepter = SignedInAs(maybe_caller.user, as_me=data.as_ == "me")
        return await _answer(desk, await steps.accept(desk, data.key, accepter))
    if data.as_ is not UNSET:
        raise InvalidRequest.at("as", gettext("Sign in to join with your own account."))
    return await _answer(desk, await steps.accept(desk, data.key, KeyAlone()))


@post("/invitations/decline", status_code=204, summary="Decline", tags=KEY_TAGS)
async def decline(data: JSONBody[Refusal], *, desk: Injected[Desk]) -> None:
    """Say no, for good; the inviter sees it."""
    await steps.decline(desk, data.key, data.reason)


@post("/invitations/request-new", status_code=202, summary="Ask for a new one", tags=KEY_TAGS)
async def request_new(data: JSONBody[KeyToLookUp], *, desk: Injected[Desk]) -> None:
    """Ask for a new invitation in place of a dead one. The answer is the same for every key."""
    await steps.ask_for_new(desk, data.key)


@get(
    "/me/invitations",
    summary="List the invitations to the caller",
    tags=MINE_TAGS,
    dependencies={"part": Provide(read_part, sync_to_thread=False)},
)
async def list_own(
    desk: Injected[Desk], *, caller: Injected[SignedIn], part: Injected[Part]
) -> dict[str, Any]:
    """List the open invitations to the caller's own address, the newest first."""
    window = part.window(f"own-invitations/{caller.user.id}")
    async with desk.database.reader() as reader:
        found = await queries.list_waiting(reader, caller.user.address.canonical, window)
    return list_body(lists.page(window, found, _id), _present_public)


@post(
    "/me/invitations/{invitation:str}/accept",
    status_code=200,
    summary="Accept one to the caller",
    tags=MINE_TAGS,
)
async def accept_own(
    invitation: FromPath[str], *, desk: Injected[Desk], caller: Injected[SignedIn]
) -> dict[str, Any]:
    """Join. The caller's own address is the proof."""
    async with desk.database.transaction() as tx:
        acceptance = await answers.accept_waiting(
            tx, steps.read_id(invitation), caller.user, circumstances=steps.circumstances_of(desk)
        )
    return await _answer(desk, acceptance)


@post(
    "/me/invitations/{invitation:str}/decline",
    status_code=204,
    summary="Decline one to the caller",
    tags=MINE_TAGS,
)
async def decline_own(
    invitation: FromPath[str],
    *,
    desk: Injected[Desk],
    caller: Injected[SignedIn],
    data: JSONBody[OwnRefusal | None] = None,
) -> None:
    """Say no, for good; the inviter sees it."""
    reason = steps.clean_reason(data.reason if data else None)
    async with desk.database.transaction() as tx:
        by = caller.actor(desk.origin)
        await answers.decline_waiting(tx, steps.read_id(invitation), caller.user, reason, by=by)


async def _accept_as_newcomer(desk: Desk, key: str, account: AccountToMake) -> Acceptance:
    profile = Profile.clean(account.first_name, account.last_name, account.phone, within="account.")
    return await steps.accept_as_newcomer(
        desk, key, profile, password=account.password, within="account."
    )


async def _answer(desk: Desk, acceptance: Acceptance) -> dict[str, Any]:
    """Give the acceptance as the API shows it."""
    invitation = acceptance.invitation
    async with desk.database.reader() as reader:
        membership = await destinations.describe_membership(
            reader, invitation.destination, acceptance.membership
        )
        user: Mapping[str, Any] = {}
        if acceptance.session:
            user = await users.describe(reader, acceptance.session.account_id)
    body = {
        "object": "acceptance",
        "invitation": present_public(invitation, acceptance.place.name),
        "membership": membership,
    }
    return body | (
        {"session": present_session(acceptance.session, user)} if acceptance.session else {}
    )


def _expiry(at: datetime | UnsetType, days: float | UnsetType) -> Expiry | None:
    if isinstance(at, datetime):
        if days is not UNSET:
            raise InvalidRequest.at("expires_at", gettext("Give a time or a number of days."))
        if at.tzinfo is None:
            raise InvalidRequest.at("expires_at", gettext("Give the time with its zone, as …Z."))
        return Expiry.at_time(at, now=present())
    return None if isinstance(days, UnsetType) else Expiry.in_days(days)


def _present_public(shown: Shown) -> dict[str, Any]:
    return present_public(shown.invitation, shown.destination_name)


def _id(shown: Shown) -> InvitationId:
    return shown.invitation.id


handlers = (
    invite,
    list_invitations,
    get_invitation,
    edit_invitation,
    resend_invitation,
    revoke_invitation,
    look_up,
    accept,
    decline,
    request_new,
    list_own,
    accept_own,
    decline_own,
)
