"""The description of the API: the OpenAPI document for programs, and a page of it for people."""

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.enums import OpenAPIMediaType

from vestibule.kernel.errors import NotFound
from vestibule.web import description, pages
from vestibule.web.description import Words
from vestibule.web.reading import Reading
from vestibule.web.schemas import Schema

DOCUMENT = "openapi.json"


class Description:
    """The document, made when it is first asked for: no server needs it to start."""

    def __init__(self, words: Words, *, base: str, server: str) -> None:
        self._words = words
        self._base = base
        self._server = server
        self._made: Schema | None = None

    def of(self, request: Request[Any, Any, Any]) -> Schema:
        """Give the document of the application that got the request."""
        if self._made is None:
            self._made = description.document_of(
                request.app, self._words, base=self._base, server=self._server
            )
        return self._made


async def give_document(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Answer before the framework's own routes for its document do. Raises NotFound elsewhere."""
    if request.url.path.rpartition("/")[2] != DOCUMENT:
        raise NotFound
    body = msgspec.json.encode(request.app.state.description.of(request))
    return Response(body, media_type=OpenAPIMediaType.OPENAPI_JSON)


@get("/docs", include_in_schema=False)
async def show_reference(request: Request[Any, Any, Any]) -> pages.Answer:
    """Show every call, what it takes and what it answers."""
    document = request.app.state.description.of(request)
    return pages.render(
        "api_reference.html",
        lead=document["info"]["description"].split("\n\n"),
        chapters=Reading(document).chapters(),
        openapi_href=f"{request.url.path.rpartition('/')[0]}/{DOCUMENT}",
    )
