"""This machine's clock. It words distances for people and spaces retries; what has expired, the database decides."""

from datetime import UTC, datetime


def present() -> datetime:
    """Give the time, aware, in UTC."""
    return datetime.now(UTC)
