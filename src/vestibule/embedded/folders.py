"""Files in folders that may be somebody else's: no link is followed, nothing stays half-written."""

import os
import secrets
from pathlib import Path

from vestibule.embedded.faults import EmbeddedFault
from vestibule.embedded.owners import Owner
from vestibule.kernel.i18n import gettext as _


def prepare(data_dir: Path) -> Path:
    """Make the data folder, for us alone; if it is there, its mode is the operator's."""
    folder = data_dir.absolute()
    try:
        if not folder.exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
        os.listdir(folder)
    except OSError as fault:
        raise EmbeddedFault(
            _(
                "The data folder {folder} cannot be used ({reason}): set VESTIBULE_DATA_DIR to "
                "a folder "
                "that you may write to."
            ).format(folder=folder, reason=fault.strerror)
        ) from fault
    return folder


def open_file(path: Path, flags: int) -> int:
    """Open a file of ours, for the owner of its folder alone, and never through a symbolic link."""
    file = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    if os.geteuid() == 0:
        facts = path.parent.stat()
        os.fchown(file, facts.st_uid, facts.st_gid)
    return file


def replace(path: Path, text: str, owner: Owner) -> None:
    """Write a file as this owner's, whole or not at all, in place of any link or file there."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(file, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            give(file, owner)
            os.fsync(file)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def give(file: int, owner: Owner) -> None:
    """Let the owner have an open file or folder."""
    if os.fstat(file).st_uid != owner.uid:
        os.fchown(file, owner.uid, owner.gid)


def give_tree(folder: Path, owner: Owner) -> None:
    """Let the owner have a folder and all in it; links themselves, not what they lead to."""
    os.chown(folder, owner.uid, owner.gid, follow_symlinks=False)
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(Path(place) / name, owner.uid, owner.gid, follow_symlinks=False)


def write_through(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
