"""A model and a policy are told the time (`now`); they never look at a clock."""

from collections.abc import Iterator

from tools.lints.source import Fault, Source

READINGS = frozenset({"now", "utcnow", "today", "time", "monotonic", "perf_counter"})


def check(source: Source) -> Iterator[Fault]:
    place = source.place
    if place is None or place.layer not in {"model", "policy"}:
        return
    for method in source.called_methods():
        if method.attr in READINGS:
            yield source.fault(method.lineno, "a model is told the time: take `now`")
