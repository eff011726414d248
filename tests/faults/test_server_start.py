"""Starting: at once with others, on what does not fit, and where there is no room."""

import asyncio
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from tests import running
from tests.postgres import Postgres
from tests.running import COMMAND, HOST, Running
from vestibule.migrations import runner

SENTENCE_SECONDS = 20.0


def test_of_two_servers_that_start_at_once_one_migrates(
    empty_database: str, tmp_path: Path
) -> None:
    servers = [running.start(tmp_path, {"database_url": empty_database}) for _ in range(2)]
    try:
        for server in servers:
            running.wait_until_ready(server)
        names = _ask(empty_database, "SELECT array_agg(name ORDER BY number) FROM migrations")
        assert names == [migration.name for migration in runner.migrations()]
    finally:
        for server in servers:
            server.stop()


def test_a_database_newer_than_the_program_is_refused(
    own_database: str, postgres: Postgres, tmp_path: Path
) -> None:
    newer = """
        INSERT INTO migrations (number, name, checksum) VALUES (9999, '9999_later', '\\x00')
        RETURNING number
    """
    owner = postgres.owner_url(urlsplit(own_database).path.removeprefix("/"))
    assert _ask(owner, newer) == 9999
    status, said = _refused(tmp_path, database_url=own_database)
    assert status == 1
    assert "The database is newer than this program" in said
    assert "9999" in said


def test_a_database_of_another_secret_is_refused(own_database: str, tmp_path: Path) -> None:
    with running.serve(tmp_path, database_url=own_database):
        pass
    other = tmp_path / "other"
    other.touch(mode=0o600)
    other.write_bytes(b"another secret, just as long as the first one")
    status, said = _refused(tmp_path, database_url=own_database, secret_file=str(other))
    assert status == 1
    assert "set up with another secret" in said
    assert "VESTIBULE_SECRET_FILE" in said


def test_a_secret_that_others_may_read_is_refused(own_database: str, tmp_path: Path) -> None:
    running.secret_in(tmp_path).chmod(0o644)
    status, said = _refused(tmp_path, database_url=own_database)
    assert status == 1
    assert "chmod 600" in said


def test_a_port_in_use_is_said(own_database: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, said = _refused(tmp_path, port=port, database_url=own_database)
    assert status == 1
    assert f"Port {port} at {HOST} cannot be used" in said
    assert "--port" in said


def test_a_database_that_is_not_there_is_said(tmp_path: Path) -> None:
    url = f"postgresql://nobody@{HOST}:{running.free_port()}/nothing"
    status, said = _refused(tmp_path, database_url=url)
    assert status == 1
    assert "VESTIBULE_DATABASE_URL" in said


def test_all_wrong_settings_are_said_at_once(tmp_path: Path) -> None:
    status, said = _refused(
        tmp_path,
        database_url="mysql://somewhere",
        smtp_url="carrier-pigeon://coop",
        pool_size="many",
        base_url="https://vestibule.example.com",
        colour="green",
    )
    assert status == 2
    names = ("DATABASE_URL", "SMTP_URL", "POOL_SIZE", "LIMITS", "COLOUR")
    assert [name for name in names if f"VESTIBULE_{name}" not in said] == []


def test_a_data_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    status, said = _refused(tmp_path, data_dir=str(tmp_path / "file" / "data"))
    assert status == 1
    assert "VESTIBULE_DATA_DIR" in said


def test_a_data_folder_that_cannot_be_written_is_said(small_disk: Path, tmp_path: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    status, said = _refused(tmp_path, data_dir=str(small_disk / "data"))
    assert status == 1
    assert "VESTIBULE_DATA_DIR" in said


def test_a_full_disk_is_said(small_disk: Path, tmp_path: Path) -> None:
    status, said = _refused(tmp_path, data_dir=str(small_disk / "data"))
    assert status == 1
    assert "is full: free at least" in said


def test_a_second_server_on_one_data_folder_is_refused(tmp_path: Path) -> None:
    with running.serve(tmp_path):
        status, said = _refused(tmp_path)
    assert status == 1
    assert "Another Vestibule" in said


@pytest.fixture
async def empty_database(postgres: Postgres) -> str:
    """A database in which nothing is, not even a migration."""
    return postgres.owner_url(await postgres.clone(template="template0"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 12 MB, where we may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m,mode=0755", "tmpfs", str(place)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("mounting a small disk needs rights that we do not have here")
    yield place
    subprocess.run(["umount", place], check=True)


def _refused(folder: Path, *, port: int = 0, **settings: str) -> tuple[int, str]:
    """Start a server that will not serve. Gives its exit status, and what it said instead."""
    port = port or running.free_port()
    done = subprocess.run(
        [COMMAND, "serve", "--port", str(port)],
        env=running.environment_of(folder, port, settings),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=SENTENCE_SECONDS,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    return done.returncode, done.stderr


def _ask(url: str, sql: str) -> object:
    async def converse() -> object:
        connection = await asyncpg.connect(url)
        try:
            answer: object = await connection.fetchval(sql)
            return answer
        finally:
            await connection.close()

    return asyncio.run(converse())


def test_the_first_line_says_where_to_click(own_database: str, tmp_path: Path) -> None:
    with running.serve(tmp_path, database_url=own_database) as server:
        assert _first_line(server) == f"Vestibule is at {server.url}"


def _first_line(server: Running) -> str:
    return server.said().splitlines()[0]
