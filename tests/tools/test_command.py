"""The command of the lints, as people and the CI call it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.lints", str(folder)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )


def test_a_fault_is_printed_with_its_place_and_fails(tmp_path: Path) -> None:
    file = tmp_path / "src" / "vestibule" / "users" / "actions.py"
    file.parent.mkdir(parents=True)
    file.write_text('"""Verbs."""\n\nQUERY = "SELECT 1"\n')

    run = lint(tmp_path)

    assert run.stdout == f"{file}:3: SQL stands in `store` or `queries` of its room only\n"
    assert run.returncode == 1


def test_a_clean_folder_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p>Hello")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff")

    run = lint(tmp_path)

    assert (run.stdout, run.stderr, run.returncode) == ("", "", 0)
