"""Ends what a killed Vestibule left running on a cluster. Only under the lock of the data folder.

Found by what cannot lie: every PostgreSQL process works in its cluster folder. A process id in a
file may by now be somebody else's, and in a container often is.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from vestibule.embedded.address import SOCKET
from vestibule.embedded.faults import EmbeddedFault
from vestibule.kernel.i18n import gettext as _

PROGRAMS = frozenset({"postgres", "initdb"})
PATIENCE = 10.0  # seconds for its shutdown (it takes 5 at most), and again after a kill
STALE = ("postmaster.pid", SOCKET, f"{SOCKET}.lock")


@dataclass(frozen=True, slots=True)
class Process:
    """A running process, held so that its number cannot pass to another."""

    pid: int
    file: int


def end(cluster: Path) -> None:
    """End every PostgreSQL process of this cluster, by its postmaster if that lives; then sweep."""
    with _living(cluster) as processes:
        # Only the postmaster knows how to shut down; to the others signals mean other things.
        _tell_all([it for it in processes if it.pid == _postmaster(cluster)], signal.SIGQUIT)
    if not _wait(cluster):
        with _living(cluster) as processes:
            _tell_all(processes, signal.SIGKILL)
        if not _wait(cluster):
            raise EmbeddedFault(
                _(
                    "A PostgreSQL of an earlier run still works in {folder} and cannot be ended: "
                    "restart the machine or the container."
                ).format(folder=cluster)
            )
    # Nobody is there any more. PostgreSQL would trust these if their number was another's by now.
    for name in STALE:
        (cluster / name).unlink(missing_ok=True)


def _tell_all(processes: list[Process], wish: signal.Signals) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(process.file, wish)


def _wait(cluster: Path) -> bool:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with _living(cluster) as processes:
            if not processes:
                return True
        time.sleep(0.02)
    return False


@contextmanager
def _living(cluster: Path) -> Iterator[list[Process]]:
    found = list(_find(cluster))
    try:
        yield found
    finally:
        for process in found:
            os.close(process.file)


def _find(cluster: Path) -> Iterator[Process]:
    for entry in os.listdir("/proc"):
        if entry.isdecimal():
            try:
                file = os.pidfd_open(int(entry))
            except OSError:
                continue
            if _works_in(Path("/proc") / entry, cluster):
                yield Process(int(entry), file)
            else:
                os.close(file)


def _works_in(process: Path, cluster: Path) -> bool:
    try:
        name = (process / "comm").read_text().strip()
        return name in PROGRAMS and (process / "cwd").samefile(cluster)
    except OSError:
        return False  # it ended, it is a zombie, or it is not ours to ask


def _postmaster(cluster: Path) -> int:
    try:
        return int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return 0
