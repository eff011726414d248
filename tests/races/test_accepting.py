"""Many accept at once: one membership comes of it, and everybody else is told."""

import pytest

from tests.races.arena import HEAD_STARTS, ROUNDS, Arena, newcomers
from tests.races.lines import Answer, Call
from tests.races.places import Kind
from tests.world import PASSWORD

CROWD = 16


async def test_of_sixteen_accounts_with_one_key_one_joins(arena: Arena, destination: Kind) -> None:
    if not destination.takes_users:
        pytest.skip("users do not join this kind as themselves")
    owner, inviter, *crowd = await arena.people(2 + CROWD)
    places = await arena.places(destination, owner, inviter)
    invited = await arena.invite(places, newcomers(ROUNDS), by=inviter, role=destination.low)

    for one in invited:
        answers = await arena.at_once(*(one.accept(person, **{"as": "me"}) for person in crowd))
        assert _told(answers) == ["200"] + ["invitation_already_accepted"] * (CROWD - 1)
        winner = next(
            person for person, answer in zip(crowd, answers, strict=True) if answer.status == 200
        )
        inside = await arena.members(destination, one.place)
        assert [(each.account_id, each.role) for each in inside] == [(winner.id, destination.low)]


async def test_one_account_sixteen_times_at_once_is_one_membership(
    arena: Arena, destination: Kind
) -> None:
    owner, inviter, guest = await arena.people(3)
    places = await arena.places(destination, owner, inviter)
    invited = await arena.invite(places, [guest.email] * ROUNDS, by=inviter, role=destination.low)

    for one in invited:
        calls = [one.accept()] * CROWD
        if destination.takes_users:
            calls[::3] = [one.accept(guest)] * len(calls[::3])
            own = Call(path=f"/me/invitations/{one.id}/accept", by=guest)
            calls[1::3] = [own] * len(calls[1::3])
        answers = await arena.at_once(*calls)
        assert _told(answers) == ["200"] * CROWD
        assert len({answer.body["membership"]["id"] for answer in answers}) == 1
        assert len(await arena.members(destination, one.place)) == 1
    mails = "SELECT count(*) FROM messages WHERE template LIKE '%joined%' AND recipient = $1"
    assert await arena.value(mails, guest.email) <= ROUNDS


async def test_of_several_newcomers_with_one_key_one_gets_account_membership_and_session(
    arena: Arena, destination: Kind
) -> None:
    owner, inviter = await arena.people(2)
    places = await arena.places(destination, owner, inviter)
    invited = await arena.invite(places, newcomers(ROUNDS), by=inviter, role=destination.low)

    for one in invited:
        calls = [
            one.accept(account=destination.account(name)) for name in ("Ana", "Bea", "Cleo", "Dora")
        ]
        answers = await arena.at_once(*calls)
        winner, *others = _told(answers)
        assert winner == "200"
        assert set(others) <= {"account_exists", "invitation_already_accepted"}
        assert len(await arena.members(destination, one.place)) == 1
        assert await _accounts(arena, one.email) == 1
        assert await _sessions(arena, one.email) == 1


async def test_accounts_and_newcomers_with_one_key_make_one_membership(
    arena: Arena, destination: Kind
) -> None:
    if not destination.takes_users:
        pytest.skip("users do not join this kind as themselves")
    owner, inviter, *crowd = await arena.people(5)
    places = await arena.places(destination, owner, inviter)
    invited = await arena.invite(places, newcomers(ROUNDS), by=inviter, role=destination.low)

    for number, one in enumerate(invited):
        late = 0.018 if number % 2 else 0.022  # as long as hashing a newcomer's password takes
        guests = [one.accept(person, **{"as": "me"}) for person in crowd]
        answers = await arena.at_once(
            *(_later(call, late) for call in guests),
            one.accept(account=destination.account("Ana")),
            one.accept(account=destination.account("Bea")),
        )
        winner, *others = _told(answers)
        assert winner == "200"
        assert set(others) <= {"account_exists", "invitation_already_accepted", "wrong_account"}
        assert len(await arena.members(destination, one.place)) == 1
        # No account is left behind by somebody who did not join.
        has_joined_as_newcomer = any(answer.status == 200 for answer in answers[-2:])
        assert await _accounts(arena, one.email) == int(has_joined_as_newcomer)


async def test_signing_up_and_accepting_as_a_newcomer_make_one_account(
    arena: Arena, destination: Kind
) -> None:
    if not destination.takes_users:
        pytest.skip("accounts of this kind are not made by signing up on the platform")
    owner, inviter = await arena.people(2)
    places = await arena.places(destination, owner, inviter)
    emails = newcomers(ROUNDS)
    invited = await arena.invite(places, emails, by=inviter, role=destination.low)
    for start in range(0, ROUNDS, 25):
        asking = [Call(path="/sign-ups", body={"email": email}) for email in emails[start:][:25]]
        await arena.at_once(*asking)
    sign_ups = await _sign_up_keys(arena, emails)

    for number, one in enumerate(invited):
        early, late = HEAD_STARTS[number % len(HEAD_STARTS)]
        body = {"key": sign_ups[one.email], "first_name": "Ana", "last_name": "Alva"}
        signing_up = Call(
            path="/sign-ups/complete", body=body | {"password": PASSWORD}, after=early
        )
        accepting = _later(one.accept(account=destination.account("Ana")), late)
        answers = await arena.at_once(signing_up, accepting)
        assert [answer.word for answer in answers] in (
            ["201", "account_exists"],
            ["account_exists", "200"],
        )
        assert await _accounts(arena, one.email) == 1
        inside = await arena.members(destination, one.place)
        assert len(inside) == int(answers[1].status == 200)


def _told(answers: list[Answer]) -> list[str]:
    """What each was told, the good news first."""
    return sorted(answer.word for answer in answers)


def _later(call: Call, seconds: float) -> Call:
    return Call(path=call.path, body=call.body, by=call.by, after=seconds)


async def _accounts(arena: Arena, email: str) -> int:
    sql = "SELECT count(*) FROM accounts WHERE address_canonical = $1"
    return int(await arena.value(sql, email))


async def _sessions(arena: Arena, email: str) -> int:
    sql = """
        SELECT count(*) FROM sessions s JOIN accounts a ON a.id = s.account_id
         WHERE a.address_canonical = $1
    """
    return int(await arena.value(sql, email))


async def _sign_up_keys(arena: Arena, emails: list[str]) -> dict[str, str]:
    async with arena.database.reader() as reader:
        rows = await reader.fetch_all(
            """
            SELECT recipient, key_purpose, key_seed FROM messages
             WHERE key_purpose = 'sign_up' AND recipient = ANY($1)
            """,
            emails,
        )
    return {
        row["recipient"]: arena.secret.derive_key(row["key_purpose"], row["key_seed"])
        for row in rows
    }
