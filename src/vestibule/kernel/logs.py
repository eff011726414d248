"""Logging: one JSON line for each event, on standard error.

Values that must not be there are never handed in.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

_USUAL = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Writes a record as one line. Line breaks and control characters in it are escaped."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the line. Of an exception: its kind, and from where; its text may hold values."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= {key: value for key, value in record.__dict__.items() if key not in _USUAL}
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            line["stack"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(line, default=str)


def configure(level: str) -> None:
    """Send everything to standard error, at this level or above."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("asyncio", "aiosmtplib", "_granian", "granian"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
