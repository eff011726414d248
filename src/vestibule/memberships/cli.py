"""The operator's verbs: publish an app from a file, give an organization an owner.

Publishing is done in the name of a user, by the right that this user has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from vestibule.apps import actions as apps
from vestibule.apps import drafting, making
from vestibule.apps.model import App, AppNotFound, AppSeat, NewApp, Settings
from vestibule.apps.presentation import AppBody, present_app
from vestibule.audit.model import OPERATOR
from vestibule.definitions import actions as definitions
from vestibule.definitions.model import Definition
from vestibule.kernel import addresses
from vestibule.kernel.database import Database, Transaction
from vestibule.memberships import publishing
from vestibule.memberships import rescue as rescuing
from vestibule.messages.model import Outbox
from vestibule.organizations import actions as organizations
from vestibule.organizations.model import suggest_slug
from vestibule.organizations.presentation import MembershipBody, present_membership
from vestibule.users import actions as users
from vestibule.users.model import ActedFor, User, UserNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the operator typed. No `app`: the one whose slug the definition's name makes.

    Settings that are None stay as they are. `roles` says what becomes of who has a dropped role.
    """

    text: bytes
    is_json: bool
    organization: str
    address: str
    app: str | None = None
    home_url: str | None = None
    redirect_urls: Sequence[str] = ()
    origins: Sequence[str] = ()
    roles: Mapping[str, str] = field(default_factory=dict)


async def publish(database: Database, wanted: Wanted) -> AppBody:
    """Make the app if it is not there, write its definition and publish it, all or nothing.

    Raises InvalidDefinition, UserNotFound, who may not, and as `publishing.publish`.
    """
    definition = definitions.read(wanted.text, is_json=wanted.is_json)
    async with database.transaction() as tx:
        user = await _user(tx, wanted.address)
        by = user.as_actor(OPERATOR)
        seat = await _seat(tx, wanted, definition, user=user)
        seat = replace(seat, app=await _set_up(tx, seat, wanted, user=user))
        source = wanted.text.decode()
        await drafting.save(tx, seat, definition, source=source, by=by)
        published = await publishing.publish(tx, seat, wanted.roles, user=user, by=by)
        return present_app(published.app)


async def rescue(
    database: Database, outbox: Outbox, *, organization: str, address: str
) -> MembershipBody:
    """Make the user of this address an owner, member or not: when those there are cannot.

    Raises InvalidEmail, OrganizationNotFound, UserNotFound.
    """
    async with database.transaction() as tx:
        found = await organizations.get_by_reference(tx, organization)
        held = await organizations.lock_for_change(tx, found.id)
        user = await _user(tx, address)
        return present_membership(await rescuing.rescue(tx, held, user, by=OPERATOR, outbox=outbox))


async def _user(tx: Transaction, address: str) -> User:
    """Give the user of this address. Raises InvalidEmail, UserNotFound."""
    user = await users.find_by_address(tx, addresses.parse(address))
    if user is None:
        raise UserNotFound
    return user


async def _seat(tx: Transaction, wanted: Wanted, definition: Definition, *, user: User) -> AppSeat:
    """Give the app into the user's hands; one that is not there is made."""
    slug = wanted.app or suggest_slug(definition.name, otherwise="app")
    try:
        return await _of_organization(tx, wanted, user, slug)
    except AppNotFound:
        seat = await organizations.lock_for_managing_apps(tx, ActedFor(user), wanted.organization)
        new = NewApp(name=definition.name, slug=slug)
        app = await making.make(tx, seat, new, by=user.as_actor(OPERATOR))
        return await apps.lock_for_managing(tx, ActedFor(user), app.slug)


async def _of_organization(tx: Transaction, wanted: Wanted, user: User, slug: str) -> AppSeat:
    """Give the app, if it is of the named organization. Raises AppNotFound."""
    organization = await organizations.get_by_reference(tx, wanted.organization)
    seat = await apps.lock_for_managing(tx, ActedFor(user), slug)
    if seat.app.organization_id != organization.id:
        raise AppNotFound
    return seat


async def _set_up(tx: Transaction, seat: AppSeat, wanted: Wanted, *, user: User) -> App:
    """Change those settings that were named."""
    before = making.settings_of(seat.app)
    after: Settings = replace(
        before,
        home_url=wanted.home_url or before.home_url,
        redirect_urls=tuple(wanted.redirect_urls) or before.redirect_urls,
        origins=tuple(wanted.origins) or before.origins,
    )
    return await making.change_settings(tx, seat, after, by=user.as_actor(OPERATOR))
