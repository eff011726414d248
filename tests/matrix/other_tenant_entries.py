"""What the parameters, fields and questions of every route name, and how a foreign one is refused.

A new one makes a test fail until it is said here what it names, or that it names nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tests.client import API
from tests.matrix import app_entries, test_roles
from tests.matrix.conftest import Route
from tests.matrix.example import ORG
from tests.matrix.examples import API_EXAMPLES, LINKS, PAGE_EXAMPLES, route_of
from tests.matrix.program_entries import OF_APPS, OF_ORGANIZATIONS

# Which slot of a tenant's places a parameter of a path names; the first that fits.
SLOTS = (
    ("org", r"^(/api/v1)?/organizations/", "org"),
    ("app", r"^(/api/v1)?(/organizations/\{org:str\})?/apps/", "app"),
    ("user", r"^(/api/v1)?/organizations/.*/members/", "user"),
    ("member", r"/apps/\{app:str\}/members/", "member"),
    ("api_key", r"^(/api/v1)?/organizations/.*/api-keys/", "api_key"),
    ("role", r"^(/api/v1)?/organizations/.*/roles/", "role"),
    ("version", r"/apps/\{app:str\}/versions/", "version"),
    ("number", r"/apps/\{app:str\}/versions/", "version"),
    ("session", r"/apps/\{app:str\}/(me|profile)/sessions/", "app_session"),
    ("session", r"^(/api/v1/me|/profile)/sessions/", "session"),
    ("invitation", r"^(/api/v1/me|/console)/invitations/", "invitation_to_me"),
    ("invitation", r"^/organization-invite/", "link"),
    ("invitation", r"^/apps/\{app:str\}/activation/", "app_link"),
    ("invitation", r"/apps/\{app:str\}/invitations/", "app_invitation"),
    ("invitation", r"^(/api/v1)?/organizations/\{org:str\}/invitations/", "invitation"),
    ("key_id", r"^/activation/", "platform sign_up"),
    ("key_id", r"^/new-password/", "platform password_reset"),
    ("key_id", r"^/new-address/", "platform address_change"),
    ("key_id", r"^/apps/\{app:str\}/activation/registration/", "app sign_up"),
    ("key_id", r"^/apps/\{app:str\}/new-password/", "app password_reset"),
    ("key_id", r"^/apps/\{app:str\}/new-address/", "app address_change"),
)
# Paths that name nothing of a tenant, or nothing that is kept from others; and why.
BEYOND = {
    rf"{API}/operator/": "the operator's key opens every organization: test_operator.py",
    rf"{API}/\{{path:str\}}$": "any path that there is not",
    r"/static/": "files of the house",
    r"/mailbox": "where it is on, it shows every mail to everybody",
    r".*/other-account$": "ends the reader's own session, and comes back to whatever page",
}
_EXAMPLES = {
    (each.method, route_of(each.path)): each.sent for each in (*API_EXAMPLES, *PAGE_EXAMPLES)
}
_SENT: dict[Route, object] = {
    **{(entry.method, entry.path): entry.sent for entry in test_roles.ENTRIES},
    **{(entry.method, entry.path): entry.sent for entry in app_entries.ENTRIES},
}
# A good body for each route: all fields of the examples, as who may take the route sends them.
ENTRIES: dict[Route, object] = {
    **_EXAMPLES,
    **{
        route: {**_EXAMPLES.get(route, {}), **sent} if isinstance(sent, Mapping) else sent
        for route, sent in _SENT.items()
    },
    # A key that is for an app, with what such a key may.
    **{
        ("POST", path): _EXAMPLES["POST", path]
        for path in (f"{ORG}/api-keys", "/organizations/{org:str}/new-api-key")
    },
    # Of what the draft of the scene drops.
    ("POST", f"{API}/apps/{{app:str}}/publish"): {"roles": {"Boss": "Manager"}},
    ("POST", "/organizations/{org:str}/apps/{app:str}/definition/publish"): {
        "saved_at": "$stamp",
        "becomes.Boss": "Manager",
    },
}
OF_CREW = {
    (each.method, each.path)
    for each in app_entries.ENTRIES
    if "bea" in each.may and each.may != app_entries.EVERYBODY
}
# For everybody who comes, to any app.
OPEN = {
    (each.method, each.path) for each in app_entries.ENTRIES if each.may == app_entries.EVERYBODY
}
# The link that leads to a page, with a key of the scene behind it.
KEY_OF = {path.replace("shifts", "{app:str}"): key for path, key in LINKS.items()}


@dataclass(frozen=True, slots=True)
class Naming:
    """A field or a question that names something of a tenant.

    `others` is what it may say of other tenants, as `Street.others` has it, and `answers` are the
    refusals: 200 or 202 where nothing is found, or nobody is to be told. `on`: the routes that
    mean this by it; `who`: from whom it is refused, if others may name anything.
    """

    name: str
    others: str
    answers: frozenset[int]
    on: str = ""
    who: str = ""

    def is_for(self, path: str) -> bool:
        return re.search(self.on, path) is not None


def _naming(name: str, others: str, *answers: int, on: str = "", who: str = "") -> Naming:
    return Naming(name, others, frozenset(answers), on, who)


IN_APPS, IN_ORGANIZATIONS = "/apps", r"^(?!.*/apps).*/organizations"
FIELDS = (
    _naming("user", "user", 404),
    _naming("app", "app", 404),
    _naming("default_organization", "org", 404, 422),
    _naming("slug", "app slug", 409, on=IN_APPS),
    _naming("slug", "slug", 409, on=IN_ORGANIZATIONS),
    _naming("role", "app role", 422, on=rf"{IN_APPS}(?!.*/batch)"),
    _naming("role", "role", 422, on=rf"{IN_ORGANIZATIONS}(?!.*/batch)"),
    _naming("role", "app role", 200, on="/apps/.*/batch"),  # each row says for itself
    _naming("role", "role", 200, on=rf"{IN_ORGANIZATIONS}.*/batch"),
    _naming("roles", "app role", 422),
    _naming("becomes.Boss", "app role", 422),
    _naming("default_role", "role", 422),
    _naming("expected_role", "role", 409),
    _naming("to", "role", 422),
    _naming("email", "app email", 401, on="^(?!.*/apps/).*/(sessions|sign-in)$"),
    _naming("email", "app email", 401, on="/apps/.*/(sessions|login)$"),
    _naming("email", "user email", 401, on="/apps/.*/(sessions|login)$"),
    _naming("email", "app email", 202, on="/password-resets$"),  # the same to everybody
    _naming("email", "app email", 200, on="/forgotten-password$"),
    _naming("key", "key", 404, on="^(?!.*/request-new$)"),
    _naming("key", "key", 202, on="/request-new$"),
    _naming("redirect_url", "redirect_url", 422, on=IN_APPS, who="bea"),
    _naming("saved_at", "stamp", 409),
)
QUESTIONS = (
    _naming("actor", "trail", 200),
    _naming("subject", "trail", 200),
    _naming("q", "app word", 200, on=IN_APPS),
    _naming("q", "word", 200, on=IN_ORGANIZATIONS),
    _naming("email", "app invited", 200, on=IN_APPS),
    _naming("email", "invited", 200, on=IN_ORGANIZATIONS),
    _naming("role", "app role", 200, 422, on=IN_APPS),
    _naming("role", "role", 422, on=IN_ORGANIZATIONS),
    _naming("expected_role", "role", 409),
    _naming("to", "role", 422, on="/roles/"),
    _naming("against", "version", 404),
    _naming("version", "version", 404),
)
# What names nothing of a tenant: texts, times, choices, and secrets that are nobody else's. A code
# of another app: tests/apps/test_codes.py.
PLAIN_FIELDS = re.compile(
    r"""
    (first_|last_)?name | phone | locale | email | (current_|new_)?password | current | new
    | account | as | code | code_verifier | next | then | reason | properties | metadata
    | invitations | invitation_lifetime | unit | requires_sign_in | allowed_domains
    | takes_other_accounts | form
    | expires_at | expires_in_days | member_until | keep | leave | source | remove_logo | logo
    | colour | home_url | redirect_urls | origins | permissions | expected | expected_permissions
    | from | seat_limit | [a-z]+:[a-z]+ | role:\w+ | _csrf_token
    """,
    re.VERBOSE,
)
PLAIN_QUESTIONS = re.compile(
    "limit|before|after|done|saved|next|v|format|kind|event|from|to|state|invitations|key|q|role"
)


def is_beyond(path: str) -> bool:
    return any(re.match(start, path) for start in BEYOND)


def names_in(path: str) -> list[str]:
    """The parameters of a route's path."""
    return re.findall(r"\{(\w+):", path)


