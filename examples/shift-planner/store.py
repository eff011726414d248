"""The shifts of a week, in a SQLite file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FIRST_WEEK = (
    (0, "07:00", "12:00", "Bake"),
    (0, "12:00", "18:00", "Counter"),
    (2, "07:00", "12:00", "Bake"),
    (4, "12:00", "20:00", "Counter"),
    (5, "08:00", "14:00", "Market stall"),
)


@dataclass(frozen=True, slots=True)
class Shift:
    """A piece of work. Without a worker it is free."""

    id: int
    day: int
    starts: str
    ends: str
    task: str
    worker_id: str | None
    worker: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one week."""

    path: Path

    def open(self) -> None:
        """Make the file at the first start, with a few free shifts."""
        with self._database() as database:
            database.execute(
                """
                CREATE TABLE IF NOT EXISTS shifts (
                    id INTEGER PRIMARY KEY, day INTEGER NOT NULL, starts TEXT NOT NULL,
                    ends TEXT NOT NULL, task TEXT NOT NULL, worker_id TEXT, worker TEXT
                )
                """
            )
            if not database.execute("SELECT 1 FROM shifts").fetchone():
                rows = "INSERT INTO shifts (day, starts, ends, task) VALUES (?, ?, ?, ?)"
                database.executemany(rows, FIRST_WEEK)

    def week(self) -> list[tuple[str, list[Shift]]]:
        """Give each day with its shifts."""
        with self._database() as database:
            rows = database.execute(
                """
                SELECT id, day, starts, ends, task, worker_id, worker
                  FROM shifts ORDER BY day, starts, id
                """
            )
            shifts = [Shift(*row) for row in rows]
        return [(name, [s for s in shifts if s.day == day]) for day, name in enumerate(DAYS)]

    def add(self, day: int, starts: str, ends: str, task: str) -> None:
        """Add a free shift."""
        self._change(
            "INSERT INTO shifts (day, starts, ends, task) VALUES (?, ?, ?, ?)",
            *(day, starts, ends, task),
        )

    def delete(self, shift: int) -> bool:
        """Delete a shift. False: there is none."""
        return self._change("DELETE FROM shifts WHERE id = ?", shift)

    def assign(self, shift: int, worker_id: str | None, worker: str | None) -> bool:
        """Give the shift to somebody, or set it free. False: there is none."""
        return self._change(
            "UPDATE shifts SET worker_id = ?, worker = ? WHERE id = ?", worker_id, worker, shift
        )

    def take(self, shift: int, worker_id: str, worker: str) -> bool:
        """Take a shift that is still free. False: it is not."""
        return self._change(
            "UPDATE shifts SET worker_id = ?, worker = ? WHERE id = ? AND worker_id IS NULL",
            *(worker_id, worker, shift),
        )

    def _change(self, statement: str, *values: object) -> bool:
        with self._database() as database:
            return database.execute(statement, values).rowcount == 1

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path)) as database, database:
            yield database
