"""Deleting a place while somebody invites, accepts, founds, changes or deletes, at one moment."""

from collections.abc import Sequence
from dataclasses import replace

from tests.races.arena import HEAD_STARTS, ROUNDS, Arena, in_lanes, newcomers
from tests.races.lines import Answer, Call
from tests.races.places import Kind, Organizations, Place, tell
from tests.world import Person

GONE = {"organization_not_found", "app_not_found", "invitation_revoked"}


def delete(place: Place, by: Person) -> Call:
    return Call(path=place.path, by=by, method="DELETE")


def started(number: int, *calls: Call) -> list[Call]:
    """Give the calls with this round's head starts."""
    starts = HEAD_STARTS[number % len(HEAD_STARTS)]
    return [replace(call, after=after) for call, after in zip(calls, starts, strict=True)]


async def make_owner(arena: Arena, places: Sequence[Place], person: Person) -> None:
    async with arena.database.transaction() as tx:
        await tx.execute("UPDATE members SET role = 'owner' WHERE user_id = $1", person.id)
        for place in places:
            changed = {"before": "admin", "after": "owner"}
            await tell(tx, "member.role_changed", place.id, person.id, changed)


async def is_closed(arena: Arena, place: Place) -> bool:
    """Tell whether the place is gone for all who look."""
    return not await arena.value(
        """
        SELECT EXISTS (SELECT FROM open_organizations WHERE id = $1 AND $2 LIKE '/org%')
            OR EXISTS (SELECT FROM open_apps WHERE organization_id = $1 AND $2 LIKE '/apps%')
        """,
        place.id,
        place.path,
    )


async def unsent(arena: Arena, place: Place) -> int:
    """Count the mails of the place that could still leave."""
    number: int = await arena.value(
        """
        SELECT count(*) FROM messages m
         WHERE m.state IN ('queued', 'deferred', 'not_configured')
           AND m.place_id IN (SELECT $1::uuid
                               UNION ALL SELECT id FROM apps WHERE organization_id = $1)
           AND NOT EXISTS (SELECT FROM gone_places g WHERE g.place_id = m.place_id)
        """,
        place.id,
    )
    return number


def ensure_deleted(answer: Answer) -> None:
    assert answer.word == "204", answer


async def test_who_invites_while_it_is_deleted_leaves_no_mail_behind(
    arena: Arena, destination: Kind
) -> None:
    owner, inviter = await arena.people(2)
    places = await arena.places(destination, owner, inviter)
    emails = newcomers(ROUNDS)

    async def one_round(number: int, place: Place) -> None:
        body = {"email": emails[number], "role": destination.low}
        invite = Call(path=f"{place.path}/invitations", body=body, by=inviter)
        deleted, invited = await arena.at_once(*started(number, delete(place, owner), invite))
        ensure_deleted(deleted)
        assert invited.word in {"201", *GONE}, invited
        assert await is_closed(arena, place)
        assert await unsent(arena, place) == 0

    await in_lanes(one_round, places)


async def test_who_accepts_while_it_is_deleted_is_in_before_or_told(
    arena: Arena, destination: Kind
) -> None:
    owner, inviter = await arena.people(2)
    places = await arena.places(destination, owner, inviter)
    invited = await arena.invite(places, newcomers(ROUNDS), by=inviter, role=destination.low)

    async def one_round(number: int, place: Place) -> None:
        one = invited[number]
        accept = one.accept(account=destination.account("Ana"))
        deleted, accepted = await arena.at_once(*started(number, delete(place, owner), accept))
        ensure_deleted(deleted)
        assert accepted.word in {"200", *GONE}, accepted
        inside = await arena.members(destination, place)
        assert len(inside) == (1 if accepted.word == "200" else 0)
        assert await is_closed(arena, place)

    await in_lanes(one_round, places)


async def test_of_two_who_delete_it_at_once_one_does_and_the_other_finds_nothing(
    arena: Arena, destination: Kind
) -> None:
    owner, other = await arena.people(2)
    places = await arena.places(destination, owner, other)
    await make_owner(arena, places, other)

    for number, place in enumerate(places):
        both = started(number, delete(place, owner), delete(place, other))
        words = sorted(answer.word for answer in await arena.at_once(*both))
        assert words[0] == "204", words
        assert words[1] in GONE, words
        told = "SELECT count(*) FROM audit WHERE organization_id = $1 AND event LIKE '%.deleted'"
        assert await arena.value(told, place.id) == 1


async def test_who_founds_with_its_slug_while_it_is_deleted_does_not_get_it(arena: Arena) -> None:
    owner, other = await arena.people(2)
    places = await arena.places(Organizations(), owner, other)

    async def one_round(number: int, place: Place) -> None:
        slug = await arena.value("SELECT slug FROM organizations WHERE id = $1", place.id)
        found = Call(path="/organizations", body={"name": "Mine", "slug": slug}, by=other)
        deleted, founded = await arena.at_once(*started(number, delete(place, owner), found))
        ensure_deleted(deleted)
        assert founded.word == "slug_taken"

    await in_lanes(one_round, places)


async def test_who_takes_a_slug_while_it_is_given_up_does_not_get_it(arena: Arena) -> None:
    owner, other = await arena.people(2)
    places = await arena.places(Organizations(), owner, other)

    async def one_round(number: int, place: Place) -> None:
        slug = await arena.value("SELECT slug FROM organizations WHERE id = $1", place.id)
        body = {"slug": f"moved-{number}-{slug[-20:]}"}
        rename = Call(path=place.path, body=body, by=owner, method="PATCH")
        found = Call(path="/organizations", body={"name": "Mine", "slug": slug}, by=other)
        renamed, founded = await arena.at_once(*started(number, rename, found))
        assert (renamed.word, founded.word) == ("200", "slug_taken")

    await in_lanes(one_round, places)


async def test_a_role_that_is_changed_while_it_is_deleted(arena: Arena) -> None:
    owner, other = await arena.people(2)
    places = await arena.places(Organizations(), owner, other)

    async def one_round(number: int, place: Place) -> None:
        path = f"{place.path}/members/{other.public_id}"
        change = Call(path=path, body={"role": "viewer"}, by=owner, method="PATCH")
        deleted, changed = await arena.at_once(*started(number, delete(place, owner), change))
        ensure_deleted(deleted)
        assert changed.word in {"200", "organization_not_found"}, changed
        assert await unsent(arena, place) == 0

    await in_lanes(one_round, places)


async def test_who_deletes_it_while_another_takes_their_right_away(arena: Arena) -> None:
    owner, other = await arena.people(2)
    places = await arena.places(Organizations(), owner, other)
    await make_owner(arena, places, other)

    async def one_round(number: int, place: Place) -> None:
        path = f"{place.path}/members/{owner.public_id}"
        demote = Call(path=path, body={"role": "viewer"}, by=other, method="PATCH")
        deleted, demoted = await arena.at_once(*started(number, delete(place, owner), demote))
        words = (deleted.word, demoted.word)
        assert words in {("204", "organization_not_found"), ("not_permitted", "200")}, words
        assert await is_closed(arena, place) is (deleted.word == "204")

    await in_lanes(one_round, places)
