"""Which permission each call asks of a program, for those that programs may make."""

from tests.api_keys.cast import EVERYTHING
from tests.client import API
from tests.matrix.conftest import Route

ORG, APP = f"{API}/organizations/{{org:str}}", f"{API}/apps/{{app:str}}"
# Which permission each call asks for; and what else is to be granted, or given away, by it here.
# To see the organization itself takes none.
OF_ORGANIZATIONS: dict[Route, tuple[str, ...]] = {
    ("GET", ORG): (),
    ("PATCH", ORG): ("settings:manage",),
    ("DELETE", ORG): ("organization:delete",),
    ("GET", f"{ORG}/members"): ("members:read",),
    ("GET", f"{ORG}/members/{{user:str}}"): ("members:read",),
    ("PATCH", f"{ORG}/members/{{user:str}}"): (
        *("members:manage", "members:read", "invitations:manage", "invitations:read", "apps:read"),
    ),
    ("DELETE", f"{ORG}/members/{{user:str}}"): ("members:manage", "members:read"),
    ("GET", f"{ORG}/roles"): ("members:read",),
    ("GET", f"{ORG}/roles/{{role:str}}"): ("members:read",),
    ("POST", f"{ORG}/roles"): ("settings:manage", "apps:read"),
    ("PATCH", f"{ORG}/roles/{{role:str}}"): ("settings:manage", *EVERYTHING),
    ("DELETE", f"{ORG}/roles/{{role:str}}"): ("settings:manage", *EVERYTHING),
    ("GET", f"{ORG}/audit"): ("audit:read",),
    ("GET", f"{ORG}/audit/export"): ("audit:read",),
    ("GET", f"{ORG}/invitations"): ("invitations:read",),
    ("POST", f"{ORG}/invitations"): ("invitations:manage", "members:read"),
    ("POST", f"{ORG}/invitations/batch"): ("invitations:manage", "members:read"),
    ("GET", f"{ORG}/invitations/{{invitation:str}}"): ("invitations:read",),
    ("PATCH", f"{ORG}/invitations/{{invitation:str}}"): (
        *("invitations:manage", "invitations:read", "members:read", "apps:read"),
    ),
    ("POST", f"{ORG}/invitations/{{invitation:str}}/resend"): (
        *("invitations:manage", "invitations:read", "members:read"),
    ),
    ("POST", f"{ORG}/invitations/{{invitation:str}}/revoke"): (
        *("invitations:manage", "invitations:read", "members:read"),
    ),
    ("GET", f"{ORG}/apps"): ("apps:read",),
    ("POST", f"{ORG}/apps"): ("apps:manage",),
}
SEEN_IN_APPS = (
    *("", "/definition", "/versions", "/versions/{version:int}", "/members"),
    *("/members/{member:str}", "/invitations", "/invitations/{invitation:str}"),
)
MANAGED_IN_APPS = (
    *(("PATCH", ""), ("DELETE", ""), ("PUT", "/definition"), ("POST", "/publish")),
    *(("PATCH", "/members/{member:str}"), ("DELETE", "/members/{member:str}")),
    *(("POST", "/invitations"), ("POST", "/invitations/batch")),
    ("PATCH", "/invitations/{invitation:str}"),
    *(("POST", f"/invitations/{{invitation:str}}/{verb}") for verb in ("resend", "revoke")),
)
OF_APPS: dict[Route, tuple[str, ...]] = {
    **{("GET", APP + path): ("apps:read",) for path in SEEN_IN_APPS},
    **{(method, APP + path): ("apps:manage", "apps:read") for method, path in MANAGED_IN_APPS},
}
