"""The OpenAPI document of the API: the framework's list of routes, and what it cannot know.

What a handler says of itself: its docstring; `problems=` (the kinds of refusal of its own); `also=`
(a second good status, and what it means); `gives_text=` (the media types of an answer that is no
JSON). What a router says of all its own: `unseen` in its `opt`, the refusals of a place that not
everybody may look into, and `unwelcome`, those of callers who are known but not meant. The rest
follows from what it takes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, get_args, get_origin

from litestar import Litestar, Response
from litestar.datastructures import ResponseHeader
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from vestibule.kernel import http
from vestibule.kernel.errors import (
    InvalidRequest,
    NotAuthenticated,
    Problem,
    Unavailable,
)
from vestibule.kernel.http import (
    ProblemBody,
    RequestIncomplete,
    RequestTooLarge,
    UnsupportedMediaType,
)
from vestibule.web import schemas
from vestibule.web.schemas import Schema, Schemas, paragraphs

PROBLEM = "application/problem+json"
JSON = "application/json"
DONE = {
    200: "Done.",
    201: "Made.",
    202: "Taken. The answer is the same whatever is found, and has no body.",
    204: "Done. There is no body.",
}
# For `response_headers=` of a handler that sets it.
LOCATION = [
    ResponseHeader(name="Location", description="Where it is now.", documentation_only=True)
]
_RETRY = {"Retry-After": ("Seconds to wait.", {"type": "integer", "minimum": 1})}
_HEADERS: dict[int, Mapping[str, tuple[str, Schema]]] = {
    401: {"WWW-Authenticate": ("`Bearer`.", {"type": "string"})},
    429: _RETRY,
    503: _RETRY,
}
_IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Reserved. It does nothing yet.",
    "schema": {"type": "string", "maxLength": 255},
}
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "The token of a session, from `POST /sessions`, or the secret of an API key.",
}

Kinds: TypeAlias = Sequence[type[Problem]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is said of the API as a whole. `parameters`: of each in a path, text and example."""

    title: str
    version: str
    text: str
    tags: Mapping[str, str]
    parameters: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One call: its handler, and what the framework tells of it."""

    handler: HTTPRouteHandler
    path: str
    method: str
    told: Schema

    @property
    def takes(self) -> Any:  # noqa: ANN401  a type
        """Give the type of the body that is sent; None: there is none."""
        field = self.handler.parsed_fn_signature.parameters.get("data")
        return field.annotation if field else None

    @property
    def takes_text(self) -> Sequence[str]:
        """Give the media types of a body that is taken as it is written."""
        found: Sequence[str] = self.handler.opt.get("takes_text", ())
        return found

    @property
    def gives(self) -> Any:  # noqa: ANN401  a type
        """Give the type of the body that is answered; None: there is none, or it is a file."""
        if self.gives_text:
            return None
        annotation = self.handler.parsed_fn_signature.return_type.annotation
        if get_origin(annotation) is Response:
            return get_args(annotation)[0]
        return None if annotation is type(None) else annotation

    @property
    def gives_text(self) -> Sequence[str]:
        """Give the media types of an answer that is a file."""
        found: Sequence[str] = self.handler.opt.get("gives_text", ())
        return found

    @property
    def is_for_anybody(self) -> bool:
        """Tell whether it can be called without credentials."""
        return "caller" not in self.handler.parsed_fn_signature.parameters

    @property
    def knows_callers(self) -> bool:
        """Tell whether credentials make a difference."""
        return bool({"caller", "maybe_caller"} & set(self.handler.parsed_fn_signature.parameters))

    @property
    def _unwelcome(self) -> Kinds:
        """Give how callers are refused who are known, but not meant."""
        found: Kinds = self.handler.opt.get("unwelcome", ())
        return found

    @property
    def problems(self) -> set[type[Problem]]:
        """Give every kind of refusal: the handler's own, and those of what it takes."""
        asks = "query" in {each["in"] for each in self.told.get("parameters", ())}
        return {
            Unavailable,
            *self.handler.opt.get("problems", ()),
            *self.handler.opt.get("unseen", ()),
            *((NotAuthenticated, *self._unwelcome) if self.knows_callers else ()),
            *((InvalidRequest,) if asks or self.takes or self.method == "delete" else ()),
            *((RequestIncomplete, RequestTooLarge, UnsupportedMediaType) if self.takes else ()),
        }


def document_of(app: Litestar, words: Words, *, base: str, server: str) -> Schema:
    """Make the document of all routes under `base`. `server`: where they are served."""
    framework = app.openapi_schema.to_schema()
    operations = list(_operations(app, framework, base))
    made = schemas.make(_types(operations), orders=_orders(framework))
    paths: dict[str, Schema] = {}
    for each in operations:
        paths.setdefault(each.path, {})[each.method] = _described(each, made)
    return {
        "openapi": "3.1.0",
        "info": {"title": words.title, "version": words.version, "description": words.text},
        "servers": [{"url": server}],
        "tags": [{"name": name, "description": text} for name, text in words.tags.items()],
        "paths": paths,
        "components": {
            "schemas": made.components,
            "parameters": {"IdempotencyKey": _IDEMPOTENCY, **_path_parameters(words)},
            "securitySchemes": {"bearer": _BEARER},
        },
    }


