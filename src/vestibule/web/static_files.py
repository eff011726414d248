"""The files of `static/`, under a versioned address that a browser may keep for ever."""

from functools import cache
from mimetypes import guess_type

from litestar import Response, get
from litestar.params import FromPath

from vestibule.kernel.errors import NotFound
from vestibule.web.templating import STATIC, STATIC_PATH

FOR_EVER = "public, max-age=31536000, immutable"


@get(f"{STATIC_PATH}/{{version:str}}/{{name:str}}", include_in_schema=False)
async def static_file(version: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """Answer with a file. Its version is its content's, so any other version is the same file."""
    if name not in _names() or not version.isalnum():
        raise NotFound
    return Response(
        (STATIC / name).read_bytes(),
        media_type=guess_type(name)[0] or "application/octet-stream",
        headers={"Cache-Control": FOR_EVER},
    )


@cache
def _names() -> frozenset[str]:
    """List what there is: a name that is looked up in a list can be of any length and letters."""
    return frozenset(path.name for path in STATIC.iterdir() if path.is_file())
