"""The first word of a function's name says what it returns: `get_`, `lock_`, `is_`, `ensure_`…"""

import ast
from collections.abc import Iterator

from tools.lints.source import Fault, Function, Source, last_name

BOOLEAN = frozenset({"is", "has", "can"})
PRESENT = frozenset({"get", "lock"})


def check(source: Source) -> Iterator[Fault]:
    if not source.module:
        return
    for function in source.functions():
        sentence = _judge(function)
        if sentence:
            yield source.fault(function.lineno, f"{function.name}: {sentence}")


def _judge(function: Function) -> str:
    word = function.name.lstrip("_").partition("_")[0]
    returns = function.returns
    if returns is None:
        return ""
    if word in PRESENT and may_be_none(returns):
        return f"`{word}_` raises NotFound; what may return None is called `find_`"
    if word in BOOLEAN:
        return _judge_boolean(function, returns)
    if word == "ensure" and not _is_none(returns):
        return "`ensure_` raises, or returns nothing"
    return ""


def _judge_boolean(function: Function, returns: ast.expr) -> str:
    if isinstance(function, ast.AsyncFunctionDef):
        return "`is_`, `has_` and `can_` are pure"
    if last_name(returns) not in {"bool", "TypeGuard", "TypeIs"} and not _is_guard(returns):
        return "`is_`, `has_` and `can_` return a bool"
    return ""


def may_be_none(annotation: ast.expr) -> bool:
    """Does the annotation allow None by itself (`X | None`, `Optional[X]`), not deeper inside?"""
    match annotation:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return may_be_none(left) or may_be_none(right)
        case ast.Subscript(value=value):
            return last_name(value) == "Optional"
        case _:
            return _is_none(annotation)


def _is_none(annotation: ast.expr) -> bool:
    return isinstance(annotation, ast.Constant) and annotation.value is None


def _is_guard(annotation: ast.expr) -> bool:
    return isinstance(annotation, ast.Subscript) and last_name(annotation.value) in {
        "TypeGuard",
        "TypeIs",
    }
