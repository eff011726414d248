"""Hashing and checking passwords."""

import asyncio
from collections.abc import Iterator
from time import perf_counter

import pytest
from argon2 import PasswordHasher

from vestibule.accounts.password_policy import WeakPassword
from vestibule.accounts.passwords import QUEUE, THREADS, Passwords
from vestibule.kernel.errors import Unavailable

GOOD = "a quiet lamp by the stairs"


@pytest.fixture(scope="module")
def passwords() -> Iterator[Passwords]:
    made = Passwords(minimum=12)
    yield made
    made.close()


async def test_a_hash_is_argon2id_by_the_parameters_of_the_design(passwords: Passwords) -> None:
    assert (await passwords.hash(GOOD)).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_the_right_password_is_right_in_any_spelling(passwords: Passwords) -> None:
    stored = await passwords.hash("Caf\u00e9 du Nord, Paris")

    assert (await passwords.check("Cafe\u0301 du Nord, Paris", stored)).is_right
    assert not (await passwords.check("Cafe du Nord, Paris", stored)).is_right


@pytest.mark.parametrize("stored", [None, "", "$argon2id$broken", "plain"])
async def test_what_is_no_hash_fits_no_password(passwords: Passwords, stored: str | None) -> None:
    assert not (await passwords.check(GOOD, stored)).is_right
    assert not (await passwords.check("nobody", stored)).is_right


async def test_a_weak_password_is_not_hashed(passwords: Passwords) -> None:
    with pytest.raises(WeakPassword):
        await passwords.hash("password1234")


async def test_a_hash_of_older_parameters_is_renewed_by_a_right_password(
    passwords: Passwords,
) -> None:
    older = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)

    verdict = await passwords.check(GOOD, older)
    assert verdict.renewed_hash is not None
    assert (await passwords.check(GOOD, verdict.renewed_hash)).renewed_hash is None
    assert (await passwords.check("another password", older)).renewed_hash is None


async def test_an_unknown_account_takes_as_long_as_a_known_one(passwords: Passwords) -> None:
    stored = await passwords.hash(GOOD)
    known, unknown = [], []
    for _ in range(9):
        known.append(await _seconds(passwords, stored))
        unknown.append(await _seconds(passwords, None))

    assert 0.5 < sorted(known)[4] / sorted(unknown)[4] < 2


async def test_who_comes_when_too_many_wait_is_told_to_try_again(passwords: Passwords) -> None:
    tries = [passwords.check(GOOD, None) for _ in range(THREADS + QUEUE + 10)]
    answers = await asyncio.gather(*tries, return_exceptions=True)

    assert sum(isinstance(answer, Unavailable) for answer in answers) == 10
    assert not (await passwords.check(GOOD, None)).is_right


async def test_a_huge_password_costs_no_hash(passwords: Passwords) -> None:
    started = perf_counter()
    for _ in range(50):
        await passwords.check("x" * 1_000_000, None)

    assert perf_counter() - started < 0.2


async def _seconds(passwords: Passwords, stored: str | None) -> float:
    started = perf_counter()
    await passwords.check("not the password", stored)
    return perf_counter() - started
