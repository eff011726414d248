"""No function over 40 lines; no file over 300 without a reason given near its top."""

import re
from collections.abc import Iterator

from tools.lints.source import Fault, Function, Source, docstring_of

BODY = 40
FILE = 300
TOP = 10

REASON = re.compile(r"# long: \w.+")


def check(source: Source) -> Iterator[Fault]:
    if not source.is_python:
        return
    lines = source.text.splitlines()
    if len(lines) > FILE and not any(REASON.match(line) for line in lines[:TOP]):
        yield source.fault(
            1, f"{len(lines)} lines (at most {FILE}): split it by noun, or say `# long: why`"
        )
    for function in source.functions():
        length = body_length(function)
        if length > BODY:
            yield source.fault(
                function.lineno, f"{function.name} has {length} lines (at most {BODY})"
            )


def body_length(function: Function) -> int:
    """Lines from the first statement after the docstring to the last."""
    body = function.body[1:] if docstring_of(function) else function.body
    if not body:
        return 0
    return (body[-1].end_lineno or 0) - body[0].lineno + 1
