"""The language of a sentence: gettext catalogues, and which one the present request or mail speaks.

A catalogue is read as it is written (`.po`), so that none has to be compiled, or is out of date.
"""

import gettext as catalogues
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.dates import format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

DOMAIN = "vestibule"
LOCALES = Path(__file__).resolve().parent.parent / "locale"
DEFAULT_LOCALE = "en"

_locale: ContextVar[str] = ContextVar("locale", default=DEFAULT_LOCALE)


def mark(sentence: str) -> str:
    """Mark a sentence for the catalogue where it is written; it is translated where it is shown."""
    return sentence


def gettext(sentence: str) -> str:
    """Give the sentence in the present language."""
    return _catalogue(_locale.get()).gettext(sentence)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Give the form of the sentence that fits the number, in the present language."""
    return _catalogue(_locale.get()).ngettext(singular, plural, number)


def current_locale() -> str:
    """Name the present language, as BCP 47 (`en`)."""
    return _locale.get()


def day(at: datetime) -> str:
    """Write a day: 25 November 2026, as it is in UTC."""
    return format_datetime(at.astimezone(UTC), "d MMMM y", locale=current_locale())


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Speak this language within the block; an unknown one is English."""
    token = _locale.set(supported(locale))
    try:
        yield
    finally:
        _locale.reset(token)


@cache
def locales() -> tuple[str, ...]:
    """List the languages that have a catalogue, the default first."""
    found = {path.parent.parent.name for path in LOCALES.glob("*/LC_MESSAGES/*.po")}
    return (DEFAULT_LOCALE, *sorted(found - {DEFAULT_LOCALE}))


def supported(locale: str) -> str:
    """Give the language that we have for the one asked for: `en-GB` gives `en`."""
    language = locale.replace("_", "-").split("-", 1)[0].lower()
    return language if language in locales() else DEFAULT_LOCALE


@cache
def _catalogue(locale: str) -> catalogues.NullTranslations:
    path = LOCALES / locale / "LC_MESSAGES" / f"{DOMAIN}.po"
    if not path.exists():
        return catalogues.NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale))
    compiled.seek(0)
    return catalogues.GNUTranslations(compiled)
