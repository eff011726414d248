"""Setting until when somebody is a member of an organization, and what the end does."""

from datetime import UTC, datetime, timedelta

import pytest

from tests import ends
from tests.memberships.hall import ANALYTICAL, Hall
from tests.world import Person, calling
from vestibule.kernel import lists
from vestibule.memberships import organization_end_change
from vestibule.memberships import rescue as rescuing
from vestibule.memberships.model import MemberBeyondReach, NewEnd
from vestibule.organizations import actions as organizations
from vestibule.organizations import members, queries
from vestibule.organizations.end_model import InvalidMemberUntil, OwnersHaveNoEnd
from vestibule.organizations.model import MemberNotFound, NotPermitted, OrganizationNotFound
from vestibule.organizations.queries import MemberSearch
from vestibule.users import actions as users

MARCH = datetime(2034, 3, 3, 23, 59, 59, tzinfo=UTC)
DAY = timedelta(days=1)


def ahead(time: timedelta) -> datetime:
    return (datetime.now(UTC) + time).replace(microsecond=0)


async def end(hall: Hall, person: Person, until: datetime | None, *, by: Person) -> None:
    seat = await organizations.lock_for_managing_members(
        hall.tx, await calling(hall.tx, by.id), ANALYTICAL
    )
    wanted = NewEnd(person.id, until)
    await organization_end_change.change(hall.tx, seat, wanted, by=by.actor, outbox=hall.outbox)


async def end_of(hall: Hall, person: Person) -> datetime | None:
    (row,) = await ends.ends_of(hall.tx, person.id)
    return row["member_until"]  # type: ignore[no-any-return]


async def test_an_end_is_set_changed_and_cleared_and_the_member_is_told(hall: Hall) -> None:
    cy, bo = hall.world.cy, hall.world.bo
    sent = "UPDATE messages SET state = 'sent', settled_at = clock_timestamp()"
    await end(hall, cy, MARCH, by=bo)
    assert await end_of(hall, cy) == MARCH
    await hall.tx.execute(sent)
    await end(hall, cy, MARCH + DAY, by=bo)
    assert await end_of(hall, cy) == MARCH + DAY
    await hall.tx.execute(sent)
    await end(hall, cy, None, by=bo)
    assert await end_of(hall, cy) is None

    first, second, third = await hall.letters(cy)
    assert first.subject == "When your access to Analytical ends"
    assert "ends on 3 March 2034, at the end of the day (UTC)" in first.text
    assert "Bo Berg" in first.text
    assert "4 March 2034, at the end" in second.text
    assert "does not end any more" in third.text


async def test_the_trail_tells_before_and_after(hall: Hall) -> None:
    await end(hall, hall.world.cy, MARCH, by=hall.world.bo)
    await end(hall, hall.world.cy, None, by=hall.world.bo)

    first, second = await hall.entries("member.end_changed")
    assert (first["subject_id"], first["actor_id"]) == (hall.world.cy.id, hall.world.bo.id)
    assert first["details"]["before"] is None
    assert datetime.fromisoformat(first["details"]["after"]) == MARCH
    assert datetime.fromisoformat(second["details"]["before"]) == MARCH
    assert second["details"]["after"] is None


async def test_no_change_leaves_no_trace(hall: Hall) -> None:
    await end(hall, hall.world.cy, None, by=hall.world.bo)
    await end(hall, hall.world.cy, MARCH, by=hall.world.bo)
    await end(hall, hall.world.cy, MARCH, by=hall.world.bo)
    assert len(await hall.entries("member.end_changed")) == 1
    assert len(await hall.letters(hall.world.cy)) == 1


async def test_an_end_is_for_who_may_change_the_member(hall: Hall) -> None:
    world = hall.world
    with pytest.raises(NotPermitted):
        await end(hall, world.di, MARCH, by=world.cy)
    with pytest.raises(MemberBeyondReach):
        await end(hall, world.ada, MARCH, by=world.bo)
    with pytest.raises(NotPermitted):
        await end(hall, world.bo, MARCH, by=world.bo)
    with pytest.raises(MemberNotFound):
        await end(hall, world.eve, MARCH, by=world.bo)


async def test_owners_have_no_end(hall: Hall) -> None:
    await hall.make(hall.world.bo, "owner")
    with pytest.raises(OwnersHaveNoEnd):
        await end(hall, hall.world.bo, MARCH, by=hall.world.ada)
    await end(hall, hall.world.bo, None, by=hall.world.ada)


