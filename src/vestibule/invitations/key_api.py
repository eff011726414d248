"""Invitations in the HTTP API, for who holds a key: look up, accept, decline, ask for another."""

from typing import Annotated, Literal

import msgspec
from litestar import post
from litestar.params import JSONBody
from msgspec import UNSET, Meta, UnsetType

from vestibule.accounts.guards import Desk
from vestibule.accounts.model import AccountExists, NewSessionBody, present_session
from vestibule.accounts.password_policy import WeakPassword
from vestibule.invitations import destinations, steps
from vestibule.invitations.answers import Acceptance, KeyAlone, SignedInAs
from vestibule.invitations.bodies_model import LookUpBody, PublicInvitationBody
from vestibule.invitations.model import (
    REASON_LENGTH,
    AccountNotWanted,
    AccountRequired,
    InvitationAlreadyAccepted,
    InvitationDeclined,
    InvitationExpired,
    InvitationRevoked,
    InvitationSuperseded,
    InviterNotEntitled,
    SignInRequired,
    WrongAccount,
)
from vestibule.invitations.presentation import present_offered, present_public
from vestibule.kernel.errors import InvalidRequest, RateLimited
from vestibule.kernel.i18n import gettext
from vestibule.kernel.names import InvalidName, InvalidText
from vestibule.kernel.wire import FirstName, LastName, MailedKey, NewPassword, Phone, said
from vestibule.keys.model import KeyNotFound
from vestibule.organizations.model import AlreadyMember, OrganizationNotFound
from vestibule.organizations.presentation import MembershipBody
from vestibule.users import actions as users
from vestibule.users.model import InvalidPhone, Profile, SignedIn, UserBody
from vestibule.web.injected import Injected

TAGS = ("Invitations, by key",)

Key = Annotated[MailedKey, Meta(min_length=1, max_length=200)]

# Why an invitation cannot be answered, said to who holds its key.
DEAD = (
    InvitationExpired,
    InvitationRevoked,
    InvitationDeclined,
    InvitationAlreadyAccepted,
    InvitationSuperseded,
)


class KeyToLookUp(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A mailed key."""

    key: Key


class AccountToMake(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Who joins without having an account."""

    first_name: FirstName
    last_name: LastName
    password: NewPassword
    phone: Phone = None


class Answer(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, rename={"as_": "as"}):
    """Yes: by the key alone, with a new account, or (`as`: "me") with the caller's own."""

    key: Key
    account: AccountToMake | UnsetType = UNSET
    as_: Annotated[
        Literal["me"] | UnsetType,
        said("Join with your own account though another address was invited.", example="me"),
    ] = UNSET


class Refusal(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """No, and why, if the person likes to say."""

    key: Key
    reason: Annotated[str | None, said("Seen by who invited.", maxLength=REASON_LENGTH)] = None


class AcceptanceBody(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody has joined."""

    object: Literal["acceptance"]
    invitation: PublicInvitationBody
    membership: MembershipBody
    session: Annotated[
        NewSessionBody[UserBody] | UnsetType,
        said("There only if this call made the account."),
    ] = UNSET


@post(
    "/invitations/lookup",
    status_code=200,
    summary="Look a key up",
    tags=TAGS,
    problems=(KeyNotFound, *DEAD, RateLimited),
)
async def look_up(
    data: JSONBody[KeyToLookUp], *, desk: Injected[Desk], maybe_caller: Injected[SignedIn | None]
) -> LookUpBody:
    """Show what the key offers, and what to do next. Nothing is spent."""
    offered = await steps.get_offered(desk, data.key)
    steps.ensure_open(offered)
    user = maybe_caller.user if maybe_caller else None
    return present_offered(offered, steps.next_step(offered, user))


@post(
    "/invitations/accept",
    status_code=200,
    summary="Accept",
    tags=TAGS,
    problems=(
        *(KeyNotFound, *DEAD, RateLimited),
        *(SignInRequired, WrongAccount, InviterNotEntitled, AlreadyMember, OrganizationNotFound),
        *(AccountRequired, AccountExists, AccountNotWanted),
        *(InvalidName, InvalidPhone, WeakPassword),
    ),
)
async def accept(
    data: JSONBody[Answer], *, desk: Injected[Desk], maybe_caller: Injected[SignedIn | None]
) -> AcceptanceBody:
    """Join. A session is in the answer only for an account that was made by it."""
    if data.as_ is not UNSET and maybe_caller is None:
        raise InvalidRequest.at("as", gettext("Sign in to join with your own account."))
    if isinstance(data.account, AccountToMake):
        if maybe_caller is not None:
            raise AccountNotWanted(path="account")
        return await answer(desk, await _accept_as_newcomer(desk, data.key, data.account))
    if maybe_caller is not None:
        accepter = SignedInAs(maybe_caller.user, as_me=data.as_ == "me")
        return await answer(desk, await steps.accept(desk, data.key, accepter))
    return await answer(desk, await steps.accept(desk, data.key, KeyAlone()))


@post(
    "/invitations/decline",
    status_code=204,
    summary="Decline",
    tags=TAGS,
    problems=(KeyNotFound, *DEAD, InvalidText, RateLimited),
)
async def decline(data: JSONBody[Refusal], *, desk: Injected[Desk]) -> None:
    """Say no, for good; the inviter sees it."""
    await steps.decline(desk, data.key, data.reason)


@post(
    "/invitations/request-new",
    status_code=202,
    summary="Ask for a new one",
    tags=TAGS,
    problems=(RateLimited,),
)
async def request_new(data: JSONBody[KeyToLookUp], *, desk: Injected[Desk]) -> None:
    """Ask for a new invitation in place of a dead one. The answer is the same for every key."""
    await steps.ask_for_new(desk, data.key)


async def answer(desk: Desk, acceptance: Acceptance) -> AcceptanceBody:
    """Give the acceptance as the API shows it."""
    invitation = acceptance.invitation
    async with desk.database.reader() as reader:
        membership = await destinations.describe_membership(
            reader, invitation.destination, acceptance.membership
        )
        session: NewSessionBody[UserBody] | UnsetType = UNSET
        if acceptance.session:
            user = await users.describe(reader, acceptance.session.account_id)
            session = present_session(acceptance.session, user)
    return AcceptanceBody(
        object="acceptance",
        invitation=present_public(invitation, acceptance.place.name),
        membership=membership,
        session=session,
    )


async def _accept_as_newcomer(desk: Desk, key: str, account: AccountToMake) -> Acceptance:
    profile = Profile.clean(account.first_name, account.last_name, account.phone, within="account.")
    return await steps.accept_as_newcomer(
        desk, key, profile, password=account.password, within="account."
    )


handlers = (look_up, accept, decline, request_new)
