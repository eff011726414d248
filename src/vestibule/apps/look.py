"""What an app's own pages wear: its logo and its colour, by addresses that change with them."""

from vestibule.accounts.realms import Look
from vestibule.apps.model import App

STYLESHEET = "/look.css"
LOGO = "/logo"


def look_of(app: App) -> Look:
    """Give its logo and its colour; each address changes with what it leads to."""
    return Look(
        logo=f"{app.path}{LOGO}?v={app.logo_version}" if app.logo_version else None,
        stylesheet=f"{app.path}{STYLESHEET}?v={app.colour[1:]}" if app.colour else None,
    )
