"""The embedded PostgreSQL at work: started, asked, stopped, started again."""
# long: one server, asked in every way

import os
import pwd
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from pathlib import Path

import asyncpg
import babel
import pytest

import vestibule
from tests.embedded.cast import KEEPER, ask, hear, keep, working_in
from vestibule.embedded import binaries
from vestibule.embedded.faults import EmbeddedFault
from vestibule.embedded.server import LOG, EmbeddedPostgres

MAJORS = sorted({found.major for found in binaries.find()})
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def test_it_starts_from_nothing_and_keeps_what_was_written(empty_dir: Path) -> None:
    with EmbeddedPostgres.start(empty_dir) as postgres:
        ask(postgres.url, "create table note (text text)", "insert into note values ('kept')")
    with EmbeddedPostgres.start(empty_dir) as postgres:
        assert ask(postgres.url, "select text from note") == "kept"


def test_it_starts_quickly_the_first_time_and_at_once_after(empty_dir: Path) -> None:
    seconds = []
    for _ in range(2):
        began = time.monotonic()
        with EmbeddedPostgres.start(empty_dir):
            seconds.append(time.monotonic() - began)
    # Measured: 0.9 s and 0.06 s. The bounds leave room for a busy machine.
    assert seconds[0] < 8
    assert seconds[1] < 2


def test_our_role_owns_its_database_and_is_nothing_beyond_it(running: EmbeddedPostgres) -> None:
    rights = "select rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication"
    assert ask(running.url, f"{rights} from pg_roles where rolname = current_user") is False
    owner = "select pg_get_userbyid(datdba) = current_user from pg_database"
    assert ask(running.url, f"{owner} where datname = current_database()") is True
    assert ask(running.administrator_url, "show is_superuser") == "on"


def test_it_is_durable_checked_and_not_on_the_network(running: EmbeddedPostgres) -> None:
    wanted = {
        "listen_addresses": "",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "server_encoding": "UTF8",
        "max_connections": "100",
        "log_parameter_max_length_on_error": "0",
        "log_min_error_statement": "panic",
    }
    found = {name: ask(running.url, f"show {name}") for name in wanted}
    assert found == wanted
    assert ask(running.url, "select inet_server_addr()") is None


def test_text_sorts_by_code_point_and_knows_upper_and_lower_case(running: EmbeddedPostgres) -> None:
    assert ask(running.url, "select lower('ÄB')") == "äb"
    assert ask(running.url, "select 'B' < 'a'") is True


