"""The folder with the databases: made once and whole, checked, configured."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from vestibule.embedded import configuration, folders, leftovers, programs, store
from vestibule.embedded.binaries import Binaries
from vestibule.embedded.faults import EmbeddedFault
from vestibule.embedded.owners import Owner
from vestibule.embedded.programs import HERE, Launch
from vestibule.kernel.i18n import gettext as _

NAME = "postgresql"
ROLES = "vestibule.roles"  # a file in the cluster folder: both roles are there
HALF = f"{NAME}.half-"
FULL = ("No space left on device", "Disk quota exceeded")
NEEDS = 100  # megabytes: a fresh cluster has 40, and it will grow
BUILTIN_LOCALES_SINCE = 17
# Stop at the first error, and leave no shared memory behind if killed: nobody would find it.
SINGLE = ("-c", "exit_on_error=true", "-c", "dynamic_shared_memory_type=mmap")
SYSTEM_LOCALE = Path("/usr/lib/locale/C.utf8")


@dataclass(frozen=True, slots=True)
class Cluster:
    """The cluster of a data folder, which may not be there yet."""

    data_dir: Path

    @property
    def folder(self) -> Path:
        """PostgreSQL's data directory."""
        return self.data_dir / NAME

    def major(self) -> int | None:
        """The major version that made it, or None if there is none yet."""
        file = self.folder / "PG_VERSION"
        try:
            return int(file.read_text())
        except FileNotFoundError:
            if not self.folder.exists():
                return None
        except ValueError:
            pass
        raise EmbeddedFault(
            _(
                "{folder} is not a whole PostgreSQL folder (its file PG_VERSION is missing or "
                "damaged): "
                "restore it from a backup, or move it away to begin with an empty database."
            ).format(folder=self.folder)
        )

    def ensure(self, binaries: Binaries, owner: Owner) -> None:
        """Make the cluster if there is none, hand it to its owner, and configure it."""
        self._sweep()
        if not self.folder.exists():
            self._make(binaries, owner)
        if self.folder.stat().st_uid != owner.uid:
            folders.give_tree(self.folder, owner)  # root's copy, as from a backup
        if not (self.folder / ROLES).exists():
            self._run_single(Launch(self.folder, owner), binaries, store.SECOND_ROLE)
        configuration.write(self.folder, owner)

    def _sweep(self) -> None:
        for half in self.data_dir.glob(f"{HALF}*"):
            leftovers.end(half)
            shutil.rmtree(half, ignore_errors=True)

    def _make(self, binaries: Binaries, owner: Owner) -> None:
        """Make it beside and give it its name when it is whole, so that a crash leaves none."""
        half = Path(tempfile.mkdtemp(prefix=HALF, dir=self.data_dir))
        try:
            folders.give_tree(half, owner)
            where = Launch(half, owner)
            self._run(where, binaries.initdb, *_wishes(binaries))
            self._run_single(where, binaries, store.BIRTH)
            half.rename(self.folder)
            folders.write_through(self.data_dir)
        finally:
            shutil.rmtree(half, ignore_errors=True)

    def _run_single(self, where: Launch, binaries: Binaries, sql: str) -> None:
        """Run SQL that makes both roles be there, and note that they are."""
        arguments = ("--single", "-D", HERE, *SINGLE, "template1")
        self._run(where, binaries.postgres, *arguments, stdin=sql)
        folders.replace(where.folder / ROLES, "", where.owner)

    def _run(self, where: Launch, program: Path, *arguments: str, stdin: str = "") -> None:
        status, said = programs.run(where, program, *arguments, stdin=stdin)
        if status != 0:
            raise EmbeddedFault(self.explain(said.splitlines()))

    def explain(self, said: list[str]) -> str:
        """Say in a sentence what PostgreSQL's last words mean."""
        if any(full in line for line in said for full in FULL):
            return _(
                "The disk with the data folder {folder} is full: free at least {megabytes} MB "
                "and start "
                "again."
            ).format(folder=self.data_dir, megabytes=NEEDS)
        return _(
            "PostgreSQL could not start on {folder}. Its last words: {words} Set that right and "
            "start "
            "again, or set VESTIBULE_DATABASE_URL to a PostgreSQL of your own."
        ).format(folder=self.folder, words=" / ".join(_telling(said)) or "-")


def _telling(said: list[str]) -> list[str]:
    """Choose the lines that say what is wrong, or else the last ones."""
    marks = ("FATAL", "PANIC", "ERROR", "error:", "cannot launch")
    return ([line for line in said if any(mark in line for mark in marks)] or said)[-3:]


def _wishes(binaries: Binaries) -> list[str]:
    """The arguments of initdb.

    Text sorts by code point, and upper and lower case know all letters where the machine can. That
    needs no ICU, and no index breaks when the system's locales change.
    """
    if binaries.major >= BUILTIN_LOCALES_SINCE:
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    else:
        locale = ["--locale=C", *(["--lc-ctype=C.UTF-8"] if SYSTEM_LOCALE.exists() else [])]
    return [
        *("-D", HERE, "--username", store.SUPERUSER, "--encoding=UTF8", "--data-checksums"),
        *("--auth-local=peer", "--auth-host=reject"),
        *locale,
    ]
