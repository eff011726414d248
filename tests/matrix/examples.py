"""One good request for every route of the API that takes a body, and every form of a page.

`$name` stands for a key or an id of the scene. Tests spoil these examples one way at a time.
"""
# long: one table of cases

from tests.client import API
from tests.matrix.app_examples import APP_API_EXAMPLES, APP_PAGE_EXAMPLES
from tests.matrix.example import APP, BETTER, ORG, Example
from tests.world import PASSWORD

NEWCOMER = {
    "first_name": "Ana",
    "last_name": "Ahn",
    "password": BETTER,
    "phone": "+46 70 123 45 67",
}
INVITATION = {
    "email": "one@example.com",
    "role": "viewer",
    "expires_in_days": 2.5,
    "member_until": "2034-03-03T23:59:59Z",
    "locale": "sv",
    "redirect_url": "https://example.com/welcome",
    "metadata": {"team": "x"},
}

LAST_DAY = {"member_until": "2034-03-03"}

API_EXAMPLES = [
    Example("POST", f"{API}/sign-ups", "nobody", {"email": "two@example.com", "locale": "sv"}),
    Example(
        "POST",
        f"{API}/sign-ups/complete",
        "nobody",
        {"key": "$sign_up", **NEWCOMER},
    ),
    Example(
        "POST",
        f"{API}/sessions",
        "nobody",
        {"email": "ada@cast.example.com", "password": PASSWORD},
    ),
    Example("POST", f"{API}/password-resets", "nobody", {"email": "ada@cast.example.com"}),
    Example(
        "POST",
        f"{API}/password-resets/complete",
        "nobody",
        {"key": "$reset", "password": BETTER},
    ),
    Example(
        "PATCH",
        f"{API}/me",
        sent={
            "first_name": "Adah",
            "last_name": "Abelin",
            "phone": "+46701234567",
            "locale": "sv",
            "default_organization": "$analytical",
        },
    ),
    Example("POST", f"{API}/me/password", sent={"current": PASSWORD, "new": BETTER}),
    Example(
        "POST", f"{API}/me/address", sent={"email": "ada@newest.example", "password": PASSWORD}
    ),
    Example("POST", f"{API}/me/address/complete", sent={"key": "$address"}),
    Example(
        "POST",
        f"{API}/me/invitations/{{waiting}}/decline",
        "flo",
        {"reason": "No time"},
        may_be_empty=True,
    ),
    Example("POST", f"{API}/organizations", sent={"name": "Another", "slug": "another-one"}),
    Example(
        "PATCH",
        ORG,
        sent={
            "name": "Renamed",
            "slug": "renamed",
            "invitation_lifetime": 86400,
            "requires_sign_in": True,
            "allowed_domains": ["example.com"],
            "default_role": "manager",
            "takes_other_accounts": False,
        },
    ),
    Example(
        "PATCH",
        f"{ORG}/members/{{user:str}}",
        sent={
            "role": "manager",
            "expected_role": "viewer",
            "member_until": "2034-03-03T23:59:59Z",
        },
    ),
    Example("POST", f"{ORG}/roles", sent={"name": "Billing clerk", "permissions": ["audit:read"]}),
    Example(
        "PATCH",
        f"{ORG}/roles/{{role:str}}",
        sent={"permissions": ["audit:read"], "expected_permissions": ["members:read"]},
    ),
    Example("POST", f"{ORG}/transfer", sent={"user": "$user", "leave": False}),
    Example(
        "POST",
        f"{ORG}/api-keys",
        sent={
            "name": "Deploy bot",
            "permissions": ["apps:read"],
            "app": "$app",
            "expires_in_days": 2.5,
        },
        left_out=frozenset({"expires_at"}),
    ),
    Example("POST", f"{API}/me/deletion", "bo", {"password": PASSWORD}),
    Example("PATCH", f"{API}/operator/organizations/{{org:str}}", "operator", {"seat_limit": 9}),
    Example("POST", f"{ORG}/invitations", sent=INVITATION, left_out=frozenset({"expires_at"})),
    Example("POST", f"{ORG}/invitations/batch", sent={"invitations": [INVITATION]}),
    Example(
        "PATCH",
        f"{ORG}/invitations/{{invitation:str}}",
        sent={"role": "manager", "locale": "sv", "member_until": "2034-03-03T23:59:59Z"},
        left_out=frozenset({"expires_at"}),
    ),
    Example(
        "POST",
        f"{APP}/invitations",
        "mia",
        INVITATION | {"role": "Employee"},
        left_out=frozenset({"expires_at"}),
    ),
    Example(
        "POST",
        f"{APP}/invitations/batch",
        "mia",
        {"invitations": [INVITATION | {"role": "Employee"}]},
    ),
    Example(
        "PATCH",
        f"{APP}/invitations/{{to_app}}",
        "mia",
        {"role": "Manager", "locale": "sv", "member_until": "2034-03-03T23:59:59Z"},
        left_out=frozenset({"expires_at"}),
    ),
    Example("POST", f"{API}/invitations/lookup", "nobody", {"key": "$ana"}),
    Example(
        "POST",
        f"{API}/invitations/accept",
        "nobody",
        {"key": "$ana", "account": NEWCOMER},
        left_out=frozenset({"as"}),
    ),
    Example(
        "POST", f"{API}/invitations/decline", "nobody", {"key": "$ana", "reason": "Wrong person"}
    ),
    Example(
        "POST",
        f"{API}/invitations/request-new",
        "nobody",
        {"key": "$ana"},
        secrets=frozenset({"key"}),
    ),
    *APP_API_EXAMPLES,
]

