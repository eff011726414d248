"""The end of an app: closed at once, and cleared away later, in small steps."""

from collections.abc import Mapping
from datetime import timedelta

from vestibule.accounts import actions as accounts
from vestibule.apps import closing_queries, closing_store
from vestibule.apps.making import entry
from vestibule.apps.model import App
from vestibule.audit import actions as audit
from vestibule.audit.model import Actor
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AppId, OrganizationId, RealmId
from vestibule.organizations import resting
from vestibule.organizations.resting_model import SlugKind


async def close(tx: Transaction, app: App, *, by: Actor, went_along: Mapping[str, int]) -> None:
    """Close the held app. From now on nobody finds it, and its slug rests.

    Whoever calls withdraws its mails. `went_along` are the numbers that the trail keeps.
    """
    await closing_store.close(tx, app.id)
    await resting.give_up(tx, SlugKind.APP, app.slug, by=app.id)
    details = {"name": app.name, "slug": app.slug, **went_along}
    await audit.record(tx, entry("app.deleted", app, by=by, details=details))


async def close_all_of(tx: Transaction, organization_id: OrganizationId) -> list[AppId]:
    """Let the slugs of a closed organization's apps rest. Gives the apps: they are gone with it."""
    slugs = await closing_queries.list_slugs(tx, organization_id)
    await resting.give_up_all(tx, SlugKind.APP, slugs)
    return [AppId(app_id) for app_id in slugs.values()]


async def hold_closed(tx: Transaction, *, after: timedelta) -> AppId | None:
    """Hold the one that was closed first, longer ago than that, for clearing away."""
    return await closing_store.hold_closed(tx, after=after)


async def find_any_of(tx: Transaction, organization_id: OrganizationId) -> AppId | None:
    """Give an app of a closed organization that is not cleared away yet."""
    return await closing_queries.find_any(tx, organization_id)


async def hold(tx: Transaction, app_id: AppId) -> bool:
    """Hold an app of a held closed organization. False: another server has cleared it away."""
    return await closing_store.hold(tx, app_id)


async def clear_members(tx: Transaction, app_id: AppId, *, at_most: int) -> int:
    """Delete the oldest accounts of a closed app: members, roles, sessions and codes go with them.

    Gives their number.
    """
    return await accounts.clear_realm(tx, RealmId(app_id), at_most=at_most)


async def clear_definitions(tx: Transaction, app_id: AppId, *, at_most: int) -> int:
    """Delete the oldest definitions of a closed app. Gives their number."""
    return await closing_store.delete_definitions(tx, app_id, at_most=at_most)


async def clear(tx: Transaction, app_id: AppId) -> None:
    """Delete a held closed app in which nothing is left, and its realm."""
    await closing_store.delete(tx, app_id)
    await accounts.close_realm(tx, RealmId(app_id))
