"""What the pages and the API of apps do alike.

Limits first, then look up, then hash, then the transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from vestibule.accounts import sessions
from vestibule.accounts import steps as accounts
from vestibule.accounts.guards import Desk
from vestibule.accounts.model import Started
from vestibule.accounts.realms import Entrance
from vestibule.api_keys.model import PeopleOnly
from vestibule.apps import actions as apps
from vestibule.apps import callers, codes, continuing, drafting, making, members, registration
from vestibule.apps.code_model import CodeNotGood
from vestibule.apps.entrance import realm_of
from vestibule.apps.logo_model import Logo
from vestibule.apps.members import Profile
from vestibule.apps.model import (
    App,
    AppMember,
    AppSeat,
    Caller,
    NewApp,
    SavedDefinition,
    Settings,
    SignedInMember,
)
from vestibule.apps.registration import Activation, Registered
from vestibule.definitions import actions as definitions
from vestibule.kernel.ids import AppId
from vestibule.organizations import actions as organizations
from vestibule.organizations.caller_model import Caller as OrganizationCaller
from vestibule.organizations.caller_model import Program
from vestibule.organizations.model import NotPermitted
from vestibule.users.model import SignedIn


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody typed on the activation page of an app, as it came."""

    name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Picture:
    """What an app's logo becomes; None: it has none from now on."""

    logo: Logo | None


async def make_app(desk: Desk, caller: OrganizationCaller, org: str, new: NewApp) -> App:
    """Make an app in the organization. Raises as `making.make`, and who may not."""
    async with desk.database.transaction() as tx:
        seat = await organizations.lock_for_managing_apps(tx, caller, org)
        return await making.make(tx, seat, new, by=caller.actor(desk.origin))


async def change_app(
    desk: Desk,
    caller: Caller,
    app: str,
    changes_of: Callable[[App], Settings],
    *,
    picture: Picture | None = None,
) -> App:
    """Change the settings, and the logo if there is a `picture`: all of it, or nothing.

    `changes_of` reads the whole that comes out of it. Raises as `making.change_settings`, and who
    may not.
    """
    by = caller.actor(desk.origin)
    async with desk.database.transaction() as tx:
        seat = await apps.lock_for_managing(tx, caller, app)
        changed = await making.change_settings(tx, seat, changes_of(seat.app), by=by)
        if picture is not None:
            changed = await making.change_logo(tx, seat, picture.logo, by=by)
        return changed


async def save_definition(
    desk: Desk, caller: Caller, app: str, text: str | bytes, *, is_json: bool
) -> tuple[App, SavedDefinition]:
    """Keep a draft. Raises InvalidDefinition with every fault, and who may not."""
    async with desk.database.reader() as reader:
        await apps.get_for_managing(reader, caller, app)  # strangers have nothing checked
    definition = definitions.read(text, is_json=is_json)
    source = text if isinstance(text, str) else text.decode()
    async with desk.database.transaction() as tx:
        seat = await apps.lock_for_managing(tx, caller, app)
        by = caller.actor(desk.origin)
        return seat.app, await drafting.save(tx, seat, definition, source=source, by=by)


async def continue_as_member(
    desk: Desk, caller: Caller, app: str, *, replaced: str | None = None
) -> tuple[AppSeat, AppMember, Started]:
    """Go on as the app member that is linked to the user; the session `replaced` ends.

    Raises AppMemberNotFound if none is, who may not manage the app, PeopleOnly to a program, and
    NotAuthenticated as `sessions.keep`.
    """
    by = caller.actor(desk.origin)
    async with desk.database.transaction() as tx:
        seat = await apps.lock_for_managing(tx, caller, app)
        if isinstance(caller, Program):
            raise PeopleOnly
        if not isinstance(caller, SignedIn):
            raise NotPermitted
        await sessions.keep(tx, caller.account_id, caller.session_id)
        if replaced:
            await sessions.end_presented(tx, realm_of(seat.app), replaced, by=desk.origin)
        member, started = await continuing.start(
            tx, seat, caller.user.id, origin=desk.origin, by=by
        )
        return seat, member, started


async def redeem_code(desk: Desk, entrance: Entrance, *, code: str, verifier: str) -> Started:
    """Give a session for a code. Raises CodeNotGood; what that changes stays."""
    async with desk.database.transaction() as tx:
        app_id = AppId(entrance.realm.id)
        started = await codes.redeem(tx, app_id, code, verifier, origin=desk.origin)
    if started is None:
        raise CodeNotGood
    return started


async def complete_registration(
    desk: Desk, entrance: Entrance, *, key: str, typed: Typed, replaced: str | None = None
) -> Registered:
    """Make the member and sign them in; the session of the token `replaced` ends.

    Raises InvalidName, WeakPassword, AccountExists and what `accounts.steps.get_sign_up` raises.
    """
    offer = await accounts.get_sign_up(desk, entrance, key)
    await accounts.ensure_newcomer(desk, entrance, offer.address)
    name = members.clean_name(typed.name)
    about = [offer.address.canonical, *([name] if name else [])]
    password_hash = await desk.passwords.hash(typed.password, about=about)

    activation = Activation(name=name, password_hash=password_hash)
    async with desk.database.transaction() as tx:
        if replaced:
            await sessions.end_presented(tx, entrance.realm, replaced, by=desk.origin)
        app_id, occasion = AppId(entrance.realm.id), desk.occasion(entrance)
        return await registration.complete(tx, app_id, key, activation, occasion=occasion)


async def change_profile(
    desk: Desk, caller: SignedInMember, changes_of: Callable[[AppMember], Profile]
) -> AppMember:
    """Change what a member says of themselves.

    Raises what `changes_of` raises, and TokenNotGood as `callers.keep`.
    """
    member = caller.member
    async with desk.database.transaction() as tx:
        before = await apps.lock_member(tx, member.app_id, member.id)
        await callers.keep(tx, caller)
        changes = changes_of(before)
        return await members.change_profile(tx, before, changes, by=caller.actor(desk.origin))
