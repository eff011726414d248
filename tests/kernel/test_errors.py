"""Every refusal of the house: its kind, its code, its sentence, and what HTTP makes of it."""

import ast
import importlib
import pkgutil
import re
import string
from collections import Counter
from http import HTTPStatus
from pathlib import Path

import msgspec
import pytest
from litestar.exceptions import (
    ClientException,
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    PermissionDeniedException,
    ValidationException,
)

import vestibule
from vestibule.kernel import http
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
    RateLimited,
    TooMany,
    Unavailable,
)
from vestibule.kernel.http import STATUSES, InternalError, ProblemBody

SOURCE = Path(vestibule.__file__).parent


class WrongTea(Invalid):
    """For these tests alone."""

    sentence = "Choose at least {least} leaves."


def every_problem() -> list[type[Problem]]:
    """Every subclass in the source, whoever imports it."""
    for module in pkgutil.walk_packages([str(SOURCE)], "vestibule."):
        importlib.import_module(module.name)
    found = [Problem]
    for kind in found:
        found += [each for each in kind.__subclasses__() if each not in found]
    return sorted(
        (kind for kind in found if kind.__module__.startswith("vestibule.")),
        key=lambda kind: kind.__name__,
    )


PROBLEMS = every_problem()


def braces(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_there_are_many() -> None:
    assert len(PROBLEMS) > 50


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda kind: kind.__name__)
def test_its_kind_has_a_status(problem: type[Problem]) -> None:
    if problem in {Problem, InternalError}:
        assert http.status_of_kind(problem) == 500
    else:
        assert 400 <= http.status_of_kind(problem) < 600
        assert any(kind in STATUSES for kind in problem.__mro__)


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda kind: kind.__name__)
def test_its_code_is_a_word_and_its_sentence_says_something(problem: type[Problem]) -> None:
    assert problem.code().replace("_", "").isalpha()
    assert problem.code().islower()
    assert problem.sentence.endswith((".", "?", ")"))
    assert problem.__doc__


def test_two_have_the_same_code_only_if_one_is_a_kind_of_the_other() -> None:
    counts = Counter(problem.code() for problem in PROBLEMS)
    doubled = [problem for problem in PROBLEMS if counts[problem.code()] > 1]
    for problem in doubled:
        [first] = [one for one in doubled if one.code() == problem.code() == plain_code(one)]
        assert issubclass(problem, first)


def plain_code(problem: type[Problem]) -> str:
    """The code that its name alone would give it."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", problem.__name__).lower()


def test_each_says_more_than_that_it_cannot_be_done() -> None:
    kinds = {Forbidden, Conflict, Gone, Invalid, InvalidField, TooMany}
    silent = [
        problem.__name__
        for problem in PROBLEMS
        if problem.sentence == Problem.sentence and "explain" not in vars(problem)
    ]
    assert sorted(silent) == sorted(kind.__name__ for kind in kinds)


def raised() -> list[tuple[str, type[Problem], set[str] | None]]:
    """Where the source makes a problem that has braces, and with which facts."""
    named = {problem.__name__: problem for problem in PROBLEMS}
    found: list[tuple[str, type[Problem], set[str] | None]] = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Raise(exc=ast.Name(id=name)) if name in named:
                    found.append((f"{path.name}:{node.lineno}", named[name], set()))
                case ast.Call(func=ast.Name(id=name)) if name in named:
                    words = {word.arg for word in node.keywords}
                    facts = None if None in words else {word for word in words if word}
                    found.append((f"{path.name}:{node.lineno}", named[name], facts))
    return found


def test_wherever_one_is_raised_its_braces_are_filled() -> None:
    places = raised()
    assert len(places) > 60
    unfilled = [
        (place, problem.__name__, braces(problem.sentence) - facts)
        for place, problem, facts in places
        if facts is not None and not braces(problem.sentence) <= facts
    ]
    assert unfilled == []


def test_a_problem_explains_itself_with_its_facts() -> None:
    problem = WrongTea(path="pot", least=3)
    assert problem.explain() == "Choose at least 3 leaves."
    assert problem.errors == [
        FieldError(path="pot", code="wrong_tea", message="Choose at least 3 leaves.")
    ]
    assert str(problem) == "wrong_tea"


def test_the_document_of_a_problem_has_the_shape_of_rfc_9457() -> None:
    body = msgspec.to_builtins(http.body_of(WrongTea(path="pot", least=3)))
    assert body == {
        "type": "urn:vestibule:problem:wrong_tea",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "Choose at least 3 leaves.",
        "code": "wrong_tea",
        "errors": [{"path": "pot", "code": "wrong_tea", "message": "Choose at least 3 leaves."}],
    }


@pytest.mark.parametrize(
    ("problem", "headers"),
    [
        (RateLimited(retry_after=90), {"Retry-After": "90"}),
        (RateLimited(retry_after=0), {"Retry-After": "1"}),
        (RateLimited(retry_after=-5), {"Retry-After": "1"}),
        (Unavailable(), {"Retry-After": str(http.RETRY_UNAVAILABLE_SECONDS)}),
        (NotAuthenticated(), {"WWW-Authenticate": "Bearer"}),
        (NotFound(), {}),
    ],
)
def test_the_headers_go_with_the_status(problem: Problem, headers: dict[str, str]) -> None:
    answer = http.answer_problem(problem)
    assert {name: answer.headers[name] for name in headers} == headers
    assert http.headers_of(problem) == headers
    assert answer.media_type == "application/problem+json"
    assert isinstance(answer.content, ProblemBody)
    assert "errors" not in msgspec.to_builtins(answer.content)


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (NotFoundException("GET /secret"), 404, "not_found"),
        (MethodNotAllowedException("x"), 405, "method_not_allowed"),
        (PermissionDeniedException("CSRF token verification failed"), 403, "form_expired"),
        (HTTPException("x", status_code=413), 413, "request_too_large"),
        (HTTPException("x", status_code=415), 415, "unsupported_media_type"),
        (ClientException("the value was 'hush'"), 422, "invalid_request"),
        (RecursionError("maximum recursion depth"), 422, "invalid_request"),
        (ValidationException("x", extra={}), 422, "invalid_request"),
        (ValidationException("x", extra=[]), 422, "invalid_request"),
        (HTTPException("teapot", status_code=418), 500, "internal_error"),
        (KeyError("a hush word"), 500, "internal_error"),
        (RuntimeError("SELECT hush FROM accounts"), 500, "internal_error"),
    ],
)
def test_any_exception_becomes_a_problem_without_its_text(
    fault: Exception, status: int, code: str
) -> None:
    problem = http.problem_of(fault)
    body = http.body_of(problem)
    assert (body.status, body.code) == (status, code)
    assert body.title == http.TITLES.get(status, HTTPStatus(status).phrase)
    assert "hush" not in str(msgspec.to_builtins(body))
    assert "SELECT" not in str(msgspec.to_builtins(body))


def test_the_frameworks_faults_are_told_by_field() -> None:
    fault = ValidationException(
        "x", extra=[{"key": "data.name", "message": "too short"}, {"message": "odd"}, "nonsense"]
    )
    problem = http.problem_of(fault)
    assert isinstance(problem, InvalidRequest)
    assert [(error.path, error.message) for error in problem.errors] == [
        ("name", "too short"),
        ("", "odd"),
    ]


def test_a_fields_own_rule_stands_in_the_list_and_the_whole_is_an_invalid_request() -> None:
    fields = [kind for kind in PROBLEMS if issubclass(kind, InvalidField)]
    assert fields
    for kind in fields:
        assert http.code_of(kind) == "invalid_request"
