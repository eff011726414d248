"""Words that say nothing are not in the names of modules, classes and functions."""

import ast
import re
from collections.abc import Iterator

from tools.lints.source import Fault, Function, Source

NOUNS = frozenset(
    {"manager", "service", "helper", "helpers", "util", "utils", "data", "info", "misc"}
)
# As the verb of a function only: an operating system's process is a thing.
VERBS = frozenset({"process", "handle", "do"})


def check(source: Source) -> Iterator[Fault]:
    if not source.module:
        return
    yield from _judge(source, 1, source.path.stem)
    for node in source.nodes():
        if isinstance(node, ast.ClassDef | Function):
            yield from _judge(source, node.lineno, node.name)


def _judge(source: Source, line: int, name: str) -> Iterator[Fault]:
    words = words_of(name)
    verb = {words[0]} & VERBS if words and name.islower() else set()
    for word in sorted(set(words) & NOUNS | verb):
        yield source.fault(line, f"{name}: `{word}` says nothing; name the noun or the verb")


def words_of(name: str) -> list[str]:
    """`RetryHelper` and `retry_helper` → retry, helper."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
