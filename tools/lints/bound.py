"""Values are bound, never written into SQL: a statement is made of constants of ours alone."""

import ast
from collections.abc import Iterator

from tools.lints.source import Fault, Source, last_name

# They run what they are handed: a statement of a room, a numbered file, an invariant.
RUNNERS = frozenset(
    {"vestibule.kernel.database", "vestibule.migrations.runner", "vestibule.invariants.queries"}
)
RUN = frozenset(
    {"execute", "fetch", "fetch_all", "fetch_one", "fetch_value", "fetchrow", "fetchval"}
)
# One of two words, ASC and DESC, that say how a list is read.
WORDS = frozenset({"window.order"})
SENTENCE = "bind the value ($1): SQL is made of constants, in CAPITALS, and nothing else"


def check(source: Source) -> Iterator[Fault]:
    if not source.module or source.is_one_of(RUNNERS):
        return
    for node in source.nodes():
        text = _statement(node)
        if text is not None and not _is_fixed(text):
            yield source.fault(text.lineno, SENTENCE)


def _statement(node: ast.AST) -> ast.expr | None:
    """What is run as SQL here, or kept under a constant's name."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name), args=[text, *_]) if name in RUN:
            return text
        case ast.Assign(targets=[ast.Name() as target], value=ast.JoinedStr() as text):
            return text if is_constant(target) else None
        case _:
            return None


def is_constant(node: ast.expr) -> bool:
    """Is it named as a constant is?"""
    return last_name(node).strip("_").isupper()


def _is_fixed(node: ast.expr) -> bool:
    """Is the text the same whoever asks?"""
    match node:
        case ast.Constant():
            return True
        case ast.JoinedStr(values=parts):
            return all(_is_fixed(part) for part in parts)
        case ast.FormattedValue(value=value):
            return _is_fixed(value)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _is_fixed(left) and _is_fixed(right)
        case _:
            return is_constant(node) or ast.unparse(node) in WORDS
