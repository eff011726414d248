"""Every kind of refusal that the program has."""

import importlib
import pkgutil
from collections.abc import Iterator

import vestibule
from vestibule.kernel.errors import Problem


def every() -> list[type[Problem]]:
    """Each class of refusal of the program itself: tests make some of their own."""
    for module in pkgutil.walk_packages(vestibule.__path__, "vestibule."):
        importlib.import_module(module.name)
    return [kind for kind in _derived(Problem) if kind.__module__.startswith("vestibule.")]


def _derived(kind: type[Problem]) -> Iterator[type[Problem]]:
    for each in kind.__subclasses__():
        yield each
        yield from _derived(each)
