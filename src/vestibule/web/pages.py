"""What a page edge answers: a rendered template, or a redirect."""

from collections.abc import Sequence
from typing import Any, Protocol

from litestar import MediaType, Request, Response
from litestar.response import Redirect, Template

from vestibule.kernel import i18n
from vestibule.web.content_policy import content_policy

_ENTRANCE = "entrance"

# What the frames ask for, and a page may leave out.
_ABSENT: dict[str, object] = {
    "errors": {},
    "form": {},
    "user": None,
    "place": None,
    "navigation": (),
    "notice": None,
}


class Entrance(Protocol):
    """By which door somebody came: whose name and look their pages wear, and where those lead.

    The frames read `name`, `home`, `look`, `pages` and `to` of it.
    """

    @property
    def home(self) -> str:
        """Give where the name on top of a page leads."""

    @property
    def may_leave_to(self) -> Sequence[str]:
        """Give the origins elsewhere that a form may end at."""

    def sign_in_link(self, path: str) -> str:
        """Give where to sign in before `path` is shown."""


def render(
    template: str, *, status: int = 200, entrance: Entrance | None = None, **context: object
) -> Template:
    """Answer with a page. `accounts/sign_in.html` is a template of that room.

    Without an entrance the page is the house's own.
    """
    answer = Template(
        template_name=template,
        context={
            **_ABSENT,
            "status": status,
            "lang": i18n.current_locale(),
            "entrance": entrance,
            **context,
        },
        status_code=status,
        media_type=MediaType.HTML,
    )
    if entrance and entrance.may_leave_to:
        answer.headers["Content-Security-Policy"] = content_policy(entrance.may_leave_to)
    return answer


def come_by(request: Request[Any, Any, Any], entrance: Entrance) -> None:
    """Note by which door the request came, for what is answered in place of its page."""
    request.state[_ENTRANCE] = entrance


def entrance_of(request: Request[Any, Any, Any]) -> Entrance | None:
    """Give what `come_by` noted; None: the house's own."""
    found: Entrance | None = request.state.get(_ENTRANCE)
    return found


def see_other(path: str) -> Redirect:
    """Answer that the browser shall go on to a page of ours, by GET."""
    return Redirect(path, status_code=303)


Answer = Response[Any]
