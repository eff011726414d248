"""Setting until when somebody has their roles in an app, and what the end does by the clock."""

import hashlib
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest

from tests import ends
from tests.client import Mailbox
from tests.memberships.cast import ROUNDS, Stage, actor, without
from tests.world import Person
from vestibule.apps import actions as apps
from vestibule.apps import codes, member_queries
from vestibule.apps.code_model import Return
from vestibule.apps.member_queries import MemberSearch
from vestibule.apps.model import AppMember, AppMemberNotFound
from vestibule.definitions.model import Role
from vestibule.kernel import lists
from vestibule.memberships import app_end_change
from vestibule.memberships.model import NewAppEnd, RoleBeyondReach
from vestibule.organizations.end_model import InvalidMemberUntil
from vestibule.organizations.model import NotPermitted

MARCH = datetime(2034, 3, 3, 23, 59, 59, tzinfo=UTC)
DAY = timedelta(days=1)


async def end(
    stage: Stage, member: AppMember, until: datetime | None, *, by: Person | AppMember | None = None
) -> AppMember:
    somebody = by or stage.world.ada
    seat = await stage.seat_of(somebody)
    wanted = NewAppEnd(member.id, until)
    return await app_end_change.change(
        stage.tx, seat, wanted, by=actor(somebody), outbox=stage.outbox
    )


async def test_an_end_is_for_all_roles_and_the_member_is_told(
    stage: Stage, mailbox: Mailbox
) -> None:
    pia = await stage.member("Pia", "Planner", "Employee")
    after = await end(stage, pia, MARCH)
    assert after.ends == {"Planner": MARCH, "Employee": MARCH}
    assert after.member_until == MARCH
    await stage.tx.execute("UPDATE messages SET state = 'sent', settled_at = clock_timestamp()")
    assert (await end(stage, pia, None)).member_until is None

    first, second = await mailbox.letters(stage.tx, to=pia.email)
    assert "ends on 3 March 2034, at the end of the day (UTC)" in first.text
    assert "/apps/rounds/login" in first.text
    assert "does not end any more" in second.text


async def test_the_trail_tells_before_and_after_of_each_role(stage: Stage) -> None:
    pia = await stage.member("Pia", "Planner", "Employee")
    await end(stage, pia, MARCH)
    await end(stage, pia, MARCH)
    (entry,) = await stage.entries("app_member.end_changed")
    assert entry["details"]["before"] == {"Planner": None, "Employee": None}
    assert set(entry["details"]["after"]) == {"Planner", "Employee"}
    assert entry["subject_id"] == pia.id


async def test_an_end_is_for_who_may_remove_the_member(stage: Stage) -> None:
    mia = await stage.member("Mia", "Manager")
    emil = await stage.member("Emil", "Employee")
    pia = await stage.member("Pia", "Employee", "Planner")

    await end(stage, emil, MARCH, by=mia)
    with pytest.raises(RoleBeyondReach):
        await end(stage, pia, MARCH, by=mia)
    with pytest.raises(NotPermitted):
        await end(stage, mia, MARCH, by=mia)
    for somebody in (pia, stage.world.cy):
        with pytest.raises(NotPermitted):
            await end(stage, emil, None, by=somebody)


@pytest.mark.parametrize("time", [-DAY, timedelta(), timedelta(minutes=50), 3660 * DAY])
async def test_an_end_lies_ahead(stage: Stage, time: timedelta) -> None:
    emil = await stage.member("Emil", "Employee")
    with pytest.raises(InvalidMemberUntil):
        await end(stage, emil, datetime.now(UTC) + time)


async def test_other_roles_end_when_the_member_does(stage: Stage) -> None:
    emil = await stage.member("Emil", "Employee")
    await end(stage, emil, MARCH)
    changed = await stage.change(emil, "Planner", "Guest")
    assert changed.ends == {"Planner": MARCH, "Guest": MARCH}


