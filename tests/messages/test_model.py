"""When a mail is tried again, and which links are ours."""

from datetime import timedelta

import pytest

from vestibule.messages.model import is_under, next_wait


def test_the_waits_grow_from_a_minute_to_a_day() -> None:
    waits = [next_wait(attempts, chance=0.5) for attempts in range(1, 9)]

    assert waits[0] == timedelta(minutes=1)
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=24)


def test_a_wait_is_spread_by_a_fifth_either_way() -> None:
    assert next_wait(1, chance=0) == timedelta(seconds=48)
    assert next_wait(1, chance=1) == timedelta(seconds=72)


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://vestibule.test", True),
        ("https://vestibule.test/organization-invite?key=x", True),
        ("https://vestibule.test.evil.test/", False),
        ("https://vestibule.test@evil.test/", False),
        ("https://vestibule.test:8443/", False),
        ("http://vestibule.test/", False),
        ("//vestibule.test/", False),
        ("/organization-invite", False),
        ("javascript:alert(1)", False),
        ("mailto:ana@x.test", False),
    ],
)
def test_a_link_is_ours_by_scheme_and_host_alone(url: str, ours: bool) -> None:
    assert is_under(url, "https://vestibule.test") is ours
