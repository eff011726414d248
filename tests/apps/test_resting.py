"""Slugs of apps that were given up: nobody but the organization that renamed gets them again."""

import dataclasses

import pytest

from tests.apps.cast import Stage
from tests.world import World, calling
from vestibule.apps import making
from vestibule.apps.model import App, NewApp
from vestibule.deletion import app_deletion, organization_deletion
from vestibule.kernel.database import Transaction
from vestibule.messages.model import Outbox
from vestibule.organizations import actions as organizations
from vestibule.organizations.model import SlugTaken


@pytest.fixture
def stage(tx: Transaction, world: World) -> Stage:
    return Stage(tx, world)


async def rename(stage: Stage, app: App, slug: str) -> App:
    seat = await stage.seat(app.slug)
    wanted = dataclasses.replace(making.settings_of(seat.app), slug=slug)
    return await making.change_settings(stage.tx, seat, wanted, by=stage.world.ada.actor)


async def make_elsewhere(stage: Stage, slug: str | None = None, name: str = "Planner") -> App:
    eve = stage.world.eve
    caller = await calling(stage.tx, eve.id)
    seat = await organizations.lock_for_managing_apps(stage.tx, caller, "elsewhere")
    return await making.make(stage.tx, seat, NewApp(name=name, slug=slug), by=eve.actor)


async def test_the_slug_of_a_renamed_app_is_taken_for_other_organizations(stage: Stage) -> None:
    await rename(stage, await stage.make(slug="planner"), "planner-new")
    with pytest.raises(SlugTaken):
        await make_elsewhere(stage, "planner")


async def test_its_organization_may_have_it_back(stage: Stage) -> None:
    renamed = await rename(stage, await stage.make(slug="planner"), "planner-new")
    assert (await rename(stage, renamed, "planner")).slug == "planner"


async def test_its_organization_may_give_it_to_another_app(stage: Stage) -> None:
    await rename(stage, await stage.make(slug="planner"), "planner-new")
    assert (await stage.make(slug="planner")).slug == "planner"


async def test_a_suggestion_does_not_rest(stage: Stage) -> None:
    await rename(stage, await stage.make(slug="planner"), "planner-new")
    made = await make_elsewhere(stage)
    assert made.slug.startswith("planner-")


async def test_nobody_gets_the_slug_of_a_deleted_app(stage: Stage, outbox: Outbox) -> None:
    seat = await stage.seat((await stage.make(slug="planner")).slug)
    await app_deletion.delete(stage.tx, seat.app, by=stage.world.ada.actor, outbox=outbox)
    # Nor once its row is gone.
    await stage.tx.execute("DELETE FROM apps WHERE id = $1", seat.app.id)
    with pytest.raises(SlugTaken):
        await make_elsewhere(stage, "planner")
    suggested = await stage.make("Planner")
    assert suggested.slug != "planner"


async def test_the_slugs_of_a_deleted_organizations_apps_rest(stage: Stage, outbox: Outbox) -> None:
    held = await organizations.lock_for_change(stage.tx, stage.world.analytical.id)
    await organization_deletion.delete(stage.tx, held, by=stage.world.ada.actor, outbox=outbox)
    await stage.tx.execute("DELETE FROM apps WHERE slug = 'shifts'")
    with pytest.raises(SlugTaken):
        await make_elsewhere(stage, "shifts")
