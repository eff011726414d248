"""Many who ask for the last seats at once: exactly those that were free are taken, and no more."""

import asyncio
from collections import Counter

from tests.races.arena import Arena, newcomers
from tests.races.lines import Call
from tests.races.places import KINDS, Place
from tests.world import OPERATOR, Person

ROUNDS = 20
AT_ONCE = 32
LIMIT = 5
MEMBERS = 2  # of every place: its owner, and who invites
USED = """
SELECT (SELECT count(*) FROM present_members WHERE organization_id = $1)
     + (SELECT count(*) FROM reserved_seats WHERE organization_id = $1)
"""
FULL = {"201": LIMIT - MEMBERS, "seat_limit_reached": AT_ONCE - (LIMIT - MEMBERS)}
ORGANIZATIONS = KINDS["organization"]


async def test_of_many_invitations_at_once_as_many_are_made_as_there_are_seats(
    arena: Arena,
) -> None:
    owner, inviter = await arena.people(2)
    places = await arena.places(ORGANIZATIONS, owner, inviter, number=ROUNDS)
    for place in places:
        await _limit(arena, place, LIMIT)
        answers = await arena.at_once(*_invitations(place, inviter))
        assert Counter(answer.word for answer in answers) == FULL
        assert await arena.value(USED, place.id) == LIMIT


async def test_of_many_renewals_of_expired_ones_at_once_as_many_succeed_as_there_are_seats(
    arena: Arena,
) -> None:
    owner, inviter = await arena.people(2)
    places = await arena.places(ORGANIZATIONS, owner, inviter, number=ROUNDS)
    for number, place in enumerate(places):
        emails = newcomers(AT_ONCE)
        made = await arena.invite([place] * AT_ONCE, emails, by=inviter, role="viewer")
        await _expire(arena, place)
        await _limit(arena, place, LIMIT)

        again = [_invite(place, one.email, inviter) for one in made]
        resend = [Call(path=f"{one.path}/resend", by=inviter) for one in made]
        calls = (again, resend, again[::2] + resend[1::2])[number % 3]
        answers = await arena.at_once(*calls)
        words = Counter(answer.word for answer in answers)
        assert words == {"200": FULL["201"], "seat_limit_reached": FULL["seat_limit_reached"]}
        assert await arena.value(USED, place.id) == LIMIT


async def test_whoever_accepts_while_others_are_invited_is_let_in(arena: Arena) -> None:
    owner, inviter = await arena.people(2)
    places = await arena.places(ORGANIZATIONS, owner, inviter, number=ROUNDS)
    people = await arena.people(ROUNDS)
    emails = [person.email for person in people]
    invited = await arena.invite(places, emails, by=inviter, role="viewer")
    for person, one in zip(people, invited, strict=True):
        await _limit(arena, one.place, LIMIT)
        answers = await arena.at_once(one.accept(person), *_invitations(one.place, inviter))
        assert answers[0].word == "200"
        assert [answer.word for answer in answers].count("201") == LIMIT - MEMBERS - 1
        assert await arena.value(USED, one.place.id) == LIMIT


async def test_a_limit_that_comes_while_many_invite_holds_from_then_on(arena: Arena) -> None:
    """Who had the organization before it came may have more than it allows; nobody after."""
    owner, inviter = await arena.people(2)
    places = await arena.places(ORGANIZATIONS, owner, inviter, number=ROUNDS)
    for place in places:
        answers, taken = await asyncio.gather(
            arena.at_once(*_invitations(place, inviter)), _limit(arena, place, LIMIT, after=0.01)
        )
        words = Counter(answer.word for answer in answers)
        assert set(words) <= {"201", "seat_limit_reached"}
        used = await arena.value(USED, place.id)
        assert used == MEMBERS + words["201"] == max(LIMIT, taken)


def _invitations(place: Place, inviter: Person) -> list[Call]:
    return [_invite(place, email, inviter) for email in newcomers(AT_ONCE)]


def _invite(place: Place, email: str, inviter: Person) -> Call:
    body = {"email": email, "role": "viewer"}
    return Call(path=f"{place.path}/invitations", body=body, by=inviter)


async def _limit(arena: Arena, place: Place, limit: int, *, after: float = 0) -> int:
    """Have the operator set the limit. Gives what is taken by then."""
    call = Call(
        path=f"/operator{place.path}",
        body={"seat_limit": limit},
        by=OPERATOR,
        method="PATCH",
        after=after,
    )
    answer = await arena.one(call)
    assert answer.word == "200"
    return int(answer.body["seats"]["members"] + answer.body["seats"]["invited"])


async def _expire(arena: Arena, place: Place) -> None:
    async with arena.database.transaction() as tx:
        sql = "UPDATE invitations SET expires_at = clock_timestamp() WHERE organization_id = $1"
        await tx.execute(sql, place.id)
