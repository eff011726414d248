"""Words that say nothing are not in the names of modules, classes and functions."""

import ast
import re
from collections.abc import Iterator

from tools.lints.source import Fault, Function, Source

EMPTY = frozenset(
    {"manager", "service", "helper", "helpers", "util", "utils", "data", "info"}
    | {"process", "handle", "do", "misc"}
)


def check(source: Source) -> Iterator[Fault]:
    if not source.module:
        return
    yield from _judge(source, 1, source.path.stem)
    for node in source.nodes():
        if isinstance(node, ast.ClassDef | Function):
            yield from _judge(source, node.lineno, node.name)


def _judge(source: Source, line: int, name: str) -> Iterator[Fault]:
    for word in words_of(name):
        if word in EMPTY:
            yield source.fault(line, f"{name}: `{word}` says nothing; name the noun or the verb")


def words_of(name: str) -> list[str]:
    """`RetryHelper` and `retry_helper` → retry, helper."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
