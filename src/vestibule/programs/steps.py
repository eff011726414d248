"""What pages and API do alike with API keys: list, make, revoke."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from vestibule.accounts.guards import Desk
from vestibule.api_keys import actions as api_keys
from vestibule.api_keys import queries
from vestibule.api_keys.model import ApiKey, ApiKeyNotFound, Expiry, Made, NewApiKey
from vestibule.apps import actions as apps
from vestibule.apps import queries as app_queries
from vestibule.apps.model import App, AppNotFound
from vestibule.invitations.consequences_queries import count_pending_by_key
from vestibule.invitations.departure_model import SentInvitations
from vestibule.kernel import lists
from vestibule.kernel.database import Reader
from vestibule.kernel.errors import InvalidRequest, NotFound
from vestibule.kernel.i18n import gettext
from vestibule.kernel.ids import ApiKeyId, AppId, decode
from vestibule.kernel.lists import Page
from vestibule.organizations import actions as organizations
from vestibule.organizations.model import Seat
from vestibule.programs import revoking
from vestibule.users.model import SignedIn
from vestibule.web.listing import Part

FORM = "form"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A key that somebody asks for. `app`: the id or slug of the one app that it is for.

    `form`: which form asks, if one does: sent again, it makes no second key.
    """

    name: str
    permissions: Collection[str]
    app: str | None = None
    expiry: Expiry = field(default_factory=Expiry)
    form: UUID | None = None


async def list_keys(
    desk: Desk, caller: SignedIn, org: str, part: Part
) -> tuple[Seat, Page[ApiKey]]:
    """Give a page of the keys to who may see them. Raises OrganizationNotFound, NotPermitted."""
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_keys(reader, caller, org)
        window = part.window(f"api-keys/{seat.organization.id}")
        found = await queries.list_of(reader, seat.organization.id, window)
    return seat, lists.page(window, found, _id_of)


async def get_key(desk: Desk, caller: SignedIn, org: str, key_id: ApiKeyId) -> tuple[Seat, ApiKey]:
    """Give one key to who may see them. Raises ApiKeyNotFound, and as `list_keys`."""
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_keys(reader, caller, org)
        return seat, await api_keys.get(reader, seat.organization.id, key_id)


async def get_for_making(desk: Desk, caller: SignedIn, org: str) -> tuple[Seat, Sequence[App]]:
    """Give the organization to who may make keys, and its apps. Raises as `list_keys`."""
    window = lists.window("apps", limit=lists.MOST)
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_keys(reader, caller, org)
        return seat, await app_queries.list_apps(reader, seat.organization.id, window)


async def name_apps(desk: Desk, keys: Collection[ApiKey]) -> Mapping[AppId, str]:
    """Give the names of the apps that these keys are for."""
    async with desk.database.reader() as reader:
        return await app_queries.name_apps(reader, [key.app_id for key in keys if key.app_id])


async def count_sent(desk: Desk, key: ApiKey) -> int:
    """Give the number of pending invitations that a key sent."""
    async with desk.database.reader() as reader:
        return await count_pending_by_key(reader, key.organization_id, key.id)


async def make(desk: Desk, caller: SignedIn, org: str, wanted: Wanted) -> tuple[Seat, Made | None]:
    """Make a key. None: it was made before, by the same form.

    Raises OrganizationNotFound, NotPermitted, AppNotFound, and as `api_keys.make`.
    """
    by = caller.actor(desk.origin)
    async with desk.database.transaction() as tx:
        seat = await organizations.lock_for_keys(tx, caller, org)
        new = NewApiKey(
            name=wanted.name,
            permissions=wanted.permissions,
            app_id=await _find_app(tx, seat, wanted.app),
            expiry=wanted.expiry,
            form=wanted.form,
        )
        return seat, await api_keys.make(tx, seat, new, maker=caller.user.id, by=by)


async def revoke(
    desk: Desk, caller: SignedIn, org: str, key_id: ApiKeyId, sent: SentInvitations
) -> None:
    """Revoke a key. Raises OrganizationNotFound, and as `api_keys.get_for_revoking`."""
    by = caller.actor(desk.origin)
    async with desk.database.transaction() as tx:
        seat = await organizations.lock_for_leaving(tx, caller, org)
        key = await api_keys.get_for_revoking(tx, seat, key_id, user_id=caller.user.id)
        await revoking.revoke(tx, seat, key, sent, by=by)


def read_id(reference: str) -> ApiKeyId:
    """Read a key's id as people and programs write it. Raises ApiKeyNotFound."""
    try:
        return ApiKeyId(decode("key", reference))
    except NotFound as fault:
        raise ApiKeyNotFound from fault


def read_form(text: str) -> UUID:
    """Read what a form says of itself, by which one that is sent again is known.

    It says nothing of the key: nobody but the server chooses an id. Raises InvalidRequest.
    """
    try:
        return decode(FORM, text)
    except NotFound as fault:
        sentence = gettext("This form is not whole. Load the page anew, and fill it in again.")
        raise InvalidRequest.at("", sentence) from fault


async def _find_app(reader: Reader, seat: Seat, reference: str | None) -> AppId | None:
    """Give the organization's own app of this id or slug. Raises AppNotFound."""
    if reference is None:
        return None
    app = (await apps.get_by_reference(reader, reference)).app
    if app.organization_id != seat.organization.id:
        raise AppNotFound
    return app.id


def _id_of(key: ApiKey) -> ApiKeyId:
    return key.id
