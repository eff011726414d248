"""This machine's clock is aware, and in UTC."""

from datetime import UTC, datetime, timedelta

from vestibule.kernel import clock


def test_the_present_is_aware_and_now() -> None:
    before = datetime.now(UTC)
    present = clock.present()

    assert before <= present <= before + timedelta(seconds=5)
    assert present.utcoffset() == timedelta(0)
