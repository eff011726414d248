"""Which functions of the program a function may come to: read from the source, none is run.

A function comes to another one by naming it, be it to call it or to hand it on: through what its
module imports, or in the module itself. What an object's method does is not followed.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.layers import module_of

AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    """A module's functions by name, and what its imports bring in: a name to a dotted one."""

    functions: Mapping[str, AnyFunction]
    names: Mapping[str, str]

    @classmethod
    def read(cls, source: str) -> "Module":
        """Read the source of a module."""
        tree = ast.parse(source)
        functions = {
            node.name: node
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        names = {
            each.asname or each.name: f"{node.module}.{each.name}"
            for node in imports
            for each in node.names
        }
        return cls(functions, names)


@dataclass(frozen=True, slots=True)
class Program:
    """Every module of the program by its dotted name."""

    modules: Mapping[str, Module]

    @classmethod
    def read(cls, folder: Path) -> "Program":
        """Read every module below a folder of sources."""
        return cls(
            {module_of(path): Module.read(path.read_text()) for path in folder.rglob("*.py")}
        )

    def function(self, name: str) -> AnyFunction | None:
        """Give the function of this dotted name, if it is one at the top of its module."""
        module, _, own = name.rpartition(".")
        found = self.modules.get(module)
        return found.functions.get(own) if found else None

    def reached(self, name: str, *, stop: Callable[[str], bool]) -> Iterator[str]:
        """Give every function that one may come to, itself first; what it stops at is not entered.

        `stop` is asked of each dotted name.
        """
        waiting, seen = [name], set[str]()
        while waiting:
            at = waiting.pop()
            if at in seen or self.function(at) is None:
                continue
            seen.add(at)
            yield at
            if not stop(at):
                waiting.extend(self.named(at))

    def named(self, name: str) -> Iterator[str]:
        """Give the dotted name of all that a function names."""
        module, _, own = name.rpartition(".")
        found = self.modules[module]
        for node in ast.walk(found.functions[own]):
            match node:
                case ast.Attribute(value=ast.Name(id=noun), attr=verb) if noun in found.names:
                    yield f"{found.names[noun]}.{verb}"
                case ast.Name(id=verb) if verb in found.names:
                    yield found.names[verb]
                case ast.Name(id=verb):
                    yield f"{module}.{verb}"
                case _:
                    pass
