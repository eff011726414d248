"""Finds words of templates that do not go through gettext: in texts, attributes and expressions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, nodes

# What stands in for an expression or a statement while the text around it is looked at.
GAP = "\x00"
ATTRIBUTES = frozenset({"alt", "aria-label", "data-label", "placeholder", "title"})
NAMES = frozenset({"Vestibule"})
# What is translated as a whole, and what is no text: the block that names a page's class.
HIDDEN = {"trans": "endtrans", "block kind": "endblock"}
SILENT = frozenset({"script", "style"})
TRANSLATING = frozenset({"_", "gettext", "ngettext"})

# A macro may write attributes alone.
_ATTRIBUTE = re.compile(r'[a-z-]+="[^"]*"')
_WORD = re.compile(r"[^\W\d_]{2,}")
# In an expression most texts are words of programs; what reads as a sentence or a label is not.
_LABEL = re.compile(r"[A-Z][^\W\d_]+( |$)|[^\W\d_]+ [^\W\d_]+ ")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Words that stay English in every language."""

    line: int
    words: str


def find(path: Path) -> list[Fault]:
    """List the untranslated words of a template, top to bottom."""
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    source = path.read_text()
    found = [*_in_text(_text_alone(environment, source), is_html=path.suffix == ".html")]
    found += _in_expressions(environment.parse(source))
    return sorted(found)


def _text_alone(environment: Environment, source: str) -> str:
    """Give the template with a gap for all that is no plain text; its lines stay."""
    text = ""
    statement: list[str] = []
    hidden_until = ""
    for _, kind, value in environment.lex(source):
        if kind in {"block_begin", "name"}:
            statement = [*statement, value] if kind == "name" else []
        elif kind == "block_end":
            hidden_until = _hidden_until(" ".join(statement), hidden_until)
        is_shown = kind == "data" and not hidden_until
        text += value if is_shown else GAP + "\n" * value.count("\n")
    return text


def _hidden_until(statement: str, present: str) -> str:
    """Give the statement that ends what is not looked at; "" while all is."""
    if present:
        return "" if statement.startswith(present) else present
    return next((end for start, end in HIDDEN.items() if statement.startswith(start)), "")


def _in_text(text: str, *, is_html: bool) -> Iterator[Fault]:
    if is_html:
        reader = _Reader()
        reader.feed(text.replace(f"<{GAP}", "<tag"))
        reader.close()
        yield from reader.faults
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if _has_words(line):
            yield Fault(number, line.replace(GAP, "").strip())


def _in_expressions(template: nodes.Node) -> Iterator[Fault]:
    for node in template.iter_child_nodes():
        if isinstance(node, nodes.Call) and getattr(node.node, "name", None) in TRANSLATING:
            yield from _in_expressions(nodes.List(list(node.kwargs)))
        elif isinstance(node, nodes.Const) and isinstance(node.value, str):
            if _LABEL.match(node.value) and node.value not in NAMES:
                yield Fault(node.lineno, node.value)
        else:
            yield from _in_expressions(node)


def _has_words(text: str) -> bool:
    words = _WORD.findall(_ATTRIBUTE.sub(" ", text.replace(GAP, " ")))
    return any(word not in NAMES for word in words)


@dataclass
class _Reader(HTMLParser):
    faults: list[Fault] = field(default_factory=list)
    inside: str = ""

    def __post_init__(self) -> None:
        HTMLParser.__init__(self, convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag
        for name, value in attrs:
            if name in ATTRIBUTES and value and _has_words(value):
                self.faults.append(Fault(self.getpos()[0], value.replace(GAP, "").strip()))

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside not in SILENT and _has_words(data):
            self.faults.append(Fault(self.getpos()[0], " ".join(data.replace(GAP, "").split())))
