"""What the description promises, and whether an answer keeps it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote

import httpx
from jsonschema import Draft202012Validator, FormatChecker

API = "/api/v1"
METHODS = ("get", "post", "put", "patch", "delete")
# What any call may answer, as the document's introduction says.
OF_ANY = {405, 414, 421}


@dataclass(frozen=True, slots=True)
class Promise:
    """One operation of the document."""

    method: str
    path: str
    told: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.told["operationId"])

    @property
    def pattern(self) -> re.Pattern[str]:
        """What the paths of its calls look like."""
        return _pattern(self.path)

    @property
    def codes(self) -> set[str]:
        """The codes in the texts of its refusals, those of fields included."""
        texts = [answer["description"] for answer in self.told["responses"].values()]
        return set(re.findall(r"^\* `(\w+)`", "\n".join(texts), re.MULTILINE))


@dataclass(frozen=True, slots=True)
class Document:
    """The OpenAPI document, as a program gets it."""

    whole: dict[str, Any]
    _validators: dict[str, Draft202012Validator] = field(default_factory=dict)

    def promises(self) -> Iterator[Promise]:
        for path, operations in self.whole["paths"].items():
            for method in METHODS:
                if method in operations:
                    yield Promise(method.upper(), path, operations[method])

    def find(self, method: str, path: str) -> Promise | None:
        """The operation of a call, by the whole path."""
        called = unquote(path.partition("?")[0])
        fitting = [
            each
            for each in self.promises()
            if each.method == method and each.pattern.fullmatch(called)
        ]
        # `/sessions/current` before `/sessions/{session}`.
        return min(fitting, key=lambda each: each.path.count("{"), default=None)

    def promise_for(self, method: str, path: str) -> Promise:
        """The operation of a call that is there; `path` below the API."""
        found = self.find(method, API + path)
        assert found is not None, f"{method} {path} is not described"
        return found

    def ensure_kept(self, promise: Promise, answer: httpx.Response) -> None:
        """Fail unless the answer is one that the operation promises."""
        if answer.status_code in OF_ANY:
            return
        about = f"{promise.name} answered {answer.status_code}: {answer.text[:600]}"
        told = promise.told["responses"].get(str(answer.status_code))
        assert told is not None, about
        assert set(map(str.lower, told.get("headers", ()))) <= set(answer.headers), about
        if "content" not in told:
            assert answer.content == b"", about
            return
        media_type = answer.headers["content-type"]
        assert media_type in told["content"], f"{media_type}: {about}"
        schema = told["content"][media_type]["schema"]
        if schema == {}:  # a file, of which the media type says all
            return
        faults = self.faults(schema, answer.json())
        assert not faults, f"{faults}\n{about}"

    def faults(self, schema: dict[str, Any], value: object) -> list[str]:
        """What of a value does not fit its schema."""
        validator = self._validators.get(repr(schema))
        if validator is None:
            whole = {**schema, "components": self.whole["components"]}
            validator = Draft202012Validator(whole, format_checker=FormatChecker())
            self._validators[repr(schema)] = validator
        return [f"{each.json_path}: {each.message}" for each in validator.iter_errors(value)]


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{\w+\}", "[^/]+", path))


_READ: list[Document] = []


async def read(http: httpx.AsyncClient) -> Document:
    """The document, read once: every application of these tests has the same."""
    if not _READ:
        answer = await http.get(f"{API}/openapi.json")
        assert answer.status_code == 200
        _READ.append(Document(answer.json()))
    return _READ[0]


async def ensure_kept(http: httpx.AsyncClient, answer: httpx.Response, path: str) -> None:
    """Fail unless an answer of the API is one that is promised. Unknown paths promise nothing."""
    document = await read(http)
    promise = document.find(answer.request.method, path)
    if promise is not None:
        document.ensure_kept(promise, answer)
