"""A PostgreSQL in our hands: to be crashed, frozen and started again under a server."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.embedded.cast import place, wait_until, working_in
from vestibule.embedded import address, binaries, owners, programs, readiness, store
from vestibule.embedded.readiness import Readiness
from vestibule.embedded.server import EmbeddedPostgres

READY_SECONDS = 20.0


@dataclass(slots=True)
class Cluster:
    """The server of a data folder. It is a child of this process."""

    data_dir: Path
    postmaster: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        return self.data_dir / "postgresql"

    @property
    def url(self) -> str:
        """The URL of its database, for the program."""
        return address.of(self.folder).url(role=store.ROLE, database=store.DATABASE)

    def start(self) -> None:
        """Start it, and wait until it takes connections: after a crash it recovers first."""
        launch = programs.Launch(self.folder, owners.choose(self.data_dir, self.folder))
        command = launch.command(
            binaries.find()[0].postgres, "-D", programs.HERE, death_signal=signal.SIGKILL
        )
        self.postmaster = subprocess.Popen(
            command, cwd=self.folder, env=launch.environment(), stderr=subprocess.DEVNULL
        )
        ends_at = time.monotonic() + READY_SECONDS
        while readiness.ask(address.of(self.folder).socket).readiness is not Readiness.READY:
            assert time.monotonic() < ends_at, "PostgreSQL does not start"
            time.sleep(0.02)

    def crash(self) -> None:
        """Stop it at once (its *immediate* mode): no checkpoint, and every client is cut off."""
        assert self.postmaster is not None
        self.postmaster.send_signal(signal.SIGQUIT)
        self.postmaster.wait(READY_SECONDS)
        wait_until(lambda: not working_in(self.data_dir))

    def kill_a_backend(self) -> None:
        """Kill -9 a process that serves a client."""
        backends = [pid for pid in working_in(self.data_dir) if _serves_a_client(pid)]
        os.kill(backends[-1], signal.SIGKILL)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let all of its processes hang for as long as the block."""
        stopped = working_in(self.data_dir)
        assert len(stopped) > 2
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)


def _serves_a_client(pid: int) -> bool:
    title = Path(f"/proc/{pid}/cmdline").read_bytes()
    return title.startswith(f"postgres: {store.ROLE} ".encode())


@contextmanager
def running() -> Iterator[Cluster]:
    """Run one as long as the block."""
    with place() as folder:
        EmbeddedPostgres.start(folder / "data").stop()
        cluster = Cluster(folder / "data")
        cluster.start()
        try:
            yield cluster
        finally:
            if working_in(cluster.data_dir):
                cluster.crash()
