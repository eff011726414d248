"""SQL stands in the `store` and the `queries` of a room, and in the few files named here."""

import re
from collections.abc import Iterator

from tools.lints.source import Fault, Source

HOME = frozenset(
    {
        "vestibule.kernel.database",
        "vestibule.kernel.limits",
        "vestibule.migrations",
        "vestibule.embedded",
    }
)

# All upper or all lower case: "Select an organization" is a sentence, not a statement.
_UPPER = (
    r"SELECT\b|INSERT\s+INTO\b|UPDATE\s+\w+|DELETE\s+FROM\b|WITH\s+\w+\s+AS\b|TRUNCATE\s+\w+"
    r"|(CREATE|ALTER|DROP)\s+(TABLE|INDEX|DATABASE|TYPE)\b|LISTEN\s+\w+|NOTIFY\s+\w+|SET\s+LOCAL\b"
)
_LOWER = (
    r"select\b.*\bfrom\b|insert\s+into\b|update\s+\w+\s+set\b|delete\s+from\b|with\s+\w+\s+as\s*\("
)
STATEMENT = re.compile(rf"\s*({_UPPER}|{_LOWER})", re.DOTALL)


def check(source: Source) -> Iterator[Fault]:
    place = source.place
    if not source.module or source.is_one_of(HOME):
        return
    if place is not None and place.layer in {"store", "queries"}:
        return
    for text in source.texts():
        if STATEMENT.match(str(text.value)):
            yield source.fault(text.lineno, "SQL stands in `store` or `queries` of its room only")
