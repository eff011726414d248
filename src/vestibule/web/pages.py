"""What a page edge answers: a rendered template, or a redirect."""

from typing import Any

from litestar import MediaType, Response
from litestar.response import Redirect, Template

from vestibule.kernel import i18n

# What the frames ask for, and a page may leave out.
_ABSENT: dict[str, object] = {
    "errors": {},
    "form": {},
    "user": None,
    "place": None,
    "navigation": (),
    "notice": None,
}


def render(template: str, *, status: int = 200, **context: object) -> Template:
    """Answer with a page. `accounts/sign_in.html` is a template of that room."""
    return Template(
        template_name=template,
        context={**_ABSENT, "status": status, "lang": i18n.current_locale(), **context},
        status_code=status,
        media_type=MediaType.HTML,
    )


def see_other(path: str) -> Redirect:
    """Answer that the browser shall go on to a page of ours, by GET."""
    return Redirect(path, status_code=303)


Answer = Response[Any]
