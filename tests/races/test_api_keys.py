"""A program invites while its right ends: what it leaves behind ends as well.

Each organization has an owner, and a maker whose key the program has. `RACE_ROUNDS`: more rounds.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count

from tests.api_keys.cast import Bot, add_key
from tests.races.arena import HEAD_STARTS, Arena, Invited, in_lanes, newcomers
from tests.races.lines import Call
from tests.races.places import Organizations, Place
from tests.world import PASSWORD, Person
from tests.world import Place as Named
from vestibule.kernel.ids import OrganizationId

ROUNDS = int(os.environ.get("RACE_ROUNDS", "20"))
# The last two: by the time of the look-up, and by that of the lock, the maker is nobody there.
REFUSED = ("not_permitted", "not_authenticated", "organization_not_found")
_NUMBERS = count(1000)
PENDING = """
    SELECT count(*) FROM invitations WHERE organization_id = $1 AND state = 'pending'
"""
KEYS = "SELECT count(*) FROM api_keys WHERE organization_id = $1"


@dataclass(frozen=True, slots=True)
class Office:
    """An organization, who owns it, who made the key, and the program that has it."""

    place: Place
    owner: Person
    maker: Person
    bot: Bot

    def invite(self) -> Call:
        [email] = newcomers(1)
        sent = {"email": email, "role": "viewer"}
        return Call(path=f"{self.place.path}/invitations", body=sent, by=self.bot)

    def revoke(self) -> Call:
        where = f"{self.place.path}/api-keys/{self.bot.public_id}"
        return Call(path=where, by=self.owner, method="DELETE")

    def demote(self) -> Call:
        where = f"{self.place.path}/members/{self.maker.public_id}"
        return Call(path=where, body={"role": "viewer"}, by=self.owner, method="PATCH")

    def remove(self) -> Call:
        where = f"{self.place.path}/members/{self.maker.public_id}"
        return Call(path=where, by=self.owner, method="DELETE")

    def delete_account(self) -> Call:
        return Call(path="/me/deletion", body={"password": PASSWORD}, by=self.maker)


async def race(arena: Arena, ending: Callable[[Office], Call], *, keys: int) -> None:
    """Run the rounds: whoever wins, nothing is pending that nobody answers for."""

    async def one_round(number: int, office: Office) -> None:
        starts = HEAD_STARTS[number % len(HEAD_STARTS)]
        calls = [office.invite(), ending(office), office.invite()]
        both = [replace(call, after=starts[i % 2]) for i, call in enumerate(calls)]
        answers = await arena.at_once(*both)
        assert answers[1].status in {200, 204}, answers[1]
        for answer in (answers[0], answers[2]):
            assert answer.word in {"201", *REFUSED}, answer
        assert await arena.value(PENDING, office.place.id) == 0
        assert await arena.value(KEYS, office.place.id) == keys

    await in_lanes(one_round, [await _office(arena) for _ in range(ROUNDS)])
    await arena.ensure_sound()


async def test_a_key_is_revoked_while_it_invites(arena: Arena) -> None:
    await race(arena, Office.revoke, keys=0)


async def test_who_made_a_key_becomes_less_while_it_invites(arena: Arena) -> None:
    await race(arena, Office.demote, keys=1)


async def test_who_made_a_key_is_removed_while_it_invites(arena: Arena) -> None:
    await race(arena, Office.remove, keys=0)


async def test_who_made_a_key_deletes_their_account_while_it_invites(arena: Arena) -> None:
    await race(arena, Office.delete_account, keys=0)


async def test_somebody_accepts_while_the_key_that_invited_them_is_revoked(arena: Arena) -> None:
    """They are in, or the invitation is revoked: never both, and never neither."""

    async def one_round(number: int, office: Office) -> None:
        invited = await _invited(arena, office)
        starts = HEAD_STARTS[number % len(HEAD_STARTS)]
        account = Organizations().account("Newman")
        calls = [invited.accept(account=account), office.revoke()]
        both = [replace(call, after=after) for call, after in zip(calls, starts, strict=True)]
        accepted, revoked = await arena.at_once(*both)
        assert revoked.status == 204
        assert accepted.word in {"200", "invitation_revoked", "inviter_not_entitled"}, accepted
        inside = await arena.members(Organizations(), office.place)
        assert len(inside) == (1 if accepted.status == 200 else 0)
        assert await arena.value(PENDING, office.place.id) == 0

    await in_lanes(one_round, [await _office(arena) for _ in range(ROUNDS)])
    await arena.ensure_sound()


async def _invited(arena: Arena, office: Office) -> Invited:
    answer = await arena.one(office.invite())
    assert answer.status == 201, answer
    invitation, email = answer.body["id"], answer.body["email"]
    return Invited(office.place, invitation, email, await arena.key_about(invitation))


async def _office(arena: Arena) -> Office:
    owner, maker = await arena.people(2)
    [place] = await arena.places(Organizations(), owner, maker, number=1)
    named = Named(OrganizationId(place.id), "Race", "race")
    bot = Bot(next(_NUMBERS), maker=maker, place=named)
    async with arena.database.transaction() as tx:
        await add_key(tx, bot)
    return Office(place, owner, maker, bot)
