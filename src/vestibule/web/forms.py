"""Forms of pages: each field once, trimmed, none unknown; files; and paths to come back to."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType

from vestibule.kernel.errors import Invalid, InvalidRequest, Problem
from vestibule.kernel.http import status_of
from vestibule.kernel.i18n import gettext

CSRF_FIELD = "_csrf_token"
_ENCODINGS = {RequestEncodingType.URL_ENCODED.value, RequestEncodingType.MULTI_PART.value}
_LOCAL_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9/_\-.?=&%~]{0,500}", re.ASCII)


async def read(
    request: Request[Any, Any, Any], *fields: str, files: Collection[str] = ()
) -> dict[str, str]:
    """Give exactly these fields, each a string; one that was not sent is "".

    Raises InvalidRequest for a field that is unknown, doubled or a file; `files` are the fields
    that `read_file` is asked for. Spaces around are trimmed, but in passwords, and in texts of
    several lines, where those at the start may mean something.
    """
    if request.content_type[0] not in _ENCODINGS:
        raise _not_ours("")
    sent = await request.form()
    faults = set(sent.keys()) - {*fields, *files, CSRF_FIELD}
    faults |= {
        name
        for name in fields
        if len(sent.getall(name, [])) > 1 or not isinstance(sent.get(name, ""), str)
    }
    if faults:
        raise _not_ours(min(faults))
    return {name: _trimmed(name, sent.get(name, "")) for name in fields}


async def read_file(request: Request[Any, Any, Any], field: str, *, most: int) -> bytes | None:
    """Give the file of this field; None: none was chosen. Of a longer one, `most` + 1 bytes.

    Raises InvalidRequest for several, or a text. What a browser says of its name and type is not
    given: neither is to be trusted.
    """
    match (await request.form()).getall(field, []):
        case [] | [""]:
            return None
        case [UploadFile() as file]:
            return await file.read(most + 1)
        case _:
            raise _not_ours(field)


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that was not taken, to be shown again: the problem, and what stood in it.

    Without a problem it is one that nobody has sent yet: `UNSENT`.
    """

    problem: Problem | None = None
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """Give the HTTP status of the page."""
        return status_of(self.problem) if self.problem else 200

    @property
    def errors(self) -> dict[str, str]:
        """Give the sentence for each field at fault."""
        return errors(self.problem) if self.problem else {}


UNSENT = Refused()


def errors(problem: Problem) -> dict[str, str]:
    """Give the sentence for each field at fault; "" is the whole form."""
    if isinstance(problem, Invalid):
        return {error.path: error.message for error in problem.errors}
    return {"": problem.explain()}


def local_path(text: str | None, default: str = "/") -> str:
    """Give the path if it is one of ours, else the default: a link must not lead elsewhere."""
    return text if text and _LOCAL_PATH.fullmatch(text) else default


def _not_ours(path: str) -> InvalidRequest:
    sentence = gettext("This form was not filled in on our page. Load it again.")
    return InvalidRequest.at(path, sentence)


def _trimmed(name: str, value: str) -> str:
    return value if "password" in name or "\n" in value else value.strip(" ")
