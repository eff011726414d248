"""This machine's clock: it words distances for people and spaces retries.

What has expired, the database decides.
"""

from datetime import UTC, datetime


def present() -> datetime:
    """Give the time, aware, in UTC."""
    return datetime.now(UTC)
