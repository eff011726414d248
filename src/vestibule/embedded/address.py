"""The way to the server's socket: short enough for the kernel, and the URL that names it."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

PORT = 5432
SOCKET = f".s.PGSQL.{PORT}"
# sun_path holds 108 bytes with its closing NUL (unix(7)).
LONGEST = 107


@dataclass(frozen=True, slots=True)
class Address:
    """How clients reach the socket. `file` is a folder held open for that, or None."""

    host: str
    file: int | None

    @property
    def socket(self) -> str:
        """The path of the socket."""
        return f"{self.host}/{SOCKET}"

    def url(self, *, role: str, database: str) -> str:
        """The URL of a database, as asyncpg, psql and pg_dump take it."""
        return f"postgresql://{role}@/{database}?host={quote(self.host)}&port={PORT}"

    def close(self) -> None:
        """Give up the way. Not twice."""
        if self.file is not None:
            os.close(self.file)


def of(cluster: Path) -> Address:
    """Find a way to the cluster folder: its path, or, if that does not fit, the folder held open.

    The kernel shows a folder that we hold open as /proc/PID/fd/N to every process of the same
    user, and takes it back when we die: there is no link to clean up. A comma would part two hosts.
    """
    path = str(cluster)
    if len(os.fsencode(f"{path}/{SOCKET}")) <= LONGEST and path.isascii() and "," not in path:
        return Address(path, None)
    file = os.open(cluster, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    return Address(f"/proc/{os.getpid()}/fd/{file}", file)
