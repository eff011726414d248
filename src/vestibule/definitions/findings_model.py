"""What is found wrong with a definition, and where: codes, paths, lines. Pure."""

from enum import StrEnum

from vestibule.definitions.model import DefinitionFault, InvalidDefinition

# The keys and places in lists that lead to a value, from the top.
Path = tuple[str | int, ...]

MOST_LISTED = 50
_MOST_SHOWN = 60  # letters of somebody's text within a sentence or a path of ours


class FaultCode(StrEnum):
    """Which rule a definition breaks. Stable: programs compare them."""

    # of the text
    DEFINITION_TOO_LARGE = "definition_too_large"
    NOT_UTF8 = "not_utf8"
    INVISIBLE_CHARACTER = "invisible_character"
    SYNTAX_ERROR = "syntax_error"
    SEVERAL_DOCUMENTS = "several_documents"
    ALIAS_REFUSED = "alias_refused"
    TAG_REFUSED = "tag_refused"
    MERGE_REFUSED = "merge_refused"
    KEY_NOT_TEXT = "key_not_text"
    DUPLICATE_KEY = "duplicate_key"
    TOO_DEEP = "too_deep"
    TOO_MANY_VALUES = "too_many_values"
    # of the shape
    MISSING_KEY = "missing_key"
    UNKNOWN_KEY = "unknown_key"
    WRONG_TYPE = "wrong_type"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    REPEATED_ROLE = "repeated_role"
    INVALID_NAME = "invalid_name"
    INVALID_TEXT = "invalid_text"
    INVALID_ROLE_NAME = "invalid_role_name"
    # of the meaning
    SIMILAR_ROLE_NAMES = "similar_role_names"
    UNKNOWN_ROLE = "unknown_role"
    CIRCULAR_INHERITANCE = "circular_inheritance"
    ROLE_NOT_HELD = "role_not_held"
    SELF_REGISTRATION_MAY_INVITE = "self_registration_may_invite"
    SELF_REGISTRATION_MAY_MANAGE = "self_registration_may_manage"


class Findings:
    """The faults of one text, as they are found. Knows on which line each value stands."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self._faults: dict[tuple[Path, FaultCode, int | None], DefinitionFault] = {}
        self._places: set[Path] = set()

    def __len__(self) -> int:
        return len(self._faults)

    def add(self, path: Path, code: FaultCode, sentence: str, *, line: int | None = None) -> None:
        """Note a fault; the same one twice is one. Without a line, it is that of the value."""
        line = self.line_of(path) if line is None else line
        self._places.add(path)
        self._faults.setdefault(
            (path, code, line),
            DefinitionFault(path=dotted(path), code=code, message=sentence, line=line),
        )

    def is_faulty(self, path: Path) -> bool:
        """Tell whether something is wrong at this very place."""
        return path in self._places

    def line_of(self, path: Path) -> int | None:
        """Give the line of a value, or of the nearest one around it."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return None

    def ensure_none(self) -> None:
        """Raise InvalidDefinition if there are faults, in the order of the text."""
        if self._faults:
            listed = sorted(self._faults.values(), key=lambda fault: fault.line or 0)
            raise InvalidDefinition(listed[:MOST_LISTED], count=len(listed))


def dotted(path: Path) -> str:
    """Write a path as it is shown: `security.roles.Manager.inherits.0`."""
    return ".".join(shortened(str(step)) for step in path)


def shortened(text: str) -> str:
    """Give as much of somebody's text as a sentence can show."""
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"
