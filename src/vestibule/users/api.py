"""Users in the HTTP API: sign up, and what they say of themselves."""

from typing import Annotated

import msgspec
from litestar import get, patch, post
from litestar.params import JSONBody
from msgspec import UNSET, UnsetType

from vestibule.accounts import steps as account_steps
from vestibule.accounts.guards import Desk
from vestibule.accounts.model import AccountExists, NewSessionBody, present_session
from vestibule.accounts.password_policy import WeakPassword
from vestibule.accounts.realms import Entrance
from vestibule.kernel import i18n
from vestibule.kernel.addresses import InvalidEmail
from vestibule.kernel.errors import NotFound, RateLimited
from vestibule.kernel.ids import OrganizationId, decode
from vestibule.kernel.names import InvalidName
from vestibule.kernel.wire import (
    Email,
    FirstName,
    LastName,
    MailedKey,
    NewPassword,
    Phone,
    example_id,
    said,
)
from vestibule.keys.model import REFUSALS
from vestibule.users import steps
from vestibule.users.actions import Changes
from vestibule.users.model import (
    InvalidPhone,
    NotYourOrganization,
    Places,
    Profile,
    SignedIn,
    SignUpsClosed,
    User,
    UserBody,
    UserNotFound,
    present_user,
)
from vestibule.users.steps import Typed
from vestibule.web.bodies import Locale
from vestibule.web.injected import Injected

TAGS = ("Users",)


class SignUpToAsk(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An address, and the language of mails to it."""

    email: Email
    locale: Locale | UnsetType = UNSET


class SignUpToComplete(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A mailed key, and who its holder is."""

    key: MailedKey
    first_name: FirstName
    last_name: LastName
    password: NewPassword
    phone: Phone = None


class ProfileToChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is absent stays as it is."""

    first_name: FirstName | UnsetType = UNSET
    last_name: LastName | UnsetType = UNSET
    phone: Phone | UnsetType = UNSET
    locale: Locale | UnsetType = UNSET
    default_organization: Annotated[
        str | UnsetType | None,
        said("The id of one of their own; null: the console.", example=example_id("org")),
    ] = UNSET

    def changes(self, before: User) -> Changes:
        """Give the whole that comes out of it. Raises InvalidName, InvalidPhone, NotFound."""
        default = before.default_organization_id
        if self.default_organization is not UNSET:
            default = _organization(self.default_organization)
        return Changes(
            profile=Profile.clean(
                before.first_name if self.first_name is UNSET else self.first_name,
                before.last_name if self.last_name is UNSET else self.last_name,
                before.phone if self.phone is UNSET else self.phone,
            ),
            locale=before.locale if self.locale is UNSET else self.locale,
            default_organization_id=default,
        )


@post(
    "/sign-ups",
    status_code=202,
    summary="Sign up",
    tags=TAGS,
    problems=(SignUpsClosed, InvalidEmail, RateLimited),
)
async def ask_sign_up(
    data: JSONBody[SignUpToAsk], desk: Injected[Desk], *, entrance: Injected[Entrance]
) -> None:
    """Mail a key to the address. The answer is the same for every address."""
    locale = i18n.current_locale() if data.locale is UNSET else data.locale
    await account_steps.ask_sign_up(desk, entrance, email=data.email, locale=locale)


@post(
    "/sign-ups/complete",
    status_code=201,
    summary="Make the account",
    tags=TAGS,
    problems=(
        *REFUSALS,
        SignUpsClosed,
        AccountExists,
        InvalidName,
        InvalidPhone,
        WeakPassword,
        RateLimited,
    ),
)
async def complete_sign_up(
    data: JSONBody[SignUpToComplete], desk: Injected[Desk], *, entrance: Injected[Entrance]
) -> NewSessionBody[UserBody]:
    """Spend the key, make the user and start a session."""
    typed = Typed(
        first_name=data.first_name,
        last_name=data.last_name,
        password=data.password,
        phone=data.phone,
    )
    signed = await steps.complete_sign_up(desk, entrance, key=data.key, typed=typed)
    return present_session(signed.session, present_user(signed.user))


@get("/me", summary="Look at oneself", tags=TAGS)
async def get_me(caller: Injected[SignedIn]) -> UserBody:
    """Give the caller."""
    return present_user(caller.user)


@patch(
    "/me",
    summary="Change what one says of oneself",
    tags=TAGS,
    problems=(InvalidName, InvalidPhone, NotYourOrganization, NotFound, UserNotFound),
)
async def change_me(
    data: JSONBody[ProfileToChange],
    desk: Injected[Desk],
    *,
    caller: Injected[SignedIn],
    places: Injected[Places],
) -> UserBody:
    """Change the name, the phone, the language, or where signing in lands."""
    return present_user(await steps.change_profile(desk, caller, data.changes, places=places))


def _organization(text: str | None) -> OrganizationId | None:
    return OrganizationId(decode("org", text)) if text else None


handlers = (ask_sign_up, complete_sign_up, get_me, change_me)
