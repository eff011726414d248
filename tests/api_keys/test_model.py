"""What an API key looks like, and for how long it may be good."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestibule.api_keys.model import (
    LONGEST,
    SHORTEST,
    Expiry,
    InvalidApiKeyExpiry,
    is_meant,
    is_whole,
    secret_of,
)
from vestibule.kernel.secrets import new_token

NOW = datetime(2026, 11, 20, tzinfo=UTC)
SECRET = secret_of("a" * 43)


def test_a_secret_is_a_prefix_43_random_characters_and_check_digits() -> None:
    assert re.fullmatch(r"vsk_[A-Za-z0-9_-]{43}[A-Za-z0-9_-]{6}", secret_of(new_token()))


def test_a_secret_is_known_as_one() -> None:
    secret = secret_of(new_token())
    assert is_meant(secret)
    assert is_whole(secret)


@given(st.integers(0, len(SECRET) - 1), st.sampled_from("bcdXYZ019_-"))
def test_a_secret_with_one_wrong_character_is_known_to_be_none(at: int, letter: str) -> None:
    mistyped = SECRET[:at] + letter + SECRET[at + 1 :]
    assert is_whole(mistyped) == (mistyped == SECRET)


@given(st.integers(0, len(SECRET) - 2))
def test_two_characters_that_changed_places_are_seen(at: int) -> None:
    secret = secret_of("k3JQx0w2v5dYyq1C8mZbH4nT7rLsUeAiPgVfXoKjRtE")
    swapped = secret[:at] + secret[at + 1] + secret[at] + secret[at + 2 :]
    assert is_whole(swapped) == (swapped == secret)


@pytest.mark.parametrize("text", ["", "vsk_", SECRET[:-1], SECRET + "a", " " + SECRET, "é" * 53])
def test_what_was_cut_off_or_put_together_is_no_secret(text: str) -> None:
    assert not is_whole(text)


def test_a_session_that_begins_as_a_key_by_chance_is_still_a_session() -> None:
    assert not is_meant("vsk_" + "a" * 39)


@pytest.mark.parametrize("lifetime", [SHORTEST, timedelta(days=90), LONGEST])
def test_a_key_lives_from_an_hour_to_a_year(lifetime: timedelta) -> None:
    assert Expiry.at_time(NOW + lifetime, now=NOW).at == NOW + lifetime
    assert Expiry.in_days(lifetime / timedelta(days=1)).after == lifetime


@pytest.mark.parametrize("lifetime", [timedelta(minutes=50), timedelta(days=366), -LONGEST])
def test_no_key_lives_shorter_or_longer(lifetime: timedelta) -> None:
    with pytest.raises(InvalidApiKeyExpiry):
        Expiry.at_time(NOW + lifetime, now=NOW)
    with pytest.raises(InvalidApiKeyExpiry):
        Expiry.in_days(lifetime / timedelta(days=1))


def test_a_key_of_which_nothing_is_said_lives_90_days() -> None:
    assert Expiry() == Expiry.in_days(90)
