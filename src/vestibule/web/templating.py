"""The Jinja environment of pages and mails: templates by room, and how times read."""

import hashlib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel.dates import format_datetime, format_timedelta
from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    select_autoescape,
)

from vestibule.kernel import i18n
from vestibule.kernel.clock import present

HOUSE = Path(__file__).resolve().parent.parent
STATIC = HOUSE / "web" / "static"
STATIC_PATH = "/static"


@cache
def environment() -> Environment:
    """Make it. `accounts/sign_in.html` is a room's template, a bare name is the frame's."""
    rooms = {path.parent.name: FileSystemLoader(path) for path in sorted(HOUSE.glob("*/templates"))}
    made = Environment(
        loader=ChoiceLoader([FileSystemLoader(HOUSE / "web" / "templates"), PrefixLoader(rooms)]),
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals["static"] = static
    made.globals["lang"] = i18n.DEFAULT_LOCALE
    made.filters |= {"when": when, "ago": ago, "until": until, "day": i18n.day, "ending": ending}
    made.tests["end_of_day"] = is_end_of_day
    return made


@cache
def static(name: str) -> str:
    """Give the URL of a file of `static/`, with its version: a browser may keep it for ever."""
    version = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"{STATIC_PATH}/{version}/{name}"


def when(at: datetime) -> str:
    """Write a time in full: Wednesday 25 November 2026, 14:00 UTC."""
    return _format(at, "EEEE d MMMM y, HH:mm 'UTC'")


def ending(at: datetime) -> str:
    """Write when access ends, after "on": an end that was chosen as a day is told as that day."""
    if is_end_of_day(at):
        return i18n.gettext("{day}, at the end of the day (UTC)").format(day=i18n.day(at))
    return when(at)


def is_end_of_day(at: datetime) -> bool:
    """Tell whether it is the last minute of a day in UTC: in any zone, people mean that day."""
    there = at.astimezone(UTC)
    return (there.hour, there.minute) == (23, 59)


def ago(at: datetime) -> str:
    """Write how long ago: 3 minutes ago."""
    return _distance(at)


def until(at: datetime) -> str:
    """Write how far ahead: in 4 days."""
    return _distance(at)


def _format(at: datetime, pattern: str) -> str:
    return format_datetime(at.astimezone(UTC), pattern, locale=i18n.current_locale())


def _distance(at: datetime) -> str:
    return format_timedelta(at - present(), add_direction=True, locale=i18n.current_locale())
