"""Making an app in an organization, and changing what is set about it outside of its definition."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace

from vestibule.accounts import actions as accounts
from vestibule.accounts.realms import Realm, RealmKind
from vestibule.apps import actions as apps
from vestibule.apps import store
from vestibule.apps.colour_model import clean_colour
from vestibule.apps.logo_model import Logo
from vestibule.apps.model import (
    MOST_URLS,
    App,
    AppSeat,
    InvalidOrigin,
    InvalidUrl,
    NewApp,
    Settings,
    TooManyUrls,
)
from vestibule.audit import actions as audit
from vestibule.audit.model import Actor, Entry
from vestibule.kernel import links, names
from vestibule.kernel.database import Transaction
from vestibule.kernel.errors import FieldError, Invalid, InvalidRequest
from vestibule.kernel.ids import AppId, RealmId, new_id
from vestibule.organizations import resting
from vestibule.organizations.model import Seat, SlugTaken, clean_slug, suggest_slug
from vestibule.organizations.resting_model import SlugKind

_SUFFIX_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # without what reads as another
_SUFFIX_LENGTH = 6
_SUGGESTIONS = 4


async def make(tx: Transaction, seat: Seat, new: NewApp, *, by: Actor) -> App:
    """Make an app in the organization. It has no definition yet, and lets nobody in.

    The seat is of `organizations.lock_for_managing_apps`. Raises InvalidName, InvalidSlug,
    SlugTaken.
    """
    name = names.clean(new.name, path="name")
    slugs = list(_slugs(name, new.slug))
    app_id = AppId(new_id())
    await accounts.open_realm(tx, Realm(RealmId(app_id), RealmKind.APP))
    for slug in slugs:
        if await store.insert(tx, app_id, seat.organization.id, name=name, slug=slug):
            await resting.ensure_free(tx, SlugKind.APP, slug, by=seat.organization.id)
            app = await apps.get_made(tx, app_id)
            details = {"name": app.name, "slug": app.slug}
            await audit.record(tx, entry("app.made", app, by=by, details=details))
            return app
    raise SlugTaken


async def change_settings(tx: Transaction, seat: AppSeat, settings: Settings, *, by: Actor) -> App:
    """Write the whole of the settings. The seat is of `lock_for_managing`; no change, no trace.

    Raises InvalidRequest with every fault at once, or SlugTaken.
    """
    before, after = settings_of(seat.app), clean(settings)
    if after == before:
        return seat.app
    await store.update(tx, seat.app.id, after)
    if after.slug != before.slug:
        owner = seat.app.organization_id
        await resting.ensure_free(tx, SlugKind.APP, after.slug, by=owner)
        await resting.give_up(tx, SlugKind.APP, before.slug, by=owner)

    old, new = asdict(before), asdict(after)
    changed = [field for field in old if old[field] != new[field]]
    details = {
        "before": {field: old[field] for field in changed},
        "after": {field: new[field] for field in changed},
    }
    app = await apps.get_made(tx, seat.app.id)
    await audit.record(tx, entry("app.changed", app, by=by, details=details))
    return app


async def change_logo(tx: Transaction, seat: AppSeat, logo: Logo | None, *, by: Actor) -> App:
    """Give the app another picture, or none. The seat is of `lock_for_managing`."""
    await store.set_logo(tx, seat.app.id, logo)
    app = await apps.get_made(tx, seat.app.id)
    if app.logo_version != seat.app.logo_version:
        details = {"before": seat.app.logo_version, "after": app.logo_version}
        await audit.record(tx, entry("app.logo_changed", app, by=by, details=details))
    return app


def settings_of(app: App) -> Settings:
    """Give the settings of an app as they are."""
    return Settings(
        name=app.name,
        slug=app.slug,
        colour=app.colour,
        home_url=app.home_url,
        redirect_urls=app.redirect_urls,
        origins=app.origins,
    )


def clean(settings: Settings) -> Settings:
    """Give the settings as they are kept. Raises InvalidRequest with every fault at once."""
    faults: list[Invalid] = []

    def read(check: Callable[[], object]) -> None:
        try:
            check()
        except Invalid as fault:
            faults.append(fault)

    kept = replace(settings, colour=(settings.colour or "").lower() or None)
    read(lambda: names.clean(settings.name, path="name"))
    read(lambda: clean_slug(settings.slug))
    read(lambda: _ensure_colour(settings.colour))
    read(lambda: _ensure_home(settings.home_url))
    read(lambda: _ensure_all(settings.redirect_urls, _ensure_url, path="redirect_urls"))
    read(lambda: _ensure_all(settings.origins, _ensure_origin, path="origins"))
    if faults:
        raise InvalidRequest([error for fault in faults for error in fault.errors])
    return replace(kept, name=names.clean(settings.name, path="name"))


def entry(event: str, app: App, *, by: Actor, details: Mapping[str, object]) -> Entry:
    """Give what the trail keeps of something that was done to an app."""
    return Entry(
        event=event,
        by=by,
        subject_kind="app",
        subject_id=app.id,
        subject_name=app.name,
        organization_id=app.organization_id,
        details=dict(details),
    )


def _slugs(name: str, asked: str | None) -> Iterator[str]:
    if asked is not None:
        yield clean_slug(asked)
        return
    suggested = suggest_slug(name, otherwise="app")
    yield suggested
    for _ in range(_SUGGESTIONS):
        suffix = "".join(secrets.choice(_SUFFIX_LETTERS) for _ in range(_SUFFIX_LENGTH))
        yield f"{suggested}-{suffix}"


def _ensure_colour(colour: str | None) -> None:
    if colour:
        clean_colour(colour)


def _ensure_home(url: str | None) -> None:
    if url is not None:
        _ensure_url(url, path="home_url")


def _ensure_url(url: str, *, path: str) -> None:
    """Raise InvalidUrl unless people may be sent there: exactly so, and nothing behind a #."""
    if not links.is_safe(url) or "#" in url:
        raise InvalidUrl(path=path)


def _ensure_origin(origin: str, *, path: str) -> None:
    if not links.is_origin(origin):
        raise InvalidOrigin(path=path)


def _ensure_all(urls: Sequence[str], ensure: Callable[..., None], *, path: str) -> None:
    """Raise TooManyUrls, or InvalidRequest with the fault of every one that is not right."""
    if len(urls) > MOST_URLS:
        raise TooManyUrls(path=path, most=MOST_URLS)
    faults: list[FieldError] = []
    for index, url in enumerate(urls):
        try:
            ensure(url, path=f"{path}.{index}")
        except Invalid as fault:
            faults += fault.errors
    if faults:
        raise InvalidRequest(faults)
