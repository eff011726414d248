"""Brings the catalogues up to date with the sentences in code and templates: `make messages`.

`python -m tools.messages fr` begins a language. What is written holds no dates and no line numbers,
so that it changes only when a sentence does.
"""

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).resolve().parents[1] / "src" / "vestibule"
LOCALES = SOURCE / "locale"
TEMPLATE = LOCALES / "vestibule.pot"

METHODS = [
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
]
# As `web/templating.py` has it. Not silent: a template that cannot be read is a fault.
TEMPLATES = {
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "newstyle_gettext": "true",
    "silent": "false",
}
OPTIONS = {pattern: TEMPLATES for pattern, method in METHODS if method == "jinja2"}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "mark": None}
# What else Babel writes into a header is of no use here, or changes by itself.
HEADERS = ("Project-Id-Version", "Language", "Plural-Forms", "MIME-Version", "Content-Type")
_KEPT = tuple(f'"{header}: '.encode() for header in HEADERS)


def main(arguments: list[str]) -> None:
    """Write the template, and every language's catalogue after it."""
    template = extract()
    _write(TEMPLATE, written(template))
    for locale in {*languages(), *arguments}:
        _write(path_of(locale), written(updated(locale, template)))


def extract() -> Catalog:
    """Find every sentence that goes through gettext."""
    found = Catalog(project="Vestibule", version="1", charset="utf-8", fuzzy=False)
    for file, _, sentence, comments, context in extract_from_dir(
        SOURCE, METHODS, OPTIONS, KEYWORDS, comment_tags=("Translators:",)
    ):
        found.add(sentence, None, [(file, 0)], auto_comments=comments, context=context)
    return found


def updated(locale: str, template: Catalog) -> Catalog:
    """Give the language's catalogue with today's sentences; what was translated stays."""
    path = path_of(locale)
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=locale, domain="vestibule")
    else:
        catalogue = Catalog(locale=locale, project="Vestibule", version="1", fuzzy=False)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """Give the file of a catalogue."""
    catalogue.header_comment = (
        "# Written by `make messages`; only the translations are written by hand."
    )
    buffer = BytesIO()
    write_po(buffer, catalogue, width=100, sort_by_file=True, include_lineno=False)
    head, gap, rest = buffer.getvalue().partition(b"\n\n")
    lines = (line for line in head.split(b"\n") if line[:1] != b'"' or line.startswith(_KEPT))
    return b"\n".join(lines) + gap + rest


def languages() -> list[str]:
    """List the languages that have a catalogue."""
    return sorted(path.parent.parent.name for path in LOCALES.glob("*/LC_MESSAGES/*.po"))


def path_of(locale: str) -> Path:
    """Give where a language's catalogue is."""
    return LOCALES / locale / "LC_MESSAGES" / "vestibule.po"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


if __name__ == "__main__":
    main(sys.argv[1:])
