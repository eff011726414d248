"""The embedded PostgreSQL under kill -9, of everything and at every moment, and on a full disk."""

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.embedded.cast import (
    Keeper,
    ask,
    copied,
    hear,
    keep,
    launch,
    place,
    wait_until,
    working_in,
)
from vestibule.embedded import binaries, leftovers, owners, programs
from vestibule.embedded.faults import EmbeddedFault
from vestibule.embedded.server import EmbeddedPostgres

LAME = "alter system set shared_preload_libraries = 'not_there'"

Keeping = Callable[[], Keeper]


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    with place() as folder:
        EmbeddedPostgres.start(folder / "data").stop()
        yield folder / "data"


@pytest.fixture
def data_dir(made: Path) -> Iterator[Path]:
    """A data folder that was made before."""
    with copied(made) as folder:
        yield folder


@pytest.fixture
def empty_dir() -> Iterator[Path]:
    """A data folder that is not there yet."""
    with place() as folder:
        yield folder / "data"


@pytest.fixture
def keeping(data_dir: Path) -> Iterator[Keeping]:
    """Start keepers on the data folder; those left at the end are stopped."""
    keepers: list[Keeper] = []

    def start() -> Keeper:
        keepers.append(keep(data_dir))
        return keepers[-1]

    yield start
    for keeper in keepers:
        keeper.end()


def test_nothing_outlives_a_killed_parent(data_dir: Path, keeping: Keeping) -> None:
    keeper = keeping()
    assert working_in(data_dir)
    keeper.kill()
    wait_until(lambda: not working_in(data_dir))


def test_the_next_one_starts_at_once_after_a_killed_parent(
    data_dir: Path, keeping: Keeping
) -> None:
    for _ in range(3):
        keeping().kill()
    assert ask(keeping().said["url"], "select 1") == 1


def test_what_was_committed_survives_the_kill_of_everything(
    data_dir: Path, keeping: Keeping
) -> None:
    keeper = keeping()
    ask(keeper.said["url"], "create table note (number int)", "select 1")
    for number in range(2):
        ask(keeper.said["url"], "insert into note values (1)", "select 1")
        _freeze_and_kill_all(keeper, data_dir)
        assert (data_dir / "postgresql" / "postmaster.pid").exists()
        keeper = keeping()
        assert ask(keeper.said["url"], "select count(*) from note") == number + 1


def test_a_postmaster_left_alone_is_ended_by_the_next_start(
    data_dir: Path, keeping: Keeping
) -> None:
    orphan = _orphan(data_dir)
    successor = keeping()
    assert ask(successor.said["url"], "select 1") == 1
    assert orphan.poll() is not None


def test_a_zombie_postmaster_is_not_taken_for_a_server(data_dir: Path, keeping: Keeping) -> None:
    orphan = _orphan(data_dir)
    orphan.kill()  # and not reaped: a zombie until the end of this test
    state = Path(f"/proc/{orphan.pid}/stat")
    wait_until(lambda: state.read_text().rpartition(")")[2].split()[0] == "Z")
    assert ask(keeping().said["url"], "select 1") == 1
    orphan.wait()


def test_a_pid_file_that_names_somebody_else_hurts_nobody(data_dir: Path, keeping: Keeping) -> None:
    owner = owners.choose(data_dir, data_dir / "postgresql")
    bystander = subprocess.Popen(["sleep", "60"], user=owner.uid)
    try:
        stale = f"{bystander.pid}\n/proc/self/fd/9\n1\n5432\n.\n\n  0  0\nready\n"
        (data_dir / "postgresql" / "postmaster.pid").write_text(stale)
        (data_dir / "postgresql" / ".s.PGSQL.5432.lock").write_text(stale)
        assert ask(keeping().said["url"], "select 1") == 1
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_shell_in_the_cluster_folder_is_left_alone(data_dir: Path) -> None:
    bystander = subprocess.Popen(["sleep", "60"], cwd=data_dir / "postgresql")
    try:
        leftovers.end(data_dir / "postgresql")
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


@pytest.mark.parametrize("milliseconds", [60, 150, 250, 350, 450])
def test_a_kill_in_the_middle_of_the_first_start_is_made_good_by_the_next(
    empty_dir: Path, milliseconds: int
) -> None:
    victim = launch(empty_dir)
    time.sleep(milliseconds / 1000)
    victim.kill()
    victim.communicate()
    with EmbeddedPostgres.start(empty_dir) as postgres:
        assert ask(postgres.url, "select current_user") == "vestibule"
    assert not list(empty_dir.glob("postgresql.half-*"))


