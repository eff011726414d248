"""Making an app, and its settings: slugs, its realm, addresses, all faults at once."""

import dataclasses
from typing import Any

import pytest

from tests.apps.cast import Stage
from tests.world import World
from vestibule.apps import making
from vestibule.apps.model import App, NewApp, Settings
from vestibule.kernel.database import Transaction
from vestibule.kernel.errors import Invalid, InvalidRequest
from vestibule.kernel.names import InvalidName
from vestibule.organizations.model import InvalidSlug, NotPermitted, SlugTaken

SAFE = "https://shifts.example.com"


@pytest.fixture
def stage(tx: Transaction, world: World) -> Stage:
    return Stage(tx, world)


async def change(stage: Stage, app: App, **settings: Any) -> App:  # noqa: ANN401
    """Change some of the settings, as Ada."""
    seat = await stage.seat(app.slug)
    wanted = dataclasses.replace(making.settings_of(seat.app), **settings)
    return await making.change_settings(stage.tx, seat, wanted, by=stage.world.ada.actor)


def faults(settings: Settings) -> dict[str, str]:
    """The code of each fault, by its path."""
    with pytest.raises(InvalidRequest) as caught:
        making.clean(settings)
    return {error.path: error.code for error in caught.value.errors}


def settings(**settings: Any) -> Settings:  # noqa: ANN401
    plain: dict[str, Any] = {"name": "Shifts", "slug": "shifts", "colour": None, "home_url": None}
    return Settings(**(plain | {"redirect_urls": (), "origins": ()} | settings))


async def test_an_app_is_made_with_a_realm_and_lets_nobody_in(stage: Stage) -> None:
    app = await stage.make("  Shift   planner ")

    assert (app.name, app.slug, app.version) == ("Shift planner", "shift-planner", None)
    assert app.organization_id == stage.world.analytical.id
    kind = await stage.tx.fetch_value("SELECT kind FROM realms WHERE id = $1", app.id)
    assert kind == "app"
    row = await stage.tx.fetch_one("SELECT * FROM audit")
    assert row is not None
    assert (row["event"], row["subject_id"], row["actor_id"]) == (
        "app.made",
        app.id,
        stage.world.ada.id,
    )
    assert row["details"] == {"name": "Shift planner", "slug": "shift-planner"}
    assert row["organization_id"] == app.organization_id


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Ada & Söhne", "ada-sohne"),
        ("{{ 7*7 }} {% raw %}", "7-7-raw"),
        ("../../etc/passwd", "etc-passwd"),
        ("计划", "app"),
        ("NEW", "app"),
        ("a", "app"),
        ("- 1 -", "app"),
        ("x" * 80, "x" * 33),
    ],
)
async def test_a_slug_is_made_of_any_name(stage: Stage, name: str, slug: str) -> None:
    first, second = await stage.make(name), await stage.make(name)

    assert first.slug == slug
    assert second.slug.startswith(f"{slug}-")
    assert len(second.slug) <= 40
    assert first.path == f"/apps/{slug}"


@pytest.mark.parametrize("slug", ["", "a", "UPPER", "new", "x" * 41, "a b", "a/b", "a_b", "é-é"])
async def test_a_slug_that_is_none_is_refused(stage: Stage, slug: str) -> None:
    with pytest.raises(InvalidSlug):
        await stage.make(slug=slug)


@pytest.mark.parametrize(
    "name", ["", "   ", "---", "x" * 200, "a\x00b", "<b>a</b>", "=?utf-8?q?x?=", "\u202ename"]
)
async def test_a_name_that_is_none_is_refused(stage: Stage, name: str) -> None:
    with pytest.raises(InvalidName):
        await stage.make(name)


async def test_a_slug_is_one_app_s_on_the_whole_server(stage: Stage) -> None:
    with pytest.raises(SlugTaken):
        await stage.make(slug="rota")
    other = await stage.make(slug="rota-2")
    with pytest.raises(SlugTaken):
        await change(stage, other, slug="rota")


async def test_only_who_manages_the_organization_s_apps_makes_one(stage: Stage) -> None:
    app = await making.make(
        stage.tx,
        await stage.place(stage.world.bo),
        NewApp(name="Bo's"),
        by=stage.world.bo.actor,
    )
    assert app.name == "Bo's"
    for person in (stage.world.cy, stage.world.di):
        with pytest.raises(NotPermitted):
            await stage.place(person)


