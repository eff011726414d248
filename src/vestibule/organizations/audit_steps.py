"""What the API and the pages of the trail share: what is asked for, and the file of an export."""

import logging
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Annotated

from litestar.params import QueryParameter
from litestar.response import Stream

from vestibule.accounts.guards import Desk
from vestibule.audit import queries as trail
from vestibule.audit.model import Recorded
from vestibule.audit.queries import Asked, Search
from vestibule.kernel import lists
from vestibule.kernel.errors import InvalidRequest
from vestibule.kernel.i18n import gettext
from vestibule.kernel.ids import AuditId, OrganizationId, encode
from vestibule.kernel.limits import Limit
from vestibule.organizations import actions as organizations
from vestibule.organizations import audit_export, audit_sentences, callers
from vestibule.organizations.audit_export import MEDIA_TYPES, Format
from vestibule.organizations.caller_model import Caller, user_of
from vestibule.organizations.model import Seat
from vestibule.web.listing import Part

SEARCHES_BY_CALLER = Limit("trail-searches-by-caller", 300, timedelta(minutes=5))
EXPORTS_BY_ORGANIZATION = Limit("trail-exports-by-organization", 10, timedelta(hours=1))

log = logging.getLogger("vestibule.organizations")

Text = Annotated[
    str | None, QueryParameter(name="q", description="Part of a name, address or word.")
]
ActorId = Annotated[
    str | None, QueryParameter(name="actor", description="Only what this one did: an id.")
]
SubjectId = Annotated[
    str | None, QueryParameter(name="subject", description="Only what was done to this: an id.")
]
Since = Annotated[
    str | None, QueryParameter(name="from", description="From this day (UTC) or time on.")
]
Until = Annotated[
    str | None, QueryParameter(name="to", description="Up to this day (UTC), or before this time.")
]
Events = Annotated[
    list[str] | None,
    QueryParameter(
        name="event",
        description="Only these; say it several times for several. `invitation` is all of its.",
    ),
]


def read_asked(
    q: Text = None,
    actor: ActorId = None,
    *,
    subject: SubjectId = None,
    since: Since = None,
    until: Until = None,
) -> Asked:
    """Read what was asked for, as it came; which events is for each edge to say."""
    return Asked(text=q, actor=actor, subject=subject, since=since, until=until)


def read_events(named: Events = None) -> tuple[str, ...]:
    """Read the events, or their first words. Raises InvalidRequest for one that there is not."""
    found: list[str] = []
    for word in named or ():
        meant = audit_sentences.events_of([word]) if "." not in word else (word,)
        if not meant or not set(meant) <= audit_sentences.SENTENCES.keys():
            raise InvalidRequest.at("event", gettext("There is no such event."))
        found += meant
    return tuple(found)


async def search(
    desk: Desk, caller: Caller, org: str, search: Search, part: Part
) -> tuple[Seat, lists.Page[Recorded]]:
    """Give a page of what is asked for. Raises who may not, and RateLimited for texts."""
    if search.text:
        await desk.limiter.spend(SEARCHES_BY_CALLER, str(user_of(caller)))
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_audit(reader, caller, org)
        window = part.window(f"audit/{seat.organization.id}")
        found = await trail.list_entries(reader, seat.organization.id, search, window)
    return seat, lists.page(window, found.entries, _id_of, searched_to=found.searched_to)


async def export(desk: Desk, caller: Caller, org: str, search: Search, *, format: Format) -> Stream:
    """Answer with a file of all that is asked for, read and sent a piece at a time.

    Before each piece right, key and session are asked again. Raises who may not, and RateLimited.
    """
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_audit(reader, caller, org)
    await desk.limiter.spend(EXPORTS_BY_ORGANIZATION, str(seat.organization.id))
    log.info(
        "audit trail exported",
        extra={"organization": str(seat.organization.id), "by": str(user_of(caller))},
    )
    chunks = _while_allowed(desk, caller, seat.organization.id, search=search)
    name = f"{seat.organization.slug}-audit.{format}"
    return Stream(
        audit_export.write(chunks, format),
        media_type=MEDIA_TYPES[format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _while_allowed(
    desk: Desk, caller: Caller, organization_id: OrganizationId, *, search: Search
) -> AsyncIterator[Sequence[Recorded]]:
    """Give the entries as long as who asked may see them: by the id, for a web name may move."""
    async for chunk in trail.stream(desk.database, organization_id, search):
        async with desk.database.reader() as reader:
            await callers.ensure_live(reader, caller)
            await organizations.get_for_audit(reader, caller, encode("org", organization_id))
        yield chunk


def _id_of(entry: Recorded) -> AuditId:
    return entry.id
