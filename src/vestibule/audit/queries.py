"""How the trail of an organization is read, and which part of it somebody asks for."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Self
from uuid import UUID

from vestibule.audit.model import Actor, ActorKind, Recorded
from vestibule.kernel import ids, names
from vestibule.kernel.database import Database, Reader, Row
from vestibule.kernel.errors import InvalidRequest, NotFound
from vestibule.kernel.i18n import gettext
from vestibule.kernel.ids import AppId, AuditId, OrganizationId
from vestibule.kernel.lists import Window

MAX_SEARCH = 100
CHUNK = 100  # an entry may hold a whole definition
MOST_SEARCHED = 20_000  # entries that one search for a text looks at: a fifth of a second
_DATE_LENGTH = len("2026-11-20")
_DAY = "%Y-%m-%d"
_TIME = "%Y-%m-%dT%H:%M:%S%z"

# What is shown of the entries found; an app is called what the newest earlier entry about it says.
_NAMED = """
    SELECT f.id, f.at, f.event, f.actor_kind, f.actor_id, f.actor_name, f.network, f.user_agent,
           f.subject_kind, f.subject_id, f.subject_name, f.details, called.name AS app_name
      FROM found f
      LEFT JOIN LATERAL (
        SELECT coalesce(n.subject_name, n.details ->> 'name') AS name
          FROM audit n
         WHERE f.details ? 'app'
           AND n.organization_id = f.organization_id AND n.subject_kind = 'app'
           AND n.subject_id = (f.details ->> 'app')::uuid AND n.id <= f.id
           AND coalesce(n.subject_name, n.details ->> 'name') IS NOT NULL
         ORDER BY n.id DESC
         LIMIT 1) called ON true
"""


# Which entries are asked for, but for their text.
_ASKED = """a.organization_id = $1
               AND ($2::uuid IS NULL OR a.id > $2) AND ($3::uuid IS NULL OR a.id < $3)
               AND ($4::uuid IS NULL OR a.actor_id = $4)
               AND ($5::uuid IS NULL OR a.subject_id = $5)
               AND (cardinality($6::text[]) = 0 OR a.event = ANY ($6))
               AND ($7::timestamptz IS NULL OR a.at >= $7)
               AND ($8::timestamptz IS NULL OR a.at < $8)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for, as it came: ids as people see them, times as ISO 8601 writes them."""

    actor: str | None = None
    subject: str | None = None
    events: Sequence[str] = ()
    since: str | None = None
    until: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which entries are asked for; None and () ask for all. `until` itself is not among them."""

    actor: UUID | None = None
    subject: UUID | None = None
    events: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None

    @classmethod
    def of(cls, asked: Asked) -> Self:
        """Read what was asked for. Raises InvalidRequest, InvalidText."""
        text = names.clean_line(asked.text or "", path="q", maximum=MAX_SEARCH)
        return cls(
            actor=_read_id(asked.actor, "actor"),
            subject=_read_id(asked.subject, "subject"),
            events=tuple(asked.events),
            since=_read_time(asked.since, "from"),
            until=_read_time(asked.until, "to", is_end=True),
            text=text or None,
        )


@dataclass(frozen=True, slots=True)
class Found:
    """Entries that were found. `searched_to`: a search for a text went that far, and no further."""

    entries: Sequence[Recorded]
    searched_to: UUID | None = None


async def list_entries(
    reader: Reader, organization_id: OrganizationId, search: Search, window: Window
) -> Found:
    """Give up to `limit + 1` entries, by their id in the window's order."""
    edge = await _find_edge(reader, organization_id, search, window) if search.text else None
    rows = await reader.fetch_all(
        f"""
        WITH found AS (
            SELECT a.*
              FROM audit a
             WHERE {_ASKED}
               AND ($9::uuid IS NULL OR a.id >= $9) AND ($12::uuid IS NULL OR a.id <= $12)
               AND ($10::text IS NULL OR a.actor_name ILIKE $10 OR a.subject_name ILIKE $10
                    OR a.network ILIKE $10
                    OR EXISTS (
                        SELECT FROM jsonb_path_query(a.details, '$.** ? (@.type() == "string")') v
                         WHERE v #>> '{{}}' ILIKE $10))
             ORDER BY a.id {window.order}
             LIMIT $11
        ) {_NAMED} ORDER BY f.id {window.order}
        """,
        *_bound(organization_id, search, window),
        None if window.before else edge,
        _containing(search.text) if search.text else None,
        window.limit + 1,
        edge if window.before else None,
    )
    return Found([_from_row(row) for row in rows], searched_to=edge)


