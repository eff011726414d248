"""Two who would leave an organization without an owner, at one moment: one of them is told.

Each organization has two owners. `RACE_ROUNDS` runs more rounds.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tests.races.arena import HEAD_STARTS, Arena, in_lanes
from tests.races.lines import Call
from tests.races.places import Organizations, Place, tell
from tests.world import PASSWORD, Person

ROUNDS = int(os.environ.get("RACE_ROUNDS", "100"))
OWNERS = """
    SELECT count(*) FROM members m JOIN users u ON u.id = m.user_id
      JOIN accounts a ON a.id = u.id
     WHERE m.organization_id = $1 AND m.role = 'owner'
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two owners of an organization that nobody else owns."""

    place: Place
    ada: Person
    bo: Person

    def leave(self, person: Person) -> Call:
        return Call(path=f"{self.place.path}/leave", by=person)

    def demote(self, person: Person, *, by: Person, role: str = "viewer") -> Call:
        return Call(path=self._at(person), body={"role": role}, by=by, method="PATCH")

    def remove(self, person: Person, *, by: Person) -> Call:
        return Call(path=self._at(person), by=by, method="DELETE")

    def hand_over(self, person: Person, *, by: Person) -> Call:
        body = {"user": person.public_id, "leave": True}
        return Call(path=f"{self.place.path}/transfer", body=body, by=by)

    def delete(self, person: Person) -> Call:
        return Call(path="/me/deletion", body={"password": PASSWORD}, by=person)

    def _at(self, person: Person) -> str:
        return f"{self.place.path}/members/{person.public_id}"


async def race(arena: Arena, calls: Callable[[Pair], Sequence[Call]], *, told: set[str]) -> None:
    """Run the rounds: of each two calls at least one succeeds, and an owner is left."""

    async def one_round(number: int, pair: Pair) -> None:
        starts = HEAD_STARTS[number % len(HEAD_STARTS)]
        both = [replace(call, after=after) for call, after in zip(calls(pair), starts, strict=True)]
        words = [answer.word for answer in await arena.at_once(*both)]
        assert {"200", "204"} & set(words), words
        assert set(words) - {"200", "204"} <= told, words
        assert await arena.value(OWNERS, pair.place.id) >= 1, words

    await in_lanes(one_round, [await _pair(arena) for _ in range(ROUNDS)])


async def test_of_two_owners_who_leave_at_once_one_stays(arena: Arena) -> None:
    def calls(pair: Pair) -> list[Call]:
        return [pair.leave(pair.ada), pair.leave(pair.bo)]

    await race(arena, calls, told={"last_owner"})


async def test_who_demotes_the_other_owner_does_not_leave_with_that(arena: Arena) -> None:
    def calls(pair: Pair) -> list[Call]:
        return [pair.demote(pair.bo, by=pair.ada), pair.leave(pair.ada)]

    await race(arena, calls, told={"last_owner", "organization_not_found"})


async def test_who_is_demoted_while_leaving_leaves_an_owner_behind(arena: Arena) -> None:
    def calls(pair: Pair) -> list[Call]:
        return [pair.demote(pair.bo, by=pair.ada), pair.leave(pair.bo)]

    await race(arena, calls, told={"member_not_found"})


async def test_of_two_owners_who_demote_each_other_one_owns_it(arena: Arena) -> None:
    def calls(pair: Pair) -> list[Call]:
        return [pair.demote(pair.bo, by=pair.ada), pair.demote(pair.ada, by=pair.bo)]

    await race(arena, calls, told={"not_permitted"})


async def test_of_two_owners_who_remove_each_other_one_stays(arena: Arena) -> None:
    def calls(pair: Pair) -> list[Call]:
        return [pair.remove(pair.bo, by=pair.ada), pair.remove(pair.ada, by=pair.bo)]

    await race(arena, calls, told={"organization_not_found"})


async def test_who_removes_the_other_owner_does_not_delete_their_account_with_that(
    arena: Arena,
) -> None:
    def calls(pair: Pair) -> list[Call]:
        return [pair.remove(pair.bo, by=pair.ada), pair.delete(pair.ada)]

    await race(arena, calls, told={"last_owner", "organization_not_found", "not_authenticated"})


async def test_who_is_removed_while_deleting_their_account_leaves_an_owner_behind(
    arena: Arena,
) -> None:
    def calls(pair: Pair) -> list[Call]:
        return [pair.delete(pair.bo), pair.remove(pair.bo, by=pair.ada)]

    await race(arena, calls, told={"member_not_found"})


async def test_of_two_owners_who_delete_their_accounts_one_is_told(arena: Arena) -> None:
    def calls(pair: Pair) -> list[Call]:
        return [pair.delete(pair.ada), pair.delete(pair.bo)]

    await race(arena, calls, told={"last_owner"})


async def test_who_is_handed_the_organization_while_deleting_their_account(arena: Arena) -> None:
    def calls(pair: Pair) -> list[Call]:
        return [pair.hand_over(pair.bo, by=pair.ada), pair.delete(pair.bo)]

    await race(arena, calls, told={"last_owner", "member_not_found"})


async def test_of_two_role_changes_that_saw_the_same_one_is_told(arena: Arena) -> None:
    async def one_round(number: int, pair: Pair) -> None:
        calls = [
            replace(
                pair.demote(pair.bo, by=pair.ada),
                body={"role": role, "expected_role": "owner"},
                after=after,
            )
            for role, after in zip(
                ("admin", "viewer"), HEAD_STARTS[number % len(HEAD_STARTS)], strict=True
            )
        ]
        words = sorted(answer.word for answer in await arena.at_once(*calls))
        assert words == ["200", "role_changed"]

    await in_lanes(one_round, [await _pair(arena) for _ in range(ROUNDS)])


async def _pair(arena: Arena) -> Pair:
    ada, bo = await arena.people(2)
    [place] = await arena.places(Organizations(), ada, bo, number=1)
    async with arena.database.transaction() as tx:
        sql = "UPDATE members SET role = 'owner' WHERE organization_id = $1"
        await tx.execute(sql, place.id)
        changed = {"before": "admin", "after": "owner"}
        await tell(tx, "member.role_changed", place.id, bo.id, changed)
    return Pair(place, ada, bo)
