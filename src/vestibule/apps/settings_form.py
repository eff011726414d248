"""The form of an app's settings: how they read in it, what a sent one asks for, and its faults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from vestibule.apps.making import settings_of
from vestibule.apps.model import App, Settings
from vestibule.kernel.errors import FieldError

FIELDS = ("slug", "colour", "home_url", "redirect_urls", "origins", "remove_logo")
LISTS = ("redirect_urls", "origins")


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


def shown(app: App) -> dict[str, str]:
    """Give what the form says at first."""
    return {
        "slug": app.slug,
        "colour": app.colour or "",
        "home_url": app.home_url or "",
        "redirect_urls": "\n".join(app.redirect_urls),
        "origins": "\n".join(app.origins),
    }


def settings_in(form: Mapping[str, str], app: App) -> Settings:
    """Read what the form asks for. The name stays: it stands in the definition."""
    return replace(
        settings_of(app),
        slug=form["slug"],
        colour=form["colour"] or None,
        home_url=form["home_url"] or None,
        redirect_urls=tuple(_lines(form["redirect_urls"])),
        origins=tuple(_lines(form["origins"])),
    )


def faults_of(errors: Sequence[FieldError], form: Mapping[str, str]) -> Faults:
    """Sort faults to their fields; those of `redirect_urls.2` to the third line that was typed."""
    fields: dict[str, str] = {}
    lines: dict[str, list[LineFault]] = {}
    for error in errors:
        name, _, index = error.path.partition(".")
        fields.setdefault(name, error.message)
        if name in LISTS:
            text = _lines(form[name])[int(index)] if index.isdigit() else ""
            lines.setdefault(name, []).append(LineFault(text=text, sentence=error.message))
    return Faults(fields=fields, lines=lines)


def _lines(text: str) -> list[str]:
    """Give what was typed, line by line, without empty ones and spaces around."""
    return [line.strip() for line in text.splitlines() if line.strip()]
