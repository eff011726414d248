"""What the trail says: who did what, on what, from where. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from vestibule.kernel.i18n import gettext
from vestibule.kernel.ids import AppId, AuditId, OrganizationId


class ActorKind(StrEnum):
    """Who can change something."""

    USER = "user"
    ACCOUNT = "account"
    APP_MEMBER = "app_member"
    API_KEY = "api_key"
    OPERATOR = "operator"
    KEY_HOLDER = "key_holder"
    SERVER = "server"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did it and from where. `name` is as of then; `network` is the peer's IP address."""

    kind: ActorKind
    id: UUID | None = None
    name: str | None = None
    network: str | None = None
    user_agent: str | None = None

    def acting_as(self, kind: ActorKind, id: UUID, name: str) -> "Actor":
        """Give the same origin, known by now as somebody: a key holder with their new account."""
        return replace(self, kind=kind, id=id, name=name)


SERVER = Actor(kind=ActorKind.SERVER, name="Vestibule")
OPERATOR = Actor(kind=ActorKind.OPERATOR, name="Operator")


def known_name(name: str) -> str:
    """Give a name as of then, for people. Whose account is deleted has none any more."""
    return name or gettext("A former member")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One change: `event` reads `<noun>.<verb in the past>`, for ever; `details`: before, after.

    `subject_name` is as of then; who has none is told by an address in the details.
    """

    event: str
    by: Actor
    subject_kind: str
    subject_id: UUID | None
    subject_name: str | None = None
    organization_id: OrganizationId | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An entry as it stands in the trail. `app_name` is the app's of the details, as of then."""

    id: AuditId
    at: datetime
    event: str
    actor: Actor
    subject_kind: str
    subject_id: UUID | None
    subject_name: str | None
    app_id: AppId | None
    app_name: str | None
    details: dict[str, Any]