async def stream(
    database: Database, organization_id: OrganizationId, search: Search
) -> AsyncIterator[Sequence[Recorded]]:
    """Give all that is asked for, newest first, some at a time: none is held while others come."""
    window = Window(scope="", limit=CHUNK)
    while True:
        async with database.reader() as reader:
            found = await list_entries(reader, organization_id, search, window)
        chunk = found.entries[:CHUNK]
        if chunk:
            yield chunk
        onward = chunk[-1].id if len(found.entries) > CHUNK else found.searched_to
        if onward is None:
            return
        window = replace(window, after=onward)


async def _find_edge(
    reader: Reader, organization_id: OrganizationId, search: Search, window: Window
) -> UUID | None:
    """Give the last entry that a search looks at. None: it can look at all that there are."""
    edge: UUID | None = await reader.fetch_value(
        f"""
        SELECT a.id FROM audit a WHERE {_ASKED} ORDER BY a.id {window.order} OFFSET $9 LIMIT 1
        """,
        *_bound(organization_id, search, window),
        MOST_SEARCHED - 1,
    )
    return edge


def _bound(organization_id: OrganizationId, search: Search, window: Window) -> tuple[object, ...]:
    """Give the values of _ASKED."""
    return (
        organization_id,
        window.before,
        window.after,
        search.actor,
        search.subject,
        list(search.events),
        search.since,
        search.until,
    )


def _from_row(row: Row) -> Recorded:
    details = row["details"]
    return Recorded(
        id=AuditId(row["id"]),
        at=row["at"],
        event=row["event"],
        actor=Actor(
            kind=ActorKind(row["actor_kind"]),
            id=row["actor_id"],
            name=row["actor_name"],
            network=row["network"],
            user_agent=row["user_agent"],
        ),
        subject_kind=row["subject_kind"],
        subject_id=row["subject_id"],
        subject_name=row["subject_name"] or _address_in(details),
        app_id=AppId(UUID(details["app"])) if "app" in details else None,
        app_name=row["app_name"],
        details=details,
    )


def _address_in(details: dict[str, object]) -> str | None:
    """Give the address that an entry is about: its own, or the one after the change."""
    after = details.get("after")
    for facts in (details, after if isinstance(after, dict) else {}):
        if isinstance(facts.get("address"), str):
            return str(facts["address"])
    return None


def _read_id(text: str | None, path: str) -> UUID | None:
    """Read an id of any kind: the kinds that the trail tells of are the rooms' to know."""
    if not text:
        return None
    try:
        return ids.decode(text.rpartition("_")[0], text)
    except NotFound as fault:
        raise InvalidRequest.at(path, gettext("Give an id, as the trail shows it.")) from fault


def _read_time(text: str | None, path: str, *, is_end: bool = False) -> datetime | None:
    """Read a day (UTC; as an end it is whole) or a time with its zone."""
    if not text:
        return None
    try:
        if len(text) == _DATE_LENGTH:
            day = datetime.strptime(text, _DAY).replace(tzinfo=UTC)
            return day + timedelta(days=1) if is_end else day
        # With its zone, or else it would be the machine's own, which nobody means.
        return datetime.strptime(text.replace("Z", "+00:00"), _TIME).astimezone(UTC)
    except (ValueError, OverflowError) as fault:
        sentence = gettext("Give a day as 2026-11-20, or a time as 2026-11-20T09:30:00Z.")
        raise InvalidRequest.at(path, sentence) from fault


def _containing(text: str) -> str:
    """Give the pattern of what contains the text: its own wildcards stand for themselves."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
