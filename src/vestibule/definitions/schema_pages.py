"""The JSON Schema of security definitions, for the editors of those who write them."""

from litestar import Response, get

from vestibule.definitions.shape import SCHEMA_TEXT

PATH = "/schemas/app-definition.json"
_HEADERS = {
    # Editors that are pages themselves, of any origin, may read it: there is no secret in it.
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=3600",
    "Vary": "Accept-Encoding",
}


# No form comes from here: a file that all may keep must not carry the cookie of a form.
@get(PATH, include_in_schema=False, exclude_from_csrf=True)
async def show_schema() -> Response[bytes]:
    """Answer with the schema that definitions are held to."""
    return Response(SCHEMA_TEXT, media_type="application/schema+json", headers=_HEADERS)


handlers = (show_schema,)
