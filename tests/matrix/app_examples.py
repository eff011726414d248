"""Good requests for what apps take in their own way; accounts in an app are those of the platform.

`$name` stands for a key or an id of the scene.
"""

from tests.client import API
from tests.matrix.example import APP, BETTER, ORG, Example
from tests.world import PASSWORD

LOGO = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA"
    "60e6kgAAAABJRU5ErkJggg=="
)
SOURCE = """\
name: Shifts
security:
  default: {role: Manager}
  roles:
    Boss: {inherits: [Manager]}
    Manager: {inherits: [Employee]}
    Employee: {}
"""
STUDIO = "/organizations/{org}/apps"

APP_API_EXAMPLES = [
    Example("POST", f"{ORG}/apps", sent={"name": "Another", "slug": "another-one"}),
    Example(
        "PATCH",
        APP,
        sent={
            "name": "Renamed",
            "slug": "renamed",
            "colour": "#123456",
            "logo": LOGO,
            "home_url": "https://shifts.example.com/",
            "redirect_urls": ["https://shifts.example.com/back"],
            "origins": ["https://shifts.example.com"],
        },
    ),
    Example("POST", f"{APP}/publish", sent={"roles": {}}, may_be_empty=True),
    Example(
        "PATCH",
        f"{APP}/members/{{member}}",
        "bea",
        {"roles": ["Manager"], "member_until": "2034-03-03T23:59:59Z"},
    ),
    Example(
        "POST",
        f"{APP}/sessions",
        "nobody",
        {"email": "emil@crew.example.com", "password": PASSWORD},
        left_out=frozenset({"code", "code_verifier", "as"}),
    ),
    Example("POST", f"{APP}/sign-ups", "nobody", {"email": "two@example.com", "locale": "sv"}),
    Example(
        "POST",
        f"{APP}/sign-ups/complete",
        "nobody",
        {"key": "$app_sign_up", "password": BETTER, "name": "Nan"},
    ),
    Example(
        "PATCH",
        f"{API}/apps/{{app:str}}/me",
        "mia",
        {"name": "Mia M", "locale": "sv", "properties": {"team": "B"}},
    ),
    Example("POST", f"{APP}/me/deletion", "emil", {"password": PASSWORD}),
]

APP_PAGE_EXAMPLES = [
    Example("POST", f"{STUDIO}/new", sent={"name": "Another", "slug": "another-one"}),
    Example("POST", f"{STUDIO}/{{app}}/continue"),
    Example("POST", f"{STUDIO}/{{app}}/delete", sent={"name": "Shifts"}),
    Example("POST", f"{STUDIO}/{{app}}/definition", sent={"source": SOURCE, "then": ""}),
    Example("POST", f"{STUDIO}/{{app}}/definition/publish", sent={"saved_at": "$stamp"}),
    Example(
        "POST",
        f"{STUDIO}/{{app}}/settings",
        sent={
            "slug": "renamed",
            "colour": "#123456",
            "home_url": "",
            "redirect_urls": "https://shifts.example.com/back",
            "origins": "",
            "remove_logo": "",
        },
    ),
    Example(
        "POST",
        "/apps/{app}/members/{member}",
        "bea",
        {"role:Boss": "", "role:Manager": "on", "role:Employee": "on"},
    ),
    Example("POST", "/apps/{app}/members/{member}/end", "mia", {"member_until": "2034-03-03"}),
    Example("POST", "/apps/{app}/members/{member}/remove", "mia"),
    Example(
        "POST",
        "/apps/{app}/activation/registration/{app_sign_up_id}",
        "nobody",
        {"name": "Nan", "password": BETTER},
    ),
    Example("POST", "/apps/{app}/profile", "mia", {"name": "Mia M"}),
    Example("POST", "/apps/{app}/profile/leave", "emil", {"password": PASSWORD}),
]
