"""A copy of the wheel's programs for a user who cannot reach the wheel, such as one under /root."""

import importlib.metadata
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from vestibule.embedded.binaries import Binaries
from vestibule.embedded.faults import EmbeddedFault
from vestibule.embedded.owners import Owner
from vestibule.kernel.i18n import gettext as _

# What of the wheel the server needs. The programs find their libraries by the way from bin to the
# sibling .libs folder, so the copy keeps the names of the folders.
PARTS = ("bin/postgres", "bin/initdb", "lib", "share")
LEAVE_OUT = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig", "man", "doc")


def places() -> tuple[Path, ...]:
    """Where a copy may stand, best first. Not in the data folder: it can be made again."""
    return (Path("/var/cache/vestibule"), Path(tempfile.gettempdir()) / "vestibule-programs")


def make_reachable(binaries: Binaries, owner: Owner, homes: Iterable[Path]) -> Binaries:
    """Give programs that this user can execute: these, or a copy of them in one of the homes."""
    if may_execute(binaries.postgres, owner) and may_execute(binaries.initdb, owner):
        return binaries
    obstacles = []
    for home in homes:
        try:
            return _copy_into(home, binaries, owner)
        except OSError as fault:
            obstacles.append(f"{home}: {fault.strerror or fault}")
    raise EmbeddedFault(
        _(
            "The user {name} cannot execute {program}, and no copy could be made for them "
            "({reasons}): "
            "install Vestibule where everybody can read it, or start it as a normal user."
        ).format(name=owner.name, program=binaries.postgres, reasons="; ".join(obstacles))
    )


def may_execute(program: Path, owner: Owner) -> bool:
    """Say whether the user gets through every folder to the program, and may execute it."""
    path = program.resolve()
    return all(_has_x(step.stat(), owner) for step in (path, *path.parents))


def _has_x(facts: os.stat_result, owner: Owner) -> bool:
    if facts.st_uid == owner.uid:
        return bool(facts.st_mode & stat.S_IXUSR)
    if facts.st_gid == owner.gid:
        return bool(facts.st_mode & stat.S_IXGRP)
    return bool(facts.st_mode & stat.S_IXOTH)


def _copy_into(home: Path, binaries: Binaries, owner: Owner) -> Binaries:
    _make_home(home)
    copy = home / _name(binaries)
    if not copy.exists():
        _copy(binaries, copy)
    _ensure_ours(copy)
    package = binaries.prefix.parent.name
    copied = replace(binaries, prefix=copy / package / binaries.prefix.name)
    if not may_execute(copied.postgres, owner):
        raise PermissionError(0, f"{owner.name} cannot reach it")
    return copied


def _make_home(home: Path) -> None:
    if not home.exists():
        home.mkdir(parents=True)
        home.chmod(0o755)
    _ensure_ours(home)
    if os.statvfs(home).f_flag & os.ST_NOEXEC:
        raise PermissionError(0, "programs may not be executed there (noexec)")


def _ensure_ours(folder: Path) -> None:
    """The homes have well-known names: what somebody else put there must not be executed."""
    facts = folder.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid() or facts.st_mode & 0o022:
        raise PermissionError(0, f"{folder} is not a folder of ours alone")


def _name(binaries: Binaries) -> str:
    package = binaries.prefix.parent.name
    try:
        version = importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        version = "unknown"
    return f"{package}-{version}-postgresql-{binaries.major}"


def _copy(binaries: Binaries, copy: Path) -> None:
    """Copy beside, write it to the disk, then give it its name: it is whole or not there."""
    package = binaries.prefix.parent
    half = Path(tempfile.mkdtemp(prefix=".half-", dir=copy.parent))
    try:
        for part in PARTS:
            _copy_part(binaries.prefix / part, half / package.name / binaries.prefix.name / part)
        _copy_part(package.with_name(f"{package.name}.libs"), half / f"{package.name}.libs")
        _open_and_write_through(half)
        if not copy.exists():
            half.rename(copy)
    except OSError:
        if not copy.exists():  # nobody else made the same copy meanwhile
            raise
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _copy_part(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=LEAVE_OUT)
    elif source.exists():
        shutil.copy2(source, target)


def _open_and_write_through(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
        path.chmod(0o755 if executable else 0o644)
        file = os.open(path, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)
