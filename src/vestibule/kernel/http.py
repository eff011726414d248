"""What the kinds of refusal mean in HTTP: one table of statuses, and RFC 9457 problems.

No product words.
"""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Generic, Literal, TypeVar

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException, ValidationException

from vestibule.kernel.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Gone,
    Invalid,
    InvalidField,
    InvalidRequest,
    NotAuthenticated,
    NotFound,
    Problem,
    TooMany,
    Unavailable,
)
from vestibule.kernel.i18n import gettext, mark
from vestibule.kernel.lists import Page
from vestibule.kernel.wire import said

T = TypeVar("T")
B = TypeVar("B")

log = logging.getLogger("vestibule.http")


class InternalError(Problem):
    """Something of ours broke. Says nothing of what: the log does."""

    sentence = mark("Something went wrong on our side. Nothing was changed. Try again in a moment.")


class MethodNotAllowed(Problem):
    """The address is known, the method is not."""

    sentence = mark("This address does not take that method.")


class RequestTooLarge(Problem):
    """More was sent than is read."""

    sentence = mark("The request is too large.")


class RequestIncomplete(Problem):
    """The body came too slowly, or the client hung up in the middle of it."""

    sentence = mark("The request did not arrive whole. Send it again.")


class UnsupportedMediaType(Problem):
    """Neither JSON, nor the form of a page."""

    sentence = mark("Send JSON.")


class FormExpired(Forbidden):
    """A form without the token that goes with its page (CSRF)."""

    sentence = mark(
        "This page was open for too long, or was not ours. Load it again and repeat what you did."
    )


class ProblemBody(msgspec.Struct, frozen=True, kw_only=True):
    """Why a call was refused (RFC 9457). Programs compare `code`; people read `detail`."""

    type: Annotated[str, said("Names the code, and leads nowhere.")]
    title: Annotated[str, said("The status in words.", example="Conflict")]
    status: Annotated[int, said("The HTTP status.", example=409)]
    detail: Annotated[str, said("For a person, in their language: what to do next.")]
    code: Annotated[str, said("Which rule refused: stable.", example="already_member")]
    errors: Annotated[
        list[FieldError] | msgspec.UnsetType, said("Every fault in what was sent; with 422 only.")
    ] = msgspec.UNSET


class Cursors(msgspec.Struct, frozen=True, kw_only=True):
    """Where the list goes on: each is null where it ends."""

    before: Annotated[str | None, said("Give it as `before` for newer ones.")]
    after: Annotated[str | None, said("Give it as `after` for older ones.", example="AZqg…")]


class ListBody(msgspec.Struct, Generic[B], frozen=True, kw_only=True):
    """A part of a list, the newest first."""

    object: Literal["list"]
    data: list[B]
    list_metadata: Cursors


STATUSES: dict[type[Problem], HTTPStatus] = {
    NotAuthenticated: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Gone: HTTPStatus.GONE,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
    RequestTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    RequestIncomplete: HTTPStatus.REQUEST_TIMEOUT,
    UnsupportedMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
}
# Their titles, where Python 3.13 has others than 3.11: an answer stays what it was.
TITLES = {413: "Request Entity Too Large", 422: "Unprocessable Entity"}
# What the framework refuses by itself, before any of our code is asked.
_FRAMEWORK: dict[int, type[Problem]] = {
    401: NotAuthenticated,
    403: FormExpired,
    404: NotFound,
    405: MethodNotAllowed,
    413: RequestTooLarge,
    415: UnsupportedMediaType,
}
RETRY_UNAVAILABLE_SECONDS = 2


def status_of(problem: Problem) -> int:
    """Give the HTTP status of a problem: that of its kind."""
    return status_of_kind(type(problem))


def status_of_kind(problem: type[Problem]) -> int:
    """Give the HTTP status of all problems of this class."""
    for kind in problem.__mro__:
        if kind in STATUSES:
            return STATUSES[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def headers_of(problem: Problem) -> dict[str, str]:
    """Give the headers that go with the status."""
    match problem:
        case TooMany(retry_after=seconds):
            return {"Retry-After": str(seconds)}
        case Unavailable():
            return {"Retry-After": str(RETRY_UNAVAILABLE_SECONDS)}
        case NotAuthenticated():
            return {"WWW-Authenticate": "Bearer"}
        case _:
            return {}


def problem_of(fault: Exception) -> Problem:
    """Give the problem that an exception stands for.

    What is no problem of ours is logged and becomes InternalError.
    """
    match fault:
        case Problem():
            return fault
        case ValidationException():
            return InvalidRequest(_fields(fault))
        case HTTPException(status_code=status) if status in _FRAMEWORK:
            return _FRAMEWORK[status]()
        case HTTPException(status_code=400) | RecursionError():
            return InvalidRequest.at("", gettext("The request cannot be read."))
        case _:
            log.error("fault: %s", type(fault).__name__, exc_info=fault)
            return InternalError()


def code_of(kind: type[Problem]) -> str:
    """Give the code of the answer as a whole: a field's own stands in `errors`."""
    return InvalidRequest.code() if issubclass(kind, InvalidField) else kind.code()


def body_of(problem: Problem) -> ProblemBody:
    """Give the problem document."""
    status = status_of(problem)
    code = code_of(type(problem))
    return ProblemBody(
        type=f"urn:vestibule:problem:{code}",
        title=TITLES.get(status, HTTPStatus(status).phrase),
        status=status,
        detail=problem.explain(),
        code=code,
        errors=problem.errors if isinstance(problem, Invalid) else msgspec.UNSET,
    )


def answer_problem(fault: Exception) -> Response[ProblemBody]:
    """Answer a program: `application/problem+json`."""
    problem = problem_of(fault)
    return Response(
        body_of(problem),
        status_code=status_of(problem),
        headers=headers_of(problem),
        media_type="application/problem+json",
    )


def list_body(page: Page[T], present: Callable[[T], B]) -> ListBody[B]:
    """Give the document of one page of a list."""
    return ListBody(
        object="list",
        data=[present(item) for item in page.items],
        list_metadata=Cursors(before=page.before, after=page.after),
    )


def _fields(fault: ValidationException) -> list[FieldError]:
    """Read the framework's list of what does not fit; each item has a message, and mostly a key."""
    found = fault.extra if isinstance(fault.extra, list) else []
    return [
        FieldError(
            path=_path(str(item.get("key", ""))),
            code="invalid_request",
            message=str(item["message"]),
        )
        for item in found
        if isinstance(item, dict)
    ] or [
        FieldError(path="", code="invalid_request", message=gettext("The request cannot be read."))
    ]


def _path(key: str) -> str:
    return "" if key == "data" else key.removeprefix("data.")
