"""Problems as pages: a title, a sentence, a next step. Programs get the one of `kernel.http`."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from litestar import Request, Response

from vestibule.kernel import http
from vestibule.kernel.errors import InvalidRequest, NotAuthenticated, Problem
from vestibule.kernel.http import FormExpired
from vestibule.kernel.i18n import gettext, mark
from vestibule.web import forms, pages, same_origin
from vestibule.web.cookies import Jar

CSRF_COOKIE = "csrf"

TITLES = {
    HTTPStatus.FORBIDDEN: mark("You may not do this"),
    HTTPStatus.NOT_FOUND: mark("There is no such page"),
    HTTPStatus.METHOD_NOT_ALLOWED: mark("There is no such page"),
    HTTPStatus.REQUEST_TIMEOUT: mark("Try again in a moment"),
    HTTPStatus.CONFLICT: mark("This cannot be done now"),
    HTTPStatus.GONE: mark("This is over"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: mark("Please check what was sent"),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: mark("Please check what was sent"),
    HTTPStatus.UNPROCESSABLE_ENTITY: mark("Please check what was sent"),
    HTTPStatus.TOO_MANY_REQUESTS: mark("Too many tries"),
    HTTPStatus.INTERNAL_SERVER_ERROR: mark("Something went wrong"),
    HTTPStatus.SERVICE_UNAVAILABLE: mark("Try again in a moment"),
}


def answer_problem(request: Request[Any, Any, Any], fault: Exception) -> Response[Any]:
    """Answer a program with a problem document, and a person with a page."""
    if request.url.path.startswith("/api/"):
        return http.answer_problem(fault)
    problem = http.problem_of(fault)
    if isinstance(problem, NotAuthenticated):
        return pages.see_other(_sign_in_link(request))
    answer = _page(problem, pages.entrance_of(request), again=_page_before(request, problem))
    if isinstance(problem, FormExpired) and same_origin.is_ours(request):
        # A cookie signed by a secret that is no longer ours would refuse every form: let go of it.
        # Not at a stranger's bidding: the forms that are open would all be too old.
        Jar(request.app.state.settings.is_https).end(answer, CSRF_COOKIE)
    return answer


def _page(problem: Problem, entrance: pages.Entrance | None, *, again: str | None) -> Response[Any]:
    status = http.status_of(problem)
    usual = TITLES.get(HTTPStatus(status), TITLES[HTTPStatus.INTERNAL_SERVER_ERROR])
    answer = pages.render(
        "error.html",
        status=status,
        entrance=entrance,
        title=gettext(problem.headline or usual),
        sentence=_sentence(problem),
        next={"href": again, "label": gettext("Load the page again")} if again else None,
    )
    answer.headers.update(http.headers_of(problem))
    return answer


def _sentence(problem: Problem) -> str:
    """Give the faults themselves where there is a list of them: the page shows no list."""
    if not isinstance(problem, InvalidRequest):
        return problem.explain()
    return " ".join(dict.fromkeys(fault.message for fault in problem.errors))


def _page_before(request: Request[Any, Any, Any], problem: Problem) -> str | None:
    """Give the page of ours whose form was too old: there it is filled in once more."""
    if not isinstance(problem, FormExpired):
        return None
    ours, page = request.app.state.settings.base_url, request.headers.get("referer", "")
    path = page.removeprefix(ours) if page.startswith(f"{ours}/") else ""
    return forms.local_path(path, "") or None


def _sign_in_link(request: Request[Any, Any, Any]) -> str:
    """Give where to sign in, and where to go on to: the page, or where its form's answer is not."""
    entrance = pages.entrance_of(request)
    home = entrance.home if entrance else "/"
    page = request.url.path if request.method == "GET" else home
    return entrance.sign_in_link(page) if entrance else f"/sign-in?next={quote(page, safe='/')}"
