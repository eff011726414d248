"""What a user says of themselves, and what is kept of it."""

import pytest

from vestibule.kernel.names import InvalidName
from vestibule.users.model import InvalidPhone, Profile, clean_phone


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (None, None),
        ("", None),
        ("   ", None),
        ("+44 20 7946 0018", "+442079460018"),
        ("0044 (20) 7946-0018", "+442079460018"),
        (" +31 6/1234.5678 ", "+31612345678"),
        ("020 7946 0018", "02079460018"),
    ],
)
def test_a_phone_number_is_kept_as_digits(typed: str | None, kept: str | None) -> None:
    assert clean_phone(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["12345", "+1234567890123456", "call me", "++31612345678", "+31 6 1\n5678", "٠٦١٢٣٤٥٦"],
)
def test_what_is_no_phone_number_is_refused(typed: str) -> None:
    with pytest.raises(InvalidPhone) as refusal:
        clean_phone(typed, path="account.phone")
    assert refusal.value.path == "account.phone"


def test_a_profile_is_cleaned_as_a_whole() -> None:
    profile = Profile.clean("  Ana  Maria ", "Berg", "")

    assert (profile.name, profile.phone) == ("Ana Maria Berg", None)
    assert profile.words == ("Ana Maria", "Berg", "Ana Maria Berg")


@pytest.mark.parametrize("name", ["", " ", "<b>", "a\u202eb", "=?utf-8?q?x?=", "x" * 81, "\x00a"])
def test_a_name_that_is_not_to_be_trusted_is_refused_where_it_stands(name: str) -> None:
    with pytest.raises(InvalidName) as refusal:
        Profile.clean("Ana", name, None, within="account.")
    assert refusal.value.path == "account.last_name"
