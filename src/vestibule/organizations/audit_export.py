"""The trail as a file: CSV for spreadsheets, JSON Lines for programs, a piece at a time."""

import csv
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from enum import StrEnum
from io import StringIO

import msgspec

from vestibule.audit.model import Recorded
from vestibule.organizations.audit_presentation import AuditEntryBody, present_entry

# What makes a spreadsheet take a cell for a formula (OWASP, CSV injection), wide forms included.
FORMULA = frozenset("=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20\u2212")
COLUMNS = (
    *("id", "at", "event"),
    *("actor_type", "actor_id", "actor_name"),
    *("subject_type", "subject_id", "subject_name"),
    *("network", "user_agent", "details"),
)


class Format(StrEnum):
    """What kind of file."""

    CSV = "csv"
    JSONL = "jsonl"


MEDIA_TYPES: Mapping[Format, str] = {
    Format.CSV: "text/csv",
    Format.JSONL: "application/jsonl",
}


async def write(chunks: AsyncIterator[Sequence[Recorded]], format: Format) -> AsyncIterator[str]:
    """Write the entries, each chunk as it comes."""
    if format is Format.CSV:
        yield _csv([COLUMNS])
    async for chunk in chunks:
        bodies = [present_entry(entry) for entry in chunk]
        if format is Format.CSV:
            yield _csv(map(_cells, bodies))
        else:
            yield "".join(msgspec.json.encode(body).decode() + "\n" for body in bodies)


def safe(text: str) -> str:
    """Give the text as a cell that no spreadsheet reckons with: a ' before what starts as one.

    Where the semicolon parts cells, what stands behind one starts a cell as well.
    """
    return ";".join(_plain(part) for part in text.split(";"))


def _cells(body: AuditEntryBody) -> tuple[str, ...]:
    actor, subject = body.actor, body.subject
    return (
        *(body.id, msgspec.to_builtins(body.at), body.event),
        *(actor.type, actor.id or "", actor.name or ""),
        *(subject.type, subject.id or "", subject.name or ""),
        *(body.network or "", body.user_agent or ""),
        msgspec.json.encode(body.details).decode(),
    )


def _plain(text: str) -> str:
    start = text.lstrip(" \u00a0\u3000")[:1] or text[:1]
    return f"'{text}" if start in FORMULA and start else text


def _csv(rows: Iterable[Sequence[str]]) -> str:
    """Write rows as RFC 4180 says."""
    written = StringIO()
    writer = csv.writer(written)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return written.getvalue()