def slots_of(path: str) -> list[str]:
    """What the parameters of a route's path name."""
    return [slot_of(name, path) for name in names_in(path)]


def slot_of(name: str, path: str) -> str:
    for parameter, where, slot in SLOTS:
        if parameter == name and re.search(where, path):
            return slot
    raise AssertionError(
        f"{path}: say in SLOTS of other_tenant_entries.py what {{{name}}} names, and in tenants.py "
        "what each tenant has of it; or in BEYOND why it is no tenant's"
    )


def callers_of(route: Route) -> list[str]:
    """Who is to call a route: those who may there, with what is theirs."""
    path = route[1]
    if route in OF_ORGANIZATIONS:
        return ["ada", "bot"]
    if path.startswith("/apps/") and "/new-address" in path:
        return ["emil"]
    crew = ["bea"] if route in OF_CREW else []
    if route in OF_APPS:
        return ["ada", "bot", "app_bot", *crew]
    if path.startswith((f"{API}/apps/", "/apps/")):
        return crew or ["bea"]
    return ["ada"]


def spoiled(sent: object, name: str, value: str) -> object:
    """The body, in which this field says something else wherever it stands."""
    match sent:
        case Mapping():
            return {
                key: _instead(each, value) if key == name else spoiled(each, name, value)
                for key, each in sent.items()
            }
        case list():
            return [spoiled(each, name, value) for each in sent]
        case _:
            return sent


def _instead(before: object, value: str) -> object:
    if isinstance(before, Mapping):
        return dict.fromkeys(before, value)
    return [value] if isinstance(before, list) else value
