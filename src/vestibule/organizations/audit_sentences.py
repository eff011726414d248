"""What the trail says, in sentences: one for each event that an organization's trail can hold.

The words of the events are the rooms'; a test finds one that has no sentence here.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from vestibule.audit.model import ActorKind, Recorded
from vestibule.kernel.i18n import gettext, mark

# Of an organization. {subject}: who or what it was done to; the facts are the details'.
SENTENCES: Mapping[str, str] = {
    "organization.founded": mark("{actor} founded {subject}."),
    "organization.changed": mark("{actor} changed the settings of {subject}."),
    "organization.seat_limit_changed": mark(
        "{actor} changed the seat limit from {before} to {after}."
    ),
    "organization.deleted": mark("{actor} deleted {subject}."),
    "organization.role_made": mark("{actor} made the role {role}, which allows: {after}."),
    "organization.role_changed": mark(
        "{actor} changed what the role {role} allows from {before} to {after}."
    ),
    "organization.role_deleted": mark("{actor} deleted the role {role}."),
    "member.added": mark("{actor} made {subject} a member as {role}."),
    "member.role_changed": mark("{actor} changed the role of {subject} from {before} to {after}."),
    "member.removed": mark("{actor} removed {subject}, who was {role}."),
    "member.left": mark("{subject}, who was {role}, left."),
    "member.ended": mark("The time of {subject}, who was {role}, was over."),
    "member.end_changed": mark(
        "{actor} changed the end of {subject}’s membership from {before} to {after}."
    ),
    "invitation.made": mark("{actor} invited {subject} as {role}."),
    "invitation.renewed": mark("{actor} invited {subject} again, as {role}."),
    "invitation.edited": mark("{actor} changed the invitation to {subject}."),
    "invitation.resent": mark("{actor} sent the invitation to {subject} again."),
    "invitation.revoked": mark("{actor} revoked the invitation to {subject}."),
    "invitation.accepted": mark("{actor} joined as {role}, invited as {subject}."),
    "invitation.declined": mark("{subject} declined the invitation."),
    "invitation.asked_for": mark("{subject} asked for a new invitation."),
    "app.made": mark("{actor} made the app {subject}."),
    "app.changed": mark("{actor} changed the settings of the app {subject}."),
    "app.logo_changed": mark("{actor} changed the logo of the app {subject}."),
    "app.definition_saved": mark("{actor} saved a draft of what {subject} says of its roles."),
    "app.published": mark("{actor} published version {version} of the app {subject}."),
    "app.deleted": mark("{actor} deleted the app {subject}."),
    "app_member.joined": mark("{subject} joined {app} as {role}."),
    "app_member.linked": mark("{actor} can continue as {subject} in {app}."),
    "app_member.unlinked": mark("Nobody continues as {subject} in {app} any more."),
    "app_member.continued": mark("{actor} continued as {subject} in {app}."),
    "app_member.changed": mark("{subject} changed their profile in {app}."),
    "app_member.roles_changed": mark(
        "{actor} changed the roles of {subject} in {app} from {before} to {after}."
    ),
    "app_member.roles_moved": mark("{actor} published {app}, which gave {subject}: {roles}."),
    "app_member.removed": mark("{actor} removed {subject} from {app}."),
    "app_member.ended": mark("The time of {subject} in {app} was over."),
    "app_member.end_changed": mark(
        "{actor} changed until when {subject} has their roles in {app}: from {before} to {after}."
    ),
    "app_member.left": mark("{subject} left {app}."),
    "api_key.made": mark("{actor} made the API key {subject}."),
    "api_key.revoked": mark("{actor} revoked the API key {subject}."),
    "api_key.expired": mark("The API key {subject} had expired, and was cleared away."),
}
# The same events, where they are about an app.
IN_APPS: Mapping[str, str] = {
    "invitation.made": mark("{actor} invited {subject} to {app} as {role}."),
    "invitation.renewed": mark("{actor} invited {subject} to {app} again, as {role}."),
    "invitation.edited": mark("{actor} changed the invitation of {subject} to {app}."),
    "invitation.resent": mark("{actor} sent the invitation of {subject} to {app} again."),
    "invitation.revoked": mark("{actor} revoked the invitation of {subject} to {app}."),
    "invitation.accepted": mark("{actor} joined {app} as {role}, invited as {subject}."),
    "invitation.declined": mark("{subject} declined the invitation to {app}."),
    "invitation.asked_for": mark("{subject} asked for a new invitation to {app}."),
    "api_key.made": mark("{actor} made the API key {subject} for {app}."),
    "api_key.revoked": mark("{actor} revoked the API key {subject} for {app}."),
    "api_key.expired": mark("The API key {subject} for {app} had expired, and was cleared away."),
}
# What a filter may ask for at once, by the first words of the events.
KINDS: Mapping[str, tuple[str, ...]] = {
    "members": ("member", "app_member"),
    "invitations": ("invitation",),
    "apps": ("app",),
    "api_keys": ("api_key",),
    "organization": ("organization",),
}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_NOBODY = {
    ActorKind.KEY_HOLDER: mark("Somebody with a mailed link"),
    ActorKind.OPERATOR: mark("The operator"),
    ActorKind.SERVER: mark("Vestibule"),
}


def tell(entry: Recorded) -> str:
    """Say in a sentence what happened. An event of a later release is told by its own words."""
    sentence = (IN_APPS if entry.app_id else {}).get(entry.event) or SENTENCES.get(entry.event)
    if sentence is None:
        sentence = mark("{actor}: {event}, {subject}.")
    return gettext(sentence).format_map(_facts(entry))


def actor_name(entry: Recorded) -> str:
    """Say who it was: a name as of then, or what they were."""
    if entry.actor.kind in _NOBODY:
        return gettext(_NOBODY[entry.actor.kind])
    return entry.actor.name or gettext("Somebody")


def events_of(words: Iterable[str]) -> tuple[str, ...]:
    """Give the events of these first words (`invitation`)."""
    wanted = set(words)
    return tuple(event for event in SENTENCES if event.partition(".")[0] in wanted)


def _facts(entry: Recorded) -> dict[str, str]:
    details = entry.details
    wanted = ("before", "after", "role", "roles", "version")
    said = _end if entry.event.endswith(".end_changed") else _said
    return {
        "actor": actor_name(entry),
        "subject": entry.subject_name or gettext("somebody"),
        "app": entry.app_name or gettext("an app"),
        "event": entry.event.replace("_", " ").replace(".", " "),
        **{name: said(details.get(name)) for name in wanted},
    }


def _end(value: Any) -> str:  # noqa: ANN401  a time, or those of several roles
    match value:
        case dict():
            return ", ".join(f"{role}: {_end(at)}" for role, at in value.items())
        case str() if _TIME.match(value):
            return f"{value[:10]} {value[11:16]} UTC"
        case _:
            return gettext("no end")


def _said(value: Any) -> str:  # noqa: ANN401  JSON of any shape
    match value:
        case None:
            return gettext("none")
        case dict():
            return ", ".join(f"{old} → {new}" for old, new in value.items())
        case list():
            return ", ".join(map(str, value)) or gettext("none")
        case _:
            return str(value)