async def test_settings_are_kept_and_told_of_with_what_they_were(stage: Stage) -> None:
    app = await stage.make()
    urls = (f"{SAFE}/back", "http://localhost:8100/back?from=app", "http://127.0.0.1/")
    changed = await change(
        stage,
        app,
        slug="planner",
        colour="#2F6F4F",
        home_url=SAFE,
        redirect_urls=urls,
        origins=(SAFE, "http://localhost:8100"),
    )

    assert (changed.slug, changed.colour, changed.home_url) == ("planner", "#2f6f4f", SAFE)
    assert changed.redirect_urls == urls
    assert changed.origins == (SAFE, "http://localhost:8100")
    row = await stage.tx.fetch_one("SELECT details FROM audit WHERE event = 'app.changed'")
    assert row is not None
    assert row["details"]["before"] == {
        "slug": "shift-planner",
        "colour": None,
        "home_url": None,
        "redirect_urls": [],
        "origins": [],
    }
    assert row["details"]["after"]["redirect_urls"] == list(urls)


async def test_what_changes_nothing_leaves_no_trace(stage: Stage) -> None:
    app = await stage.make()
    assert await change(stage, app) == app
    assert await stage.events() == ["app.made"]


BAD_URLS = [
    *("", "x", "/back", "//shifts.example.com/back", "shifts.example.com/back"),
    *("http://shifts.example.com/back", "ftp://shifts.example.com", "javascript:alert(1)"),
    *("https://user@shifts.example.com/", "https://user:pw@shifts.example.com/"),
    *("https://shifts.example.com/#here", "https://shifts.example.com/#", "https:///back"),
    *("https://", "https://shifts.example.com\\@evil.example", "https://shifts .example.com"),
    *("https://shifts.example.com/\r\nSet-Cookie: a=b", "https://shifts.example.com/é"),
    *("https://shifts.example.com:port/", "data:text/html,x", "http://localhost.evil.example/"),
    *("https://*.example.com/back", "https://a;script-src", f"https://{'x' * 500}.example.com"),
    *("http://10.0.0.1/", "http://[::2]/", "HTTPS:/shifts.example.com", "\x00", "custom-app:/back"),
]


@pytest.mark.parametrize("url", BAD_URLS)
def test_an_address_to_which_nobody_may_be_sent_is_refused(url: str) -> None:
    assert faults(settings(home_url=url)) == {"home_url": "invalid_url"}
    good = f"{SAFE}/back"
    assert faults(settings(redirect_urls=(good, url))) == {"redirect_urls.1": "invalid_url"}


@pytest.mark.parametrize(
    "origin",
    [
        *BAD_URLS,
        *(f"{SAFE}/", f"{SAFE}/back", f"{SAFE}?a=b", "https://SHIFTS.example.com", "null", "*"),
        *(f"{SAFE}:443", "http://localhost:80", "https://shifts.example.com."),
    ],
)
def test_an_origin_that_no_browser_writes_is_refused(origin: str) -> None:
    if origin == "https://shifts.example.com.":  # a host of its own, and written so by browsers
        making.clean(settings(origins=(origin,)))
        return
    assert faults(settings(origins=(SAFE, origin))) == {"origins.1": "invalid_origin"}


@pytest.mark.parametrize("colour", ["red", "#fff", "#gggggg", "#12345", "#1234567", "x", "#", ";}"])
def test_a_colour_that_is_none_is_refused(colour: str) -> None:
    assert list(faults(settings(colour=colour))) == ["colour"]


def test_more_addresses_than_are_kept_are_refused() -> None:
    many = tuple(f"{SAFE}/{number}" for number in range(21))
    assert faults(settings(redirect_urls=many)) == {"redirect_urls": "too_many_urls"}
    assert making.clean(settings(redirect_urls=many[:20])).redirect_urls == many[:20]
    origins = tuple(f"https://{number}.example.com" for number in range(21))
    assert faults(settings(origins=origins)) == {"origins": "too_many_urls"}


def test_every_fault_is_told_at_once() -> None:
    wrong = settings(
        name="",
        colour="red",
        home_url="ftp://x",
        redirect_urls=("x", f"{SAFE}/back", "y"),
        origins=(SAFE, "z"),
    )
    assert list(faults(wrong)) == [
        *("name", "colour", "home_url", "redirect_urls.0", "redirect_urls.2", "origins.1")
    ]


def test_a_name_and_a_slug_that_are_both_wrong_are_told_of_both() -> None:
    assert list(faults(settings(name="", slug="x"))) == ["name", "slug"]


async def test_settings_with_a_fault_change_nothing(stage: Stage) -> None:
    app = await stage.make()
    with pytest.raises(Invalid):
        await change(stage, app, colour="#123456", home_url="ftp://x")
    assert (await stage.seat(app.slug)).app.colour is None
    assert await stage.events() == ["app.made"]
