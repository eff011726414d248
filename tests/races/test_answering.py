"""Somebody accepts while somebody else decides: one of them wins, and the other is told so."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from tests.races.arena import HEAD_STARTS, ROUNDS, Arena, Invited
from tests.races.lines import Answer, Call
from tests.races.places import DISABLED, ENABLED, Kind
from tests.world import Person
from vestibule.kernel.clock import present

Opponent = Callable[[Invited, Person], Call]


def revoking(one: Invited, inviter: Person) -> Call:
    return Call(path=f"{one.path}/revoke", by=inviter)


def resending(one: Invited, inviter: Person) -> Call:
    return Call(path=f"{one.path}/resend", by=inviter)


def declining(one: Invited, _: Person) -> Call:
    return Call(path="/invitations/decline", body={"key": one.key})


# What accepting and the other are told, if accepting came first, and if it came second.
OPPONENTS: dict[str, tuple[Opponent, list[str], list[str]]] = {
    "revoke": (revoking, ["200", "invitation_closed"], ["invitation_revoked", "200"]),
    "resend": (resending, ["200", "invitation_closed"], ["invitation_superseded", "200"]),
    "decline": (
        declining,
        ["200", "invitation_already_accepted"],
        ["invitation_declined", "204"],
    ),
}


@pytest.mark.parametrize("opponent", OPPONENTS)
async def test_accepting_against(opponent: str, arena: Arena, destination: Kind) -> None:
    call, first, second = OPPONENTS[opponent]
    inviter, guest, invited = await _prepared(arena, destination)

    for number, one in enumerate(invited):
        answers = await _against(arena, number, one.accept(guest), call(one, inviter))
        assert _told(answers) in (first, second)
        inside = await arena.members(destination, one.place)
        assert len(inside) == int(answers[0].status == 200)


async def test_accepting_against_revoke_and_decline_and_resend_at_once(
    arena: Arena, destination: Kind
) -> None:
    inviter, guest, invited = await _prepared(arena, destination)

    for one in invited:
        accepted, declined, revoked, _ = await arena.at_once(
            one.accept(guest),
            declining(one, guest),
            revoking(one, inviter),
            resending(one, inviter),
        )
        closed = [accepted.status == 200, declined.status == 204, revoked.status == 200]
        assert closed.count(True) == 1
        assert len(await arena.members(destination, one.place)) == int(accepted.status == 200)


async def test_accepting_against_an_edit_gives_the_role_of_that_moment(
    arena: Arena, destination: Kind
) -> None:
    inviter, guest, invited = await _prepared(arena, destination)

    for number, one in enumerate(invited):
        edit = Call(path=one.path, method="PATCH", body={"role": destination.other}, by=inviter)
        answers = await _against(arena, number, one.accept(guest), edit)
        assert _told(answers) in (["200", "invitation_closed"], ["200", "200"])
        is_edited = answers[1].status == 200
        role = destination.other if is_edited else destination.low
        inside = await arena.members(destination, one.place)
        assert [each.role for each in inside] == [role]


async def test_accepting_against_being_invited_again(arena: Arena, destination: Kind) -> None:
    inviter, guest, invited = await _prepared(arena, destination)

    for number, one in enumerate(invited):
        body = {"email": guest.email, "role": destination.low}
        again = Call(path=f"{one.place.path}/invitations", body=body, by=inviter)
        answers = await _against(arena, number, one.accept(guest), again)
        assert _told(answers) in (
            ["200", "already_member"],
            ["invitation_superseded", "200"],
        )
        inside = await arena.members(destination, one.place)
        assert [each.role for each in inside] == (
            [destination.low] if answers[0].status == 200 else []
        )


async def test_accepting_against_the_expiry_lets_nobody_in_late(
    arena: Arena, destination: Kind
) -> None:
    _, guest, invited = await _prepared(arena, destination)

    for number, one in enumerate(invited):
        ends_at = await _let_end_in(arena, one, milliseconds=5 + number % 10)
        left = ends_at - present() - timedelta(milliseconds=5)
        await asyncio.sleep(left.total_seconds())
        answer = await arena.one(one.accept(guest))
        assert answer.word in {"200", "invitation_expired"}
        inside = await arena.members(destination, one.place)
        assert len(inside) == int(answer.status == 200)


async def test_nobody_is_let_in_by_an_inviter_who_has_lost_the_right(
    arena: Arena, destination: Kind
) -> None:
    inviter, guest, invited = await _prepared(arena, destination)

    for number, one in enumerate(invited):
        early, late = HEAD_STARTS[number % len(HEAD_STARTS)]
        accepting = Call(path="/invitations/accept", body={"key": one.key}, by=guest, after=early)
        disabled_at, [answer] = await asyncio.gather(
            _disable(arena, destination, one, inviter, after=late), arena.at_once(accepting)
        )
        assert answer.word in {"200", "inviter_not_entitled"}
        inside = await arena.members(destination, one.place)
        assert len(inside) == int(answer.status == 200)
        if answer.status == 200:
            assert await _accepted_at(arena, one) < disabled_at
        # A change of role would have revoked what is pending; SQL did not, so it is taken back.
        async with arena.database.transaction() as tx:
            await destination.change(tx, one.place, inviter, ENABLED)


async def _prepared(arena: Arena, destination: Kind) -> tuple[Person, Person, Sequence[Invited]]:
    """An inviter, a guest with an account, and an invitation to the guest for each round."""
    owner, inviter, guest = await arena.people(3)
    places = await arena.places(destination, owner, inviter)
    emails = [guest.email] * ROUNDS
    return inviter, guest, await arena.invite(places, emails, by=inviter, role=destination.low)


async def _against(arena: Arena, number: int, one: Call, other: Call) -> list[Answer]:
    """Make two calls at once, with the head start of this round; on either server in turn."""
    early, late = HEAD_STARTS[number % len(HEAD_STARTS)]
    calls = [_after(one, early), _after(other, late)]
    if number % 2:
        return list(reversed(await arena.at_once(*reversed(calls))))
    return await arena.at_once(*calls)


def _after(call: Call, seconds: float) -> Call:
    return Call(path=call.path, body=call.body, by=call.by, method=call.method, after=seconds)


def _told(answers: Sequence[Answer]) -> list[str]:
    return [answer.word for answer in answers]


async def _disable(
    arena: Arena, destination: Kind, one: Invited, inviter: Person, *, after: float
) -> datetime:
    """Take the inviter's right, and give the time while the lock is held: nobody joins later."""
    await asyncio.sleep(after)
    async with arena.database.transaction() as tx:
        await destination.change(tx, one.place, inviter, DISABLED)
        at: datetime = await tx.fetch_value("SELECT clock_timestamp()")
    return at


async def _accepted_at(arena: Arena, one: Invited) -> datetime:
    sql = "SELECT closed_at FROM invitations WHERE organization_id = $1 AND state = 'accepted'"
    at: datetime = await arena.value(sql, one.place.id)
    return at


async def _let_end_in(arena: Arena, one: Invited, *, milliseconds: int) -> datetime:
    sql = """
        UPDATE invitations SET expires_at = clock_timestamp() + $2 * interval '1 millisecond'
         WHERE organization_id = $1 RETURNING expires_at
    """
    ends_at: datetime = await arena.value(sql, one.place.id, milliseconds)
    return ends_at.astimezone(UTC)
