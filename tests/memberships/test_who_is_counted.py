"""Numbers of members are of those who are there: not of whom a user may no longer continue as."""

import pytest

from tests.memberships.cast import DEFINITION, ROUNDS, Stage, without
from vestibule.apps import actions as apps
from vestibule.apps import member_queries, studio_queries
from vestibule.apps.model import App
from vestibule.deletion import queries as deletion_queries
from vestibule.memberships import publishing
from vestibule.memberships.model import RoleUse


@pytest.fixture
async def app(stage: Stage) -> App:
    """Rounds, which Ada published and manages no more; Pia is in it."""
    await stage.member("Pia", "Planner")
    await stage.tx.execute(
        "UPDATE members SET role = 'viewer' WHERE user_id = $1", stage.world.ada.id
    )
    return (await apps.get_by_reference(stage.tx, ROUNDS)).app


async def test_in_lists_and_on_the_front_page(stage: Stage, app: App) -> None:
    assert await member_queries.count_members(stage.tx, app.id) == 1
    assert await member_queries.count_members_by_role(stage.tx, app.id) == {"Planner": 1}
    assert await studio_queries.count_members(stage.tx, [app.id]) == {app.id: 1}


async def test_of_what_would_be_deleted(stage: Stage, app: App) -> None:
    extent = await deletion_queries.measure_app(stage.tx, app.organization_id, app.id)
    assert extent.members == 1
    sql = "SELECT count(*) FROM present_app_members WHERE organization_id = $1"
    whole = await deletion_queries.measure_organization(stage.tx, app.organization_id)
    assert whole.app_members == await stage.tx.fetch_value(sql, app.organization_id)


async def test_what_a_publish_drops_is_asked_of_them_too(stage: Stage, app: App) -> None:
    """They would have a role that nobody knows if their user manages the app again."""
    assert "Manager" in DEFINITION.roles
    assert await publishing.list_uses(stage.tx, app, without("Manager")) == [
        RoleUse(role="Manager", members=1, invitations=0)
    ]
