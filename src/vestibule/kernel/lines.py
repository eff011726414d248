"""Fields of several lines, each a value of its own: how they are read, and what is wrong where."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from vestibule.kernel.errors import FieldError


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFault:
    """What is wrong with a list: the line as it was typed, or with the whole, then without text."""

    text: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What is wrong with a form: a sentence for each field, and for lists those of each line."""

    fields: Mapping[str, str]
    lines: Mapping[str, Sequence[LineFault]]


def read_lines(text: str) -> list[str]:
    """Give what was typed, line by line, without empty ones and spaces around."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def faults_of(
    errors: Sequence[FieldError], form: Mapping[str, str], *, lists: Collection[str]
) -> Faults:
    """Sort faults to their fields; those of `redirect_urls.2` to the third line that was typed."""
    fields: dict[str, str] = {}
    lines: dict[str, list[LineFault]] = {}
    for error in errors:
        name, _, index = error.path.partition(".")
        fields.setdefault(name, error.message)
        if name in lists:
            text = read_lines(form[name])[int(index)] if index.isdigit() else ""
            lines.setdefault(name, []).append(LineFault(text=text, sentence=error.message))
    return Faults(fields=fields, lines=lines)
