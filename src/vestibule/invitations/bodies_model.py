"""What the API says of invitations: the objects of its answers, not how they are made."""

from typing import Annotated, Literal, TypeAlias

import msgspec

from vestibule.invitations.model import ShownState
from vestibule.kernel.wire import Email, Link, Locale, Metadata, Time, Until, one_of, said, typed_id
from vestibule.messages.model import DeliveryState
from vestibule.organizations.end_model import MemberUntil

Id = Annotated[str, typed_id("inv")]
Role = Annotated[
    str, said("What they become there: one of the roles of the place.", example="manager")
]
InviterKind = Annotated[
    str,
    one_of(
        {
            "user": "a person on the platform",
            "app_member": "a member of an app",
            "api_key": "a program",
            "operator": "whoever runs this server, by its command line",
        },
        example="user",
    ),
]
InviterName = Annotated[str, said("As of then.", example="Bo Berg")]
NextStep = Annotated[
    str,
    one_of(
        {
            "accept": "nothing more is needed",
            "sign_in": "the account of the invited address signs in first",
            "create_account": "`account` is sent along, and makes one",
            "activate": "a password is chosen, for an app",
        },
        example="create_account",
    ),
]
Redirect = Annotated[Link | None, said("Where the person is led after joining.")]


class OrganizationDestination(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="organization"
):
    """An organization that an invitation leads to."""

    id: Annotated[str, typed_id("org")]
    name: Annotated[str, said(example="Acme")]


class OrganizationOfDestination(msgspec.Struct, frozen=True, kw_only=True):
    """The organization that an app belongs to."""

    id: Annotated[str, typed_id("org")]
    name: Annotated[str, said(example="Acme")]


class AppDestination(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="app"):
    """An app that an invitation leads to."""

    id: Annotated[str, typed_id("app")]
    name: Annotated[str, said(example="Shift planner")]
    organization: OrganizationOfDestination


AnyDestination: TypeAlias = OrganizationDestination | AppDestination


class DeliveryBody(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the newest mail."""

    state: Annotated[DeliveryState, said(example="sent")]
    attempts: Annotated[int, said("How often it was tried.", example=1)]
    last_attempt_at: Time | None
    reason: Annotated[str | None, said("Why it did not leave, in a sentence.")]


class InviterBody(msgspec.Struct, frozen=True, kw_only=True):
    """Who invited."""

    type: InviterKind
    id: Annotated[
        str | None, said("Null for the operator.", example="user_01h455vb4pex5vsknk084sn02q")
    ]
    name: InviterName


class PublicInviterBody(msgspec.Struct, frozen=True, kw_only=True):
    """Who invited, as the invited person sees it."""

    type: InviterKind
    name: InviterName


class InvitationBody(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation, as those who manage it see it."""

    object: Literal["invitation"]
    id: Id
    destination: AnyDestination
    email: Annotated[Email, said("The invited address, as it was typed.")]
    role: Role
    state: ShownState
    delivery: DeliveryBody
    inviter: InviterBody
    send_count: Annotated[int, said("How many mails were sent for it.", example=1)]
    locale: Annotated[Locale, said("The language of its mails.")]
    created_at: Time
    last_sent_at: Time
    expires_at: Until
    member_until: MemberUntil
    accepted_at: Time | None
    declined_at: Time | None
    revoked_at: Time | None
    decline_reason: Annotated[str | None, said("What the person said, if they did.")]
    redirect_url: Redirect
    metadata: Annotated[Metadata, said("What the inviter noted. The person never sees it.")]


class PublicInvitationBody(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation, as the invited person sees it."""

    object: Literal["invitation"]
    id: Id
    destination: AnyDestination
    email: Annotated[Email, said("The invited address, as it was typed.")]
    role: Role
    state: ShownState
    inviter: PublicInviterBody
    locale: Locale
    created_at: Time
    expires_at: Until
    member_until: MemberUntil
    redirect_url: Redirect


class LookUpBody(msgspec.Struct, frozen=True, kw_only=True):
    """What a key offers, and what is needed next."""

    object: Literal["invitation"]
    id: Id
    destination: AnyDestination
    email: Annotated[Email, said("The invited address, as it was typed.")]
    role: Role
    state: ShownState
    inviter: PublicInviterBody
    locale: Locale
    created_at: Time
    expires_at: Until
    member_until: MemberUntil
    redirect_url: Redirect
    next: NextStep
