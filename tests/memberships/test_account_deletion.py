"""Deleting the account of a user: what goes with it, what stands in its way, what is left."""

import pytest

from tests.memberships.hall import Hall
from vestibule.accounts import password_change
from vestibule.accounts.model import AccountNotFound, WrongPassword
from vestibule.invitations.consequences_queries import count_pending_by
from vestibule.memberships import account_deletion
from vestibule.memberships.model import OnlyOwnerOf
from vestibule.users import actions as users


async def test_it_says_beforehand_what_it_takes_along(hall: Hall) -> None:
    ada, eve = hall.world.ada, hall.world.eve
    await hall.make(ada, "viewer", place=hall.world.elsewhere)
    await hall.invited("one@example.com", "viewer", by=ada)
    await hall.invited("two@example.com", "Employee", by=ada, app="shifts")

    foreseen = await account_deletion.foresee(hall.tx, ada.id)

    assert [seat.organization.name for seat in foreseen.left] == ["Elsewhere"]
    assert [seat.organization.name for seat in foreseen.in_the_way] == ["Analytical"]
    assert foreseen.pending_invitations == 2
    nothing = await account_deletion.foresee(hall.tx, hall.world.flo.id)
    assert (nothing.left, nothing.in_the_way, nothing.pending_invitations) == ([], [], 0)
    assert (await account_deletion.foresee(hall.tx, eve.id)).left == []


@pytest.mark.parametrize(("table", "left"), [("apps", 1), ("organizations", 0)])
async def test_it_does_not_count_what_leads_to_nothing(hall: Hall, table: str, left: int) -> None:
    bo = hall.world.bo
    await hall.invited("one@example.com", "viewer", by=bo)
    await hall.invited("two@example.com", "Employee", by=bo, app="shifts")
    await hall.tx.execute(f"UPDATE {table} SET closed_at = clock_timestamp()")

    assert (await account_deletion.foresee(hall.tx, bo.id)).pending_invitations == left
    organization_id = hall.world.analytical.id
    assert await count_pending_by(hall.tx, organization_id, bo.id) == left


async def test_who_alone_owns_an_organization_is_told_which(hall: Hall) -> None:
    with pytest.raises(OnlyOwnerOf, match="last_owner") as refused:
        await hall.delete(hall.world.ada)
    assert "Analytical" in refused.value.explain()


async def test_nothing_is_left_but_the_trail(hall: Hall) -> None:
    ada, bo = hall.world.ada, hall.world.bo
    await hall.make(bo, "owner")
    sent = await hall.invited("one@example.com", "viewer", by=bo)
    closed = await hall.invited("two@example.com", "viewer", by=bo)
    await hall.tx.execute(
        "UPDATE invitations SET state = 'declined', closed_at = clock_timestamp() WHERE id = $1",
        closed,
    )
    came = await hall.invited("newcomer@example.com", "viewer", by=ada)
    await hall.tx.execute(
        """
        UPDATE invitations SET state = 'accepted', closed_at = clock_timestamp(), accepted_by = $1
         WHERE id = $2
        """,
        bo.id,
        came,
    )
    await hall.change(bo, "admin", by=ada)  # mails Bo
    await hall.tx.execute(
        "UPDATE app_definitions SET saved_by_id = $1, saved_by_name = 'Bo Berg'", bo.id
    )

    await hall.delete(bo)

    for trace in (bo.id, bo.email):
        assert await hall.places_of(trace) == []
    assert await hall.places_of("Berg") == []
    assert await hall.state(sent) == "revoked by "
    assert await hall.state(closed) == "declined by "
    assert await hall.state(came) == "gone"
    (entry,) = await hall.entries("account.deleted")
    assert (entry["subject_id"], entry["actor_name"]) == (bo.id, "Bo Berg")
    assert len(await hall.entries("member.left")) == 1
    assert await users.find_signed_in(hall.tx, bo.token) is None


async def test_what_others_sent_to_the_address_stays(hall: Hall) -> None:
    waiting = await hall.invited(hall.world.flo.email, "viewer", by=hall.world.ada)
    await hall.delete(hall.world.flo)
    assert await hall.state(waiting) == "pending by Ada Abel"
    sql = "SELECT count(*) FROM messages WHERE about = $1"
    assert await hall.value(sql, waiting) == 1


async def test_sessions_that_were_begun_from_the_studio_end(hall: Hall) -> None:
    bo, mia = hall.world.bo, hall.world.mia
    await hall.tx.execute(
        """
        INSERT INTO app_continuations (session_id, app_id, organization_id, user_id)
        VALUES ($1, $2, $3, $4)
        """,
        mia.session_id,
        mia.app.id,
        hall.world.analytical.id,
        bo.id,
    )
    await hall.delete(bo)
    sql = "SELECT count(*) FROM sessions WHERE id = $1"
    assert await hall.value(sql, mia.session_id) == 0
    assert await hall.value("SELECT count(*) FROM app_members WHERE id = $1", mia.id) == 1


async def test_the_password_must_be_the_one_that_was_checked(hall: Hall) -> None:
    checked = await password_change.get_credentials(hall.tx, hall.world.bo.id)
    sql = "UPDATE accounts SET password_hash = 'another' WHERE id = $1"
    await hall.tx.execute(sql, hall.world.bo.id)
    with pytest.raises(WrongPassword):
        await account_deletion.delete(hall.tx, hall.world.bo.id, checked, by=hall.world.bo.actor)


async def test_an_account_is_deleted_once(hall: Hall) -> None:
    bo = hall.world.bo
    checked = await password_change.get_credentials(hall.tx, bo.id)
    await hall.delete(bo)
    with pytest.raises(AccountNotFound):
        await account_deletion.delete(hall.tx, bo.id, checked, by=bo.actor)
