"""Each lint of ours: what it reports, and what it leaves alone."""

from pathlib import Path
from textwrap import dedent

import pytest

from tools.lints import (
    addresses,
    clock,
    destinations,
    docstrings,
    names,
    signatures,
    sizes,
    sql,
    transactions,
)
from tools.lints.source import Source

ROOM = "src/vestibule/invitations"


def source(path: str, code: str) -> Source:
    return Source(Path(path), dedent(code))


TRANSACTIONS_REPORTED = [
    (f"{ROOM}/actions.py", "async with database.transaction(): ..."),
    (f"{ROOM}/store.py", "async with database.transaction(): ..."),
    (f"{ROOM}/queries.py", "async with self.database.transaction(): ..."),
    (f"{ROOM}/model.py", "async with database.transaction(): ..."),
    (f"{ROOM}/api.py", "async with connection.transaction(): ..."),
    ("src/vestibule/cli.py", "async with pool.transaction(): ..."),
    (f"{ROOM}/api.py", "await connection.commit()"),
    (f"{ROOM}/store.py", "await tx.rollback()"),
    (f"{ROOM}/store.py", "await tx.execute('BEGIN')"),
    (f"{ROOM}/store.py", "await tx.execute('  ROLLBACK TO SAVEPOINT one')"),
    ("src/vestibule/kernel/limits.py", "async with connection.transaction(): ..."),
]

TRANSACTIONS_LEFT = [
    ("src/vestibule/kernel/database.py", "async with connection.transaction(): ..."),
    ("src/vestibule/kernel/database.py", "await connection.execute('BEGIN')"),
    ("src/vestibule/migrations/runner.py", "async with connection.transaction(): ..."),
    ("src/vestibule/kernel/limits.py", "async with database.transaction(): ..."),
    (f"{ROOM}/api.py", "async with database.transaction() as tx: ..."),
    (f"{ROOM}/members_pages.py", "async with request.app.state.database.transaction(): ..."),
    (f"{ROOM}/chores.py", "async with database.transaction() as tx: ..."),
    ("src/vestibule/messages/delivery.py", "async with self.database.transaction() as tx: ..."),
    ("src/vestibule/cli.py", "async with database.transaction() as tx: ..."),
    ("src/vestibule/bootstrap.py", "async with database.transaction() as tx: ..."),
    (f"{ROOM}/store.py", "text = 'beginning of all'"),
    ("tests/invitations/test_accept.py", "async with connection.transaction(): ..."),
]


@pytest.mark.parametrize(("path", "code"), TRANSACTIONS_REPORTED)
def test_a_transaction_outside_of_its_home_is_reported(path: str, code: str) -> None:
    assert list(transactions.check(source(path, code)))


@pytest.mark.parametrize(("path", "code"), TRANSACTIONS_LEFT)
def test_a_transaction_where_it_belongs_is_left_alone(path: str, code: str) -> None:
    assert not list(transactions.check(source(path, code)))