def test_a_command_that_comes_during_the_first_start_waits_for_it(empty_dir: Path) -> None:
    starting = launch(empty_dir)
    wait_until(lambda: bool(list(empty_dir.glob("postgresql.half-*"))))
    with EmbeddedPostgres.start(empty_dir, attach=True) as joined:
        assert not joined.owns
        assert ask(joined.url, "select 1") == 1
    hear(starting).end()


def test_of_many_starters_at_once_one_wins_and_the_others_are_told(
    data_dir: Path, keeping: Keeping
) -> None:
    keepers: list[Keeper] = []
    starters = [threading.Thread(target=lambda: keepers.append(keeping())) for _ in range(6)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    winners = [keeper for keeper in keepers if "url" in keeper.said]
    assert len(winners) == 1
    assert ask(winners[0].said["url"], "select 1") == 1
    told = [keeper.said["fault"] for keeper in keepers if keeper not in winners]
    assert len(told) == 5
    assert all("Another Vestibule" in sentence for sentence in told)


def test_the_end_of_the_thread_that_started_it_is_not_the_end_of_the_server(
    data_dir: Path,
) -> None:
    started: list[EmbeddedPostgres] = []
    thread = threading.Thread(target=lambda: started.append(EmbeddedPostgres.start(data_dir)))
    thread.start()
    thread.join()
    time.sleep(0.3)
    with started[0] as postgres:
        assert ask(postgres.url, "select 1") == 1


def test_an_interrupt_from_the_terminal_is_for_us_and_not_for_the_server(
    data_dir: Path, keeping: Keeping
) -> None:
    keeper = keeping()
    assert os.getpgid(keeper.postmaster) != os.getpgid(keeper.process.pid)
    assert os.getsid(keeper.postmaster) != os.getsid(keeper.process.pid)


def test_a_server_that_dies_at_its_start_is_not_waited_for(data_dir: Path) -> None:
    with EmbeddedPostgres.start(data_dir) as postgres:
        ask(postgres.administrator_url, LAME, "select 1")
    began = time.monotonic()
    with pytest.raises(EmbeddedFault, match="could not start"):
        EmbeddedPostgres.start(data_dir)
    assert time.monotonic() - began < 10
    assert not working_in(data_dir)


def test_a_full_disk_is_said_and_leaves_nothing_half_made(small_disk: Path) -> None:
    with pytest.raises(EmbeddedFault, match=r"is full: free at least \d+ MB"):
        EmbeddedPostgres.start(small_disk / "data")
    assert not list((small_disk / "data").glob("postgresql*"))

    subprocess.run(["mount", "-o", "remount,size=200m", small_disk], check=True)
    with EmbeddedPostgres.start(small_disk / "data") as postgres:
        assert ask(postgres.url, "select 1") == 1


def test_a_disk_that_filled_up_later_is_said(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=200m", small_disk], check=True)
    EmbeddedPostgres.start(small_disk / "data").stop()
    ballast = small_disk / "ballast"
    filling = ["dd", "if=/dev/zero", f"of={ballast}", "bs=64k"]
    assert subprocess.run(filling, check=False, capture_output=True).returncode != 0
    with pytest.raises(EmbeddedFault, match=r"is full: free at least \d+ MB"):
        EmbeddedPostgres.start(small_disk / "data")
    ballast.unlink()
    EmbeddedPostgres.start(small_disk / "data").stop()


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of 12 MB, where we may mount one: in a folder that no other run tidies away."""
    with tempfile.TemporaryDirectory(prefix="vestibule-disk-") as folder:
        place = Path(folder)
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=12m,mode=0755", "tmpfs", place],
            check=False,
            capture_output=True,
        )
        if done.returncode != 0:
            pytest.skip("mounting a small disk needs rights that we do not have here")
        yield place
        subprocess.run(["umount", place], check=True)


def _freeze_and_kill_all(keeper: Keeper, data_dir: Path) -> None:
    """Kill the keeper and every server process, none of which gets to act on the others' end."""
    everybody = [keeper.process.pid, *working_in(data_dir)]
    assert len(everybody) > 4
    for wish in (signal.SIGSTOP, signal.SIGKILL):
        for pid in everybody:
            os.kill(pid, wish)
    keeper.process.communicate()
    wait_until(lambda: not working_in(data_dir))


def _orphan(data_dir: Path) -> subprocess.Popen[bytes]:
    """A postmaster on the cluster whose Vestibule does not exist: it is a child of this test."""
    cluster = data_dir / "postgresql"
    where = programs.Launch(cluster, owners.choose(data_dir, cluster))
    command = where.command(
        binaries.find()[0].postgres, "-D", programs.HERE, death_signal=signal.SIGKILL
    )
    orphan = subprocess.Popen(
        command, cwd=cluster, env=where.environment(), stderr=subprocess.DEVNULL
    )
    wait_until(lambda: (cluster / ".s.PGSQL.5432").exists())
    return orphan
