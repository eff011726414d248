"""A file as the lints see it, and the fault that a lint finds in it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tools.layers import Place, module_of, place_of

Function = ast.FunctionDef | ast.AsyncFunctionDef
Documented = ast.Module | ast.ClassDef | Function


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to put right: printed as `file:line: sentence`."""

    path: Path
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.sentence}"


@dataclass(frozen=True)
class Source:
    """A text file of the repository; `path` is relative to the root of the repository."""

    path: Path
    text: str

    @property
    def is_python(self) -> bool:
        return self.path.suffix == ".py"

    @property
    def module(self) -> str:
        """The dotted module of the program; "" for tests, tools and everything else."""
        return module_of(self.path) if self.is_python else ""

    @property
    def place(self) -> Place | None:
        return place_of(self.module)

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=str(self.path))

    def fault(self, line: int, sentence: str) -> Fault:
        return Fault(self.path, line, sentence)

    def nodes(self) -> Iterator[ast.AST]:
        return ast.walk(self.tree)

    def functions(self) -> Iterator[Function]:
        return (node for node in self.nodes() if isinstance(node, Function))

    def texts(self) -> Iterator[ast.Constant]:
        """Every string in the code, those inside f-strings too, but no docstring."""
        docstrings = {id(docstring_of(node)) for node in self.nodes()}
        for node in self.nodes():
            if isinstance(node, ast.Constant) and id(node) not in docstrings:
                yield from [node] if isinstance(node.value, str) else []

    def called_methods(self) -> Iterator[ast.Attribute]:
        """`connection.execute` for each `connection.execute(…)`."""
        for node in self.nodes():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield node.func

    def is_one_of(self, modules: frozenset[str]) -> bool:
        """Is it one of these modules, or inside one of them?"""
        return any(self.module == name or self.module.startswith(f"{name}.") for name in modules)


def docstring_of(node: ast.AST) -> ast.Constant | None:
    """The node of a docstring, if this node has one."""
    if not isinstance(node, Documented) or not node.body:
        return None
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return first.value if isinstance(first.value.value, str) else None
    return None


def last_name(node: ast.expr) -> str:
    """`database` for `database`, `self.database` and `state.database`; "" for anything else."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
