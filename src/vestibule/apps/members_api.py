"""The members of an app in the HTTP API, as themselves: come in, look at and change oneself."""

from typing import Annotated, Any, Literal

import msgspec
from litestar import get, patch, post
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, UnsetType

from vestibule.accounts import steps as accounts
from vestibule.accounts.guards import Desk
from vestibule.accounts.model import AccountExists, InvalidCredentials
from vestibule.accounts.password_policy import WeakPassword
from vestibule.accounts.realms import Entrance
from vestibule.apps import actions as apps
from vestibule.apps import steps
from vestibule.apps.code_model import CodeNotGood
from vestibule.apps.members import Profile, clean_name, clean_properties
from vestibule.apps.model import (
    AppMember,
    AppMemberNotFound,
    AppNotFound,
    Caller,
    InvalidProperties,
    SelfRegistrationDisabled,
    SignedInMember,
)
from vestibule.apps.presentation import (
    AppMemberBody,
    AppSessionBody,
    present_member,
    present_session,
)
from vestibule.apps.steps import Typed
from vestibule.kernel import i18n
from vestibule.kernel.addresses import InvalidEmail
from vestibule.kernel.errors import InvalidRequest, NotAuthenticated, RateLimited
from vestibule.kernel.i18n import gettext
from vestibule.kernel.ids import AppId, AppMemberId
from vestibule.kernel.names import InvalidName
from vestibule.kernel.wire import Email, MailedKey, NewPassword, Password, said
from vestibule.keys.model import REFUSALS
from vestibule.organizations.model import NotPermitted
from vestibule.web.bodies import Locale
from vestibule.web.injected import Injected

TAGS = ("App members",)
PersonName = Annotated[str | None, said("What they are called.", example="Ana")]
_SHAPES = (
    frozenset({"email", "password"}),
    frozenset({"code", "code_verifier"}),
    frozenset({"as"}),
)


class AppSessionToStart(
    msgspec.Struct, kw_only=True, forbid_unknown_fields=True, rename={"as_": "as"}
):
    """An address and its password; or a code and its verifier; or `as`: "me", by a user."""

    email: Email | UnsetType = UNSET
    password: Password | UnsetType = UNSET
    code: Annotated[str | UnsetType, said("What came back in the address, within a minute.")] = (
        UNSET
    )
    code_verifier: Annotated[
        str | UnsetType, said("The secret whose challenge was sent along (PKCE).")
    ] = UNSET
    as_: Annotated[
        Literal["me"] | UnsetType, said("The member that is linked to the calling user.")
    ] = UNSET


