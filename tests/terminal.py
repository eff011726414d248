"""Where an operator types: commands as processes of their own, and how they ended."""

import asyncio
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from tests import running
from tests.running import COMMAND

PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, object]]:
        """The lines of standard output, each a JSON object."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where an operator types. Every command runs on the same database, or starts its own."""

    folder: Path
    url: str | None

    def run(self, *words: str, typed: str | None = None, **settings: str) -> Said:
        """Run a command. `typed`: what it is answered, if it asks."""
        done = subprocess.run(
            [COMMAND, *words],
            env=self.environment(**settings),
            cwd=self.folder,
            input=typed,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return Said(done.returncode, done.stdout, done.stderr)

    def environment(self, **settings: str) -> dict[str, str]:
        where = {"database_url": self.url} if self.url else {}
        return running.environment_of(self.folder, 8000, {**where, **settings})

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        """Ask the database."""

        async def converse() -> list[tuple[object, ...]]:
            connection = await asyncpg.connect(self.url)
            try:
                return [tuple(row) for row in await connection.fetch(sql)]
            finally:
                await connection.close()

        return asyncio.run(converse())
