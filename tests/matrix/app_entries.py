"""Who may take which route of an app, and a good request for each."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.client import API
from tests.world import PASSWORD

BETTER = "another lamp by the quiet stairs"
OWNER, ADMIN, MANAGER, VIEWER = "ada", "bo", "cy", "di"
BOSS, PLANNER, EMPLOYEE = "bea", "mia", "emil"
USERS = frozenset({OWNER, ADMIN, MANAGER, VIEWER})
CREW = frozenset({BOSS, PLANNER, EMPLOYEE})
# Who owns another organization; who is in another app; nobody.
OUTSIDE = frozenset({"eve", "rob", "nobody"})
EVERYBODY = USERS | CREW | OUTSIDE

MANAGING = frozenset({OWNER, ADMIN})
LOOKING = MANAGING | {MANAGER}
MEMBERS_MANAGING = frozenset({BOSS, PLANNER})

ORG, APP = f"{API}/organizations/{{org:str}}/apps", f"{API}/apps/{{app:str}}"
STUDIO, PAGES = "/organizations/{org:str}/apps", "/apps/{app:str}"
ONE, IN_STUDIO = f"{STUDIO}/{{app:str}}", "/organizations/analytical/apps/shifts"
LOGIN = "/apps/shifts/login"
INVITED = "/app-invite?key=$invitation_key"
KNOWN = "/app-invite?key=$known_key"
RESET = "/apps/shifts/new-password?key=$reset_key"
MOVED = "/apps/shifts/new-address?key=$address_key"
SIGNED_UP = "/apps/shifts/activation?key=$sign_up_key"


@dataclass(frozen=True, slots=True)
class Entry:
    """A route, who may take it, and what to send: JSON, a form, or the text of a definition.

    `$name` is made for the person; `via` is the mailed link that a page is come to by, or what is
    made before. `leads` is where a redirect goes, `others` where it leads who may not. `is_idle`:
    though it is a POST, it writes nothing.
    """

    method: str
    path: str
    may: frozenset[str]
    sent: Mapping[str, object] | str | None = None
    via: str = ""
    leads: str = ""
    others: str = ""
    is_idle: bool = False

    @property
    def is_call(self) -> bool:
        return self.path.startswith("/api/")

    @property
    def is_by_key(self) -> bool:
        return self.via.startswith("/")

    @property
    def is_change(self) -> bool:
        return self.method != "GET" and not self.is_idle

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


ONE_MORE = {"email": "$who-one@example.com", "role": "Employee"}
DEFINITION = """\
# by $who
name: Shifts
security:
  default: {role: Manager}
  roles:
    Boss: {inherits: [Manager], canInvite: true, canManage: true}
    Manager: {inherits: [Employee], canInvite: true, canManage: true}
    Employee: {}
