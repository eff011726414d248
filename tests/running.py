"""A real `vestibule serve` in a process of its own: for stories, races and crashes."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.world import OPERATOR

HOST = "127.0.0.1"
READY_SECONDS = 30.0
STOP_SECONDS = 15.0
COMMAND = Path(sys.executable).with_name("vestibule")


@dataclass(slots=True)
class Running:
    """A server that answers. `log` is what it wrote to its standard output and error."""

    port: int
    log: Path
    process: subprocess.Popen[bytes]
    environment: Mapping[str, str] = field(repr=False)

    @property
    def url(self) -> str:
        """The base URL that it was told."""
        return self.environment["VESTIBULE_BASE_URL"]

    def said(self) -> str:
        """All that it wrote so far."""
        return self.log.read_text(errors="replace")

    def kill(self) -> None:
        """Kill -9, which leaves it no time for anything."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Let it stop in good order, or else kill it. Gives its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        return self.process.returncode


@contextmanager
def serve(folder: Path, **settings: str) -> Iterator[Running]:
    """Serve as long as the block. `folder` takes the data and the log.

    Settings are named as in the environment, without the prefix, in lower case: `smtp_url=…`.
    Without `database_url` the server runs a PostgreSQL of its own in the folder.
    """
    running = start(folder, settings)
    try:
        wait_until_ready(running)
        yield running
    finally:
        running.stop()


def start(folder: Path, settings: Mapping[str, str], *, port: int = 0) -> Running:
    """Start a server and do not wait. Several may share a folder and a database."""
    port = port or free_port()
    environment = environment_of(folder, port, settings)
    log = folder / f"serve-{port}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [COMMAND, "serve", "--port", str(port)],
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    return Running(port, log, process, environment)


def environment_of(folder: Path, port: int, settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of a server, or of another command on its data: nothing of ours but paths."""
    given = {
        "data_dir": str(folder / "data"),
        "base_url": f"http://localhost:{port}",
        "limits": "off",
        **settings,
    }
    if "database_url" in given and "secret_file" not in given:
        given["secret_file"] = str(secret_in(folder))
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return kept | {f"VESTIBULE_{name.upper()}": value for name, value in given.items()}


def secret_in(folder: Path) -> Path:
    """A server's secret in this folder, as an operator makes one."""
    path = folder / "secret"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(b"a secret for tests, no shorter than 32 bytes")
    return path


def operator_key_in(folder: Path) -> Path:
    """The operator's key in this folder, as an operator makes one."""
    path = folder / "operator-key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(OPERATOR.token)
    return path


def wait_until_ready(running: Running) -> None:
    """Wait until the server and its database answer."""
    ends_at = time.monotonic() + READY_SECONDS
    while time.monotonic() < ends_at:
        assert running.process.poll() is None, f"the server ended:\n{running.said()}"
        try:
            if httpx.get(f"{running.url}/readyz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.03)
    raise AssertionError(f"the server was not ready in {READY_SECONDS} s:\n{running.said()}")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind((HOST, 0))
        return int(one.getsockname()[1])
