"""Finding what a function may come to, in sources made up for it."""

from pathlib import Path

import pytest

from tools.calls import Program

EDGE = """
from house import rooms
from house.rooms import close as shut
from house import doors as entrances


def handle(request):
    return step(request)


def step(request):
    rooms.enter(request)
    return later(shut)


def alone():
    return request.rooms.enter
"""
ROOMS = """
from house.doors import knock


def enter(request):
    return knock(request)


def close():
    return None
"""
DOORS = """
def knock(who):
    return _answer(who)


def _answer(who):
    return who
"""


@pytest.fixture
def program(tmp_path: Path) -> Program:
    folder = tmp_path / "src" / "house"
    folder.mkdir(parents=True)
    for name, source in (("edge", EDGE), ("rooms", ROOMS), ("doors", DOORS)):
        (folder / f"{name}.py").write_text(source)
    return Program.read(folder)


def reached(program: Program, name: str, *, stop: str = "") -> set[str]:
    found = program.reached(f"house.{name}", stop=lambda each: each == f"house.{stop}")
    return {each.removeprefix("house.") for each in found}


def test_what_is_called_handed_on_or_imported_is_come_to(program: Program) -> None:
    assert reached(program, "edge.handle") == {
        *("edge.handle", "edge.step", "rooms.enter", "rooms.close"),
        *("doors.knock", "doors._answer"),
    }


def test_what_it_stops_at_is_given_and_not_entered(program: Program) -> None:
    assert reached(program, "edge.handle", stop="rooms.enter") == {
        *("edge.handle", "edge.step", "rooms.enter", "rooms.close"),
    }


def test_what_an_object_does_is_not_followed(program: Program) -> None:
    assert reached(program, "edge.alone") == {"edge.alone"}


def test_what_is_no_function_of_the_program_leads_nowhere(program: Program) -> None:
    assert reached(program, "edge.nothing") == set()
    assert reached(program, "nowhere.at_all") == set()
