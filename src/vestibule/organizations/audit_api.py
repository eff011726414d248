"""The audit trail of an organization in the HTTP API: its list, and the whole as a file."""

from dataclasses import replace
from typing import Annotated, Literal

from litestar import get
from litestar.di import Provide
from litestar.params import FromPath, QueryParameter
from litestar.response import Stream

from vestibule.accounts.guards import Desk
from vestibule.audit.queries import Asked, Search
from vestibule.kernel.errors import RateLimited
from vestibule.kernel.http import ListBody, list_body
from vestibule.kernel.names import InvalidText
from vestibule.organizations import audit_steps
from vestibule.organizations.audit_export import MEDIA_TYPES, Format
from vestibule.organizations.audit_presentation import AuditEntryBody, present_entry
from vestibule.organizations.audit_steps import read_asked, read_events
from vestibule.organizations.caller_model import Caller
from vestibule.organizations.model import NotPermitted, OrganizationNotFound
from vestibule.web.injected import Injected
from vestibule.web.listing import Part, read_part

TAGS = ("Audit trail",)
# The words of `Format`: the description names an enumeration only where a body has it.
FileKind = Annotated[
    Literal["csv", "jsonl"], QueryParameter(name="format", description="Which kind of file.")
]
# As it is sent: the framework says the charset of a text.
GIVEN = (f"{MEDIA_TYPES[Format.CSV]}; charset=utf-8", MEDIA_TYPES[Format.JSONL])
REFUSALS = (OrganizationNotFound, NotPermitted, InvalidText, RateLimited)


def read_search(asked: Injected[Asked], chosen: Injected[tuple[str, ...]]) -> Search:
    """Read the filters. Raises InvalidRequest, InvalidText."""
    return Search.of(replace(asked, events=chosen))


ASKING = {
    "asked": Provide(read_asked, sync_to_thread=False),
    "chosen": Provide(read_events, sync_to_thread=False),
    "search": Provide(read_search, sync_to_thread=False),
}


@get(
    "/organizations/{org:str}/audit",
    summary="List the entries of the audit trail",
    tags=TAGS,
    problems=REFUSALS,
    dependencies={**ASKING, "part": Provide(read_part, sync_to_thread=False)},
)
async def list_audit_entries(
    org: FromPath[str],
    desk: Injected[Desk],
    *,
    caller: Injected[Caller],
    part: Injected[Part],
    search: Injected[Search],
) -> ListBody[AuditEntryBody]:
    """List what happened in an organization and its apps, the newest first."""
    _, page = await audit_steps.search(desk, caller, org, search, part)
    return list_body(page, present_entry)


@get(
    "/organizations/{org:str}/audit/export",
    summary="Export the audit trail",
    tags=TAGS,
    problems=REFUSALS,
    gives_text=GIVEN,
    dependencies=ASKING,
)
async def export_audit_trail(
    org: FromPath[str],
    desk: Injected[Desk],
    *,
    caller: Injected[Caller],
    search: Injected[Search],
    file: FileKind = "csv",
) -> Stream:
    """Give all entries that the filters ask for as one file, the newest first.

    CSV has a ' before what a spreadsheet would take for a formula. JSON Lines has an entry a line.
    """
    return await audit_steps.export(desk, caller, org, search, format=Format(file))


handlers = (list_audit_entries, export_audit_trail)
