"""`python -m tools.lints [FOLDER…]`: the rules of the house that no other tool checks.

Without a folder: every file that git knows. Prints `file:line: sentence`; exits with 1 on a fault.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tools.lints import (
    addresses,
    bound,
    clock,
    destinations,
    docstrings,
    names,
    signatures,
    sizes,
    sql,
    transactions,
)
from tools.lints.source import Fault, Source

LINTS: tuple[Callable[[Source], Iterator[Fault]], ...] = (
    addresses.check,
    bound.check,
    clock.check,
    destinations.check,
    docstrings.check,
    names.check,
    signatures.check,
    sizes.check,
    sql.check,
    transactions.check,
)
SKIPPED = frozenset({".git", ".venv", "__pycache__"})


def lint(source: Source) -> list[Fault]:
    """All faults of one file."""
    return [fault for check in LINTS for fault in check(source)]


def main(folders: list[str]) -> int:
    found = [fault for path in _files(folders) for fault in lint(_read(path))]
    for fault in found:
        print(fault)
    return 1 if found else 0


def _files(folders: list[str]) -> list[Path]:
    if not folders and Path(".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        paths = [Path(name) for name in listed.split("\0") if name]
    else:
        paths = [path for folder in folders or ["."] for path in Path(folder).rglob("*")]
    return sorted(path for path in paths if path.is_file() and not SKIPPED & set(path.parts))


def _read(path: Path) -> Source:
    """Pictures and the like count as empty: there is no text in them to judge."""
    try:
        return Source(path, path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        return Source(path, "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
