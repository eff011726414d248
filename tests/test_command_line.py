"""The operator's commands: exit codes, sentences and no tracebacks, the mark in the trail."""

import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests import running, smtp_sink, world
from tests.running import COMMAND
from tests.terminal import PATIENCE, Terminal
from vestibule.migrations import runner

PUBLISH = ("app", "publish", "security.yaml", "--organization", "analytical")
DEFINITION = """\
name: Stalls
security:
  default:
    role: Manager
  roles:
    Manager:
"""
NO_ORGANIZATION = "There is no such organization. Check its id or web name (slug).\n"
RESCUE = ("rescue", "--organization", "analytical", "--owner")
DELETE = ("organization", "delete", "analytical")
LIMIT = ("organization", "limit", "analytical")
INVITE = ("invite", "ana@example.com", "--organization", "analytical", "--role", "manager")


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
        (DEFINITION, world.CY.email, "The role of the user named with --as does not allow this"),
        (DEFINITION, world.EVE.email, "or the user named with --as is not a member of it."),
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


def test_the_operator_invites_by_the_rules_and_to_the_default_role(town: Terminal) -> None:
    words = ("invite", "ana@example.com", "--organization", "analytical")
    assert town.run(*words).lines[0]["role"] == "viewer"
    town.ask("UPDATE organizations SET allowed_domains = '{other.example}' RETURNING id")
    refused = town.run(*words)
    assert (refused.status, refused.out) == (1, "")
    assert "Only addresses of these domains can join: other.example." in refused.err


def test_rescue_makes_an_owner_of_whoever_is_named(town: Terminal) -> None:
    for address in ("di@cast.example.com", "flo@cast.example.com"):
        said = town.run(*RESCUE, address)
        assert (said.status, said.lines[0]["role"]) == (0, "owner")
    assert town.ask("SELECT event, actor_kind FROM audit ORDER BY id") == [
        ("member.role_changed", "operator"),
        ("member.added", "operator"),
    ]
    # Whoever is made an owner is told, and so is each owner that there is.
    assert town.ask("SELECT recipient FROM messages ORDER BY recipient") == [
        (f"{name}@cast.example.com",) for name in ("ada", "ada", "di", "di", "flo")
    ]


def test_delete_asks_first_and_tells_the_owners(town: Terminal) -> None:
    assert town.run(*INVITE).status == 0
    asked = town.run(*DELETE, typed="n\n")
    assert (asked.status, asked.out) == (1, "")
    assert asked.err == (
        "Analytical (analytical) will be gone at once, for everybody, and cannot be brought back. "
        "With it go:\n"
        "- 4 members, who keep their accounts\n"
        "- 1 open invitation, whose link then says that it was deleted\n"
        "- 1 app\n"
        "- 3 members of apps, with their accounts there\n"
        "Delete it for good? [y/N]: Aborted!\n"
    )
    assert town.run(*DELETE, typed="").status == 1
    assert town.ask("SELECT count(*) FROM open_organizations") == [(2,)]

    said = town.run(*DELETE, typed="y\n")
    assert said.status == 0, said.err
    [deleted] = said.lines
    assert (deleted["object"], deleted["slug"]) == ("organization_deletion", "analytical")
    numbers = {"members": 4, "invitations": 1, "apps": 1, "app_members": 3}
    assert {name: deleted[name] for name in numbers} == numbers
    assert town.ask("SELECT event, actor_kind FROM audit ORDER BY id DESC LIMIT 1") == [
        ("organization.deleted", "operator")
    ]
    deleted_to = "SELECT recipient FROM messages WHERE template = 'deletion/organization_deleted'"
    assert town.ask(deleted_to) == [("ada@cast.example.com",)]
    for words in (DELETE, (*DELETE, "--yes")):
        again = town.run(*words, typed="y\n")
        assert (again.status, again.out, again.err) == (1, "", NO_ORGANIZATION)


def test_delete_does_not_ask_whoever_says_yes_at_once(town: Terminal) -> None:
    assert town.run(*DELETE, "--no-such-thing", typed="y\n").status == 2
    said = town.run(*DELETE, "--yes")
    assert (said.status, said.lines[0]["slug"], said.err) == (0, "analytical", "")


def test_limit_prints_the_seats_and_marks_the_operator(town: Terminal) -> None:
    for typed, limit in (("5", 5), ("none", None), ("5", 5)):
        said = town.run(*LIMIT, typed)
        [organization] = said.lines
        assert (said.status, organization["slug"]) == (0, "analytical")
        assert organization["seats"] == {"members": 4, "invited": 0, "limit": limit}
    changed = "SELECT event, actor_kind, details ->> 'after' FROM audit ORDER BY id"
    event = ("organization.seat_limit_changed", "operator")
    assert town.ask(changed) == [(*event, "5"), (*event, None), (*event, "5")]


