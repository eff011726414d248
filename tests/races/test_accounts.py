"""Two activations, two resets, a reset against a sign-in: one of them counts."""

from tests.races.arena import HEAD_STARTS, ROUNDS, Arena, in_lanes, newcomers
from tests.races.lines import Call
from tests.world import PASSWORD, Person

CHOSEN = ("one lamp by the window", "two lamps by the window")


async def test_of_two_sign_ups_with_one_key_one_makes_the_account(arena: Arena) -> None:
    async def one_round(_: int, email: str) -> None:
        await arena.one(Call(path="/sign-ups", body={"email": email}))
        body = {"key": await arena.key_to(email), "password": PASSWORD, "last_name": "Alva"}
        bodies = [body | {"first_name": name} for name in ("Ana", "Bea")]
        answers = await arena.at_once(
            *(Call(path="/sign-ups/complete", body=each) for each in bodies)
        )
        winner, loser = sorted(answer.word for answer in answers)
        assert winner == "201"
        assert loser in {"key_used", "account_exists"}
        sql = "SELECT count(*) FROM users u JOIN accounts a USING (id) WHERE a.address = $1"
        assert await arena.value(sql, email) == 1

    await in_lanes(one_round, newcomers(ROUNDS))


async def test_of_two_resets_with_one_key_one_sets_the_password(arena: Arena) -> None:
    async def one_round(number: int, person: Person) -> None:
        key = await _asked(arena, person)
        starts = HEAD_STARTS[number % len(HEAD_STARTS)]
        path = "/password-resets/complete"
        calls = [
            Call(path=path, body={"key": key, "password": password}, after=after)
            for password, after in zip(CHOSEN, starts, strict=True)
        ]
        words = [answer.word for answer in await arena.at_once(*calls)]
        assert sorted(words) == ["204", "key_used"]
        signed = [await arena.one(_signing_in(person, password)) for password in CHOSEN]
        expected = {"204": "201", "key_used": "invalid_credentials"}
        assert [answer.word for answer in signed] == [expected[word] for word in words]

    await in_lanes(one_round, await arena.people(ROUNDS))


async def test_no_session_by_the_old_password_outlives_a_reset(arena: Arena) -> None:
    async def one_round(_: int, person: Person) -> None:
        body = {"key": await _asked(arena, person), "password": CHOSEN[0]}
        reset, signed = await arena.at_once(
            Call(path="/password-resets/complete", body=body), _signing_in(person, PASSWORD)
        )
        assert reset.word == "204"
        assert signed.word in {"201", "invalid_credentials"}
        sql = "SELECT count(*) FROM sessions WHERE account_id = $1"
        assert await arena.value(sql, person.id) == 0

    await in_lanes(one_round, await arena.people(ROUNDS))


async def test_of_two_accounts_that_want_one_address_one_gets_it(arena: Arena) -> None:
    async def one_round(_: int, email: str) -> None:
        rivals = await arena.people(2)
        keys = []
        for rival in rivals:
            body = {"email": email, "password": PASSWORD}
            asked = await arena.one(Call(path="/me/address", body=body, by=rival))
            assert asked.word == "202"
            keys.append(await arena.key_to(email))
        calls = [
            Call(path="/me/address/complete", body={"key": key}, by=rival)
            for key, rival in zip(keys, rivals, strict=True)
        ]
        answers = await arena.at_once(*calls)
        assert sorted(answer.word for answer in answers) == ["200", "address_taken"]

    await in_lanes(one_round, newcomers(ROUNDS))


async def _asked(arena: Arena, person: Person) -> str:
    """Ask for a new password; gives the key in the mail."""
    answer = await arena.one(Call(path="/password-resets", body={"email": person.email}))
    assert answer.word == "202"
    return await arena.key_to(person.email)


def _signing_in(person: Person, password: str) -> Call:
    return Call(path="/sessions", body={"email": person.email, "password": password})
