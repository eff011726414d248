"""The files of an app's look: a stylesheet of its colour, and its logo. Open to everybody."""

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from vestibule.accounts.guards import Desk
from vestibule.apps import actions as apps
from vestibule.apps import queries
from vestibule.apps.colour_model import look_css
from vestibule.apps.look import LOGO, STYLESHEET
from vestibule.kernel.errors import NotFound
from vestibule.web.injected import Injected
from vestibule.web.static_files import FOR_EVER

# Asked for by its version, a file stays what it is; by anything else, it may be another tomorrow.
_ASK_AGAIN = "no-cache"


# No form comes from here: a file that all may keep must not carry the cookie of a form.
@get(f"/apps/{{app:str}}{STYLESHEET}", include_in_schema=False, exclude_from_csrf=True)
async def show_look(
    app: FromPath[str], desk: Injected[Desk], *, v: FromQuery[str] = ""
) -> Response[str]:
    """Answer with the app's colour as a stylesheet."""
    async with desk.database.reader() as reader:
        found = (await apps.get_by_reference(reader, app)).app
    if found.colour is None:
        raise NotFound
    return Response(
        look_css(found.colour),
        media_type="text/css",
        headers={"Cache-Control": FOR_EVER if v == found.colour[1:] else _ASK_AGAIN},
    )


@get(f"/apps/{{app:str}}{LOGO}", include_in_schema=False, exclude_from_csrf=True)
async def show_logo(
    app: FromPath[str], desk: Injected[Desk], *, v: FromQuery[str] = ""
) -> Response[bytes]:
    """Answer with the app's picture."""
    async with desk.database.reader() as reader:
        found = (await apps.get_by_reference(reader, app)).app
        logo = await queries.find_logo(reader, found.slug)
    if logo is None:
        raise NotFound
    return Response(
        logo.content,
        media_type=logo.type,
        headers={"Cache-Control": FOR_EVER if v == found.logo_version else _ASK_AGAIN},
    )


handlers = (show_look, show_logo)
