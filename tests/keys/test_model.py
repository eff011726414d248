"""What a key is good for, and what is said of one that is not."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from vestibule.kernel.errors import Gone
from vestibule.kernel.ids import KeyId, RealmId, new_id
from vestibule.keys.model import REFUSALS, Key, KeyExpired, KeySuperseded, KeyUsed, Purpose

FRESH = Key(
    id=KeyId(new_id()),
    realm_id=RealmId(new_id()),
    purpose=Purpose.SIGN_UP,
    subject="ana@example.com",
    particulars={},
    expires_at=datetime(2026, 11, 21, tzinfo=UTC),
    is_expired=False,
    is_spent=False,
    is_superseded=False,
)


def test_a_fresh_key_can_be_used() -> None:
    FRESH.ensure_usable()


@pytest.mark.parametrize(
    ("key", "refusal"),
    [
        (replace(FRESH, is_expired=True), KeyExpired),
        (replace(FRESH, is_superseded=True), KeySuperseded),
        (replace(FRESH, is_superseded=True, is_expired=True), KeySuperseded),
        (replace(FRESH, is_spent=True), KeyUsed),
        (replace(FRESH, is_spent=True, is_expired=True), KeyUsed),
        (replace(FRESH, is_spent=True, is_superseded=True, is_expired=True), KeyUsed),
    ],
)
def test_a_dead_key_says_why_it_is_dead(key: Key, refusal: type[Gone]) -> None:
    with pytest.raises(refusal):
        key.ensure_usable()
    assert refusal in REFUSALS


def test_the_words_of_purposes_stay_as_they_are() -> None:
    assert {purpose.value for purpose in Purpose} == {
        "sign_up",
        "password_reset",
        "address_change",
        "organization_invitation",
        "app_invitation",
    }