# With a key in the cookie that following the link leaves, where a page needs one.
PAGE_EXAMPLES = [
    Example(
        "POST",
        "/sign-in",
        "nobody",
        {"email": "ada@cast.example.com", "password": PASSWORD, "next": ""},
    ),
    Example("POST", "/sign-in/continue"),
    Example("POST", "/sign-out"),
    Example("POST", "/sign-up", "nobody", {"email": "two@example.com"}),
    Example("POST", "/forgotten-password", "nobody", {"email": "ada@cast.example.com"}),
    Example("POST", "/activation/{sign_up_id}", "nobody", NEWCOMER),
    Example("POST", "/new-password/{reset_id}", "nobody", {"password": BETTER}),
    Example("POST", "/new-address/{address_id}"),
    Example(
        "POST",
        "/profile",
        sent={
            "first_name": "Adah",
            "last_name": "Abelin",
            "phone": "",
            "default_organization": "$analytical",
        },
    ),
    Example(
        "POST",
        "/profile/password",
        sent={"current_password": PASSWORD, "new_password": BETTER},
    ),
    Example("POST", "/profile/address", sent={"email": "ada@newest.example", "password": PASSWORD}),
    Example("POST", "/profile/sessions/{session}/end"),
    Example("POST", "/profile/sessions/end-others"),
    Example("POST", "/profile/delete", "bo", {"password": PASSWORD}),
    Example(
        "POST",
        "/organizations/{org}/members/{user}",
        sent={"role": "manager", "expected_role": "viewer"},
    ),
    Example("POST", "/organizations/{org}/members/{user}/end", sent={"member_until": "2034-03-03"}),
    Example("POST", "/organizations/{org}/members/{user}/remove", sent={"expected_role": "viewer"}),
    Example("POST", "/organizations/{org}/members/{user}/hand-over"),
    Example("POST", "/organizations/{org}/leave", "bo"),
    Example("POST", "/organizations/{org}/delete", sent={"name": "Analytical"}),
    Example(
        "POST",
        "/organizations/{org}/new-role",
        sent={"name": "Billing clerk", "audit:read": "on"},
    ),
    Example(
        "POST",
        "/organizations/{org}/roles/{role}",
        sent={"expected": "members:read", "audit:read": "on"},
    ),
    Example("POST", "/organizations/{org}/roles/{role}/delete", sent={"to": ""}),
    Example("POST", "/organizations/new", sent={"name": "Another", "slug": "another-one"}),
    Example(
        "POST",
        "/organizations/{org}/settings",
        sent={
            "name": "Renamed",
            "slug": "renamed",
            "invitation_lifetime": "5",
            "unit": "days",
            "allowed_domains": "example.com",
            "default_role": "manager",
            "takes_other_accounts": "on",
        },
    ),
    Example(
        "POST",
        "/organizations/{org}/invitations",
        sent={"email": "one@example.com", "role": "viewer", "expires_in_days": "3"} | LAST_DAY,
    ),
    Example(
        "POST",
        "/organizations/{org}/invitations/{invitation}",
        sent={"role": "manager", "expires_in_days": "3"} | LAST_DAY,
    ),
    Example("POST", "/organizations/{org}/invitations/{invitation}/resend"),
    Example("POST", "/organizations/{org}/invitations/{invitation}/revoke"),
    Example(
        "POST",
        "/organizations/{org}/new-api-key",
        sent={
            "form": "form_01h455vb4pex5vsknk084sn02q",
            "name": "Deploy bot",
            "app": "$app",
            "expires_in_days": "90",
            "apps:read": "on",
        },
    ),
    Example("POST", "/organizations/{org}/api-keys/{api_key}/revoke"),
    Example("POST", "/organization-invite/{invitation}/accept", "eve", {"as": "me"}),
    Example("POST", "/organization-invite/{invitation}/activate", "nobody", NEWCOMER),
    Example("POST", "/organization-invite/{waiting}/sign-in", "nobody", {"password": PASSWORD}),
    Example("POST", "/organization-invite/{invitation}/other-account"),
    Example(
        "POST", "/organization-invite/{invitation}/decline", "nobody", {"reason": "Wrong person"}
    ),
    Example("POST", "/organization-invite/{invitation}/request-new", "nobody"),
    *(
        Example(method, f"{pages}{path}", who, sent)
        for pages, who in (
            ("/apps/{app}/invitations", "mia"),
            ("/organizations/{org}/apps/{app}/invitations", "ada"),
        )
        for method, path, sent in (
            (
                "POST",
                "",
                {"email": "one@example.com", "role": "Employee", "expires_in_days": "3"} | LAST_DAY,
            ),
            ("POST", "/{to_app}", {"role": "Manager", "expires_in_days": "3"} | LAST_DAY),
            ("POST", "/{to_app}/resend", {}),
            ("POST", "/{to_app}/revoke", {}),
        )
    ),
    Example("POST", "/apps/{app}/activation/{to_crew}/accept", "nobody", {"as": ""}),
    Example(
        "POST",
        "/apps/{app}/activation/{to_app}/activate",
        "nobody",
        {"name": "Nan", "password": BETTER},
    ),
    Example("POST", "/apps/{app}/activation/{to_crew}/sign-in", "nobody", {"password": PASSWORD}),
    Example("POST", "/apps/{app}/activation/{to_app}/other-account", "emil"),
    Example("POST", "/apps/{app}/activation/{to_app}/decline", "nobody", {"reason": "No"}),
    Example("POST", "/apps/{app}/activation/{to_app}/request-new", "nobody"),
    Example("POST", "/console/invitations/{own}/accept"),
    Example("POST", "/console/invitations/{own}/decline", sent={"reason": "No time"}),
    *APP_PAGE_EXAMPLES,
]
LINKS = {
    "/activation": "sign_up",
    "/new-password": "reset",
    "/new-address": "address",
    "/organization-invite": "ana",
    "/app-invite": "nan",
    "/apps/shifts/activation": "app_sign_up",
    "/apps/shifts/new-password": "app_reset",
    "/apps/shifts/new-address": "app_address",
}
# Who has to be signed in where a link leads to.
HOLDERS = {"/new-address": "ada", "/apps/shifts/new-address": "emil"}
# Which link and which key bring somebody to a page: by what is in the page's path.
ARRIVALS = {
    "/activation/{sign_up_id}": ("/activation", "sign_up"),
    "/new-password/{reset_id}": ("/new-password", "reset"),
    "/new-address/{address_id}": ("/new-address", "address"),
    "/organization-invite/{invitation}": ("/organization-invite", "ana"),
    "/organization-invite/{waiting}": ("/organization-invite", "flo"),
    "/apps/{app}/activation/registration": ("/apps/shifts/activation", "app_sign_up"),
    "/apps/{app}/activation/{to_app}": ("/app-invite", "nan"),
    "/apps/{app}/activation/{to_crew}": ("/app-invite", "emil"),
}
# What a name of the scene is called in a route.
PARAMETERS = {
    **dict.fromkeys(("waiting", "own", "to_app", "to_crew"), "invitation"),
    **dict.fromkeys(("sign_up_id", "reset_id", "address_id", "app_sign_up_id"), "key_id"),
}


def route_of(path: str) -> str:
    """The route of an example's path, as the application names it."""
    for name, parameter in PARAMETERS.items():
        path = path.replace(f"{{{name}}}", f"{{{parameter}:str}}")
    return path.replace("}", ":str}").replace(":str:str", ":str")
