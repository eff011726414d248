"""Accounts in the HTTP API, of whichever realm they are mounted in: sessions, resets, changes."""

from typing import Annotated

import msgspec
from litestar import delete, get, post
from litestar.params import FromPath, JSONBody

from vestibule.accounts import sessions, steps
from vestibule.accounts.guards import Desk
from vestibule.accounts.model import (
    AccountNotFound,
    AddressTaken,
    Described,
    Holder,
    InvalidCredentials,
    NewSessionBody,
    OtherSession,
    PasswordNotSet,
    Session,
    SessionBody,
    SessionNotFound,
    WrongPassword,
    present_session,
)
from vestibule.accounts.password_policy import WeakPassword
from vestibule.accounts.realms import Entrance
from vestibule.kernel.addresses import InvalidEmail
from vestibule.kernel.errors import NotFound, RateLimited
from vestibule.kernel.http import ListBody, list_body
from vestibule.kernel.ids import SessionId, decode, encode
from vestibule.kernel.lists import Page
from vestibule.kernel.wire import Email, MailedKey, NewPassword, Password, said
from vestibule.keys.model import REFUSALS
from vestibule.web.injected import Injected

TAGS = ("Accounts",)


class SignIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An address and its password."""

    email: Email
    password: Password


class ResetToAsk(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The address of an account."""

    email: Email


class ResetToComplete(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A mailed key and the new password."""

    key: MailedKey
    password: NewPassword


class PasswordToChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The present password and the new one."""

    current: Annotated[Password, said("The present one.")]
    new: NewPassword


class AddressToAsk(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The new address, and the password."""

    email: Annotated[Email, said("The new one.")]
    password: Annotated[Password, said("The present one.")]


class AddressToComplete(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A mailed key."""

    key: MailedKey


@post(
    "/sessions",
    status_code=201,
    summary="Sign in",
    tags=TAGS,
    problems=(InvalidCredentials, InvalidEmail, RateLimited),
)
async def start_session(
    data: JSONBody[SignIn], desk: Injected[Desk], *, entrance: Injected[Entrance]
) -> "NewSessionBody[Described]":
    """Start a session. Its token is shown in this answer only."""
    started = await steps.start_session(desk, entrance, email=data.email, password=data.password)
    async with desk.database.reader() as reader:
        return present_session(started, await entrance.describe(reader, started.account_id))


@delete(
    "/sessions/current",
    status_code=204,
    summary="Sign out",
    tags=TAGS,
    problems=(SessionNotFound,),
)
async def end_current_session(desk: Injected[Desk], caller: Injected[Holder]) -> None:
    """End the session of the token that this request came with."""
    by = caller.actor(desk.origin)
    async with desk.database.transaction() as tx:
        await sessions.end(tx, caller.account_id, caller.session_id, by=by)


@post(
    "/password-resets",
    status_code=202,
    summary="Forgot the password",
    tags=TAGS,
    problems=(InvalidEmail, RateLimited),
)
async def ask_reset(
    data: JSONBody[ResetToAsk], desk: Injected[Desk], *, entrance: Injected[Entrance]
) -> None:
    """Mail a key to the address, if it has an account. The answer is the same for every address."""
    await steps.ask_reset(desk, entrance, email=data.email)


@post(
    "/password-resets/complete",
    status_code=204,
    summary="Choose a new password",
    tags=TAGS,
    problems=(*REFUSALS, AccountNotFound, WeakPassword, RateLimited),
)
async def complete_reset(
    data: JSONBody[ResetToComplete], desk: Injected[Desk], *, entrance: Injected[Entrance]
) -> None:
    """Spend the key and keep the new password. Every session of the account ends."""
    await steps.complete_reset(desk, entrance, key=data.key, password=data.password)


@get("/me/sessions", summary="List the caller's sessions", tags=TAGS)
async def list_sessions(desk: Injected[Desk], caller: Injected[Holder]) -> ListBody[SessionBody]:
    """List where the caller is signed in, newest first; twenty at most."""
    async with desk.database.reader() as reader:
        found = await sessions.list_live(reader, caller.account_id)

    def present(session: Session) -> SessionBody:
        return _present_listed(session, is_current=session.id == caller.session_id)

    return list_body(Page(items=found, before=None, after=None), present)


@delete(
    "/me/sessions/{session:str}",
    status_code=204,
    summary="End one of the sessions",
    tags=TAGS,
    problems=(NotFound, SessionNotFound),
)
async def end_session(
    session: FromPath[str], desk: Injected[Desk], *, caller: Injected[Holder]
) -> None:
    """Sign out elsewhere."""
    by = caller.actor(desk.origin)
    async with desk.database.transaction() as tx:
        await sessions.end(tx, caller.account_id, SessionId(decode("ses", session)), by=by)


@post(
    "/me/password",
    status_code=204,
    summary="Change the password",
    tags=TAGS,
    problems=(PasswordNotSet, WrongPassword, WeakPassword, RateLimited, AccountNotFound),
)
async def change_password(
    data: JSONBody[PasswordToChange],
    desk: Injected[Desk],
    *,
    entrance: Injected[Entrance],
    caller: Injected[Holder],
) -> None:
    """Keep the new password. Every other session ends."""
    await steps.change_password(desk, entrance, caller, present=data.current, new=data.new)


@post(
    "/me/address",
    status_code=202,
    summary="Ask for another address",
    tags=TAGS,
    problems=(PasswordNotSet, WrongPassword, InvalidEmail, RateLimited, AccountNotFound),
)
async def ask_address_change(
    data: JSONBody[AddressToAsk],
    desk: Injected[Desk],
    *,
    entrance: Injected[Entrance],
    caller: Injected[Holder],
) -> None:
    """Mail a key to the new address. It works in this session only."""
    await steps.ask_address_change(desk, entrance, caller, email=data.email, password=data.password)


@post(
    "/me/address/complete",
    status_code=200,
    summary="Take the new address",
    tags=TAGS,
    problems=(*REFUSALS, OtherSession, AddressTaken, AccountNotFound, RateLimited),
)
async def complete_address_change(
    data: JSONBody[AddressToComplete],
    desk: Injected[Desk],
    *,
    entrance: Injected[Entrance],
    caller: Injected[Holder],
) -> "Described":
    """Spend the key. Answers with the person, by their new address."""
    account = await steps.complete_address_change(desk, entrance, caller, key=data.key)
    async with desk.database.reader() as reader:
        return await entrance.describe(reader, account.id)


def _present_listed(session: Session, *, is_current: bool) -> SessionBody:
    """Show a session to its owner."""
    return SessionBody(
        object="session",
        id=encode("ses", session.id),
        created_at=session.created_at,
        last_seen_at=session.last_seen_at,
        expires_at=session.expires_at,
        network=session.network,
        user_agent=session.user_agent,
        is_current=is_current,
    )


# A realm with other ways to sign in has a handler of its own in its place.
sign_in_handlers = (start_session,)
# Anybody may call these.
reset_handlers = (ask_reset, complete_reset)
# Whoever holds a session may call these.
handlers = (
    end_current_session,
    list_sessions,
    end_session,
    change_password,
    ask_address_change,
    complete_address_change,
)
