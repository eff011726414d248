"""The log: one JSON line for each event, that nobody can forge and no value leaks into."""

import json
import logging
import subprocess
import sys
from typing import Any

import pytest

from vestibule.kernel import logs
from vestibule.kernel.logs import JsonLines

# A name that would like to be a line of its own (attack 64).
FORGERY = 'Ana\n{"level": "INFO", "event": "all is well"}\r\x1b[2J\x00\u2028\u2029\x85'


def write(event: str, *arguments: object, **extra: object) -> str:
    logger = logging.getLogger("vestibule.tests")
    record = logger.makeRecord(
        logger.name, logging.INFO, __file__, 1, event, arguments, None, extra=extra
    )
    return JsonLines().format(record)


def write_fault(word: str) -> str:
    """The line of an exception and its cause, both of which say the word, as do their locals."""
    with pytest.raises(RuntimeError) as raised:
        fail(word)
    exception = (raised.type, raised.value, raised.tb)
    return JsonLines().format(logging.makeLogRecord({"msg": "fault", "exc_info": exception}))


def fail(word: str) -> None:
    token = f"the token {word}"
    try:
        int(token)
    except ValueError as cause:
        raise RuntimeError(token) from cause


def read(line: str) -> dict[str, Any]:
    assert line.isascii()
    assert line.isprintable()
    found: dict[str, Any] = json.loads(line)
    return found


def test_an_event_is_one_line_with_when_how_bad_who_and_what() -> None:
    line = read(write("mail %s sent", "msg_1", attempts=2))
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "vestibule.tests",
        "event": "mail msg_1 sent",
        "attempts": 2,
    }


def test_a_text_with_line_breaks_is_still_one_line() -> None:
    for line in (write(FORGERY), write("%s", FORGERY), write("x", place=FORGERY)):
        assert "all is well" in str(read(line))


def test_what_json_does_not_know_is_written_as_text() -> None:
    assert read(write("x", path=logs, when={1, 2}))["when"] == "{1, 2}"


def test_of_an_exception_its_kind_and_places_are_written_and_none_of_its_words() -> None:
    line = write_fault("hush")
    found = read(line)

    assert found["exception"] == "RuntimeError"
    assert found["event"] == "fault"
    assert "test_logs.py" in found["stack"][0]
    assert found["stack"][-1].endswith(" fail")
    assert "hush" not in line


@pytest.mark.parametrize(("level", "events"), [("INFO", ["one", "two"]), ("WARNING", ["two"])])
def test_all_goes_to_standard_error_at_its_level(level: str, events: list[str]) -> None:
    program = f"""
import logging
from vestibule.kernel import logs
logs.configure({level!r})
logging.getLogger("vestibule.x").info("one")
logging.getLogger("vestibule.x").warning("two")
logging.getLogger("asyncio").warning("chatter")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout == b""
    assert [read(line)["event"] for line in done.stderr.decode().splitlines()] == events
