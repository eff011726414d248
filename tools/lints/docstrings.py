"""Every module says in its first lines what lives there; an `__init__.py` is empty."""

from collections.abc import Iterator

from tools.lints.source import Fault, Source, docstring_of


def check(source: Source) -> Iterator[Fault]:
    if not source.is_python:
        return
    if source.path.name == "__init__.py":
        if source.text.strip():
            yield source.fault(1, "an __init__.py stays empty")
    elif docstring_of(source.tree) is None:
        yield source.fault(1, "open the module with a docstring: what lives here, what must not")
