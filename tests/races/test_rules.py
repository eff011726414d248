"""A rule changes while somebody joins or invites: they are judged by it as it is under the lock."""

import asyncio
from collections.abc import Sequence

import pytest

from tests.races.arena import HEAD_STARTS, ROUNDS, Arena, Invited, newcomers
from tests.races.lines import Answer, Call
from tests.races.places import Organizations, Place
from tests.world import Person

CHANGES = {
    "stricter": ("{}", "{other.example}", "domain_not_allowed"),
    "looser": ("{other.example}", "{}", "200"),
    "another": ("{other.example}", "{race.example.com,cast.example.com}", "200"),
}
WAITERS = """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.mark.parametrize("change", CHANGES)
async def test_who_waits_to_join_is_judged_by_the_rule_that_they_waited_for(
    arena: Arena, change: str
) -> None:
    before, after, told = CHANGES[change]
    _, guest, [one] = await _prepared(arena, number=1)
    await _set(arena, one.place, "allowed_domains", before)

    answer = await _while_changing(
        arena, one.place, ("allowed_domains", after), one.accept(guest, **{"as": "me"})
    )

    assert answer.word == told, answer
    assert len(await arena.members(Organizations(), one.place)) == int(told == "200")


@pytest.mark.parametrize("change", CHANGES)
async def test_who_waits_to_invite_is_judged_by_the_rule_that_they_waited_for(
    arena: Arena, change: str
) -> None:
    before, after, told = CHANGES[change]
    inviter, _, [one] = await _prepared(arena, number=1)
    await _set(arena, one.place, "allowed_domains", before)
    body = {"email": "another@race.example.com", "role": "viewer"}
    call = Call(path=f"{one.place.path}/invitations", body=body, by=inviter)

    answer = await _while_changing(arena, one.place, ("allowed_domains", after), call)

    assert answer.word == told.replace("200", "201"), answer


@pytest.mark.parametrize(("after", "told"), [("false", "wrong_account"), ("true", "200")])
async def test_who_waits_to_join_with_another_account_may_if_they_may_then(
    arena: Arena, after: str, told: str
) -> None:
    _, guest, [one] = await _prepared(arena, number=1)
    await _set(arena, one.place, "takes_other_accounts", "false" if after == "true" else "true")

    answer = await _while_changing(
        arena, one.place, ("takes_other_accounts", after), one.accept(guest, **{"as": "me"})
    )

    assert answer.word == told, answer


async def test_who_waits_to_invite_offers_the_default_role_of_then(arena: Arena) -> None:
    inviter, _, [one] = await _prepared(arena, number=1)
    body = {"email": "another@race.example.com"}
    call = Call(path=f"{one.place.path}/invitations", body=body, by=inviter)

    answer = await _while_changing(arena, one.place, ("default_role", "manager"), call)

    assert (answer.word, answer.body["role"]) == ("201", "manager")


async def test_nobody_joins_after_the_rule_that_keeps_them_out(arena: Arena) -> None:
    inviter, guest, invited = await _prepared(arena, number=ROUNDS)

    for number, one in enumerate(invited):
        early, late = HEAD_STARTS[number % len(HEAD_STARTS)]
        body = {"allowed_domains": ["race.example.com"]}  # the guest's own is another
        accepting = one.accept(guest, **{"as": "me"})
        answers = await arena.at_once(
            Call(path=accepting.path, body=accepting.body, by=guest, after=early),
            Call(path=one.place.path, method="PATCH", body=body, by=inviter, after=late),
        )
        words = [answer.word for answer in answers]
        assert words in (["200", "200"], ["domain_not_allowed", "200"])
        inside = await arena.members(Organizations(), one.place)
        assert len(inside) == int(words[0] == "200")
        if inside:
            assert await arena.value(JOINED_BEFORE, one.place.id)


JOINED_BEFORE = """
    SELECT i.closed_at < a.at FROM invitations i
      JOIN audit a ON a.organization_id = i.organization_id AND a.event = 'organization.changed'
     WHERE i.organization_id = $1 AND i.state = 'accepted'
"""


async def _prepared(arena: Arena, *, number: int) -> tuple[Person, Person, Sequence[Invited]]:
    """An inviter, a guest with an account, and an invitation to somebody new for each round."""
    owner, inviter, guest = await arena.people(3)
    places = await arena.places(Organizations(), owner, inviter, number=number)
    invited = await arena.invite(places, newcomers(number), by=inviter, role="viewer")
    return inviter, guest, invited


async def _set(arena: Arena, place: Place, rule: str, value: str) -> None:
    async with arena.database.transaction() as tx:
        await tx.execute(_set_rule(rule, value), place.id)


async def _while_changing(
    arena: Arena, place: Place, change: tuple[str, str], call: Call
) -> Answer:
    """Make the call while a change of a rule is not yet committed; commit when the call waits."""
    async with arena.database.transaction() as tx:
        await tx.execute("SELECT FROM organizations WHERE id = $1 FOR NO KEY UPDATE", place.id)
        await tx.execute(_set_rule(*change), place.id)
        calling = asyncio.create_task(arena.one(call))
        async with asyncio.timeout(20):
            while not await arena.value(WAITERS):
                assert not calling.done(), calling.result()
                await asyncio.sleep(0.01)
    return await calling


def _set_rule(rule: str, value: str) -> str:
    return f"UPDATE organizations SET {rule} = '{value}' WHERE id = $1"
