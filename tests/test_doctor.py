"""`vestibule doctor`, as an operator runs it: what it looks at, says, and answers."""

from collections import Counter
from pathlib import Path

import asyncpg
import pytest

from tests import running
from tests.conftest import Ground
from tests.terminal import Terminal
from vestibule import doctor
from vestibule.invariants import queries

INVITE = ("invite", "ana@example.com", "--organization", "analytical", "--role", "manager")


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


def test_doctor_looks_at_the_operators_key_where_there_is_one(town: Terminal) -> None:
    key = running.operator_key_in(town.folder)
    well = town.run("doctor", operator_key_file=str(key))
    assert "ok       The operator's key can be read" in well.out
    assert "operator" not in town.run("doctor").out

    key.chmod(0o644)
    ill = town.run("doctor", operator_key_file=str(key))
    assert ill.status == 1
    assert f"TROUBLE  Others may read the operator's key in {key}: run chmod 600 {key}." in ill.out

    key.unlink()
    gone = town.run("doctor", operator_key_file=str(key))
    assert gone.status == 1
    assert f"TROUBLE  The operator's key cannot be read from {key}: No such file" in gone.out


def test_doctor_says_that_the_database_is_away(tmp_path: Path) -> None:
    away = Terminal(tmp_path, f"postgresql://nobody@127.0.0.1:{running.free_port()}/nothing")
    said = away.run("doctor")
    assert said.status == 1
    assert "VESTIBULE_DATABASE_URL" in said.out


def test_doctor_finds_that_all_holds_that_must(town: Terminal) -> None:
    assert town.run(*INVITE).status == 0
    said = town.run("doctor", "--invariants")
    marks = Counter(line.split()[0] for line in said.out.splitlines())
    assert (said.status, marks) == (0, {"ok": len(queries.EVERY)}), said.out


def test_doctor_counts_and_names_what_does_not_hold(town: Terminal) -> None:
    for number in range(4):
        words = ("invite", f"ana{number}@example.com", *INVITE[2:])
        assert town.run(*words).status == 0
    town.ask("UPDATE invitations SET role = 'captain'")
    said = town.run("doctor", "--invariants")
    [trouble] = [line for line in said.out.splitlines() if not line.startswith("ok")]
    ids = [str(row[0]) for row in town.ask("SELECT id::text FROM invitations ORDER BY 1 LIMIT 3")]
    assert said.status == 1
    assert trouble.startswith("TROUBLE  A5 every role in an organization is one that it has: 4 ")
    assert f": 4 faults ({', '.join(ids)}, …)" in trouble

    town.ask("DELETE FROM invitations WHERE id::text <> (SELECT min(id::text) FROM invitations)")
    assert f": 1 fault ({ids[0]})" in town.run("doctor", "--invariants").out


def test_doctor_takes_seconds_for_the_invariants_alone(terminal: Terminal) -> None:
    for seconds, sentence in (
        ("5", "Only --invariants takes --seconds: give both, or neither."),
        *((bad, "Invalid value for '--seconds'") for bad in ("inf", "nan", "1e308", "-1", "0")),
    ):
        said = terminal.run("doctor", f"--seconds={seconds}")
        assert (said.status, said.out) == (2, "")
        assert sentence in said.err


def test_doctor_asks_nothing_of_a_database_that_does_not_fit(empty: Terminal) -> None:
    said = empty.run("doctor", "--invariants")
    assert said.status == 1
    assert "vestibule migrate" in said.out


@pytest.mark.usefixtures("world")
async def test_doctor_says_what_took_too_long_and_asks_the_rest(ground: Ground) -> None:
    holder = await asyncpg.connect(ground.url)
    try:
        async with holder.transaction():
            await holder.execute("LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE")
            found = [each async for each in doctor.examine_invariants(ground.url, seconds=1)]
    finally:
        await holder.close()
    late = [finding.sentence for finding in found if not finding.is_good]
    said = ": no answer in 1 s; give it longer, with --seconds"
    assert late
    assert all(sentence.endswith(said) for sentence in late)
    assert f"A7 a program's key is of a member{said}" in late
    assert len(found) == len(queries.EVERY)
