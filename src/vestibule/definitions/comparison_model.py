"""What differs between two versions of a definition, line by line, for people to read. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

# Lines that are shown around a change, so that one sees where it stands.
AROUND = 3
# Beyond so many changes, all between the first and the last counts as new.
MOST_EDITS = 600
# Nobody reads more, and a table of all lines of two long texts would keep the server for seconds.
MOST_SHOWN = 1000

# Lines that stayed: from where, to where, how many; and all of them so far, the last first.
_Stretch: TypeAlias = tuple[int, int, int]
_Trail: TypeAlias = "tuple[_Stretch, _Trail] | None"


class Change(StrEnum):
    """What became of a line. FOLDED: several in a row that stayed, and are not shown."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    FOLDED = "folded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line, by its number before and after. `count` is how many are folded; else 1."""

    change: Change
    text: str = ""
    before: int | None = None
    after: int | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """The lines of both texts, in order."""

    lines: tuple[Line, ...]

    @property
    def added(self) -> int:
        """Count the lines that are new."""
        return sum(line.change is Change.ADDED for line in self.lines)

    @property
    def removed(self) -> int:
        """Count the lines that are gone."""
        return sum(line.change is Change.REMOVED for line in self.lines)

    @property
    def shown(self) -> tuple[Line, ...]:
        """Give as many lines as are shown."""
        return self.lines[:MOST_SHOWN]

    @property
    def is_same(self) -> bool:
        """Tell whether nothing differs."""
        return not self.added and not self.removed


def compare(before: str, after: str) -> Comparison:
    """Compare two texts. Ends of lines and spaces at the end do not count."""
    old, new = _lines(before), _lines(after)
    start = _common(old, new, 0, 0)
    end = _common(old[start:][::-1], new[start:][::-1], 0, 0)
    middle = _stretches(old[start : len(old) - end], new[start : len(new) - end])
    stretches = [
        (0, 0, start),
        *((start + at, start + to, size) for at, to, size in middle),
        (len(old) - end, len(new) - end, end),
    ]
    return Comparison(tuple(_folded(list(_told(old, new, stretches)))))


def _stretches(old: list[str], new: list[str]) -> list[_Stretch]:
    """Give what stayed if as little as can be changed (after E. W. Myers, Algorithmica 1, 1986).

    Nothing, if that is more than is worth finding.
    """
    reached: dict[int, tuple[int, _Trail]] = {1: (0, None)}
    for edits in range(min(len(old) + len(new), MOST_EDITS) + 1):
        for diagonal in range(-edits, edits + 1, 2):
            at, trail = _step(reached, diagonal)
            to = at - diagonal
            if size := _common(old, new, at, to):
                trail = (at, to, size), trail
            if at + size >= len(old) and to + size >= len(new):
                return _walked(trail)
            reached[diagonal] = at + size, trail
    return []


def _step(reached: dict[int, tuple[int, _Trail]], diagonal: int) -> tuple[int, _Trail]:
    """Come to a diagonal from the neighbour who is further: by a line added, or one removed."""
    above = reached.get(diagonal + 1, (-1, None))
    left = reached.get(diagonal - 1, (-2, None))
    return above if above[0] > left[0] else (left[0] + 1, left[1])


def _walked(trail: _Trail) -> list[_Stretch]:
    """Give the stretches of a trail, the first first."""
    walked = []
    while trail is not None:
        stretch, trail = trail
        walked.append(stretch)
    return walked[::-1]


def _told(old: list[str], new: list[str], same: list[tuple[int, int, int]]) -> Iterator[Line]:
    """Give every line: before each stretch that stayed, what went and what came."""
    at, to = 0, 0
    for before, after, size in same:
        for number in range(at, before):
            yield Line(change=Change.REMOVED, text=old[number], before=number + 1)
        for number in range(to, after):
            yield Line(change=Change.ADDED, text=new[number], after=number + 1)
        for step in range(size):
            number, place = before + step, after + step
            yield Line(change=Change.SAME, text=new[place], before=number + 1, after=place + 1)
        at, to = before + size, after + size


def _folded(lines: list[Line]) -> Iterator[Line]:
    """Fold what stayed and is far from any change, if that saves more than one line."""
    changed = [number for number, line in enumerate(lines) if line.change is not Change.SAME]
    shown = {number for place in changed for number in range(place - AROUND, place + AROUND + 1)}
    hidden: list[Line] = []
    for number, line in enumerate(lines):
        if number not in shown:
            hidden.append(line)
            continue
        yield from _fold(hidden)
        hidden = []
        yield line
    yield from _fold(hidden)


def _fold(hidden: list[Line]) -> list[Line]:
    return [Line(change=Change.FOLDED, count=len(hidden))] if len(hidden) > 1 else hidden


def _lines(text: str) -> list[str]:
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    return lines if lines[-1] else lines[:-1]


def _common(old: list[str], new: list[str], at: int, to: int) -> int:
    """Count how many lines are the same from these places on."""
    size = 0
    most = min(len(old) - at, len(new) - to)
    while size < most and old[at + size] == new[to + size]:
        size += 1
    return size