@pytest.mark.parametrize("time", [-DAY, timedelta(), timedelta(minutes=50), 3660 * DAY])
async def test_an_end_lies_ahead(hall: Hall, time: timedelta) -> None:
    with pytest.raises(InvalidMemberUntil):
        await end(hall, hall.world.cy, ahead(time), by=hall.world.bo)


async def test_an_end_within_a_week_is_told_of_once_and_a_later_one_again(hall: Hall) -> None:
    cy = hall.world.cy
    await end(hall, cy, ahead(6 * DAY), by=hall.world.bo)
    (row,) = await ends.ends_of(hall.tx, cy.id)
    assert row["told_of_end_at"] is not None
    await end(hall, cy, ahead(30 * DAY), by=hall.world.bo)
    (row,) = await ends.ends_of(hall.tx, cy.id)
    assert row["told_of_end_at"] is None


async def test_whoever_becomes_an_owner_loses_their_end(hall: Hall) -> None:
    for person in (hall.world.cy, hall.world.di):
        await end(hall, person, MARCH, by=hall.world.ada)
    await hall.change(hall.world.cy, "owner", by=hall.world.ada)
    await hall.hand_over(hall.world.di, by=hall.world.ada)

    for person in (hall.world.cy, hall.world.di):
        assert await end_of(hall, person) is None
    told = (await hall.entries("member.end_changed"))[2:]
    assert [entry["details"]["after"] for entry in told] == [None, None]


async def test_an_owner_is_not_told_of_the_end_that_they_had(hall: Hall) -> None:
    for person in (hall.world.cy, hall.world.di):
        await end(hall, person, MARCH, by=hall.world.ada)
    await hall.change(hall.world.cy, "owner", by=hall.world.ada)

    subjects = [letter.subject for letter in await hall.letters(hall.world.cy)]
    assert subjects == ["Your role in Analytical was changed"]
    assert len(await hall.letters(hall.world.di)) == 1


async def test_another_role_keeps_the_end(hall: Hall) -> None:
    await end(hall, hall.world.cy, MARCH, by=hall.world.ada)
    await hall.change(hall.world.cy, "viewer", by=hall.world.ada)
    assert await end_of(hall, hall.world.cy) == MARCH


async def test_past_the_end_nobody_is_a_member_anywhere(hall: Hall) -> None:
    world, tx = hall.world, hall.tx
    await hall.invited("ana@example.com", "viewer", by=world.bo)
    await ends.let_end(tx, world.bo.id)
    caller = await calling(tx, world.bo.id)

    for get in (organizations.get_for_seeing, organizations.lock_for_managing_members):
        with pytest.raises(OrganizationNotFound):
            await get(tx, caller, ANALYTICAL)
    window = lists.window("members", limit=100)
    listed = await queries.list_members(tx, world.analytical.id, MemberSearch(), window)
    assert world.bo.id not in {member.user_id for member in listed}
    assert await queries.count_members_of_each(tx, [world.analytical.id]) == {
        world.analytical.id: 3
    }
    assert await members.find(tx, world.analytical.id, world.bo.id) is None
    with pytest.raises(MemberNotFound):
        await hall.remove(world.bo, by=world.ada)
    with pytest.raises(MemberNotFound):
        await hall.change(world.bo, "viewer", by=world.ada)
    with pytest.raises(MemberNotFound):
        await end(hall, world.bo, MARCH, by=world.ada)
    with pytest.raises(MemberNotFound):
        await hall.hand_over(world.bo, by=world.ada)


async def test_a_rescue_takes_in_whose_time_is_over(hall: Hall) -> None:
    world = hall.world
    await ends.let_end(hall.tx, world.cy.id)
    organization = await organizations.lock_for_change(hall.tx, world.analytical.id)
    user = await users.get(hall.tx, world.cy.id)
    after = await rescuing.rescue(
        hall.tx, organization, user, by=world.ada.actor, outbox=hall.outbox
    )
    assert (after.role.name, after.member_until) == ("owner", None)
    assert len(await hall.entries("member.ended")) == 1
    assert len(await hall.entries("member.added")) == 1


async def test_an_account_is_deleted_whose_time_is_over_somewhere(hall: Hall) -> None:
    await hall.invited("ana@example.com", "viewer", by=hall.world.bo)
    await ends.let_end(hall.tx, hall.world.bo.id)
    await hall.delete(hall.world.bo)
    assert await hall.role(hall.world.bo) is None
    assert len(await hall.entries("member.ended")) == 1
    assert await hall.places_of(hall.world.bo.id) == []
