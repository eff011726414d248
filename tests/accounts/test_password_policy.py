"""Which passwords are taken."""

import time
import unicodedata

import pytest

from vestibule.accounts.password_policy import (
    Weakness,
    WeakPassword,
    ensure_strong,
    is_hashable,
    normal,
)

MINIMUM = 12
ANA = ("ana.berg@example.com", "Ana", "Berg", "Ana Berg")

GOOD = [
    "a quiet lamp by the stairs",
    "correct horse battery staple",
    "twelve chars",
    "x7#kQ!2mPz@9",
    "            spaces count        too",
    "пароль из нескольких слов",
    "🌲🌊🔥🌍🌬🪨🌿🍂🌸🌙⭐☀",
    "bananarama in the anaheim park",
    "Ana rides a blue bicycle",
]
WEAK = [
    ("", Weakness.SHORT),
    ("elevenchars", Weakness.SHORT),
    ("a1" * 128 + "b", Weakness.LONG),
    ("🌲🌊🔥" * 100, Weakness.LONG),
    ("password1234", Weakness.COMMON),
    ("Password123!", Weakness.COMMON),
    ("  Liverpool 1", Weakness.COMMON),
    ("finalfantasy", Weakness.COMMON),
    ("aaaaaaaaaaaa", Weakness.PATTERN),
    ("abcabcabcabcabc", Weakness.PATTERN),
    ("hunter22hunter22", Weakness.PATTERN),
    ("123456789012345", Weakness.PATTERN),
    ("210987654321098", Weakness.PATTERN),
    ("abcdefghijklmn", Weakness.PATTERN),
    ("nmlkjihgfedcba", Weakness.PATTERN),
    ("qwertyuiopasdf", Weakness.PATTERN),
    ("1q2w3e4r5t6y7u", Weakness.PATTERN),
    ("ana.berg@example.com", Weakness.PERSONAL),
    ("ANA.BERG@EXAMPLE.COM", Weakness.PERSONAL),
    ("ana.berg2026", Weakness.PERSONAL),
    ("AnaBerg-2026", Weakness.PERSONAL),
    ("example.com1", Weakness.PERSONAL),
    ("Berg Ana Berg", Weakness.PERSONAL),
]


@pytest.mark.parametrize("password", GOOD)
def test_a_password_without_rules_of_composition_is_taken(password: str) -> None:
    ensure_strong(password, minimum=MINIMUM, about=ANA)


@pytest.mark.parametrize(("password", "weakness"), WEAK)
def test_a_password_that_is_guessed_first_is_refused_with_the_reason(
    password: str, weakness: Weakness
) -> None:
    with pytest.raises(WeakPassword) as refusal:
        ensure_strong(password, minimum=MINIMUM, about=ANA, path="account.password")

    assert refusal.value.weakness is weakness
    assert refusal.value.path == "account.password"
    assert refusal.value.code() == "weak_password"


def test_the_sentence_names_the_minimum() -> None:
    with pytest.raises(WeakPassword) as refusal:
        ensure_strong("short", minimum=14)

    assert refusal.value.explain() == "Choose a password of at least 14 characters."
    assert [error.code for error in refusal.value.errors] == ["weak_password"]


def test_characters_are_counted_as_people_see_them() -> None:
    decomposed = unicodedata.normalize("NFD", "é" * 7)
    assert len(decomposed) == 14
    with pytest.raises(WeakPassword):
        ensure_strong(decomposed, minimum=MINIMUM)


def test_one_password_has_one_spelling() -> None:
    assert normal("Cafe\u0301 du Nord") == normal("Caf\u00e9 du Nord")


@pytest.mark.parametrize(
    ("password", "expected"),
    [("x" * 256, True), ("x" * 257, False), ("🌲" * 256, True), ("\ud800" * 256, True)],
)
def test_what_is_too_long_is_not_worth_hashing(password: str, expected: bool) -> None:
    assert is_hashable(password) is expected


def test_a_flood_of_combining_marks_is_refused_at_once() -> None:
    began = time.perf_counter()
    with pytest.raises(WeakPassword) as refusal:
        ensure_strong("a" + "\u0301\u0316" * 32_000, minimum=MINIMUM, about=ANA)
    assert time.perf_counter() - began < 0.05
    assert refusal.value.weakness is Weakness.LONG


def test_what_is_taken_is_short_enough_to_be_checked_when_they_sign_in() -> None:
    decomposed = unicodedata.normalize("NFD", "a quiet lampé" * 19)
    assert len(unicodedata.normalize("NFC", decomposed)) <= 256 < len(decomposed)
    assert not is_hashable(decomposed)
    with pytest.raises(WeakPassword):
        ensure_strong(decomposed, minimum=MINIMUM)
