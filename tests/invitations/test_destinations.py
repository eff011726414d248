"""What differs between the kinds; and that the type checker names what a new kind lacks."""

import ast
import os
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

import vestibule
from vestibule.audit.model import ActorKind
from vestibule.invitations import destinations
from vestibule.invitations.model import Inviter, ToOrganization
from vestibule.invitations.offer_model import Host
from vestibule.kernel.errors import InvalidRequest
from vestibule.kernel.ids import AppId, OrganizationId, encode, new_id
from vestibule.keys.model import Purpose
from vestibule.organizations.permission_model import BUILT_IN

PACKAGE = Path(vestibule.__file__).parent
CONFIGURATION = PACKAGE.parents[1] / "pyproject.toml"
INCOMPATIBLE = re.compile(r'has incompatible type "(To|Of)Group"')
GROUP = """
@dataclass(frozen=True, slots=True)
class ToGroup:
    organization_id: OrganizationId
    group_id: UUID
    role: str
"""
OF_GROUP = """
@dataclass(frozen=True, slots=True)
class OfGroup:
    reference: str
"""
HERE_LIVES = timedelta(days=5)
HERE = ToOrganization(OrganizationId(new_id()), "admin")


def test_a_row_becomes_a_destination() -> None:
    row = {"organization_id": HERE.organization_id, "app_id": None, "role": "admin"}
    assert destinations.from_row(row) == HERE


def test_a_destination_may_get_another_role() -> None:
    changed = destinations.with_role(HERE, "viewer")
    assert changed == ToOrganization(HERE.organization_id, "viewer")


@pytest.mark.parametrize("word", ["", "Admin", "root", "admin "])
def test_a_word_that_is_no_role_of_the_place_is_refused(word: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        held(HERE.organization_id).ensure_may_grant(word)
    [fault] = refusal.value.errors
    assert fault.path == "role"
    assert "viewer, manager, admin, owner" in fault.message


def test_an_organization_is_described_by_id_and_name() -> None:
    shown = destinations.describe(HERE, "Analytical", "Analytical")
    assert msgspec.to_builtins(shown) == {
        "type": "organization",
        "id": encode("org", HERE.organization_id),
        "name": "Analytical",
    }


def test_keys_and_links_are_those_of_the_kind() -> None:
    assert destinations.facts(HERE).purpose is Purpose.ORGANIZATION_INVITATION
    assert destinations.facts(HERE).link == "/organization-invite"


@pytest.mark.parametrize(
    ("organization_id", "app_id", "is_there"),
    [
        (HERE.organization_id, None, True),
        (OrganizationId(new_id()), None, False),
        (HERE.organization_id, AppId(new_id()), False),
    ],
)
def test_an_invitation_is_of_the_place_that_it_leads_to(
    organization_id: OrganizationId, app_id: AppId | None, is_there: bool
) -> None:
    assert destinations.is_of(HERE, held(organization_id, app_id)) is is_there


def held(organization_id: OrganizationId, app_id: AppId | None = None) -> Host:
    """A place in the hands of somebody who may grant everything."""
    return Host(
        organization_id=organization_id,
        app_id=app_id,
        name="Analytical",
        slug="analytical",
        path="/organizations/analytical",
        lifetime=HERE_LIVES,
        roles=tuple(role.name for role in reversed(BUILT_IN)),
        grantable=frozenset(role.name for role in BUILT_IN),
        inviter=Inviter(kind=ActorKind.OPERATOR, id=None, name="Operator"),
        account_id=None,
    )


def test_the_type_checker_names_every_function_that_lacks_a_branch(tmp_path: Path) -> None:
    """A third kind, a group within an app, would be told wherever it is missing."""
    source = tmp_path / "src"
    shutil.copytree(PACKAGE, source / "vestibule", ignore=shutil.ignore_patterns("__pycache__"))
    room = source / "vestibule" / "invitations"
    _add_kind(room / "model.py", "Destination", "ToGroup", GROUP)
    _add_kind(room / "destination_model.py", "Whither", "OfGroup", OF_GROUP)

    expected = {one for path in telling_apart(PACKAGE) for one in branching(path)}
    assert len(expected) > 20
    assert complaints(source, tmp_path) == expected


def telling_apart(package: Path) -> list[Path]:
    """The files that know the kinds."""
    return sorted((package / "invitations").glob("*destinations.py"))


def _add_kind(path: Path, union: str, kind: str, text: str) -> None:
    """Give a union of types one more."""
    before = path.read_text()
    after = re.sub(
        rf"^{union}: TypeAlias = (.+)$",
        rf"{text}\n\n{union}: TypeAlias = \1 | {kind}",
        before,
        flags=re.M,
    )
    assert after != before
    path.write_text(after)


def branching(path: Path) -> set[str]:
    """The functions of a file that tell kinds apart: those that end in assert_never."""
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return {f"{path.name}:{one.name}" for one in functions if "assert_never" in ast.unparse(one)}


def complaints(source: Path, cache: Path) -> set[str]:
    """The functions at whose assert_never mypy complains."""
    paths = {path.name: path for path in telling_apart(source / "vestibule")}
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            f"--config-file={CONFIGURATION}",
            f"--cache-dir={cache / 'cache'}",
            "--no-error-summary",
            "--no-color-output",
            *map(str, paths.values()),
        ],
        check=False,
        capture_output=True,
        text=True,
        cwd=source,
        env={**os.environ, "MYPYPATH": str(source)},
    )
    found = [line.split(":") for line in run.stdout.splitlines() if INCOMPATIBLE.search(line)]
    return {
        f"{path.name}:{_function_at(path, int(line))}"
        for name, line, *_ in found
        if (path := paths.get(Path(name).name)) is not None
    }


def _function_at(path: Path, line: int) -> str:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            if node.lineno <= line <= node.end_lineno:
                return node.name
    raise AssertionError(f"no function at line {line}")
