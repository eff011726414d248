"""What roles may, as the documents say it: of organizations, and of the apps in this life."""

from typing import Any

import msgspec

EVERYTHING = frozenset(
    {
        *("members:read", "members:manage", "invitations:read", "invitations:manage"),
        *("apps:read", "apps:manage", "settings:manage", "audit:read", "keys:manage"),
        *("organization:delete", "organization:own"),
    }
)
ROLES: dict[str, frozenset[str]] = {
    "owner": EVERYTHING,
    "admin": EVERYTHING - {"organization:delete", "organization:own"},
    "manager": frozenset({"members:read", "invitations:read", "apps:read"}),
    "viewer": frozenset({"members:read"}),
}

# Who comes into an organization, until it says otherwise.
RULES: dict[str, Any] = {
    "domains": (),
    "takes_others": True,
    "asks_sign_in": False,
    "default": "viewer",
}

# Three definitions of an app. `invites` and `manages`: which roles each role may give so.
FULL = {
    "roles": ("Boss", "Manager", "Employee"),
    "default": "Employee",
    "open": True,
    "invites": {
        "Boss": {"Boss", "Manager", "Employee"},
        "Manager": {"Manager", "Employee"},
        "Employee": set(),
    },
    "manages": {
        "Boss": {"Boss", "Manager", "Employee"},
        "Manager": {"Manager", "Employee"},
        "Employee": set(),
    },
}
STRICT = {
    **FULL,
    "open": False,
    "invites": {"Boss": {"Boss", "Manager", "Employee"}, "Manager": set(), "Employee": set()},
    "manages": {"Boss": {"Boss", "Manager", "Employee"}, "Manager": set(), "Employee": set()},
}
PLAIN = {
    "roles": ("Boss", "Worker"),
    "default": "Worker",
    "open": True,
    "invites": {"Boss": {"Worker"}, "Worker": set()},
    "manages": {"Boss": {"Worker"}, "Worker": set()},
}
DEFINITIONS: dict[str, dict[str, Any]] = {"full": FULL, "strict": STRICT, "plain": PLAIN}
APP_ROLES = ("Boss", "Manager", "Employee", "Worker")
# What becomes of roles that a definition drops, if that is said.
MOVES = {
    "full": {"Worker": "Employee"},
    "strict": {"Worker": "Employee"},
    "plain": {"Manager": "Worker", "Employee": "Worker"},
}

_BOSS = {"inherits": ["Manager"], "canInvite": True, "canManage": True}
_MANAGER = {"inherits": ["Employee"]}
_WRITTEN: dict[str, dict[str, Any]] = {
    "full": {"Boss": _BOSS, "Manager": {**_MANAGER, "canInvite": True, "canManage": True}},
    "strict": {"Boss": _BOSS, "Manager": _MANAGER},
    "plain": {"Boss": {"inherits": ["Worker"], "canInvite": ["Worker"], "canManage": ["Worker"]}},
}


def written(name: str) -> str:
    """Give the definition as somebody writes it, in JSON."""
    facts = DEFINITIONS[name]
    text = {
        "name": "Shifts",
        "security": {
            "enableSelfRegistration": facts["open"],
            "default": {"role": facts["default"]},
            "roles": {role: _WRITTEN[name].get(role, {}) for role in facts["roles"]},
        },
    }
    return msgspec.json.encode(text).decode()
