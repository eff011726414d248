"""What a place asks of who has no account there yet, and the account that is made of it."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar, assert_never

import msgspec
from msgspec import UNSET, UnsetType

from vestibule.accounts.model import Account, Started
from vestibule.apps import actions as apps
from vestibule.apps import members
from vestibule.apps.model import NewMember
from vestibule.apps.presentation import AppMemberBody, present_member
from vestibule.audit.model import Actor
from vestibule.invitations import destinations
from vestibule.invitations.destination_model import (
    AnyProfile,
    Facts,
    MemberProfile,
)
from vestibule.invitations.model import (
    Destination,
    Invitation,
    ToApp,
    ToOrganization,
)
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.errors import FieldError, InvalidRequest
from vestibule.kernel.i18n import gettext
from vestibule.kernel.ids import (
    AppMemberId,
    encode,
)
from vestibule.kernel.wire import Until, said, typed_id
from vestibule.users import actions as users
from vestibule.users.actions import NewUser
from vestibule.users.model import Profile, UserBody

P = TypeVar("P", Profile, MemberProfile)


class NewcomerSessionBody(msgspec.Struct, frozen=True, kw_only=True):
    """The session of somebody who has just made an account on the way in."""

    object: Literal["session"] = "session"
    id: Annotated[str, typed_id("ses")]
    token: Annotated[
        str,
        said(
            "Send it as `Authorization: Bearer …`. It is shown here only.",
            example="k3JQx0w2v5dYyq1C8mZbH4nT7rLsUeAiPgVfXoKjRtE",
        ),
    ]
    expires_at: Annotated[Until, said("At the latest; sooner if it is not used for 14 days.")]
    user: Annotated[UserBody | UnsetType, said("For an organization.")] = UNSET
    member: Annotated[AppMemberBody | UnsetType, said("For an app.")] = UNSET


def read_profile(
    destination: Destination, said: Mapping[str, str | None], *, within: str = ""
) -> AnyProfile:
    """Read what a newcomer says of themselves: all that is asked for there, and nothing else.

    `within` is the path of the object that holds the fields (`account.`). Raises InvalidRequest,
    InvalidName, InvalidPhone.
    """
    _ensure_said(said, destinations.facts(destination), within=within)
    match destination:
        case ToOrganization():
            return Profile.clean(
                said["first_name"] or "", said["last_name"] or "", said.get("phone"), within=within
            )
        case ToApp():
            return MemberProfile(members.clean_name(said.get("name"), path=f"{within}name"))
        case _:
            assert_never(destination)


async def make_account(
    tx: Transaction, invitation: Invitation, profile: AnyProfile, password_hash: str, *, by: Actor
) -> Account:
    """Make the account of the invited address, as the place wants it. Raises AccountExists."""
    match invitation.destination:
        case ToOrganization(organization_id, _):
            new = NewUser(
                address=invitation.email,
                profile=_of_kind(Profile, profile),
                password_hash=password_hash,
                locale=invitation.locale,
                default_organization_id=organization_id,
            )
            return users.account_of(await users.make(tx, new, by=by))
        case ToApp(_, app_id, _):
            member = NewMember(
                app=await apps.get_made(tx, app_id),
                address=invitation.email,
                name=_of_kind(MemberProfile, profile).name,
                password_hash=password_hash,
                locale=invitation.locale,
            )
            return (await members.make(tx, member, by=by)).account
        case _:
            assert_never(invitation.destination)


async def describe_session(
    reader: Reader, destination: Destination, started: Started
) -> NewcomerSessionBody:
    """Give the session of a newcomer as the API shows it."""
    body = NewcomerSessionBody(
        id=encode("ses", started.id), token=started.token, expires_at=started.expires_at
    )
    match destination:
        case ToOrganization():
            user = await users.describe(reader, started.account_id)
            return msgspec.structs.replace(body, user=user)
        case ToApp(_, app_id, _):
            app = await apps.get_made(reader, app_id)
            member = await apps.get_member(reader, app_id, AppMemberId(started.account_id))
            return msgspec.structs.replace(body, member=present_member(app, member))
        case _:
            assert_never(destination)


def _of_kind(kind: type[P], profile: AnyProfile) -> P:
    """Give the profile as what it is: it was read for the very destination."""
    if not isinstance(profile, kind):
        raise TypeError("a profile was read for another kind of destination")
    return profile


def _ensure_said(said: Mapping[str, str | None], asked: Facts, *, within: str) -> None:
    """Raise InvalidRequest, with every fault, unless all that is required is there, and no more."""
    faults = {
        name: gettext("This is not asked for here.") for name in said if name not in asked.fields
    }
    faults |= {
        name: gettext("This is asked for here.") for name in asked.required if name not in said
    }
    if faults:
        raise InvalidRequest(
            [
                FieldError(path=within + name, code=InvalidRequest.code(), message=message)
                for name, message in faults.items()
            ]
        )
