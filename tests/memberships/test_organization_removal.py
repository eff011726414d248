"""Removing members of an organization, leaving it, handing it over."""

import pytest

from tests.memberships.hall import Hall
from vestibule.memberships.model import LastOwner, MemberBeyondReach
from vestibule.organizations.model import (
    MemberNotFound,
    NotPermitted,
    OrganizationNotFound,
)


async def test_who_is_removed_is_out_told_and_lands_elsewhere(hall: Hall) -> None:
    cy = hall.world.cy
    await hall.remove(cy, by=hall.world.bo)

    assert await hall.role(cy) is None
    assert await hall.value("SELECT count(*) FROM users WHERE id = $1", cy.id) == 1
    sql = "SELECT default_organization_id FROM users WHERE id = $1"
    assert await hall.value(sql, cy.id) is None
    (letter,) = await hall.letters(cy)
    assert letter.subject == "You are no longer a member of Analytical"
    assert "Bo Berg removed you" in letter.text
    (entry,) = await hall.entries("member.removed")
    assert entry["subject_id"] == cy.id
    assert (entry["details"]["role"], entry["subject_name"]) == ("manager", "Cy Cole")


async def test_who_lands_in_another_organization_goes_on_landing_there(hall: Hall) -> None:
    sql = "UPDATE users SET default_organization_id = $1 WHERE id = $2"
    await hall.tx.execute(sql, hall.world.elsewhere.id, hall.world.cy.id)
    await hall.remove(hall.world.cy, by=hall.world.bo)
    sql = "SELECT default_organization_id FROM users WHERE id = $1"
    assert await hall.value(sql, hall.world.cy.id) == hall.world.elsewhere.id


async def test_an_admin_removes_neither_admins_nor_owners(hall: Hall) -> None:
    await hall.make(hall.world.di, "admin")
    for person in (hall.world.ada, hall.world.di):
        with pytest.raises(MemberBeyondReach):
            await hall.remove(person, by=hall.world.bo)
    await hall.remove(hall.world.di, by=hall.world.ada)


async def test_nobody_removes_themselves_or_who_is_not_there(hall: Hall) -> None:
    with pytest.raises(NotPermitted):
        await hall.remove(hall.world.bo, by=hall.world.bo)
    with pytest.raises(MemberNotFound):
        await hall.remove(hall.world.eve, by=hall.world.bo)
    with pytest.raises(NotPermitted):
        await hall.remove(hall.world.di, by=hall.world.cy)


async def test_owners_remove_owners(hall: Hall) -> None:
    await hall.make(hall.world.bo, "owner")
    await hall.remove(hall.world.ada, by=hall.world.bo)
    assert await hall.role(hall.world.ada) is None


async def test_what_a_removed_member_sent_is_revoked(hall: Hall) -> None:
    bo = hall.world.bo
    there = await hall.invited("one@example.com", "viewer", by=bo)
    in_app = await hall.invited("two@example.com", "Employee", by=bo, app="shifts")

    await hall.remove(bo, by=hall.world.ada)

    for invitation in (there, in_app):
        assert await hall.state(invitation) == "revoked by Bo Berg"
    assert {entry["actor_id"] for entry in await hall.entries("invitation.revoked")} == {
        hall.world.ada.id
    }


async def test_who_removes_may_answer_for_what_was_sent(hall: Hall) -> None:
    bo = hall.world.bo
    there = await hall.invited("one@example.com", "admin", by=bo)
    in_app = await hall.invited("two@example.com", "Employee", by=bo, app="shifts")

    await hall.remove(bo, by=hall.world.ada, keep=True)

    for invitation in (there, in_app):
        assert await hall.state(invitation) == "pending by Ada Abel"
    entries = await hall.entries("invitation.edited")
    assert [entry["details"]["after"]["inviter"] for entry in entries] == [
        str(hall.world.ada.id)
    ] * 2


async def test_what_who_removes_may_not_grant_is_revoked_all_the_same(hall: Hall) -> None:
    # Di is a manager by now, who was an admin when she invited one.
    di = hall.world.di
    await hall.make(di, "admin")
    await hall.make(hall.world.bo, "owner")
    by_owner = await hall.invited("one@example.com", "owner", by=hall.world.bo)
    await hall.tx.execute("UPDATE invitations SET inviter_id = $1 WHERE id = $2", di.id, by_owner)
    await hall.make(di, "manager")
    await hall.make(hall.world.bo, "admin")

    await hall.remove(di, by=hall.world.bo, keep=True)

    assert (await hall.state(by_owner)).startswith("revoked")


async def test_everybody_may_leave_and_is_not_mailed(hall: Hall) -> None:
    for person in (hall.world.bo, hall.world.cy, hall.world.di):
        await hall.leave(person)
        assert await hall.role(person) is None
        assert await hall.letters(person) == []
    assert len(await hall.entries("member.left")) == 3


async def test_who_is_no_member_cannot_leave(hall: Hall) -> None:
    with pytest.raises(OrganizationNotFound):
        await hall.leave(hall.world.eve)


async def test_the_last_owner_does_not_leave(hall: Hall) -> None:
    with pytest.raises(LastOwner):
        await hall.leave(hall.world.ada)
    await hall.make(hall.world.bo, "owner")
    await hall.leave(hall.world.ada)
    assert await hall.role(hall.world.ada) is None


async def test_what_somebody_who_leaves_sent_is_revoked(hall: Hall) -> None:
    sent = await hall.invited("one@example.com", "viewer", by=hall.world.bo)
    await hall.leave(hall.world.bo)
    assert await hall.state(sent) == "revoked by Bo Berg"


async def test_who_hands_over_becomes_an_admin(hall: Hall) -> None:
    ada, cy = hall.world.ada, hall.world.cy
    owner = await hall.invited("one@example.com", "owner", by=ada)
    admin = await hall.invited("two@example.com", "admin", by=ada)

    await hall.hand_over(cy, by=ada)

    assert (await hall.role(ada), await hall.role(cy)) == ("admin", "owner")
    assert await hall.state(owner) == "revoked by Ada Abel"
    assert await hall.state(admin) == "pending by Ada Abel"
    (letter,) = await hall.letters(cy)
    assert "You are an owner now." in letter.text
    assert await hall.letters(ada) == []


async def test_who_hands_over_and_leaves_is_out(hall: Hall) -> None:
    await hall.hand_over(hall.world.di, by=hall.world.ada, leave=True)
    assert await hall.role(hall.world.ada) is None
    assert await hall.role(hall.world.di) == "owner"


async def test_handing_over_to_another_owner_makes_no_second_change_of_theirs(hall: Hall) -> None:
    await hall.make(hall.world.bo, "owner")
    await hall.hand_over(hall.world.bo, by=hall.world.ada)
    assert await hall.letters(hall.world.bo) == []
    assert len(await hall.entries("member.role_changed")) == 1


async def test_only_owners_hand_over_and_to_another_member(hall: Hall) -> None:
    with pytest.raises(NotPermitted):
        await hall.hand_over(hall.world.di, by=hall.world.bo)
    with pytest.raises(NotPermitted):
        await hall.hand_over(hall.world.ada, by=hall.world.ada)
    with pytest.raises(MemberNotFound):
        await hall.hand_over(hall.world.eve, by=hall.world.ada)
