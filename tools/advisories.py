"""Asks for known vulnerabilities of the locked packages; a missing network is no fault."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

REPORT = Path(".venv/advisories.json")
AUDIT = (
    "--requirement requirements/dev.txt --require-hashes --disable-pip"
    f" --progress-spinner off --timeout 5 --format json --output {REPORT}"
).split()

OUT_OF_REACH = "skipped: no advisories within reach"


def main() -> int:
    REPORT.unlink(missing_ok=True)
    subprocess.run([sys.executable, "-m", "pip_audit", *AUDIT], capture_output=True, check=False)
    if not REPORT.exists():
        print(OUT_OF_REACH)
        return 0
    faults, sentence = judge(json.loads(REPORT.read_text())["dependencies"])
    print("\n".join([*faults, sentence]))
    return 1 if faults else 0


def judge(dependencies: list[dict[str, Any]]) -> tuple[list[str], str]:
    """The vulnerabilities, and a closing sentence that says how many packages were looked up."""
    audited = [dependency for dependency in dependencies if "vulns" in dependency]
    faults = [
        f"{dependency['name']} {dependency['version']}: {vulnerability['id']},"
        f" fixed in {', '.join(vulnerability['fix_versions']) or 'no version yet'}"
        for dependency in audited
        for vulnerability in dependency["vulns"]
    ]
    if not audited:
        return [], OUT_OF_REACH
    return faults, f"{len(audited)} of {len(dependencies)} packages looked up"


if __name__ == "__main__":
    sys.exit(main())
