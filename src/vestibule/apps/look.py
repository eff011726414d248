"""What an app's own pages wear, and the way from one to the others."""

from vestibule.accounts.realms import Look
from vestibule.apps.model import App
from vestibule.definitions.model import Definition
from vestibule.kernel.i18n import mark

STYLESHEET = "/look.css"
LOGO = "/logo"


def look_of(app: App) -> Look:
    """Give its logo and its colour; each address changes with what it leads to."""
    return Look(
        logo=f"{app.path}{LOGO}?v={app.logo_version}" if app.logo_version else None,
        stylesheet=f"{app.path}{STYLESHEET}?v={app.colour[1:]}" if app.colour else None,
    )


def navigation(
    definition: Definition | None, roles: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """Give the pages that somebody with these roles may see: paths behind the app's, and names."""
    pages = [("/profile", mark("Profile"))]
    may_invite = definition is not None and definition.may_invite(roles)
    may_manage = definition is not None and definition.may_manage(roles)
    if may_invite or may_manage:
        pages.append(("/members", mark("Members")))
    if may_invite:
        pages.append(("/invitations", mark("Invitations")))
    return tuple(pages)
