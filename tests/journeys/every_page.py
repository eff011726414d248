"""The pages of the application, and which story looks at each: its own list must not have more."""

import re

from litestar import Litestar

# What is no page: files, programs' answers, and the mailbox's frame.
NO_PAGES = re.compile(
    r"/(api/v1|static|schemas|client.js|healthz|readyz|mailbox/.*/html|apps/[^/]*/(logo|look.css)"
    r"|organizations/[^/]*/audit/export)\b.*"
)
# Pages that tell of a link in a mail, alive and dead: other stories look at those.
ELSEWHERE = {
    "/organizations/{}/members/{}",
    "/organizations/{}/roles/{}",
    "/organizations/{}/api-keys/{}",
    "/organization-invite",
    "/organization-invite/{}",
    "/organization-invite/{}/other-account",
    "/app-invite",
    "/mailbox",
    "/mailbox/{}",
    "/new-address",
    "/new-address/{}",
    "/activation",
    "/activation/{}",
    "/new-password",
    "/new-password/{}",
    "/apps/{}/activation/{}",
    "/apps/{}/activation/{}/other-account",
    "/apps/{}/activation/registration/{}",
    "/apps/{}/new-address",
    "/apps/{}/new-address/{}",
    "/apps/{}/new-password",
    "/apps/{}/new-password/{}",
}
SIGNED_OUT = {
    "/sign-in": "Sign in",
    "/sign-up": "Make an account",
    "/forgotten-password": "Forgotten password",
}
SIGNED_IN = {
    "/": "Your organizations",
    "/organizations/new": "Found an organization",
    "/organizations/{}": "Newest members",
    "/organizations/{}/members": "Members",
    "/organizations/{}/settings": "Settings",
    "/organizations/{}/delete": "It is gone at once",
    "/organizations/{}/roles": "Make and revoke API keys",
    "/organizations/{}/new-role": "What it allows",
    "/organizations/{}/api-keys": "No API keys",
    "/organizations/{}/new-api-key": "What it needs to invite people",
    "/organizations/{}/invitations": "Invitations",
    "/organizations/{}/invitations/{}": "State",
    "/organizations/{}/leave": "You are its only owner",
    "/organizations/{}/audit": "Audit trail",
    "/profile": "Profile",
    "/profile/delete": "Delete my account",
    "/profile/address": "Change your address",
    "/profile/password": "Change your password",
    "/profile/sessions": "Where you are signed in",
}
# Of an app: in the studio, and its own, before and behind its login.
STUDIO = {
    "/organizations/{}/apps": "Apps",
    "/organizations/{}/apps/new": "New app",
    "/organizations/{}/apps/{}": "Where members sign in",
    "/organizations/{}/apps/{}/definition": "Security definition",
    "/organizations/{}/apps/{}/definition/publish": "What happens",
    "/organizations/{}/apps/{}/versions": "In force",
    "/organizations/{}/apps/{}/versions/{}": "Compare with",
    "/organizations/{}/apps/{}/members": "Members",
    "/organizations/{}/apps/{}/members/{}": "Joined",
    "/organizations/{}/apps/{}/invitations": "Invitations",
    "/organizations/{}/apps/{}/invitations/{}": "State",
    "/organizations/{}/apps/{}/settings": "How it looks",
    "/organizations/{}/apps/{}/delete": "It is gone at once",
}
DOOR = {
    "/apps/{}/login": "Sign in",
    "/apps/{}/register": "Make an account",
    "/apps/{}/activation": "Look into your mail",
    "/apps/{}/forgotten-password": "Forgotten password",
}
INSIDE = {
    "/apps/{}/profile": "Profile",
    "/apps/{}/profile/address": "Change your address",
    "/apps/{}/profile/password": "Change your password",
    "/apps/{}/profile/sessions": "Where you are signed in",
    "/apps/{}/profile/leave": "Leave",
    "/apps/{}/members": "Members",
    "/apps/{}/members/{}": "Joined",
    "/apps/{}/invitations": "Invitations",
    "/apps/{}/invitations/{}": "State",
}
LOOKED_AT = ELSEWHERE | {
    page for pages in (SIGNED_OUT, SIGNED_IN, STUDIO, DOOR, INSIDE) for page in pages
}


def every_page(application: Litestar) -> set[str]:
    """Give the application's own list, without what is no page."""
    return {
        re.sub(r"\{[^}]*\}", "{}", route.path_format)
        for route in application.routes
        if "GET" in getattr(route, "methods", ()) and not NO_PAGES.fullmatch(route.path_format)
    }


def fill(page: str, *parts: object) -> str:
    """Put these, one after the other, where a page's address has a gap."""
    for part in parts:
        page = page.replace("{}", str(part), 1)
    return page


def name_of(page: str) -> str:
    """Give the name of a page's picture."""
    return page.strip("/").replace("{}", "one").replace("/", "-") or "console"