STATEMENTS = [
    "SELECT id FROM users",
    "\n  INSERT INTO users (id) VALUES ($1)",
    "UPDATE users SET name = $1",
    "DELETE FROM users",
    "WITH gone AS (DELETE FROM users RETURNING id) SELECT count(*) FROM gone",
    "select id\nfrom users",
    "LISTEN messages",
    "SET LOCAL lock_timeout = '1s'",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_sql_outside_of_store_and_queries_is_reported(statement: str) -> None:
    assert list(sql.check(source(f"{ROOM}/actions.py", f"text = {statement!r}")))
    assert list(sql.check(source("src/vestibule/cli.py", f"text = f{statement!r}")))


@pytest.mark.parametrize(
    "path",
    [
        f"{ROOM}/store.py",
        f"{ROOM}/queries.py",
        f"{ROOM}/console_queries.py",
        "src/vestibule/kernel/limits.py",
        "src/vestibule/migrations/runner.py",
        "tests/races/test_accept.py",
    ],
)
def test_sql_where_it_belongs_is_left_alone(path: str) -> None:
    assert not list(sql.check(source(path, "text = 'DELETE FROM users'")))


@pytest.mark.parametrize(
    "sentence",
    ["Select an organization from the list.", "Update your address.", "selected from", "With love"],
)
def test_a_sentence_for_people_is_not_taken_for_sql(sentence: str) -> None:
    assert not list(sql.check(source(f"{ROOM}/pages.py", f"text = {sentence!r}")))


def test_a_docstring_that_shows_sql_is_left_alone() -> None:
    assert not list(sql.check(source(f"{ROOM}/model.py", '"""SELECT id FROM users"""')))


@pytest.mark.parametrize(
    "code",
    [
        "isinstance(there, ToOrganization)",
        "isinstance(there, ToOrganization | ToApp)",
        "isinstance(there, (model.ToApp, int))",
        "type(there) is ToApp",
        "match there:\n    case ToOrganization(): ...",
        "match there:\n    case model.ToGroup(role=role): ...",
    ],
)
def test_asking_for_the_kind_of_a_destination_is_reported(code: str) -> None:
    assert list(destinations.check(source(f"{ROOM}/actions.py", code)))
    assert not list(destinations.check(source(f"{ROOM}/destinations.py", code)))
    assert not list(destinations.check(source("tests/invitations/test_model.py", code)))


@pytest.mark.parametrize(
    "code",
    [
        "there = ToOrganization(organization, role)",
        "there == ToOrganization(organization, role)",
        "isinstance(there, Tomato)",
        "match role:\n    case Role.OWNER: ...",
    ],
)
def test_making_and_comparing_destinations_is_left_alone(code: str) -> None:
    assert not list(destinations.check(source(f"{ROOM}/actions.py", code)))


def function_of(lines: int) -> str:
    return "def long():\n" + '    """Says what."""\n' + "    step()\n" * lines


def test_a_function_of_41_lines_is_reported() -> None:
    assert not list(sizes.check(source("tools/a.py", function_of(40))))
    (fault,) = sizes.check(source("tools/a.py", function_of(41)))
    assert str(fault) == "tools/a.py:1: long has 41 lines (at most 40)"


def test_a_file_of_301_lines_is_reported_unless_it_says_why() -> None:
    assert not list(sizes.check(source("src/a.py", "a = 1\n" * 300)))
    assert list(sizes.check(source("src/a.py", "a = 1\n" * 301)))
    assert not list(sizes.check(source("src/a.py", "# long: one table\n" + "a = 1\n" * 301)))
    assert list(sizes.check(source("src/a.py", "# long:\n" + "a = 1\n" * 301)))
    assert list(sizes.check(source("src/a.py", "a = 1\n" * 301 + "# long: said too late\n")))


def test_a_module_without_a_docstring_is_reported() -> None:
    assert list(docstrings.check(source("src/vestibule/a.py", "a = 1")))
    assert list(docstrings.check(source("src/vestibule/a.py", "")))
    assert not list(docstrings.check(source("src/vestibule/a.py", '"""What lives here."""')))


def test_an_init_file_stays_empty() -> None:
    assert list(docstrings.check(source("src/vestibule/__init__.py", "from a import b")))
    assert not list(docstrings.check(source("src/vestibule/__init__.py", "")))


REGISTRY = ".".join(["pypi", "org"])


@pytest.mark.parametrize(
    "line",
    [
        f"see https://{REGISTRY}/project/x",
        "".join(["/ho", "me/ada/vestibule"]),
        "".join(["path = '/wo", "rk/main'"]),
        "".join(["cd /", "root/x"]),
    ],
)
def test_registries_and_folders_of_one_machine_are_reported(line: str) -> None:
    assert next(iter(addresses.check(source("docs/a.md", f"fine\n{line}\n")))).line == 2


@pytest.mark.parametrize(
    "line",
    ["https://vestibule.example/home/ada", "$HOME/work/x", "src/work/x", "</root/x>", "as root/x"],
)
def test_other_paths_are_left_alone(line: str) -> None:
    assert not list(addresses.check(source("docs/a.md", line)))


@pytest.mark.parametrize(
    "signature",
    [
        "def get_user() -> User | None: ...",
        "async def lock_offer() -> Optional[Offer]: ...",
        "def _get_user() -> None: ...",
        "def is_open() -> int: ...",
        "async def can_invite() -> bool: ...",
        "def ensure_open() -> bool: ...",
    ],
)
def test_a_signature_against_its_first_word_is_reported(signature: str) -> None:
    assert list(signatures.check(source(f"{ROOM}/queries.py", signature)))


@pytest.mark.parametrize(
    "signature",
    [
        "def find_user() -> User | None: ...",
        "def get_user() -> User: ...",
        "def get_pair() -> tuple[User, None]: ...",
        "def is_open() -> bool: ...",
        "def is_text(value: object) -> TypeGuard[str]: ...",
        "def ensure_open() -> None: ...",
        "def island() -> int: ...",
    ],
)
def test_a_signature_that_keeps_its_word_is_left_alone(signature: str) -> None:
    assert not list(signatures.check(source(f"{ROOM}/queries.py", signature)))


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"{ROOM}/utils.py", ""),
        (f"{ROOM}/actions.py", "class InvitationManager: ..."),
        (f"{ROOM}/actions.py", "def handle_request(): ..."),
        (f"{ROOM}/actions.py", "async def process(): ..."),
    ],
)
def test_a_name_that_says_nothing_is_reported(path: str, code: str) -> None:
    assert list(names.check(source(path, code)))


def test_names_are_judged_by_whole_words() -> None:
    code = "def redo_database_migration(): ...\nclass Process: ...\nMANAGER = 'manager'"
    assert not list(names.check(source(f"{ROOM}/actions.py", code)))
    assert names.words_of("HTTPRetry_helper2") == ["http", "retry", "helper"]


def test_a_model_that_looks_at_the_clock_is_reported() -> None:
    code = "when = datetime.now(tz=UTC)"
    assert list(clock.check(source(f"{ROOM}/model.py", code)))
    assert list(clock.check(source(f"{ROOM}/policy.py", code)))
    assert not list(clock.check(source(f"{ROOM}/chores.py", code)))
