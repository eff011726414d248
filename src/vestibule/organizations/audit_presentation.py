"""How the API shows the entries of the trail: with the same ids as everywhere, as of then."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from vestibule.audit.model import ActorKind, Recorded
from vestibule.kernel.ids import encode
from vestibule.kernel.wire import Time, said, typed_id

_ACTORS = {
    ActorKind.USER: "user",
    ActorKind.ACCOUNT: "user",
    ActorKind.APP_MEMBER: "apm",
    ActorKind.API_KEY: "key",
}
_SUBJECTS = {
    "user": "user",
    "account": "user",
    "app_member": "apm",
    "organization": "org",
    "app": "app",
    "invitation": "inv",
    "session": "ses",
    "api_key": "key",
}
# What the details name by id. In an app, whoever came in is one of its members.
_DETAILS = {"app": "app", "owner": "user", "user": "user", "session": "ses"}
_IN_ORGANIZATIONS = _DETAILS | {"membership": "mbr", "account": "user"}
_IN_APPS = _DETAILS | {"membership": "apm", "account": "apm"}


class ActorBody(msgspec.Struct, frozen=True, kw_only=True):
    """Who did it. An account is somebody who had none a moment before."""

    type: ActorKind
    id: Annotated[
        str | None, said("Null for who has none.", example="user_01h455vb4pex5vsknk084sn02q")
    ]
    name: Annotated[str | None, said("As of then.", example="Bo Berg")]


class SubjectBody(msgspec.Struct, frozen=True, kw_only=True):
    """To what it was done."""

    type: Annotated[str, said(example="invitation")]
    id: Annotated[str | None, said(example="inv_01h455vb4pex5vsknk084sn02q")]
    name: Annotated[
        str | None, said("As of then: a name, or an address.", example="ana@example.com")
    ]


class AuditEntryBody(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the audit trail."""

    object: Literal["audit_entry"]
    id: Annotated[str, typed_id("aud")]
    at: Time
    event: Annotated[str, said("What happened.", example="invitation.made")]
    actor: ActorBody
    subject: SubjectBody
    network: Annotated[str | None, said("From which address.", example="192.0.2.7")]
    user_agent: Annotated[str | None, said("With which program.", example="curl/8.5.0")]
    details: Annotated[
        dict[str, Any], said("What goes with the event.", example={"role": "viewer"})
    ]


def present_entry(entry: Recorded) -> AuditEntryBody:
    """Give the entry as the API and the exports show it."""
    actor = entry.actor
    prefix = "apm" if actor.kind is ActorKind.ACCOUNT and entry.app_id else _ACTORS.get(actor.kind)
    subject = _SUBJECTS.get(entry.subject_kind)
    return AuditEntryBody(
        object="audit_entry",
        id=encode("aud", entry.id),
        at=entry.at,
        event=entry.event,
        actor=ActorBody(type=actor.kind, id=_shown(prefix, actor.id), name=actor.name),
        subject=SubjectBody(
            type=entry.subject_kind,
            id=_shown(subject, entry.subject_id),
            name=entry.subject_name,
        ),
        network=actor.network,
        user_agent=actor.user_agent,
        details=shown_details(entry),
    )


def shown_details(entry: Recorded) -> dict[str, Any]:
    """Give the details, their ids as everywhere."""
    prefixes = _IN_APPS if entry.app_id else _IN_ORGANIZATIONS
    return {
        name: _shown(prefixes[name], UUID(value))
        if name in prefixes and isinstance(value, str)
        else value
        for name, value in entry.details.items()
    }


def _shown(prefix: str | None, value: UUID | None) -> str | None:
    return encode(prefix, value) if prefix and value else None
