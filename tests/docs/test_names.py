"""Every file, function and class of the program that a document names is there.

Written `room/file.py`, `room/file.py:name` or `room/file.py:Class.name`, from `src/vestibule/`.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "vestibule"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
_NAMED = re.compile(r"`([a-z_]+(?:/[a-z_]+)*\.py)(?::([A-Za-z_.]+))?`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_names_is_there(document: Path) -> None:
    assert [name for name in _named(document) if not _is_there(*name)] == []


def test_the_architecture_names_what_it_walks_through() -> None:
    assert len(set(_named(ROOT / "ARCHITECTURE.md"))) > 50


def _named(document: Path) -> Iterator[tuple[str, str]]:
    for file, name in _NAMED.findall(document.read_text()):
        # A bare name elsewhere is that of a file in many a room; files of tests have a test.
        is_exact = "/" in file or name or document.name == "ARCHITECTURE.md"
        if is_exact and not file.startswith(("tests/", "tools/")):
            yield file, name


def _is_there(file: str, name: str) -> bool:
    path = SOURCE / file
    if not path.exists():
        return False
    return not name or name in set(_defined(ast.parse(path.read_text()).body))


def _defined(statements: list[ast.stmt], within: str = "") -> Iterator[str]:
    """The functions, classes, methods and constants of a file."""
    for each in statements:
        match each:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield within + name
            case ast.ClassDef(name=name, body=body):
                yield name
                yield from _defined(body, f"{name}.")
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield within + name
            case _:
                pass
