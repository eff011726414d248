"""Drafts and versions, and the member that the first publish makes of who publishes."""

import pytest

from tests.apps.cast import SOURCE, Stage
from tests.world import PASSWORD_HASH, World
from vestibule.accounts import queries as accounts
from vestibule.apps import actions as apps
from vestibule.apps import drafting, members
from vestibule.apps.model import App, DefinitionNotFound, NewMember
from vestibule.definitions.actions import read
from vestibule.definitions.model import Definition
from vestibule.kernel import addresses
from vestibule.kernel.database import Transaction

ORDER = ["Zeppelin", "Worker", "Auditor"]


@pytest.fixture
def stage(tx: Transaction, world: World) -> Stage:
    return Stage(tx, world)


async def save(stage: Stage, app: App, source: str = SOURCE) -> Definition:
    definition = read(source, is_json=False)
    seat = await stage.seat(app.slug)
    await drafting.save(stage.tx, seat, definition, source=source, by=stage.world.ada.actor)
    return definition


async def test_an_app_begins_without_a_definition(stage: Stage) -> None:
    app = await stage.make()
    with pytest.raises(DefinitionNotFound):
        await drafting.get_draft(stage.tx, app.id)
    for number in (-1, 0, 1, 2**31, 10**20):
        with pytest.raises(DefinitionNotFound):
            await drafting.get_version(stage.tx, app.id, number)


async def test_a_draft_is_kept_as_it_was_written_and_as_it_was_understood(stage: Stage) -> None:
    app = await stage.make()
    definition = await save(stage, app)
    draft = await drafting.get_draft(stage.tx, app.id)

    assert (draft.version, draft.source, draft.saved_by) == (None, SOURCE, "Ada Abel")
    assert draft.definition == definition
    assert list(draft.definition.roles) == ORDER
    assert await stage.events() == ["app.made", "app.definition_saved"]


async def test_a_draft_counts_for_nothing_until_it_is_published(stage: Stage) -> None:
    app = await stage.make("Other name")
    await save(stage, app)
    seat = await stage.seat(app.slug)
    assert (seat.app.name, seat.app.version, seat.definition) == ("Other name", None, None)


async def test_there_is_one_draft_and_the_last_one_written_is_it(stage: Stage) -> None:
    app = await stage.make()
    await save(stage, app)
    await save(stage, app, SOURCE.replace("Auditor", "Visitor"))

    assert "Visitor" in (await drafting.get_draft(stage.tx, app.id)).source
    count = "SELECT count(*) FROM app_definitions WHERE app_id = $1"
    assert await stage.tx.fetch_value(count, app.id) == 1


async def test_publishing_makes_versions_that_stay(stage: Stage) -> None:
    app = await stage.make()
    first, _ = await stage.publish(app)
    second, _ = await stage.publish(app, SOURCE.replace("Shift planner", "Rounds"))

    assert (first.name, first.version) == ("Shift planner", 1)
    assert (second.name, second.version) == ("Rounds", 2)
    kept = [await drafting.get_version(stage.tx, app.id, number) for number in (1, 2)]
    assert [each.definition.name for each in kept] == ["Shift planner", "Rounds"]
    assert [list(each.definition.roles) for each in kept] == [ORDER, ORDER]
    seat = await stage.seat(app.slug)
    assert seat.every_role == tuple(ORDER)
    row = await stage.tx.fetch_one(
        "SELECT details FROM audit WHERE event = 'app.published' ORDER BY at, id"
    )
    assert row is not None
    assert row["details"]["version"] == 1
    assert row["details"]["definition"]["security"]["default"] == {"role": "Worker"}


async def test_the_first_publish_makes_a_member_of_who_publishes_without_a_password(
    stage: Stage,
) -> None:
    app = await stage.make()
    users = await stage.count("users")
    _, member = await stage.publish(app)

    assert member is not None
    assert (member.email, member.name) == (stage.world.ada.email, "Ada Abel")
    assert (member.roles, member.user_id) == (("Worker",), stage.world.ada.id)
    credentials = await accounts.find_credentials_of(stage.tx, member.id)
    assert credentials is not None
    assert credentials.password_hash is None
    assert member.id != stage.world.ada.id
    assert await stage.count("users") == users
    assert (await stage.events())[-4:] == [
        "app.published",
        "account.made",
        "app_member.joined",
        "app_member.linked",
    ]


async def test_a_member_who_is_there_is_linked_and_keeps_roles_and_password(stage: Stage) -> None:
    """Somebody may be in an app before its first publish: it was taken back by an operator."""
    made = await stage.make()
    app, _ = await stage.publish(made, by=stage.world.bo)
    address = addresses.parse("ADA@cast.example.com")
    new = NewMember(
        app=app, address=address, name="Countess", password_hash=PASSWORD_HASH, locale="en"
    )
    before = await members.make(stage.tx, new, by=stage.world.bo.actor)
    await members.give_default_role(stage.tx, before, "Auditor", by=stage.world.bo.actor)
    await stage.tx.execute("UPDATE apps SET version = NULL WHERE id = $1", app.id)
    await stage.tx.execute("DELETE FROM app_definitions WHERE version = 1")
    count = await stage.count("app_members")

    _, member = await stage.publish(app)
    assert member is not None
    assert (member.id, member.name, member.email) == (before.id, "Countess", "ADA@cast.example.com")
    assert (member.roles, member.user_id) == (("Auditor",), stage.world.ada.id)
    credentials = await accounts.find_credentials_of(stage.tx, member.id)
    assert credentials is not None
    assert credentials.password_hash == PASSWORD_HASH
    assert await stage.count("app_members") == count


async def test_a_later_publish_lets_nobody_in(stage: Stage) -> None:
    app = await stage.make()
    await stage.publish(app)
    count = await stage.count("app_members")
    _, member = await stage.publish(app, SOURCE.replace("planner", "plan"), by=stage.world.bo)

    assert member is None
    assert await stage.count("app_members") == count


async def test_the_member_of_a_user_is_found_in_this_app_alone(stage: Stage) -> None:
    first, _ = await stage.publish(await stage.make("One"))
    second, _ = await stage.publish(await stage.make("Two"))
    ours = [
        await apps.find_member_of_address(stage.tx, app.id, addresses.parse("ada@cast.example.com"))
        for app in (first, second)
    ]
    assert ours[0] is not None
    assert ours[1] is not None
    assert ours[0].id != ours[1].id
