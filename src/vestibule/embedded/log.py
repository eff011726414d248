"""PostgreSQL's log file: bounded in size, and never a reason for the server to stop."""

import os
from collections import deque
from pathlib import Path

from vestibule.embedded import folders

LIMIT = 1_000_000  # bytes of one file; there are two


class Log:
    """A file and its predecessor, and the last lines for who has to explain a fault."""

    def __init__(self, path: Path, *, limit: int = LIMIT) -> None:
        self.path = path
        self._limit = limit
        self._tail: deque[str] = deque(maxlen=20)

    def write(self, line: bytes) -> None:
        """Add a line. What cannot be written is dropped: a full disk must not block the server."""
        self._tail.append(line.decode(errors="replace").rstrip())
        try:
            file = folders.open_file(self.path, os.O_WRONLY | os.O_APPEND)
            try:
                os.write(file, line)
                size = os.fstat(file).st_size
            finally:
                os.close(file)
            if size >= self._limit:
                self.path.replace(self.path.with_name(f"{self.path.name}.1"))
        except OSError:
            return

    def tail(self) -> list[str]:
        """The last lines, oldest first."""
        return list(self._tail)
