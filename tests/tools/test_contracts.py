"""The layer table and the ladder: a break of either fails, whatever rooms there are by now."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.contracts import judge

ROOT = Path(__file__).parents[2]
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

ALLOWED = [
    ("invitations.pages", "invitations.actions"),
    ("invitations.pages", "accounts.queries"),
    ("invitations.pages", "web.forms"),
    ("invitations.api", "kernel.http"),
    ("invitations.accept", "invitations.store"),
    ("invitations.actions", "organizations.actions"),
    ("invitations.destinations", "organizations.actions"),
    ("invitations.store", "organizations.model"),
    ("invitations.model", "organizations.model"),
    ("invitations.model", "kernel.errors"),
    ("invitations.pages", "accounts.caller"),
    ("accounts.caller", "audit.origin"),
    ("audit.origin", "web.peers"),
    ("cli", "invitations.actions"),
    ("cli", "invitations.cli"),
    ("cli", "doctor"),
    ("upkeep", "messages.delivery"),
    ("bootstrap", "invitations.store"),
    ("web.frame", "kernel.http"),
]

BROKEN = [
    ("invitations.pages", "invitations.store"),
    ("invitations.pages", "organizations.store"),
    ("invitations.api", "organizations.pages"),
    ("invitations.actions", "invitations.api"),
    ("invitations.actions", "accounts.caller"),
    ("accounts.caller", "accounts.pages"),
    ("accounts.caller", "accounts.store"),
    ("invitations.accept", "organizations.store"),
    ("invitations.actions", "organizations.policy"),
    ("invitations.actions", "web.forms"),
    ("invitations.actions", "kernel.settings"),
    ("invitations.destinations", "invitations.store"),
    ("invitations.destinations", "organizations.queries"),
    ("invitations.store", "invitations.actions"),
    ("invitations.store", "organizations.store"),
    ("invitations.queries", "kernel.http"),
    ("invitations.model", "invitations.store"),
    ("invitations.model", "kernel.database"),
    ("invitations.policy", "organizations.queries"),
    ("cli", "invitations.store"),
    ("server", "invitations.store"),
    ("invitations.pages", "server"),
]


@pytest.mark.parametrize(("importer", "imported"), ALLOWED)
def test_an_import_down_the_table_is_allowed(importer: str, imported: str) -> None:
    assert judge(f"vestibule.{importer}", f"vestibule.{imported}") == ""


@pytest.mark.parametrize(("importer", "imported"), BROKEN)
def test_an_import_against_the_table_is_told(importer: str, imported: str) -> None:
    assert "never imports" in judge(f"vestibule.{importer}", f"vestibule.{imported}")


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("actions", "litestar"),
        ("api", "asyncpg"),
        ("model", "asyncpg"),
        ("policy", "time"),
        ("store", "litestar"),
    ],
)
def test_a_library_is_kept_out_of_the_layers_below(importer: str, imported: str) -> None:
    assert "never imports" in judge(f"vestibule.invitations.{importer}", imported)
    assert judge("vestibule.kernel.database", imported) == ""


def lint_house(folder: Path, files: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the contracts of pyproject.toml over a small house of its own."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(ROOT / "tools", folder / "tools")
    for name, code in {"__init__.py": "", "kernel/__init__.py": "", **files}.items():
        file = folder / "vestibule" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        (file.parent / "__init__.py").touch()
        file.write_text(code)
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache"], capture_output=True, text=True, cwd=folder, check=False
    )


def test_a_house_with_few_rooms_keeps_its_contracts(tmp_path: Path) -> None:
    run = lint_house(tmp_path, {"users/model.py": "", "keys/actions.py": ""})

    assert run.returncode == 0, run.stdout + run.stderr


def test_an_import_up_the_ladder_fails(tmp_path: Path) -> None:
    run = lint_house(
        tmp_path,
        {
            "users/actions.py": "from vestibule.invitations import queries",
            "invitations/queries.py": "",
        },
    )

    assert run.returncode == 1
    assert "vestibule.users is not allowed to import vestibule.invitations" in run.stdout


def test_a_room_that_is_not_on_the_ladder_fails(tmp_path: Path) -> None:
    run = lint_house(tmp_path, {"cellar/model.py": ""})

    assert run.returncode == 1
    assert "vestibule.cellar" in run.stdout


def test_an_edge_that_reaches_for_the_store_fails(tmp_path: Path) -> None:
    run = lint_house(
        tmp_path, {"users/api.py": "from vestibule.users import store", "users/store.py": ""}
    )

    assert run.returncode == 1
    assert "an edge never imports `store` of its room" in " ".join(run.stdout.split())