"""
SETTINGS = {
    "slug": "shifts",
    "colour": "#123456",
    "home_url": "https://shifts.example.com/$who",
    "redirect_urls": "",
    "origins": "",
    "remove_logo": "",
}
OF_MEMBER = f"{APP}/members/{{member:str}}"
OF_INVITATION = f"{APP}/invitations/{{invitation:str}}"

CALLS = [
    Entry("GET", ORG, LOOKING),
    Entry("POST", ORG, MANAGING, {"name": "One more, by $who"}),
    Entry("GET", APP, LOOKING),
    Entry("PATCH", APP, MANAGING, {"home_url": "https://shifts.example.com/$who"}),
    Entry("DELETE", APP, MANAGING, via="$reopened"),
    Entry("GET", f"{APP}/definition", LOOKING),
    Entry("PUT", f"{APP}/definition", MANAGING, DEFINITION),
    Entry("POST", f"{APP}/publish", MANAGING, {"roles": {}}, via="$stamp"),
    Entry("GET", f"{APP}/versions", LOOKING),
    Entry("GET", f"{APP}/versions/{{version:int}}", LOOKING),
    Entry("GET", f"{APP}/members", LOOKING | MEMBERS_MANAGING),
    Entry("GET", OF_MEMBER, LOOKING | MEMBERS_MANAGING),
    Entry("PATCH", OF_MEMBER, MANAGING | MEMBERS_MANAGING, {"roles": ["Manager"]}),
    Entry("DELETE", OF_MEMBER, MANAGING | MEMBERS_MANAGING),
    Entry("GET", f"{APP}/invitations", LOOKING | MEMBERS_MANAGING),
    Entry("POST", f"{APP}/invitations", MANAGING | MEMBERS_MANAGING, ONE_MORE),
    Entry(
        "POST",
        f"{APP}/invitations/batch",
        MANAGING | MEMBERS_MANAGING,
        {"invitations": [ONE_MORE]},
    ),
    Entry("GET", OF_INVITATION, LOOKING | MEMBERS_MANAGING),
    Entry("PATCH", OF_INVITATION, MANAGING | MEMBERS_MANAGING, {"role": "Manager"}),
    Entry("POST", f"{OF_INVITATION}/resend", MANAGING | MEMBERS_MANAGING),
    Entry("POST", f"{OF_INVITATION}/revoke", MANAGING | MEMBERS_MANAGING),
    Entry("GET", f"{APP}/me", CREW),
    Entry("PATCH", f"{APP}/me", CREW, {"name": "Renamed"}),
    Entry("GET", f"{APP}/me/sessions", CREW),
    Entry("DELETE", f"{APP}/me/sessions/{{session:str}}", CREW),
    Entry("DELETE", f"{APP}/sessions/current", CREW),
    Entry("POST", f"{APP}/me/password", CREW, {"current": PASSWORD, "new": BETTER}),
    Entry(
        "POST", f"{APP}/me/address", CREW, {"email": "$who@new.example.com", "password": PASSWORD}
    ),
    Entry("POST", f"{APP}/me/address/complete", CREW, {"key": "$address_key"}),
    Entry("POST", f"{APP}/me/deletion", CREW, {"password": PASSWORD}),
    # Who comes in shows by what is sent who they are.
    Entry(
        "POST",
        f"{APP}/sessions",
        EVERYBODY,
        {"email": "emil@crew.example.com", "password": PASSWORD},
    ),
    Entry("POST", f"{APP}/sign-ups", EVERYBODY, {"email": "$who-new@example.com"}),
    Entry(
        "POST",
        f"{APP}/sign-ups/complete",
        EVERYBODY,
        {"key": "$sign_up_key", "password": BETTER},
    ),
    Entry("POST", f"{APP}/password-resets", EVERYBODY, {"email": "mia@crew.example.com"}),
    Entry(
        "POST",
        f"{APP}/password-resets/complete",
        EVERYBODY,
        {"key": "$reset_key", "password": BETTER},
    ),
]
# As whom a user goes on: another shape of the same call.
AS_ME = Entry("POST", f"{APP}/sessions", MANAGING, {"as": "me"})

TERMS = {"role": "Manager", "expires_in_days": "3"}
ROLES = {"role:Manager": "on", "role:Employee": "on", "role:Boss": ""}


def _people(path: str, home: str, may: frozenset[str], seen_by: frozenset[str]) -> list[Entry]:
    """The pages of members and invitations: in the studio and in the app they are the same."""
    member, invitation = f"{path}/members/{{member:str}}", f"{path}/invitations/{{invitation:str}}"
    members, invitations = f"{home}/members", f"{home}/invitations"
    return [
        Entry("GET", f"{path}/members", seen_by),
        Entry("GET", member, seen_by),
        Entry("POST", member, may, ROLES, leads=members),
        Entry("POST", f"{member}/end", may, {"member_until": "2034-03-03"}, leads=members),
        Entry("POST", f"{member}/remove", may, {}, leads=members),
        Entry("GET", f"{path}/invitations", seen_by),
        Entry(
            "POST",
            f"{path}/invitations",
            may,
            {**ONE_MORE, "expires_in_days": ""},
            leads=invitations,
        ),
        Entry("GET", invitation, seen_by),
        Entry("POST", invitation, may, TERMS, leads=invitations),
        Entry("POST", f"{invitation}/resend", may, {}, leads=invitations),
        Entry("POST", f"{invitation}/revoke", may, {}, leads=invitations),
    ]


STUDIO_PAGES = [
    Entry("GET", STUDIO, LOOKING),
    Entry("GET", f"{STUDIO}/new", MANAGING),
    Entry(
        "POST",
        f"{STUDIO}/new",
        MANAGING,
        {"name": "One more", "slug": "$who-s-one"},
        leads="/organizations/analytical/apps/$who-s-one/definition",
    ),
    Entry("GET", ONE, LOOKING),
    Entry("POST", f"{ONE}/continue", MANAGING, {}, leads="/apps/shifts/profile"),
    Entry("GET", f"{ONE}/definition", LOOKING),
    Entry(
        "POST",
        f"{ONE}/definition",
        MANAGING,
        {"source": DEFINITION, "then": ""},
        leads=f"{IN_STUDIO}/definition",
    ),
    Entry("GET", f"{ONE}/definition/publish", MANAGING),
    Entry("POST", f"{ONE}/definition/publish", MANAGING, {"saved_at": "$stamp"}, leads=IN_STUDIO),
    Entry("GET", f"{ONE}/versions", LOOKING),
    Entry("GET", f"{ONE}/versions/{{number:str}}", LOOKING),
    Entry("GET", f"{ONE}/settings", MANAGING),
    Entry("POST", f"{ONE}/settings", MANAGING, SETTINGS, leads=f"{IN_STUDIO}/settings"),
    Entry("GET", f"{ONE}/delete", MANAGING),
    Entry(
        "POST",
        f"{ONE}/delete",
        MANAGING,
        {"name": "Shifts"},
        via="$reopened",
        leads="/organizations/analytical/apps",
    ),
    *_people(ONE, IN_STUDIO, MANAGING, LOOKING),
]

ACTIVATION = f"{PAGES}/activation/{{invitation:str}}"
REGISTRATION = f"{PAGES}/activation/registration/{{key_id:str}}"
NEW_PASSWORD = f"{PAGES}/new-password/{{key_id:str}}"
NEW_ADDRESS = f"{PAGES}/new-address/{{key_id:str}}"
PROFILE = "/apps/shifts/profile"
INVITATION = "/apps/shifts/activation/inv_"

APP_PAGES = [
    # Open to everybody, whoever is signed in.
    *(
        Entry("GET", f"{PAGES}/{page}", EVERYBODY)
        for page in ("login", "register", "activation", "forgotten-password", "look.css", "logo")
    ),
    Entry(
        "POST",
        f"{PAGES}/login",
        EVERYBODY,
        {"email": "emil@crew.example.com", "password": PASSWORD, "next": ""},
        leads=PROFILE,
    ),
    Entry("POST", f"{PAGES}/register", EVERYBODY, {"email": "$who-new@example.com"}),
    Entry("POST", f"{PAGES}/forgotten-password", EVERYBODY, {"email": "mia@crew.example.com"}),
    Entry("POST", f"{PAGES}/login/continue", CREW, {}, leads=PROFILE, is_idle=True),
    Entry("POST", f"{PAGES}/sign-out", CREW, {}, leads=LOGIN),
    # For whoever holds the key, be they signed in or not.
    Entry("GET", "/app-invite", EVERYBODY, via=INVITED, leads=INVITATION),
    Entry("GET", ACTIVATION, EVERYBODY, via=INVITED),
    Entry(
        "POST",
        f"{ACTIVATION}/activate",
        EVERYBODY,
        {"name": "", "password": BETTER},
        INVITED,
        PROFILE,
    ),
    Entry("POST", f"{ACTIVATION}/decline", EVERYBODY, {"reason": ""}, INVITED),
    Entry("POST", f"{ACTIVATION}/accept", EVERYBODY, {"as": ""}, KNOWN, PROFILE),
    Entry("POST", f"{ACTIVATION}/sign-in", EVERYBODY, {"password": PASSWORD}, KNOWN, INVITATION),
    Entry("POST", f"{ACTIVATION}/request-new", EVERYBODY, {}, INVITED, INVITATION, is_idle=True),
    Entry("GET", f"{ACTIVATION}/other-account", EVERYBODY, leads=LOGIN),
    Entry("POST", f"{ACTIVATION}/other-account", CREW, {}, leads=INVITATION, others=INVITATION),
    Entry("GET", REGISTRATION, EVERYBODY, via=SIGNED_UP),
    Entry("POST", REGISTRATION, EVERYBODY, {"name": "", "password": BETTER}, SIGNED_UP, PROFILE),
    Entry("GET", f"{PAGES}/new-password", EVERYBODY, via=RESET, leads="/apps/shifts/new-password/"),
    Entry("GET", NEW_PASSWORD, EVERYBODY, via=RESET),
    Entry("POST", NEW_PASSWORD, EVERYBODY, {"password": BETTER}, RESET, LOGIN),
    # For the app's own members.
    *(Entry("GET", f"{PAGES}/profile{page}", CREW) for page in ("", "/password", "/address")),
    *(Entry("GET", f"{PAGES}/profile{page}", CREW) for page in ("/sessions", "/leave")),
    Entry("POST", f"{PAGES}/profile", CREW, {"name": "Renamed"}, leads=PROFILE),
    Entry(
        "POST",
        f"{PAGES}/profile/password",
        CREW,
        {"current_password": PASSWORD, "new_password": BETTER},
        leads=PROFILE,
    ),
    Entry(
        "POST",
        f"{PAGES}/profile/address",
        CREW,
        {"email": "$who@new.example.com", "password": PASSWORD},
    ),
    Entry("POST", f"{PAGES}/profile/sessions/{{session:str}}/end", CREW, {}, leads=PROFILE),
    Entry("POST", f"{PAGES}/profile/sessions/end-others", CREW, {}, leads=PROFILE),
    Entry("POST", f"{PAGES}/profile/leave", CREW, {"password": PASSWORD}, leads=LOGIN),
    Entry("GET", f"{PAGES}/new-address", CREW, via=MOVED, leads="/apps/shifts/new-address/"),
    Entry("GET", NEW_ADDRESS, CREW, via=MOVED),
    Entry("POST", NEW_ADDRESS, CREW, {}, MOVED, PROFILE),
    *_people(PAGES, "/apps/shifts", MEMBERS_MANAGING, MEMBERS_MANAGING),
]
ENTRIES = [*CALLS, *STUDIO_PAGES, *APP_PAGES]
