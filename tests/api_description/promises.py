"""What the description promises, and whether an answer keeps it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from jsonschema import Draft202012Validator, FormatChecker

from tests.client import API

METHODS = ("get", "post", "put", "patch", "delete")


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
        return re.compile(re.sub(r"\{\w+\}", "[^/]+", self.path))

    @property
    def codes(self) -> set[str]:
        """The codes in the texts of its refusals, those of fields included."""
        texts = [answer["description"] for answer in self.told["responses"].values()]
        return set(re.findall(r"^\* `(\w+)`", "\n".join(texts), re.MULTILINE))


@dataclass(frozen=True, slots=True)
class Document:
    """The OpenAPI document, as a program gets it."""

    whole: dict[str, Any]

    def promises(self) -> Iterator[Promise]:
        for path, operations in self.whole["paths"].items():
            for method in METHODS:
                if method in operations:
                    yield Promise(method.upper(), path, operations[method])

    def promise_for(self, method: str, path: str) -> Promise:
        """The operation of a call; `path` as it was called, below the API."""
        called = API + path.partition("?")[0]
        fitting = [
            each
            for each in self.promises()
            if each.method == method and each.pattern.fullmatch(called)
        ]
        # `/sessions/current` before `/sessions/{session}`.
        return min(fitting, key=lambda each: each.path.count("{"))

    def ensure_kept(self, promise: Promise, answer: httpx.Response) -> None:
        """Fail unless the answer is one that the operation promises."""
        about = f"{promise.name} answered {answer.status_code}: {answer.text[:600]}"
        told = promise.told["responses"].get(str(answer.status_code))
        assert told is not None, about
        assert set(map(str.lower, told.get("headers", ()))) <= set(answer.headers), about
        if "content" not in told:
            assert answer.content == b"", about
            return
        media_type = answer.headers["content-type"]
        assert media_type in told["content"], f"{media_type}: {about}"
        faults = self.faults(told["content"][media_type]["schema"], answer.json())
        assert not faults, f"{faults}\n{about}"

    def faults(self, schema: dict[str, Any], value: object) -> list[str]:
        """What of a value does not fit its schema."""
        whole = {**schema, "components": self.whole["components"]}
        validator = Draft202012Validator(whole, format_checker=FormatChecker())
        return [f"{each.json_path}: {each.message}" for each in validator.iter_errors(value)]
