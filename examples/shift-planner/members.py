"""Who is at the browser, by Vestibule: its login page, a code that comes back, a token kept here.

The browser gets a cookie of our own; the token stays in this process, and goes to our own pages
alone, when they call Vestibule themselves.
"""

import hashlib
import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from vestibule_api import Refused, call

# A change of roles in Vestibule counts here after so many seconds at the latest.
KNOWN_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the app, as Vestibule says. The Manager's role includes the Employee's."""

    id: str
    email: str
    name: str
    roles: frozenset[str]
    token: str = field(repr=False)

    @property
    def may_plan(self) -> bool:
        """Tell whether they plan shifts and invite."""
        return "Manager" in self.roles

    @property
    def may_work(self) -> bool:
        """Tell whether they see the plan and take shifts."""
        return bool(self.roles & {"Manager", "Employee"})


@dataclass(frozen=True, slots=True)
class Beginning:
    """A sign-in that was begun: where it leads, and what only the same browser knows later."""

    address: str
    state: str
    verifier: str


@dataclass(slots=True)
class Members:
    """The members of one app of one Vestibule, and who of them is signed in here."""

    vestibule: str
    app: str
    back: str
    _tokens: dict[str, str] = field(default_factory=dict, repr=False)
    _known: dict[str, tuple[float, Member]] = field(default_factory=dict, repr=False)

    def begin(self) -> Beginning:
        """Begin a sign-in: a state against planted answers, a challenge (PKCE) against thieves."""
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        hashed = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "redirect_url": self.back,
            "state": state,
            "code_challenge": urlsafe_b64encode(hashed).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        address = f"{self.vestibule}/apps/{self.app}/login?{urlencode(asked)}"
        return Beginning(address, state, verifier)

    def finish(self, code: str, verifier: str) -> str:
        """Exchange the code for a session. Gives the value of our cookie; raises Refused."""
        body = {"code": code, "code_verifier": verifier}
        session = call(self.vestibule, "POST", f"/apps/{self.app}/sessions", body)
        visit = secrets.token_urlsafe(32)
        self._tokens[visit] = session["token"]
        return visit

    def find(self, visit: str) -> Member | None:
        """Give whose cookie it is, as Vestibule says today. None: nobody is signed in by it."""
        token = self._tokens.get(visit)
        if token is None:
            return None
        asked_at, member = self._known.get(visit, (0.0, None))
        if member is None or time.monotonic() - asked_at > KNOWN_SECONDS:
            member = self._ask(token)
            self._keep(visit, member)
        return member

    def everybody(self, by: Member) -> list[dict[str, Any]]:
        """List the members of the app, as far as this one may see them. Raises Refused."""
        path = f"/apps/{self.app}/members?limit=100"
        return list(call(self.vestibule, "GET", path, token=by.token)["data"])

    def sign_out(self, visit: str) -> None:
        """End the session here and in Vestibule."""
        token = self._tokens.pop(visit, None)
        self._known.pop(visit, None)
        if token:
            path = f"/apps/{self.app}/sessions/current"
            call(self.vestibule, "DELETE", path, token=token)

    def _ask(self, token: str) -> Member | None:
        try:
            me = call(self.vestibule, "GET", f"/apps/{self.app}/me", token=token)
        except Refused as refused:
            if refused.status in {401, 403, 404}:  # signed out, removed, or the app is gone
                return None
            raise
        name = me["name"] or me["email"]
        return Member(me["id"], me["email"], name, frozenset(me["roles"]), token)

    def _keep(self, visit: str, member: Member | None) -> None:
        if member is None:
            self._tokens.pop(visit, None)
            self._known.pop(visit, None)
        else:
            self._known[visit] = (time.monotonic(), member)
