"""The lock files: everything by its hash, nothing by its address, and one version of each."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ["run.txt", "dev.txt"]
PIN = re.compile(
    r"^([a-z0-9-]+)==(\S+)(?: ;[^\\]+)? \\(?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?)+\n"
)


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / "requirements" / lock).read_text()
    return dict(re.findall(PIN.pattern, text, re.MULTILINE))


def direct() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    names = project["project"]["dependencies"] + project["dependency-groups"]["build"]
    return {re.split(r"[^a-z0-9_-]", name)[0].replace("_", "-") for name in names}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_a_hash_and_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text()
    rest = re.sub(PIN.pattern, "", text, flags=re.MULTILINE)

    assert all(line.startswith("#") for line in rest.splitlines()), rest
    assert "://" not in text
    assert "--index-url" not in text


def test_what_runs_is_what_is_tested() -> None:
    assert pins("run.txt").items() <= pins("dev.txt").items()


def test_every_dependency_is_locked() -> None:
    assert direct() <= pins("run.txt").keys()