def _operations(app: Litestar, framework: Schema, base: str) -> Iterator[Operation]:
    components = framework.get("components", {}).get("schemas", {})
    for route in app.routes:
        if not isinstance(route, HTTPRoute) or not route.path_format.startswith(base):
            continue
        for method, (handler, _) in route.route_handler_map.items():
            told = framework["paths"].get(route.path_format, {}).get(method.lower())
            if told:
                asked = schemas.inlined(told.get("parameters", []), components)
                told = {**told, "parameters": asked}
                yield Operation(handler, route.path_format, method.lower(), told)


def _types(operations: Sequence[Operation]) -> list[Any]:
    found = {kind: None for each in operations for kind in (each.takes, each.gives) if kind}
    return [ProblemBody, *found]


def _orders(framework: Schema) -> dict[str, list[Any]]:
    components = framework.get("components", {}).get("schemas", {})
    return {name: schema["enum"] for name, schema in components.items() if "enum" in schema}


def _described(operation: Operation, made: Schemas) -> Schema:
    told = operation.told
    described = {name: told[name] for name in ("operationId", "tags", "summary")}
    described["description"] = "\n\n".join(paragraphs(operation.handler.fn.__doc__))
    described["parameters"] = list(_parameters(operation))
    if operation.takes:
        described["requestBody"] = _body(operation, made)
    elif operation.takes_text:
        content: Schema = {kind: {"schema": {}} for kind in operation.takes_text}
        described["requestBody"] = {"required": True, "content": content}
    described["responses"] = {**_answers(operation, made), **_refusals(operation)}
    described["security"] = _security(operation)
    return described


def _security(operation: Operation) -> list[Schema]:
    if not operation.knows_callers:
        return []
    return [{}, {"bearer": []}] if operation.is_for_anybody else [{"bearer": []}]


def _parameters(operation: Operation) -> Iterator[Schema]:
    for each in operation.told.get("parameters", ()):
        if each["in"] == "path":
            yield {"$ref": f"#/components/parameters/{each['name']}"}
        else:
            yield {
                "name": each["name"],
                "in": each["in"],
                "description": each.get("description", ""),
                "schema": schemas.never_null(each["schema"]),
            }
    if operation.method == "post":
        yield {"$ref": "#/components/parameters/IdempotencyKey"}


def _path_parameters(words: Words) -> dict[str, Schema]:
    return {
        name: {
            "name": name,
            "in": "path",
            "required": True,
            "description": text,
            "schema": {"type": "string"},
            "example": example,
        }
        for name, (text, example) in words.parameters.items()
    }


def _body(operation: Operation, made: Schemas) -> Schema:
    schema = made.of[operation.takes]
    return {
        "required": operation.told["requestBody"].get("required", False),
        "content": {
            JSON: {"schema": schema, "example": made.example(schema, is_whole=False)},
        },
    }


def _answers(operation: Operation, made: Schemas) -> dict[str, Schema]:
    """Describe each good status."""
    handler = operation.handler
    first = {handler.status_code: handler.response_description or DONE[handler.status_code]}
    answers = {}
    for status, text in sorted((first | handler.opt.get("also", {})).items()):
        answer: Schema = {"description": text}
        if headers := handler.resolve_response_headers():
            answer["headers"] = {
                each.name: _header(each.description or "", {"type": "string"}) for each in headers
            }
        if operation.gives:
            schema = made.of[operation.gives]
            example = made.example(schema, is_whole=True)
            answer["content"] = {JSON: {"schema": schema, "example": example}}
        elif operation.gives_text:
            answer["content"] = {kind: {"schema": {}} for kind in operation.gives_text}
        answers[str(status)] = answer
    return answers


def _refusals(operation: Operation) -> dict[str, Schema]:
    """Describe each status of a refusal, with the codes that it may have."""
    by_status: dict[int, list[type[Problem]]] = {}
    for kind in sorted(operation.problems, key=lambda kind: (http.code_of(kind), kind.code())):
        by_status.setdefault(int(http.status_of_kind(kind)), []).append(kind)
    return {str(status): _refusal(status, kinds) for status, kinds in sorted(by_status.items())}


def _refusal(status: int, kinds: Kinds) -> Schema:
    codes = list(dict.fromkeys(http.code_of(kind) for kind in kinds))
    narrowed = {"properties": {"status": {"const": status}, "code": {"enum": codes}}}
    answer: Schema = {
        "description": "\n".join(_line(kind) for kind in kinds),
        "content": {PROBLEM: {"schema": {"allOf": [schemas.reference("Problem"), narrowed]}}},
    }
    if status in _HEADERS:
        answer["headers"] = {name: _header(*told) for name, told in _HEADERS[status].items()}
    return answer


def _line(kind: type[Problem]) -> str:
    """Tell a code, and when it comes: in the words of the class that stands beside the rule."""
    when = next(iter(paragraphs(kind.__doc__)), "")
    at_field = " in `errors`" if http.code_of(kind) != kind.code() else ""
    return f"* `{kind.code()}`{at_field}: {when}"


def _header(text: str, schema: Schema) -> Schema:
    return {"description": text, "schema": schema}