def test_the_operator_invites_within_the_limit_and_rescues_beyond_it(town: Terminal) -> None:
    town.run(*LIMIT, "5")
    assert town.run(*INVITE).status == 0
    refused = town.run("invite", "cat@example.com", *INVITE[2:])
    assert (refused.status, refused.out) == (1, "")
    assert refused.err == (
        "All seats are taken: 4 members and 1 invited, of 5. Allow more first (vestibule "
        "organization limit), or have somebody there revoke an invitation or remove a member.\n"
    )
    assert town.run(*INVITE).status == 0  # again: it has its seat

    assert town.run(*RESCUE, "flo@cast.example.com").status == 0
    [organization] = town.run(*LIMIT, "3").lines
    assert organization["seats"] == {"members": 5, "invited": 1, "limit": 3}


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        ((*LIMIT[:2], "nowhere", "5"), 1, "There is no such organization"),
        *(((*LIMIT, typed), 1, "from 1 to 1000000, or none") for typed in ("0", "five", "1e9")),
        *(((*LIMIT, "--", typed), 1, "or none") for typed in ("-1", "", "9" * 5000, "٣")),
        (LIMIT, 2, "NUMBER|none"),
        (("invite", "not an address", *INVITE[2:]), 1, "address"),
        ((*INVITE[:3], "nowhere", *INVITE[4:]), 1, "There is no such organization"),
        (("invite", "bo@cast.example.com", *INVITE[2:]), 1, "is a member already"),
        ((*INVITE, "--days", "400"), 1, "30 days"),
        ((*INVITE[:5], "emperor"), 1, "Choose a role: viewer, manager, admin, owner."),
        (("invite", "ana@example.com"), 2, "--organization"),
        (("invitations", "--organization", "nowhere"), 1, "There is no such organization"),
        (("invitations", "--organization", "analytical", "--state", "lost"), 2, "lost"),
        ((*RESCUE, "nobody@example.com"), 1, "There is no such user"),
        ((*RESCUE[:2], "nowhere", *RESCUE[3:], "di@cast.example.com"), 1, "no such organization"),
        (RESCUE[:3], 2, "--owner"),
        (("conjure",), 2, "conjure"),
        (("serve", "--port", "1e308"), 2, "--port"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_an_exit_code(
    words: tuple[str, ...], status: int, sentence: str, town: Terminal
) -> None:
    said = town.run(*words)
    assert (said.status, said.out) == (status, "")
    assert sentence in said.err
    assert town.ask("SELECT count(*) FROM invitations") == [(0,)]


def test_a_number_out_of_bounds_is_one_sentence(town: Terminal) -> None:
    lives = "An invitation lives from 1 hour to 30 days. Choose a time in between.\n"
    seats = "Give a whole number of seats from 1 to 1000000, or none.\n"
    for number in ("inf", "-inf", "1e308", "nan", "-1", "0"):
        said = town.run(*INVITE, f"--days={number}")
        assert (said.status, said.out, said.err) == (1, "", lives)
        said = town.run(*LIMIT, "--", number)
        assert (said.status, said.out, said.err) == (1, "", seats)


@pytest.mark.parametrize("setting", ["retention_days", "audit_days"])
def test_a_setting_that_is_no_number_of_days_is_one_sentence(setting: str, tmp_path: Path) -> None:
    alone = Terminal(tmp_path, None)
    for days in ("inf", "nan", "1e308", "-1"):
        said = alone.run("doctor", **{setting: days})
        assert (said.status, said.out) == (2, "")
        [sentence] = said.err.splitlines()
        assert sentence.startswith(f"VESTIBULE_{setting.upper()}: give a whole number from ")


def test_each_fault_is_said_once(town: Terminal) -> None:
    [sentence] = town.run(*INVITE[:5], "emperor").err.splitlines()
    assert sentence.startswith("role: Choose a role: ")
    [sentence] = town.run("invite", "not an address", *INVITE[2:]).err.splitlines()
    assert sentence == "Enter one mail address, such as ana@example.com."


def test_a_database_that_is_away_is_named(tmp_path: Path) -> None:
    away = Terminal(tmp_path, f"postgresql://nobody@127.0.0.1:{running.free_port()}/nothing")
    said = away.run(*INVITE)
    assert (said.status, said.out) == (1, "")
    assert "database" in said.err


def test_invitations_lists_one_json_object_a_line_newest_first(town: Terminal) -> None:
    for email in ("ana@example.com", "bea@example.com"):
        town.run("invite", email, *INVITE[2:])
    said = town.run("invitations", "--organization", "analytical")
    assert said.status == 0
    assert [each["email"] for each in said.lines] == ["bea@example.com", "ana@example.com"]
    some = town.run("invitations", "--organization", "analytical", "--state", "revoked")
    assert (some.status, some.out) == (0, "")


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
        assert (said.status, said.err) == (1, NO_ORGANIZATION)


def test_help_and_version_are_there(terminal: Terminal) -> None:
    said = terminal.run("--help")
    assert said.status == 0
    assert all(
        word in said.out
        for word in ("serve", "worker", "migrate", "doctor", "invite", "invitations")
    )
    assert terminal.run("--version").status == 0
