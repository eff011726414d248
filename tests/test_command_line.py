"""The operator's commands: exit codes, sentences and no tracebacks, the mark in the trail."""

import asyncio
import json
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from tests import running, smtp_sink, world
from tests.postgres import Postgres
from tests.running import COMMAND
from vestibule.kernel.database import Database
from vestibule.migrations import runner

PATIENCE = 30.0
PUBLISH = ("app", "publish", "security.yaml", "--organization", "analytical")
DEFINITION = """\
name: Stalls
security:
  default:
    role: Manager
  roles:
    Manager:
"""
RESCUE = ("rescue", "--organization", "analytical", "--owner")
INVITE = ("invite", "ana@example.com", "--organization", "analytical", "--role", "manager")


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, object]]:
        """The lines of standard output, each a JSON object."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where an operator types. Every command runs on the same database, or starts its own."""

    folder: Path
    url: str | None

    def run(self, *words: str, **settings: str) -> Said:
        done = subprocess.run(
            [COMMAND, *words],
            env=self.environment(**settings),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return Said(done.returncode, done.stdout, done.stderr)

    def environment(self, **settings: str) -> dict[str, str]:
        where = {"database_url": self.url} if self.url else {}
        return running.environment_of(self.folder, 8000, {**where, **settings})

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        """Ask the database."""

        async def converse() -> list[tuple[object, ...]]:
            connection = await asyncpg.connect(self.url)
            try:
                return [tuple(row) for row in await connection.fetch(sql)]
            finally:
                await connection.close()

        return asyncio.run(converse())


@pytest.fixture
def terminal(own_database: str, tmp_path: Path) -> Terminal:
    return Terminal(tmp_path, own_database)


@pytest.fixture
def town(terminal: Terminal) -> Terminal:
    """A terminal where the cast is in the database."""

    async def make() -> None:
        assert terminal.url
        database = await Database.connect(terminal.url, size=1)
        async with database.transaction() as tx:
            await world.make(tx)
        await database.close()

    asyncio.run(make())
    return terminal


@pytest.fixture
async def empty(postgres: Postgres, tmp_path: Path) -> Terminal:
    """A terminal on a database in which nothing is."""
    return Terminal(tmp_path, postgres.owner_url(await postgres.clone(template="template0")))


def test_migrate_names_what_it_applied_and_the_second_time_nothing(empty: Terminal) -> None:
    names = [migration.name for migration in runner.migrations()]
    first = empty.run("migrate")
    assert (first.status, first.out.split()) == (0, names)
    second = empty.run("migrate")
    assert (second.status, second.out) == (0, "")
    assert "up to date" in second.err


def test_invite_prints_the_invitation_and_marks_the_operator(town: Terminal) -> None:
    said = town.run(*INVITE, "--days", "3")
    assert said.status == 0
    [invitation] = said.lines
    assert invitation["email"] == "ana@example.com"
    assert invitation["role"] == "manager"
    assert invitation["inviter"] == {"type": "operator", "id": None, "name": "The operator"}
    assert town.ask("SELECT event, actor_kind, actor_id FROM audit") == [
        ("invitation.made", "operator", None)
    ]
    assert town.ask("SELECT recipient FROM messages") == [("ana@example.com",)]
    assert "key" not in said.out


def test_invite_again_renews_in_place(town: Terminal) -> None:
    first, second = town.run(*INVITE), town.run(*INVITE)
    assert (first.status, second.status) == (0, 0)
    assert first.lines[0]["id"] == second.lines[0]["id"]
    assert town.ask("SELECT count(*) FROM invitations") == [(1,)]


def test_publish_makes_the_app_and_then_a_version_where_nobody_is_stranded(town: Terminal) -> None:
    file, as_ada = town.folder / "security.yaml", ("--as", world.ADA.email)
    file.write_text(DEFINITION)
    [first] = town.run(*PUBLISH, *as_ada, "--home-url", "https://shifts.example.com/").lines
    assert (first["slug"], first["version"]) == ("stalls", 1)

    file.write_text(DEFINITION.replace("Manager", "Chief"))
    refused = town.run(*PUBLISH, *as_ada)
    assert (refused.status, refused.out) == (1, "")
    assert "1 member has the role Manager" in refused.err
    [second] = town.run(*PUBLISH, *as_ada, "--role", "Manager=Chief").lines
    assert (second["version"], second["home_url"]) == (2, "https://shifts.example.com/")
    held = "SELECT role FROM app_member_roles JOIN apps ON apps.id = app_id WHERE slug = 'stalls'"
    assert town.ask(held) == [("Chief",)]


@pytest.mark.parametrize(
    ("definition", "address", "sentence"),
    [
        (DEFINITION, "nobody@example.com", "There is no such user here"),
        (DEFINITION, world.CY.email, "Your role does not allow this"),
        (DEFINITION.replace("role: Manager", "role: Boss"), world.ADA.email, "(line 4): There is"),
    ],
)
def test_what_cannot_be_published_is_a_sentence_and_no_app(
    town: Terminal, definition: str, address: str, sentence: str
) -> None:
    (town.folder / "security.yaml").write_text(definition)
    said = town.run(*PUBLISH, "--as", address)
    assert (said.status, said.out) == (1, "")
    assert sentence in said.err
    assert town.ask("SELECT count(*) FROM apps WHERE slug = 'stalls'") == [(0,)]


def test_the_operator_may_make_owners(town: Terminal) -> None:
    words = ("invite", "ana@example.com", "--organization", "analytical", "--role", "owner")
    assert town.run(*words).lines[0]["role"] == "owner"


def test_rescue_makes_an_owner_of_whoever_is_named(town: Terminal) -> None:
    for address in ("di@cast.example.com", "flo@cast.example.com"):
        said = town.run(*RESCUE, address)
        assert (said.status, said.lines[0]["role"]) == (0, "owner")
    assert town.ask("SELECT event, actor_kind FROM audit ORDER BY id") == [
        ("member.role_changed", "operator"),
        ("member.added", "operator"),
    ]
    assert town.ask("SELECT recipient FROM messages ORDER BY id") == [
        ("di@cast.example.com",),
        ("flo@cast.example.com",),
    ]


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("invite", "not an address", *INVITE[2:]), 1, "address"),
        ((*INVITE[:3], "nowhere", *INVITE[4:]), 1, "There is no such organization"),
        (("invite", "bo@cast.example.com", *INVITE[2:]), 1, "is a member already"),
        ((*INVITE, "--days", "400"), 1, "30 days"),
        ((*INVITE[:5], "emperor"), 2, "emperor"),
        (("invite", "ana@example.com"), 2, "--organization"),
        (("invitations", "--organization", "nowhere"), 1, "There is no such organization"),
        (("invitations", "--organization", "analytical", "--state", "lost"), 2, "lost"),
        ((*RESCUE, "nobody@example.com"), 1, "There is no such user"),
        ((*RESCUE[:2], "nowhere", *RESCUE[3:], "di@cast.example.com"), 1, "no such organization"),
        (RESCUE[:3], 2, "--owner"),
        (("conjure",), 2, "conjure"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_an_exit_code(
    words: tuple[str, ...], status: int, sentence: str, town: Terminal
) -> None:
    said = town.run(*words)
    assert (said.status, said.out) == (status, "")
    assert sentence in said.err
    assert town.ask("SELECT count(*) FROM invitations") == [(0,)]


def test_invitations_lists_one_json_object_a_line_newest_first(town: Terminal) -> None:
    for email in ("ana@example.com", "bea@example.com"):
        town.run("invite", email, *INVITE[2:])
    said = town.run("invitations", "--organization", "analytical")
    assert said.status == 0
    assert [each["email"] for each in said.lines] == ["bea@example.com", "ana@example.com"]
    some = town.run("invitations", "--organization", "analytical", "--state", "revoked")
    assert (some.status, some.out) == (0, "")


def test_doctor_finds_a_good_installation_good(town: Terminal) -> None:
    town.run("migrate")
    said = town.run("doctor")
    assert (said.status, "TROUBLE" in said.out) == (0, False)
    assert "The database fits this program." in said.out


def test_doctor_says_what_is_wrong_and_fails(town: Terminal) -> None:
    running.secret_in(town.folder).chmod(0o644)
    said = town.run("doctor", smtp_url=f"smtp+insecure://127.0.0.1:{running.free_port()}")
    assert said.status == 1
    troubles = [line for line in said.out.splitlines() if line.startswith("TROUBLE")]
    assert len(troubles) == 2
    assert "chmod 600" in troubles[0]
    assert "mail server" in troubles[1]


def test_doctor_knows_another_secret_than_the_one_of_the_database(town: Terminal) -> None:
    assert town.run("invitations", "--organization", "analytical").status == 0
    running.secret_in(town.folder).write_bytes(b"another secret of 32 bytes, or so")
    said = town.run("doctor")
    assert said.status == 1
    assert "another secret" in said.out


def test_doctor_says_that_the_database_is_away(tmp_path: Path) -> None:
    away = Terminal(tmp_path, f"postgresql://nobody@127.0.0.1:{running.free_port()}/nothing")
    said = away.run("doctor")
    assert said.status == 1
    assert "VESTIBULE_DATABASE_URL" in said.out


def test_a_worker_delivers_what_others_queued_and_stops_when_told(town: Terminal) -> None:
    with smtp_sink.running() as sink:
        assert town.run(*INVITE, smtp_url=sink.url).status == 0
        worker = subprocess.Popen(
            [COMMAND, "worker"], env=town.environment(smtp_url=sink.url), cwd=town.folder
        )
        try:
            ends_at = time.monotonic() + PATIENCE
            while not sink.to("ana@example.com"):
                assert time.monotonic() < ends_at
                assert worker.poll() is None
                time.sleep(0.02)
        finally:
            worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE) == 0
    assert town.ask("SELECT state FROM messages") == [("sent",)]


def test_commands_work_beside_a_server_with_its_own_database(tmp_path: Path) -> None:
    beside = Terminal(tmp_path, None)
    with running.serve(tmp_path):
        assert beside.run("doctor").status == 0
        said = beside.run(*INVITE)
        assert (said.status, said.err) == (
            1,
            "There is no such organization, or you are not a member of it.\n",
        )


def test_help_and_version_are_there(terminal: Terminal) -> None:
    said = terminal.run("--help")
    assert said.status == 0
    assert all(
        word in said.out
        for word in ("serve", "worker", "migrate", "doctor", "invite", "invitations")
    )
    assert terminal.run("--version").status == 0
