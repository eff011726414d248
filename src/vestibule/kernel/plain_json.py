"""JSON that others keep with our things: small, not deep, with numbers that all readers take."""

import json
from collections.abc import Mapping
from typing import Any

MOST_BYTES = 4096
MOST_DEPTH = 16
# The database writes a number out: 1e300 would be 301 digits.
LEAST_INTEGER, MOST_INTEGER = -(2**63), 2**63 - 1
LEAST_FRACTION = 1e-16


def is_kept(document: Mapping[str, Any]) -> bool:
    """Tell whether it is no more than is kept: 4 kB, and plain."""
    if not _is_plain(document, depth=MOST_DEPTH):
        return False
    written = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return len(written.encode()) <= MOST_BYTES


def _is_plain(value: object, *, depth: int) -> bool:
    """Tell whether it is nested that deep at most, and its numbers are short when written out."""
    match value:
        case dict():
            return depth > 0 and all(_is_plain(item, depth=depth - 1) for item in value.values())
        case list():
            return depth > 0 and all(_is_plain(item, depth=depth - 1) for item in value)
        case bool():
            return True
        case int():
            return LEAST_INTEGER <= value <= MOST_INTEGER
        case float():
            return value == 0 or LEAST_FRACTION <= abs(value) <= MOST_INTEGER
        case _:
            return True
