"""The tree of a definition's text while it is read, the same for YAML and JSON.

Bounds what may grow: how deep, how many values. Knows no key of the definition.
"""

import re
from dataclasses import dataclass

from vestibule.definitions.findings_model import FaultCode, Findings, Path, shortened
from vestibule.kernel.i18n import gettext as _

MOST_DEPTH = 8
MOST_VALUES = 2000
# One more than any map or list may have: the schema sees that there are too many.
_MOST_KEPT = 101

# Controls but tab and line breaks, what else breaks or turns lines, surrogates, no characters.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written: no key of a definition takes one."""

    text: str


class Unread:
    """Stands where something was refused. No two are equal."""

    __slots__ = ()


Value = str | bool | None | Number | Unread | list["Value"] | dict[str, "Value"]


class Unreadable(Exception):
    """The rest of the text is not looked at. What is wrong stands among the findings."""


class _Branch:
    """A map or list that is being read. `kept` None: what is in it is dropped."""

    __slots__ = ("has_key", "is_map", "kept", "key", "length", "path")

    def __init__(
        self, path: Path, kept: dict[str, Value] | list[Value] | None, *, is_map: bool
    ) -> None:
        self.path = path
        self.kept = kept
        self.is_map = is_map
        self.length = 0
        self.key: str | None = None
        self.has_key = False


class Tree:
    """Takes the values of a text in the order in which they are written."""

    def __init__(self, findings: Findings) -> None:
        self.root: Value = None
        self.findings = findings
        self._branches: list[_Branch] = []
        self._values = 0

    @property
    def awaits_key(self) -> bool:
        """Tell whether the next value is a key."""
        return bool(self._branches) and self._branches[-1].is_map and not self._branches[-1].has_key

    @property
    def path(self) -> Path:
        """Give where the next value stands."""
        if not self._branches:
            return ()
        branch = self._branches[-1]
        if branch.is_map:
            return branch.path if branch.key is None else (*branch.path, branch.key)
        return (*branch.path, branch.length)

    def open(self, *, is_map: bool, line: int | None) -> None:
        """Begin a map or a list."""
        self._count(line)
        if len(self._branches) == MOST_DEPTH:
            self._give_up(FaultCode.TOO_DEEP, too_deep(), line)
        path = self.path
        kept: dict[str, Value] | list[Value] | None = {} if is_map else []
        if self.awaits_key:
            self._refuse_key(line)
            kept = None
        elif not self._place(kept, line):
            kept = None
        self._branches.append(_Branch(path, kept, is_map=is_map))

    def close(self) -> None:
        """End the map or list that was begun last."""
        self._branches.pop()

    def add_key(self, key: str, line: int | None) -> None:
        """Take a key: the next value is its own."""
        self._count(line)
        branch = self._branches[-1]
        branch.has_key, branch.key = True, None
        if not isinstance(branch.kept, dict) or len(branch.kept) >= _MOST_KEPT:
            return
        if INVISIBLE.search(key):
            self._refuse_invisible(branch.path, line)
        elif key in branch.kept:
            sentence = _("“{key}” stands here twice. Keep one of them.")
            self.findings.add(
                (*branch.path, key),
                FaultCode.DUPLICATE_KEY,
                sentence.format(key=shortened(key)),
                line=line,
            )
        else:
            branch.key = key
            if line is not None:
                self.findings.lines[self.path] = line

    def drop_key(self) -> None:
        """Take a key that is refused: its value is dropped."""
        branch = self._branches[-1]
        branch.has_key, branch.key = True, None

    def add(self, value: Value, line: int | None) -> None:
        """Take a value that is neither a map nor a list."""
        self._count(line)
        path = self.path
        if isinstance(value, str) and INVISIBLE.search(value):
            self._refuse_invisible(path, line)
            value = Unread()
        self._place(value, line)

    def _place(self, value: Value, line: int | None) -> bool:
        """Keep the value where it stands; False if it is dropped."""
        path = self.path
        if not self._branches:
            self.root, is_kept = value, True
        else:
            is_kept = _keep(self._branches[-1], value)
        if is_kept and line is not None:
            self.findings.lines.setdefault(path, line)
        return is_kept

    def _count(self, line: int | None) -> None:
        self._values += 1
        if self._values > MOST_VALUES:
            sentence = _("The definition has too many values. At most {most} are read.")
            self._give_up(FaultCode.TOO_MANY_VALUES, sentence.format(most=MOST_VALUES), line)

    def _refuse_key(self, line: int | None) -> None:
        self.findings.add(
            self.path, FaultCode.KEY_NOT_TEXT, _("Write a text as the key here."), line=line
        )
        self.drop_key()

    def _refuse_invisible(self, path: Path, line: int | None) -> None:
        self.findings.add(path, FaultCode.INVISIBLE_CHARACTER, invisible(), line=line)

    def _give_up(self, code: FaultCode, sentence: str, line: int | None) -> None:
        self.findings.add(self.path, code, sentence, line=line)
        raise Unreadable


def invisible() -> str:
    """Say that a character is refused."""
    return _("There is a character here that is not seen. Remove it.")


def too_deep() -> str:
    """Say that the rest is not looked at."""
    return _("This is nested too deeply. At most {most} levels are read.").format(most=MOST_DEPTH)


def _keep(branch: _Branch, value: Value) -> bool:
    if isinstance(branch.kept, list):
        branch.length += 1
        if branch.length <= _MOST_KEPT:
            branch.kept.append(value)
        return branch.length <= _MOST_KEPT
    key, branch.key, branch.has_key = branch.key, None, False
    if branch.kept is None or key is None:
        return False
    branch.kept[key] = value
    return True
