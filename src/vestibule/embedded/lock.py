"""One Vestibule per data folder: a lock that the kernel releases when its holder dies."""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from vestibule.embedded import folders

NAME = "vestibule.lock"


@dataclass(frozen=True, slots=True)
class Lock:
    """The lock on a data folder, held by this process."""

    file: int
    path: Path

    def release(self) -> None:
        """Let the next one in. The file stays: two starters must lock the same one."""
        os.ftruncate(self.file, 0)
        os.close(self.file)


def take(data_dir: Path) -> Lock | None:
    """Take the lock, or give None if another process (or another part of this one) holds it."""
    path = data_dir / NAME
    file = folders.open_file(path, os.O_RDWR)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
    except BlockingIOError:
        os.close(file)
        return None
    except BaseException:
        os.close(file)
        raise
    return Lock(file, path)


def holder(data_dir: Path) -> str:
    """The process id that the holder wrote down: for a sentence only, the lock is what counts."""
    try:
        text = (data_dir / NAME).read_text().strip()
    except (OSError, UnicodeDecodeError):
        text = ""
    return text if text.isdecimal() else "?"
