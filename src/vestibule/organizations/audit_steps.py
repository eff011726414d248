"""What the API and the pages of the trail share: what is asked for, and the file of an export."""

from typing import Annotated

from litestar.params import QueryParameter
from litestar.response import Stream

from vestibule.accounts.guards import Desk
from vestibule.audit import queries as trail
from vestibule.audit.queries import Asked, Search
from vestibule.kernel.errors import InvalidRequest
from vestibule.kernel.i18n import gettext
from vestibule.organizations import audit_export, audit_sentences
from vestibule.organizations.audit_export import MEDIA_TYPES, Format
from vestibule.organizations.model import Seat

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


def export(desk: Desk, seat: Seat, search: Search, *, format: Format) -> Stream:
    """Answer with a file of all that is asked for, read and sent a piece at a time."""
    chunks = trail.stream(desk.database, seat.organization.id, search)
    name = f"{seat.organization.slug}-audit.{format}"
    return Stream(
        audit_export.write(chunks, format),
        media_type=MEDIA_TYPES[format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
