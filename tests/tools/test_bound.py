"""The lint that keeps values out of SQL: what it reports, and what it leaves alone."""

from pathlib import Path

import pytest

from tools.lints import bound
from tools.lints.source import Fault, Source


def faults(code: str, path: str = "src/vestibule/invitations/store.py") -> list[Fault]:
    return list(bound.check(Source(Path(path), code)))


@pytest.mark.parametrize(
    "code",
    [
        "await tx.fetch_all(f'SELECT id FROM users WHERE name = {name}')",
        "await tx.fetch_one('SELECT id FROM users WHERE name = ' + name)",
        "await reader.fetch_value('SELECT id FROM %s' % table)",
        "await tx.execute('DELETE FROM {}'.format(table))",
        "await tx.execute(statement)",
        "await tx.fetch_all(f'SELECT id FROM users ORDER BY {asked.order}')",
        "await tx.fetch_all(f'SELECT {columns()} FROM users')",
        "COLUMNS = f'id, {name}'",
        "def find(name: str) -> None:\n    WHERE = f'name = {name}'",
    ],
)
def test_a_value_written_into_sql_is_reported(code: str) -> None:
    assert faults(code)


@pytest.mark.parametrize(
    "code",
    [
        "await tx.fetch_all('SELECT id FROM users WHERE name = $1', name)",
        "await tx.fetch_all(f'SELECT {COLUMNS} FROM users WHERE name = $1', name)",
        "await tx.fetch_one(_SEAT + 'FOR UPDATE', user_id)",
        "await reader.fetch_all(f'SELECT id FROM users ORDER BY id {window.order}')",
        "await tx.execute(f\"UPDATE keys SET state = '{State.SPENT}'\")",
        "_SEAT = f'SELECT {COLUMNS} FROM members'",
        "pattern = f'%{escaped}%'",
    ],
)
def test_a_statement_of_constants_is_left_alone(code: str) -> None:
    assert not faults(code)


def test_what_runs_the_statements_of_others_is_left_alone() -> None:
    code = "await self.connection.fetch(sql, *values)"
    assert not faults(code, "src/vestibule/kernel/database.py")
    assert not faults(code, "tests/world.py")
