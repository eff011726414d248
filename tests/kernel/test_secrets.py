"""The server's secret and what is made of it: bound to a purpose, and never shown."""

import re
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestibule.kernel import secrets
from vestibule.kernel.secrets import Secret

VALUE = b"a secret for tests, no shorter than 32 bytes"
SECRET = Secret(VALUE)
OTHER = Secret(VALUE + b".")
SEED = bytes(range(32))
PLAIN = re.compile(r"[A-Za-z0-9_-]{43}")


def test_a_key_is_always_the_same_for_its_seed() -> None:
    assert SECRET.derive_key("sign_up", SEED) == Secret(VALUE).derive_key("sign_up", SEED)
    # Written down once: another value would kill every link that is on its way.
    assert SECRET.derive_key("sign_up", SEED) == "KIzMaDum_PA__DX_HghJSnFVW5gk-58HchrCtNvLYp0"


def test_a_key_is_another_for_another_purpose_seed_or_secret() -> None:
    keys = {
        SECRET.derive_key("sign_up", SEED),
        SECRET.derive_key("password_reset", SEED),
        SECRET.derive_key("sign_up", SEED[::-1]),
        SECRET.derive_key("", b"sign_up\0" + SEED),
        OTHER.derive_key("sign_up", SEED),
        SECRET.sign("sign_up", SEED.decode()),
    }
    assert len(keys) == 6


@given(seed=st.binary(max_size=64))
def test_a_key_has_43_characters_that_a_link_can_hold(seed: bytes) -> None:
    assert PLAIN.fullmatch(SECRET.derive_key("sign_up", seed))


def test_tokens_and_seeds_are_random_and_whole() -> None:
    tokens = [secrets.new_token() for _ in range(1_000)]
    assert len(set(tokens)) == 1_000
    assert all(PLAIN.fullmatch(token) for token in tokens)

    seeds = [secrets.new_seed() for _ in range(1_000)]
    assert len(set(seeds)) == 1_000
    assert {len(seed) for seed in seeds} == {secrets.SEED_BYTES}


def test_the_letters_of_tokens_are_spread_evenly() -> None:
    letters = "".join(secrets.new_token()[:42] for _ in range(2_000))
    expected = len(letters) / 64
    counts = [letters.count(letter) for letter in set(letters)]

    assert len(counts) == 64
    # Chi squared, 63 degrees of freedom: above 140 once in ten million.
    assert sum((count - expected) ** 2 / expected for count in counts) < 140


def test_what_is_kept_of_a_token_is_bound_to_its_purpose() -> None:
    token = secrets.new_token()
    kept = [secrets.digest(purpose, token) for purpose in ("session", "sign_up", "password_reset")]

    assert len(set(kept)) == 3
    assert {len(each) for each in kept} == {32}
    assert secrets.digest("session", token) == kept[0]
    assert secrets.digest("a", "b\0c") != secrets.digest("a\0b\0c", "")


@pytest.mark.parametrize("presented", ["", "\x00", "é" * 50, "\ud800", "x" * 100_000])
def test_any_text_may_be_presented_as_a_token(presented: str) -> None:
    assert len(secrets.digest("session", presented)) == 32


def test_a_secret_is_not_shown_by_accident() -> None:
    shown = f"{SECRET!r} {SECRET} {[SECRET]} {SECRET.fingerprint().hex()}"
    assert "tests" not in shown
    assert repr(VALUE) not in shown
    assert "tests" not in "".join(traceback.format_exception_only(ValueError(SECRET)))


def test_two_secrets_have_two_fingerprints_and_none_is_a_key() -> None:
    assert SECRET.fingerprint() != OTHER.fingerprint()
    assert SECRET.fingerprint() == Secret(VALUE).fingerprint()


def test_texts_are_compared_as_they_are() -> None:
    assert secrets.is_same("äb", "äb")
    assert not secrets.is_same("äb", "ÄB")
    assert not secrets.is_same("ab", "ab ")