def test_only_its_owner_reaches_the_socket(empty_dir: Path) -> None:
    with EmbeddedPostgres.start(empty_dir):
        sockets = [path for path in empty_dir.rglob("*") if path.is_socket()]
        assert len(sockets) == 1
        assert stat.S_IMODE(sockets[0].parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(empty_dir.stat().st_mode) == 0o700


def test_stopping_ends_every_process_and_twice_is_as_good_as_once(data_dir: Path) -> None:
    postgres = EmbeddedPostgres.start(data_dir)
    assert working_in(data_dir)
    postgres.stop()
    assert not working_in(data_dir)
    postgres.stop()


def test_stopping_does_not_wait_for_clients(data_dir: Path) -> None:
    with EmbeddedPostgres.start(data_dir) as postgres:
        client = socket.socket(socket.AF_UNIX)
        client.connect(postgres.address.socket)
        began = time.monotonic()
        postgres.stop()
        assert time.monotonic() - began < 10
        client.close()


def test_the_log_holds_no_statement_parameter_or_value(data_dir: Path) -> None:
    with EmbeddedPostgres.start(data_dir) as postgres:
        ask(postgres.url, "create table note (word text unique)", "select 1")
        broken = "insert into note values ('hush-hush'), ('hush-hush')"
        with pytest.raises(Exception, match="note_word_key"):
            ask(postgres.url, broken)
    log = (data_dir / LOG).read_text()
    assert "note_word_key" in log
    assert "hush" not in log
    assert "insert" not in log


def test_who_serves_comes_in_as_a_role_that_owns_nothing(data_dir: Path) -> None:
    with EmbeddedPostgres.start(data_dir) as postgres:
        assert ask(postgres.server_url, "select current_user") == "vestibule_server"
        assert ask(postgres.server_url, "show is_superuser") == "off"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            ask(postgres.server_url, "create table mine (id int)", "select 1")


def test_a_folder_from_before_there_were_two_roles_gets_the_second(data_dir: Path) -> None:
    with EmbeddedPostgres.start(data_dir) as postgres:
        ask(
            postgres.administrator_url,
            "revoke connect on database vestibule from vestibule_server",
            "drop role vestibule_server",
        )
    for _ in range(2):  # the second time as if we had been killed before we noted the first
        (data_dir / "postgresql" / "vestibule.roles").unlink()
        with EmbeddedPostgres.start(data_dir) as postgres:
            assert ask(postgres.server_url, "select current_user") == "vestibule_server"


@pytest.mark.parametrize("depth", [1, 4])
def test_a_long_or_odd_path_does_no_harm(empty_dir: Path, depth: int) -> None:
    data_dir = empty_dir.joinpath(*["it's 100 % odd, & ünlovely?#[" * depth] * depth)
    with EmbeddedPostgres.start(data_dir) as postgres:
        assert ask(postgres.url, "select current_user") == "vestibule"
        assert len(os.fsencode(postgres.address.socket)) <= 107


def test_a_relative_path_does_no_harm(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(data_dir.parent)
    with EmbeddedPostgres.start(Path("data")) as postgres:
        monkeypatch.chdir("/")
        assert ask(postgres.url, "select 1") == 1


@pytest.mark.parametrize("major", MAJORS)
def test_a_folder_is_served_by_the_version_that_made_it(
    empty_dir: Path, major: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    only = tuple(found for found in binaries.find() if found.major == major)
    with monkeypatch.context() as machine:
        machine.setattr(binaries, "find", lambda: only)
        EmbeddedPostgres.start(empty_dir).stop()
    with EmbeddedPostgres.start(empty_dir) as postgres:
        assert str(ask(postgres.url, "show server_version_num")).startswith(str(major))
        assert ask(postgres.url, "select lower('Ä')") == "ä"


def test_a_folder_of_another_version_is_refused_with_a_way_out(data_dir: Path) -> None:
    (data_dir / "postgresql" / "PG_VERSION").write_text("13\n")
    with pytest.raises(EmbeddedFault, match=r"made by PostgreSQL 13.*apt install postgresql-13"):
        EmbeddedPostgres.start(data_dir)


def test_a_folder_that_is_no_cluster_is_refused_and_not_touched(empty_dir: Path) -> None:
    (empty_dir / "postgresql").mkdir(parents=True)
    (empty_dir / "postgresql" / "novel.txt").write_text("Chapter one")
    with pytest.raises(EmbeddedFault, match="not a whole PostgreSQL folder"):
        EmbeddedPostgres.start(empty_dir)
    assert (empty_dir / "postgresql" / "novel.txt").read_text() == "Chapter one"


def test_a_damaged_cluster_is_explained_and_the_folder_is_let_go(data_dir: Path) -> None:
    control = data_dir / "postgresql" / "global" / "pg_control"
    whole = control.read_bytes()
    control.write_bytes(b"\0" * len(whole))
    with pytest.raises(EmbeddedFault, match=r"could not start.*Its last words"):
        EmbeddedPostgres.start(data_dir)
    control.write_bytes(whole)
    EmbeddedPostgres.start(data_dir).stop()


def test_a_data_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedFault, match="VESTIBULE_DATA_DIR"):
        EmbeddedPostgres.start(tmp_path / "file" / "data")


def test_a_second_starter_is_refused_and_told_who_is_there(data_dir: Path) -> None:
    with EmbeddedPostgres.start(data_dir) as postgres:
        with pytest.raises(EmbeddedFault, match=rf"process {os.getpid()}\).*VESTIBULE_DATA_DIR"):
            EmbeddedPostgres.start(data_dir)
        assert ask(postgres.url, "select 1") == 1


def test_a_command_beside_a_running_server_uses_that(data_dir: Path) -> None:
    keeper = keep(data_dir)
    try:
        with EmbeddedPostgres.start(data_dir, attach=True) as joined:
            assert not joined.owns
            assert ask(joined.url, "select 1") == 1
        assert ask(keeper.said["url"], "select 1") == 1
    finally:
        keeper.end()


def test_a_command_without_a_running_server_starts_its_own(data_dir: Path) -> None:
    with EmbeddedPostgres.start(data_dir, attach=True) as postgres:
        assert postgres.owns
        assert ask(postgres.url, "select 1") == 1
    assert not working_in(data_dir)


def test_the_url_serves_other_processes_too(empty_dir: Path) -> None:
    keeper = keep(empty_dir / ("long" * 40))
    try:
        assert ask(keeper.said["url"], "select 1") == 1
    finally:
        keeper.end()


@AS_ROOT
def test_a_normal_user_needs_no_root() -> None:
    nobody = pwd.getpwnam("nobody")
    with tempfile.TemporaryDirectory(dir="/tmp") as place:
        os.chown(place, nobody.pw_uid, nobody.pw_gid)
        for _ in range(2):
            keeper = hear(_launch_as(nobody, Path(place)))
            keeper.end()
            assert "fault" not in keeper.said
            assert (Path(place) / "data" / "postgresql").stat().st_uid == nobody.pw_uid
            assert not working_in(Path(place))


@AS_ROOT
def test_root_runs_it_as_somebody_unprivileged_and_changes_no_mode_above(empty_dir: Path) -> None:
    closed = empty_dir.parent / "closed"
    closed.mkdir(mode=0o700)
    above = [closed, *closed.parents]
    before = [(path.stat().st_mode, path.stat().st_uid) for path in above]
    with EmbeddedPostgres.start(closed / "data") as postgres:
        assert postgres.postmaster is not None
        status = Path(f"/proc/{postgres.postmaster.pid}/status").read_text()
        facts = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        assert "0" not in facts["Uid"].split() + facts["Gid"].split()
        assert facts["Groups"].strip() == ""
        assert int(facts["CapEff"], 16) == 0
        assert ask(postgres.url, "select 1") == 1
    assert [(path.stat().st_mode, path.stat().st_uid) for path in above] == before
    assert (closed / "data").stat().st_uid == 0


@AS_ROOT
def test_root_keeps_the_owner_of_a_cluster_that_is_there(data_dir: Path) -> None:
    for uid in (pwd.getpwnam("nobody").pw_uid, 0):
        for path in (data_dir / "postgresql", *(data_dir / "postgresql").rglob("*")):
            os.chown(path, uid, -1, follow_symlinks=False)
        with EmbeddedPostgres.start(data_dir) as postgres:
            assert postgres.postmaster is not None
            runs_as = Path(f"/proc/{postgres.postmaster.pid}").stat().st_uid
            assert runs_as == uid if uid else runs_as != 0


@AS_ROOT
def test_root_is_not_led_astray_by_a_link_in_the_cluster(data_dir: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("untouched")
    for name in ("postgresql.conf", "pg_hba.conf", "pg_ident.conf"):
        (data_dir / "postgresql" / name).unlink()
        (data_dir / "postgresql" / name).symlink_to(precious)
    EmbeddedPostgres.start(data_dir).stop()
    assert precious.read_text() == "untouched"


def _launch_as(user: pwd.struct_passwd, place: Path) -> subprocess.Popen[str]:
    """Launch a keeper as this user, with copies of all that it needs: ours may be out of reach."""
    python = Path("/usr/bin/python3")
    if not python.exists() or _version(python) < "3.11":
        pytest.skip("there is no Python for everybody here")
    code = place / "code"
    if not code.exists():
        wheel = binaries.find()[0].prefix
        shutil.copytree(Path(vestibule.__file__).parent, code / "vestibule")
        words = Path(babel.__file__).parent
        shutil.copytree(words, code / "babel", ignore=shutil.ignore_patterns("locale-data"))
        shutil.copy(KEEPER, code / "keeper.py")
        shutil.copytree(wheel, code / wheel.parent.name / wheel.name)
        libraries = f"{wheel.parent.name}.libs"
        shutil.copytree(wheel.parent.with_name(libraries), code / libraries)
    return subprocess.Popen(
        [python, str(code / "keeper.py"), str(place / "data")],
        env={"PYTHONPATH": str(code), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=place,
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=[],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _version(python: Path) -> str:
    program = "import sys; print(*sys.version_info[:2], sep='.')"
    return subprocess.run(
        [python, "-c", program], capture_output=True, text=True, check=True
    ).stdout
