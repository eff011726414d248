"""Transactions stand in kernel/database.py; only edges and doors open one on the database."""

import ast
import re
from collections.abc import Iterator

from tools.lints.source import Fault, Source, last_name

# Where connections are held: the one home of transactions, and what runs before there is any.
HOME = frozenset({"vestibule.kernel.database", "vestibule.migrations"})
# Open transactions, beside edges and doors of the rooms: a limit's counter commits by itself.
OPENERS = frozenset(
    {
        "vestibule.bootstrap",
        "vestibule.cli",
        "vestibule.server",
        "vestibule.kernel.limits",
    }
)

STATEMENT = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|START TRANSACTION|SAVEPOINT)\b")


def check(source: Source) -> Iterator[Fault]:
    if not source.module or source.is_one_of(HOME):
        return
    for method in source.called_methods():
        sentence = _judge(source, method)
        if sentence:
            yield source.fault(method.lineno, sentence)
    for text in source.texts():
        if STATEMENT.match(str(text.value)):
            yield source.fault(text.lineno, "transactions begin and end in kernel/database.py only")


def _judge(source: Source, method: ast.Attribute) -> str:
    if method.attr in {"commit", "rollback"}:
        return f"nobody calls {method.attr}: return to commit, raise to roll back"
    if method.attr != "transaction":
        return ""
    if last_name(method.value) != "database":
        return "only kernel/database.py opens a transaction on a connection"
    if _is_opener(source):
        return ""
    return "only edges and doors open a transaction; take a `tx` here"


def _is_opener(source: Source) -> bool:
    place = source.place
    return source.is_one_of(OPENERS) or (place is not None and (place.is_edge or place.is_door))
