"""The page of an organization's audit trail: what happened, as a person reads it, and its files."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from litestar import get
from litestar.di import Provide
from litestar.params import FromPath, QueryParameter
from litestar.response import Stream

from vestibule.accounts.guards import Desk
from vestibule.audit.model import Recorded
from vestibule.audit.queries import Asked, Search
from vestibule.kernel.errors import Invalid, InvalidRequest
from vestibule.kernel.i18n import gettext, mark
from vestibule.kernel.ids import encode
from vestibule.organizations import audit_sentences, audit_steps, studio
from vestibule.organizations.audit_export import Format
from vestibule.organizations.audit_presentation import present_entry, shown_details
from vestibule.organizations.audit_steps import read_asked
from vestibule.users.model import SignedIn
from vestibule.web import pages
from vestibule.web.injected import Injected
from vestibule.web.listing import Part, read_part
from vestibule.web.templating import when

# The filters by their names in the address, and those that the page has fields for.
FILTERS = {"q": "text", "actor": "actor", "subject": "subject", "from": "since", "to": "until"}
FIELDS = ("q", "from", "to")
FIRST = Part(None, None, None)
# What the details name that other pages name, too.
WORDS = {
    "address": mark("Address"),
    "allowed_domains": mark("Domains of addresses"),
    "expires_at": mark("Until"),
    "member_until": mark("Access ends"),
    "name": mark("Name"),
    "role": mark("Role"),
    "roles": mark("Roles"),
    "slug": mark("Web name"),
}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
MOST_SHOWN = 500  # letters of one value: a definition is read elsewhere

Kind = Annotated[str, QueryParameter(name="kind")]


def read_kind(named: Kind = "") -> str:
    """Read which kind of events is asked for; one that is none asks for all."""
    return named if named in audit_sentences.KINDS else ""


def read_search(asked: Injected[Asked], chosen: Injected[str]) -> Search:
    """Read the filters. Raises InvalidRequest, InvalidText."""
    events = audit_sentences.events_of(audit_sentences.KINDS[chosen]) if chosen else ()
    return Search.of(replace(asked, events=events))


@dataclass(frozen=True, slots=True)
class Sought:
    """What the page shows: of a filter that cannot be read it says so, and leaves it out.

    `text` is what was searched for, as it was typed.
    """

    asked: Asked
    kind: str
    search: Search
    text: str
    errors: Mapping[str, str]


def read_sought(asked: Injected[Asked], chosen: Injected[str]) -> Sought:
    """Read the filters, as far as they can be read."""
    text, errors = asked.text or "", dict[str, str]()
    for name, field in FILTERS.items():
        try:
            Search.of(replace(Asked(), **{field: getattr(asked, field)}))
        except Invalid as fault:
            # Whom it is about stands in no field of the page.
            errors |= {name if name in FIELDS else "": fault.errors[0].message}
            kept: dict[str, Any] = {field: None}
            asked = replace(asked, **kept)
    return Sought(asked, chosen, read_search(asked, chosen), text, errors)


ASKING = {
    "asked": Provide(read_asked, sync_to_thread=False),
    "chosen": Provide(read_kind, sync_to_thread=False),
}
SEARCH = {"search": Provide(read_search, sync_to_thread=False)}
SOUGHT = {
    "part": Provide(read_part, sync_to_thread=False),
    "sought": Provide(read_sought, sync_to_thread=False),
}


@get(
    "/organizations/{org:str}/audit",
    include_in_schema=False,
    dependencies=ASKING | SOUGHT,
)
async def show_audit_trail(
    org: FromPath[str],
    desk: Injected[Desk],
    *,
    visitor: Injected[SignedIn],
    part: Injected[Part],
    sought: Injected[Sought],
) -> pages.Answer:
    """Show what happened, the newest first; for a part that is none, the first."""
    errors = dict(sought.errors)
    try:
        seat, page = await audit_steps.search(desk, visitor, org, sought.search, part)
    except InvalidRequest as fault:
        errors[""] = fault.errors[0].message
        seat, page = await audit_steps.search(desk, visitor, org, sought.search, FIRST)
    return pages.render(
        "organizations/audit.html",
        status=422 if errors else 200,
        **studio.frame(seat, visitor.user, current="/audit"),
        here=f"{studio.home(seat)}/audit",
        organization_name=seat.organization.name,
        entries=page.map(_row),
        asked=_kept(sought.asked, sought.kind),
        text=sought.text,
        form={},
        errors=errors,
    )


@get("/organizations/{org:str}/audit/export", include_in_schema=False, dependencies=ASKING | SEARCH)
async def save_audit_trail(
    org: FromPath[str],
    desk: Injected[Desk],
    *,
    visitor: Injected[SignedIn],
    search: Injected[Search],
    file: Annotated[Format, QueryParameter(name="format")] = Format.CSV,
) -> Stream:
    """Give all that the filters ask for as a file."""
    return await audit_steps.export(desk, visitor, org, search, format=file)


def _kept(asked: Asked, kind: str) -> dict[str, str]:
    """Give the filters as the address says them, without those that ask for all."""
    every = {"q": asked.text, "kind": kind}
    every |= {name: getattr(asked, field) for name, field in FILTERS.items()}
    return {name: value for name, value in every.items() if value}


def _row(entry: Recorded) -> dict[str, Any]:
    body = present_entry(entry)
    changes, facts = _details(entry)
    return {
        "id": encode("aud", entry.id),
        "at": entry.at,
        "sentence": audit_sentences.tell(entry),
        "event": entry.event,
        "actor_id": body.actor.id,
        "actor_name": audit_sentences.actor_name(entry),
        "subject_id": body.subject.id,
        "network": entry.actor.network,
        "user_agent": entry.actor.user_agent,
        "changes": changes,
        "facts": facts,
    }


def _details(entry: Recorded) -> tuple[list[tuple[str, str, str]], list[tuple[str, str]]]:
    """Part the details into what changed (name, before, after), and the rest (name, value)."""
    changes: list[tuple[str, str, str]] = []
    facts: list[tuple[str, str]] = []
    details = shown_details(entry)
    if "before" in details or "after" in details:
        changes += _changes(details.pop("before", None), details.pop("after", None))
    for name, value in details.items():
        if isinstance(value, Mapping) and value.keys() == {"before", "after"}:
            changes.append((_word(name), _said(value["before"]), _said(value["after"])))
        else:
            facts.append((_word(name), _said(value)))
    return changes, facts


def _changes(before: Any, after: Any) -> Iterable[tuple[str, str, str]]:  # noqa: ANN401  JSON
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        yield "", _said(before), _said(after)
        return
    for name in [*before, *(name for name in after if name not in before)]:
        if before.get(name) != after.get(name):
            yield _word(name), _said(before.get(name)), _said(after.get(name))


def _word(name: str) -> str:
    if name in WORDS:
        return gettext(WORDS[name])
    return name[:1].upper() + name[1:].replace("_", " ")


def _said(value: Any) -> str:  # noqa: ANN401  JSON of any shape
    match value:
        case None | [] | "":
            return "–"
        case str():
            text = when(datetime.fromisoformat(value)) if _TIME.fullmatch(value) else value
        case list() if all(isinstance(each, str) for each in value):
            text = ", ".join(value)
        case dict() if all(isinstance(each, str | None) for each in value.values()):
            text = ", ".join(f"{name}: {_said(each)}" for name, each in value.items())
        case _:
            text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


handlers = (show_audit_trail, save_audit_trail)