async def test_a_role_beside_one_for_good_is_for_good(stage: Stage) -> None:
    emil = await stage.member("Emil", "Employee", "Guest")
    sql = (
        "UPDATE app_member_roles SET member_until = $2 WHERE app_member_id = $1 AND role = 'Guest'"
    )
    await stage.tx.execute(sql, emil.id, MARCH)
    assert (await stage.again(emil)).member_until is None
    changed = await stage.change(emil, "Employee", "Guest", "Planner")
    assert changed.ends == {"Guest": MARCH}


async def test_a_role_that_is_over_goes_when_others_change_and_may_be_given_anew(
    stage: Stage,
) -> None:
    emil = await stage.member("Emil", "Employee", "Planner")
    await ends.let_role_end(stage.tx, emil.id, "Planner")
    assert (await stage.again(emil)).roles == ("Employee",)

    changed = await stage.change(emil, "Employee", "Planner")
    assert set(changed.roles) == {"Employee", "Planner"}
    (entry,) = await stage.entries("app_member.roles_changed")
    assert entry["details"]["before"] == ["Employee", "Planner"]


async def test_a_role_that_moves_takes_its_end_along_and_the_later_end_counts(
    stage: Stage,
) -> None:
    emil = await stage.member("Emil", "Employee")
    both = await stage.member("Both", "Employee", "Guest")
    await end(stage, emil, MARCH)
    sql = "UPDATE app_member_roles SET member_until = $2 WHERE app_member_id = $1 AND role = $3"
    await stage.tx.execute(sql, both.id, MARCH, "Guest")
    await stage.tx.execute(sql, both.id, MARCH + DAY, "Employee")

    await stage.publish(without("Employee", Guest=Role(name="Guest")), {"Employee": "Guest"})

    assert (await stage.again(emil)).ends == {"Guest": MARCH}
    assert (await stage.again(both)).ends == {"Guest": MARCH + DAY}


async def test_past_the_end_nobody_is_a_member_anywhere(stage: Stage) -> None:
    emil = await stage.member("Emil", "Employee")
    token = await stage.sign_in(emil)
    count = await stage.count_members()
    app = (await apps.get_by_reference(stage.tx, ROUNDS)).app
    await ends.let_end(stage.tx, emil.id)

    assert await apps.find_signed_in(stage.tx, token) is None
    assert await stage.count_members() == count - 1
    window = lists.window("members", limit=100)
    listed = await member_queries.list_members(stage.tx, app.id, MemberSearch(), window)
    assert emil.id not in {member.id for member in listed}
    assert "Employee" not in await member_queries.count_members_by_role(stage.tx, app.id)
    assert await apps.find_member_of_address(stage.tx, app.id, emil.address) is None
    with pytest.raises(AppMemberNotFound):
        await stage.change(emil, "Planner")
    with pytest.raises(AppMemberNotFound):
        await stage.remove(emil)
    with pytest.raises(AppMemberNotFound):
        await end(stage, emil, MARCH)


async def test_a_code_of_whose_time_is_over_is_none(stage: Stage) -> None:
    emil = await stage.member("Emil", "Employee")
    await stage.sign_in(emil)
    sql = "SELECT id FROM sessions WHERE account_id = $1"
    session = await stage.tx.fetch_value(sql, emil.id)
    verifier = "a-verifier-of-more-than-forty-three-characters-0"
    hashed = hashlib.sha256(verifier.encode()).digest()
    challenge = urlsafe_b64encode(hashed).rstrip(b"=").decode()
    asked = Return(redirect_url="https://x.example.com/back", state="", challenge=challenge)
    there = await codes.issue(stage.tx, emil, asked, issued_in=session)
    await ends.let_end(stage.tx, emil.id)

    code = there.partition("code=")[2]
    by = stage.world.ada.actor
    assert await codes.redeem(stage.tx, emil.app_id, code, verifier, origin=by) is None
