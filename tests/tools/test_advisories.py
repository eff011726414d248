"""What the audit's report means for the check."""

from tools.advisories import OUT_OF_REACH, judge

CLEAN = {"name": "jinja2", "version": "3.1.6", "vulns": []}
SKIPPED = {"name": "idna", "skip_reason": "not found"}
BAD = {"name": "old", "version": "1.0", "vulns": [{"id": "CVE-1", "fix_versions": ["1.1"]}]}


def test_a_vulnerability_is_a_fault() -> None:
    faults, _ = judge([CLEAN, BAD])
    assert faults == ["old 1.0: CVE-1, fixed in 1.1"]


def test_what_was_looked_up_is_counted() -> None:
    assert judge([CLEAN, SKIPPED]) == ([], "1 of 2 packages looked up")


def test_no_answer_at_all_is_no_fault_and_said() -> None:
    assert judge([SKIPPED]) == ([], OUT_OF_REACH)
