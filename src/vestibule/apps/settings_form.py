"""The form of an app's settings: how they read in it, and what a sent one asks for."""

from collections.abc import Mapping
from dataclasses import replace

from vestibule.apps.making import settings_of
from vestibule.apps.model import App, Settings
from vestibule.kernel.lines import read_lines

FIELDS = ("slug", "colour", "home_url", "redirect_urls", "origins", "remove_logo")
LISTS = ("redirect_urls", "origins")


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
        redirect_urls=tuple(read_lines(form["redirect_urls"])),
        origins=tuple(read_lines(form["origins"])),
    )
