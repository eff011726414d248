"""Until when somebody may be a member."""

from datetime import UTC, datetime, timedelta

import pytest

from vestibule.organizations.end_model import (
    End,
    InvalidMemberUntil,
    as_day,
    end_of_day,
    ensure_end,
    read_day,
)

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MARCH = datetime(2034, 3, 3, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=1), timedelta(days=3652)])
def test_access_may_end_from_an_hour_to_ten_years_ahead(ahead: timedelta) -> None:
    ensure_end(NOW + ahead, now=NOW)
    ensure_end(None, now=NOW)


@pytest.mark.parametrize(
    "ahead", [timedelta(days=-1), timedelta(), timedelta(minutes=58), timedelta(days=3660)]
)
def test_access_ends_neither_at_once_nor_hardly_ever(ahead: timedelta) -> None:
    with pytest.raises(InvalidMemberUntil):
        ensure_end(NOW + ahead, now=NOW)


def test_times_at_the_end_of_the_calendar_are_refused_like_others() -> None:
    for at in ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"):
        with pytest.raises(InvalidMemberUntil):
            ensure_end(datetime.fromisoformat(at), now=NOW)


def test_a_day_ends_with_its_last_second_in_utc() -> None:
    assert end_of_day("2034-03-03") == MARCH
    assert as_day(MARCH) == "2034-03-03"
    assert as_day(None) == ""


@pytest.mark.parametrize("text", ["soon", "2027-02-30", "2034-3-3", "03.03.2034", "²027-03-03"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(InvalidMemberUntil):
        read_day(text)


def test_an_empty_day_is_no_end_and_the_present_day_leaves_the_time_alone() -> None:
    noon = MARCH.replace(hour=12)
    assert read_day("") == End(None)
    assert read_day("2034-03-03", noon) == End(noon)
    assert read_day("2034-03-04", noon) == End(MARCH + timedelta(days=1))
