"""The small JavaScript client, at an address that stays, for pages of any origin."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated

from litestar import Response, get
from litestar.params import HeaderParameter

CLIENT = Path(__file__).with_name("client.js")

_HEADERS = {
    # A module of another origin is fetched by CORS; there is nothing in it that is anybody's.
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=300",
}


# No form comes from here: a file that all may keep must not carry the cookie of a form.
@get("/client.js", include_in_schema=False, exclude_from_csrf=True)
async def show_client(
    known: Annotated[str | None, HeaderParameter(name="If-None-Match")] = None,
) -> Response[bytes | None]:
    """Answer with the module, or with 304 to who has it."""
    content, tag = _read()
    headers = _HEADERS | {"ETag": tag}
    if known is not None and tag in known:
        return Response(None, status_code=304, headers=headers)
    return Response(content, media_type="text/javascript", headers=headers)


@cache
def _read() -> tuple[bytes, str]:
    content = CLIENT.read_bytes()
    return content, f'"{sha256(content).hexdigest()[:16]}"'


handlers = (show_client,)
