"""Which operating system user PostgreSQL runs as: never root, and always the owner of its files."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from vestibule.embedded.faults import EmbeddedFault
from vestibule.kernel.i18n import gettext as _

ROOT = 0
# Users without rights of their own that are there already, best first; we never make one.
UNPRIVILEGED = ("vestibule", "postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Owner:
    """A user of the operating system, with the name that peer authentication sees."""

    uid: int
    gid: int
    name: str


def starter() -> Owner:
    """The user that this process runs as."""
    return _named(os.geteuid())


def choose(data_dir: Path, cluster: Path) -> Owner:
    """Choose who runs PostgreSQL: the owner of what is there, or else somebody unprivileged."""
    me = starter()
    if me.uid != ROOT:
        _ensure_mine(me, cluster if cluster.exists() else data_dir)
        return me
    for folder in (cluster, data_dir):
        if folder.exists() and folder.stat().st_uid != ROOT:
            return _named(folder.stat().st_uid)
    return _unprivileged()


def _ensure_mine(me: Owner, folder: Path) -> None:
    uid = folder.stat().st_uid
    if uid != me.uid:
        raise EmbeddedFault(
            _(
                "The folder {folder} belongs to another user (number {uid}), and you are "
                "{name}: start "
                "Vestibule as that user or as root, or set VESTIBULE_DATA_DIR to a folder of yours."
            ).format(folder=folder, uid=uid, name=me.name)
        )


def _named(uid: int) -> Owner:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedFault(
            _(
                "The user number {uid} has no name on this machine, and PostgreSQL needs one: "
                "add it "
                "to /etc/passwd, or set VESTIBULE_DATABASE_URL to a PostgreSQL of your own."
            ).format(uid=uid)
        ) from None
    return Owner(entry.pw_uid, entry.pw_gid, entry.pw_name)


def _unprivileged() -> Owner:
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(entry.pw_uid, entry.pw_gid, entry.pw_name)
    raise EmbeddedFault(
        _(
            "PostgreSQL does not run as root, and this machine has none of the users {names}: "
            "make one "
            "(`useradd --system vestibule`), or start Vestibule as a normal user."
        ).format(names=", ".join(UNPRIVILEGED))
    )
