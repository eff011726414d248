"""Running PostgreSQL's programs: as the right user, in the cluster folder, tied to our life."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vestibule.embedded import launch
from vestibule.embedded.log import Log
from vestibule.embedded.owners import Owner

# The folder as the launcher holds it open: PostgreSQL runs in one whose parents its user may not
# enter, and no mode changes.
HERE = f"/proc/self/fd/{launch.FOLDER}"

# Nothing else of our environment: it may hold secrets, and a stray PGDATA or PGPORT would mislead.
_KEPT = ("LD_LIBRARY_PATH", "TMPDIR")


@dataclass(frozen=True, slots=True)
class Launch:
    """Where and as whom a program runs."""

    folder: Path
    owner: Owner

    def command(self, program: Path, *arguments: str, death_signal: int) -> list[str]:
        """The launcher's command line. Only the present process may be the parent."""
        switch = os.geteuid() != self.owner.uid
        user = (self.owner.uid, self.owner.gid) if switch else (-1, -1)
        words = (os.getpid(), int(death_signal), *user)
        launcher = [sys.executable, "-I", "-S", str(Path(launch.__file__).resolve())]
        return [*launcher, *map(str, words), str(program), *arguments]

    def environment(self) -> Mapping[str, str]:
        """What the program may see."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return {"PATH": os.defpath, "LC_ALL": "C", **kept}


def run(where: Launch, program: Path, *arguments: str, stdin: str = "") -> tuple[int, str]:
    """Run a program to its end, and give its exit status and what it said.

    Killed at once if we die: what it was making is not trusted afterwards.
    """
    done = subprocess.run(  # noqa: S603 - paths that we made, and no shell
        where.command(program, *arguments, death_signal=signal.SIGKILL),
        cwd=where.folder,
        env=where.environment(),
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        start_new_session=True,
    )
    return done.returncode, done.stdout


class Postmaster:
    """The server, for as long as this process lives.

    The thread that started it stays with it: it writes its log, reaps it, and is the one whose end
    the kernel watches. The kernel then sends SIGQUIT, PostgreSQL's immediate shutdown: it is over
    in 5 seconds whatever happens, and the next start recovers. SIGTERM would wait for clients, and
    SIGINT for a checkpoint, or for ever if server processes were killed with us (tried).
    """

    def __init__(self, where: Launch, postgres: Path, log: Log) -> None:
        self.log = log
        self._where = where
        self._command = where.command(postgres, "-D", HERE, death_signal=signal.SIGQUIT)
        self._child: subprocess.Popen[bytes] | None = None
        self._fault: OSError | None = None
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._live, name="postgres", daemon=True)
        self._thread.start()
        self._started.wait()
        if self._fault is not None:
            raise self._fault

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        assert self._child is not None  # noqa: S101 - __init__ waited for it
        return self._child.pid

    def has_ended(self) -> bool:
        """Say whether the server is gone; a zombie is."""
        return self._child is None or self._child.poll() is not None

    def stop(self, *, patience: float) -> bool:
        """Shut down fast, or like a crash (which loses nothing) when patience (seconds) runs out.

        False: not even that worked, within as long again.
        """
        if self._child is None:
            return True
        for wish in (signal.SIGINT, signal.SIGQUIT):
            self._child.send_signal(wish)
            try:
                self._child.wait(patience)
            except subprocess.TimeoutExpired:
                continue
            self._thread.join(patience)
            return True
        return False

    def _live(self) -> None:
        try:
            self._child = self._start()
        except OSError as fault:
            self._fault = fault
            return
        finally:
            self._started.set()
        with self._child as child:
            for line in child.stdout or ():
                self.log.write(line)

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - paths that we made, and no shell
            self._command,
            cwd=self._where.folder,
            env=self._where.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C in the terminal is for us, not for it
        )
