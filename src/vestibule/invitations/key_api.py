"""Invitations in the HTTP API, for who holds a key: look up, accept, decline, ask for another."""

from typing import Annotated, Literal

import msgspec
from litestar import post
from litestar.di import Provide
from litestar.params import JSONBody
from msgspec import UNSET, Meta, UnsetType

from vestibule.accounts.guards import Desk
from vestibule.accounts.model import AccountExists
from vestibule.accounts.password_policy import WeakPassword
from vestibule.apps import caller as callers
from vestibule.apps.model import AppNotFound
from vestibule.invitations import newcomer_destinations as newcomers
from vestibule.invitations import place_destinations as places
from vestibule.invitations import steps
from vestibule.invitations.accepters import KeyAlone, SignedInAs
from vestibule.invitations.answers import Acceptance
from vestibule.invitations.bodies_model import LookUpBody, PublicInvitationBody
from vestibule.invitations.destination_model import Person, Visitor
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
from vestibule.invitations.newcomer_destinations import NewcomerSessionBody
from vestibule.invitations.place_destinations import AnyMembershipBody
from vestibule.invitations.presentation import present_offered, present_public
from vestibule.invitations.steps import Joining
from vestibule.kernel.errors import InvalidRequest, RateLimited
from vestibule.kernel.i18n import gettext
from vestibule.kernel.names import InvalidName, InvalidText
from vestibule.kernel.wire import FirstName, LastName, MailedKey, NewPassword, Phone, said
from vestibule.keys.model import KeyNotFound
from vestibule.organizations.model import AlreadyMember, OrganizationNotFound
from vestibule.organizations.rules_model import DomainNotAllowed
from vestibule.users.model import InvalidPhone
from vestibule.web.injected import Injected

TAGS = ("Invitations, by key",)

# Users and members of apps alike hold keys.
ANYBODY = {"maybe_caller": Provide(callers.provide_maybe_person)}

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
    """Who joins without having an account: what is asked for depends on the destination.

    An organization asks for `first_name` and `last_name`, and takes a `phone`; an app takes a
    `name`.
    """

    password: NewPassword
    first_name: FirstName | UnsetType = UNSET
    last_name: LastName | UnsetType = UNSET
    phone: Phone | UnsetType = UNSET
    name: Annotated[str | None, said("For an app.", example="Ana")] | UnsetType = UNSET

    def joining(self) -> Joining:
        """Give what was sent, and nothing else."""
        said = {
            name: value
            for name, value in msgspec.structs.asdict(self).items()
            if name != "password" and value is not UNSET
        }
        return Joining(said=said, password=self.password, within="account.")


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
    membership: AnyMembershipBody
    session: Annotated[
        NewcomerSessionBody | UnsetType,
        said("There only if this call made the account."),
    ] = UNSET


@post(
    "/invitations/lookup",
    status_code=200,
    summary="Look a key up",
    tags=TAGS,
    dependencies=ANYBODY,
    problems=(KeyNotFound, *DEAD, DomainNotAllowed, RateLimited),
)
async def look_up(
    data: JSONBody[KeyToLookUp], *, desk: Injected[Desk], maybe_caller: Injected[Visitor | None]
) -> LookUpBody:
    """Show what the key offers, and what to do next. Nothing is spent."""
    offered = await steps.get_offered(desk, data.key)
    steps.ensure_open(offered)
    return present_offered(offered, steps.next_step(offered, _person(maybe_caller)))


@post(
    "/invitations/accept",
    status_code=200,
    summary="Accept",
    tags=TAGS,
    dependencies=ANYBODY,
    problems=(
        *(KeyNotFound, *DEAD, RateLimited),
        *(SignInRequired, WrongAccount, InviterNotEntitled, DomainNotAllowed, AlreadyMember),
        *(OrganizationNotFound, AppNotFound),
        *(AccountRequired, AccountExists, AccountNotWanted),
        *(InvalidName, InvalidPhone, WeakPassword),
    ),
)
async def accept(
    data: JSONBody[Answer], *, desk: Injected[Desk], maybe_caller: Injected[Visitor | None]
) -> AcceptanceBody:
    """Join. A session is in the answer only for an account that was made by it."""
    person, as_me = _person(maybe_caller), data.as_ == "me"
    if as_me and person is None:
        raise InvalidRequest.at("as", gettext("Sign in to join with your own account."))
    if isinstance(data.account, AccountToMake):
        if as_me:
            raise AccountNotWanted(path="account")
        joining = data.account.joining()
        acceptance = await steps.accept_as_newcomer(desk, data.key, joining, person=person)
        return await answer(desk, acceptance)
    accepter = SignedInAs(person, as_me=as_me) if person else KeyAlone()
    return await answer(desk, await steps.accept(desk, data.key, accepter))


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
        membership = await places.describe_membership(
            reader, invitation.destination, acceptance.membership
        )
        session: NewcomerSessionBody | UnsetType = UNSET
        if acceptance.session:
            session = await newcomers.describe_session(
                reader, invitation.destination, acceptance.session
            )
    return AcceptanceBody(
        object="acceptance",
        invitation=present_public(
            invitation, acceptance.place.name, acceptance.place.organization_name
        ),
        membership=membership,
        session=session,
    )


def _person(caller: Visitor | None) -> Person | None:
    return caller.person if caller else None


handlers = (look_up, accept, decline, request_new)
