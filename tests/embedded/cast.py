"""What the tests of the embedded PostgreSQL share: keepers in processes of their own, questions."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

KEEPER = Path(__file__).with_name("keeper.py")
PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Keeper:
    """A process that keeps an embedded PostgreSQL, and what it said at its start."""

    process: subprocess.Popen[str]
    said: dict[str, Any]

    @property
    def postmaster(self) -> int:
        return int(self.said["postmaster"])

    def kill(self) -> None:
        """Kill -9, which leaves it no time for anything."""
        self.process.kill()
        self.process.communicate()

    def end(self) -> None:
        """Let it stop in good order, if it still runs."""
        if self.process.returncode is None:
            self.process.communicate("\n", timeout=PATIENCE)


def keep(data_dir: Path) -> Keeper:
    """Start a keeper and wait for its line."""
    return hear(launch(data_dir))


def hear(process: subprocess.Popen[str]) -> Keeper:
    """Wait for a keeper's line."""
    assert process.stdout is not None
    return Keeper(process, json.loads(process.stdout.readline()))


def launch(data_dir: Path) -> subprocess.Popen[str]:
    """Start a keeper and do not wait."""
    return subprocess.Popen(
        [sys.executable, str(KEEPER), str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def ask(url: str, *statements: str) -> object:
    """Run the statements on one connection, and give the value that the last one answers."""

    async def converse() -> object:
        connection = await asyncpg.connect(url, timeout=PATIENCE)
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            answer: object = await connection.fetchval(statements[-1])
            return answer
        finally:
            await connection.close()

    return asyncio.run(converse())


MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
ROOM = 1_000_000_000  # bytes


@contextmanager
def place() -> Iterator[Path]:
    """A folder for clusters, closed to others; in memory where that is roomy: it is far quicker."""
    facts = os.statvfs(MEMORY if MEMORY.exists() else "/")
    roomy = MEMORY.exists() and facts.f_bavail * facts.f_frsize > ROOM
    with tempfile.TemporaryDirectory(dir=MEMORY if roomy else None) as folder:
        yield Path(folder)


@contextmanager
def copied(made: Path) -> Iterator[Path]:
    """A data folder like one made before, which spares most of a first start."""
    with place() as folder:
        subprocess.run(["cp", "-a", made, folder / "data"], check=True)
        yield folder / "data"


def working_in(folder: Path) -> list[int]:
    """The living processes that work in the folder, or in a folder within."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                place = os.readlink(entry / "cwd")
            except OSError:
                continue
            if Path(place).is_relative_to(folder.resolve()):
                found.append(int(entry.name))
    return found


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
