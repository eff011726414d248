"""The operator gives an organization an owner."""

from tests.memberships.hall import Hall
from vestibule.audit.model import OPERATOR
from vestibule.memberships.rescue import rescue
from vestibule.organizations import actions as organizations
from vestibule.users import actions as users


async def rescued(hall: Hall, name: str) -> None:
    person = getattr(hall.world, name)
    organization = await organizations.lock_for_change(hall.tx, hall.world.analytical.id)
    user = await users.get(hall.tx, person.id)
    await rescue(hall.tx, organization, user, by=OPERATOR, outbox=hall.outbox)


async def test_a_member_becomes_an_owner_and_the_trail_says_by_the_operator(hall: Hall) -> None:
    await rescued(hall, "di")
    assert await hall.role(hall.world.di) == "owner"
    (entry,) = await hall.entries("member.role_changed")
    assert (entry["actor_kind"], entry["details"]["after"]) == ("operator", "owner")
    (letter,) = await hall.letters(hall.world.di)
    assert "You are an owner now." in letter.text


async def test_who_was_no_member_is_let_in_and_needs_no_invitation_any_more(hall: Hall) -> None:
    waiting = await hall.invited(hall.world.flo.email, "viewer", by=hall.world.ada)
    await rescued(hall, "flo")
    assert await hall.role(hall.world.flo) == "owner"
    assert (await hall.state(waiting)).startswith("revoked")
    (entry,) = await hall.entries("member.added")
    assert (entry["actor_kind"], entry["subject_id"]) == ("operator", hall.world.flo.id)


async def test_who_owns_it_already_stays_so_without_a_trace(hall: Hall) -> None:
    await rescued(hall, "ada")
    assert await hall.letters(hall.world.ada) == []
    assert await hall.entries("member.role_changed") == []


async def test_those_who_own_it_are_told_who_was_made_an_owner(hall: Hall) -> None:
    await rescued(hall, "eve")
    (letter,) = await hall.letters(hall.world.ada)
    assert letter.subject == "Analytical has another owner"
    assert "made Eve Eden an owner of Analytical" in letter.text
    (own,) = await hall.letters(hall.world.eve)
    assert "You are an owner now." in own.text