class RegistrationToAsk(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An address, and the language of mails to it."""

    email: Email
    locale: Locale | UnsetType = UNSET


class RegistrationToComplete(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A mailed key, and a password of the person's own."""

    key: MailedKey
    password: NewPassword
    name: PersonName = None


class MemberToChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is absent stays as it is."""

    name: PersonName | UnsetType = UNSET
    locale: Locale | UnsetType = UNSET
    properties: Annotated[
        dict[str, Any] | UnsetType, said("All of them anew; 4 kB at most.", example={"team": "B"})
    ] = UNSET

    def profile(self, before: AppMember) -> Profile:
        """Give the whole that comes out of it. Raises InvalidName, InvalidProperties."""
        name = before.given_name if isinstance(self.name, UnsetType) else self.name
        properties = before.properties if self.properties is UNSET else self.properties
        return Profile(
            name=clean_name(name),
            locale=before.locale if self.locale is UNSET else self.locale,
            properties=clean_properties(properties),
        )


@post(
    "/sessions",
    status_code=201,
    summary="Sign in to an app",
    tags=TAGS,
    problems=(
        *(InvalidCredentials, CodeNotGood, InvalidEmail, RateLimited),
        *(AppNotFound, AppMemberNotFound, NotPermitted, NotAuthenticated),
    ),
)
async def start_app_session(
    app: FromPath[str],
    data: JSONBody[AppSessionToStart],
    *,
    desk: Injected[Desk],
    entrance: Injected[Entrance],
    maybe_caller: Injected[Caller | None],
) -> AppSessionBody:
    """Start a session that is good for this app alone. Its token is shown in this answer only."""
    _ensure_one_shape(data)
    if data.as_ is not UNSET:
        if maybe_caller is None:
            raise NotAuthenticated
        seat, member, started = await steps.continue_as_member(desk, maybe_caller, app)
        return present_session(seat.app, member, started)
    if isinstance(data.code, str) and isinstance(data.code_verifier, str):
        started = await steps.redeem_code(
            desk, entrance, code=data.code, verifier=data.code_verifier
        )
    else:
        started = await accounts.start_session(
            desk, entrance, email=str(data.email), password=str(data.password)
        )
    async with desk.database.reader() as reader:
        found = await apps.get_made(reader, AppId(entrance.realm.id))
        member = await apps.get_member(reader, found.id, AppMemberId(started.account_id))
    return present_session(found, member, started)


@post(
    "/sign-ups",
    status_code=202,
    summary="Register in an app",
    tags=TAGS,
    problems=(AppNotFound, SelfRegistrationDisabled, InvalidEmail, RateLimited),
)
async def ask_registration(
    data: JSONBody[RegistrationToAsk], desk: Injected[Desk], *, entrance: Injected[Entrance]
) -> None:
    """Mail a key to the address. The answer is the same for every address."""
    locale = i18n.current_locale() if data.locale is UNSET else data.locale
    await accounts.ask_sign_up(desk, entrance, email=data.email, locale=locale)


@post(
    "/sign-ups/complete",
    status_code=201,
    summary="Make the account in an app",
    tags=TAGS,
    problems=(
        *REFUSALS,
        *(AppNotFound, SelfRegistrationDisabled, AccountExists),
        *(InvalidName, WeakPassword, RateLimited),
    ),
)
async def complete_registration(
    data: JSONBody[RegistrationToComplete], desk: Injected[Desk], *, entrance: Injected[Entrance]
) -> AppSessionBody:
    """Spend the key, make the member with the default role, and start a session."""
    typed = Typed(name=data.name or "", password=data.password)
    registered = await steps.complete_registration(desk, entrance, key=data.key, typed=typed)
    return present_session(registered.app, registered.member, registered.session)


@get(
    "/me",
    summary="Look at oneself in an app",
    tags=TAGS,
    problems=(AppNotFound, NotPermitted),
)
async def get_member_of_caller(
    desk: Injected[Desk], *, caller: Injected[SignedInMember]
) -> AppMemberBody:
    """Give the calling app member."""
    async with desk.database.reader() as reader:
        return present_member(await apps.get_made(reader, caller.member.app_id), caller.member)


@patch(
    "/me",
    summary="Change what one says of oneself in an app",
    tags=TAGS,
    problems=(AppNotFound, NotPermitted, AppMemberNotFound, InvalidName, InvalidProperties),
)
async def change_member_of_caller(
    data: JSONBody[MemberToChange], desk: Injected[Desk], *, caller: Injected[SignedInMember]
) -> AppMemberBody:
    """Change the name, the language or the properties. Roles are not one's own to change."""
    changed = await steps.change_profile(desk, caller, data.profile)
    async with desk.database.reader() as reader:
        return present_member(await apps.get_made(reader, changed.app_id), changed)


def _ensure_one_shape(data: AppSessionToStart) -> None:
    given = {"email": data.email, "password": data.password, "as": data.as_}
    given |= {"code": data.code, "code_verifier": data.code_verifier}
    if frozenset(name for name, value in given.items() if value is not UNSET) not in _SHAPES:
        sentence = gettext("Send an address and password, or a code and its verifier, or `as`.")
        raise InvalidRequest.at("", sentence)


# Anybody may call these, and shows by what is sent who they are.
entering_handlers = (start_app_session, ask_registration, complete_registration)
# These are called by a member of the very app.
own_handlers = (get_member_of_caller, change_member_of_caller)
