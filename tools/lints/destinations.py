"""What differs between kinds of destination stands in `destinations` files; nobody else asks."""

import ast
import re
from collections.abc import Iterator

from tools.lints.source import Fault, Source, last_name

# ToOrganization, ToApp, and the one that comes next.
KIND = re.compile(r"To[A-Z]\w+")
SENTENCE = "only a `destinations` file asks which kind a destination is"


def check(source: Source) -> Iterator[Fault]:
    place = source.place
    if not source.module or (place is not None and place.layer == "destinations"):
        return
    for node in source.nodes():
        if _asks(node):
            yield source.fault(node.lineno, SENTENCE)  # type: ignore[attr-defined]


def _asks(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, kinds]):
            return _names_kind(kinds)
        case ast.Compare(left=left, comparators=others):
            return any(_names_kind(side) for side in (left, *others))
        case ast.MatchClass(cls=kind) | ast.MatchValue(value=kind):
            return _names_kind(kind)
        case _:
            return False


def _names_kind(node: ast.expr) -> bool:
    parts = [part for part in ast.walk(node) if isinstance(part, ast.Name | ast.Attribute)]
    calls = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
    return not calls and any(KIND.fullmatch(last_name(part)) for part in parts)
