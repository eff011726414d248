"""The OpenAPI document as its page shows it: each call, its fields, answers, codes, and a try."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from vestibule.kernel.i18n import gettext, mark
from vestibule.web.schemas import Schema

METHODS = ("get", "post", "put", "patch", "delete")
_REFUSAL = re.compile(r"^\* `(\w+)`( in `errors`)?: (.*)$", re.MULTILINE)
_KINDS = {
    "string": mark("text"),
    "integer": mark("whole number"),
    "number": mark("number"),
    "boolean": mark("true or false"),
    "object": mark("object"),
    "null": mark("null"),
    "typeid": mark("id"),
    "language": mark("language"),
    "date-time": mark("time"),
    "email": mark("mail address"),
    "uri": mark("link"),
    "password": mark("password"),
}
_LIMITS = {
    "minimum": mark("at least {}"),
    "exclusiveMinimum": mark("more than {}"),
    "maximum": mark("at most {}"),
    "minLength": mark("at least {} characters"),
    "maxLength": mark("at most {} characters"),
    "minItems": mark("at least {} items"),
    "maxItems": mark("at most {} items"),
    "pattern": mark("as {}"),
    "default": mark("{} if not given"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field, by its dotted name (`data[].email`)."""

    name: str
    kind: str
    is_required: bool
    limits: Sequence[str]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A good answer. `kind` is empty if it has no body; fields are given once for each kind."""

    status: str
    text: str
    kind: str
    fields: Sequence[Field]
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One way to be refused. `is_of_field`: it stands in `errors`, not as the whole's code."""

    status: str
    code: str
    text: str
    is_of_field: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One operation. `needs` is the sentence on who may call."""

    name: str
    method: str
    path: str
    title: str
    text: str
    needs: str
    parameters: Sequence[Field]
    fields: Sequence[Field]
    answers: Sequence[Answer]
    codes: Sequence[Code]
    try_it: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """The calls of a tag."""

    name: str
    text: str
    calls: Sequence[Call]


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads one document."""

    document: Schema

    def chapters(self) -> list[Chapter]:
        """Give every call, by tag, in the order of the document."""
        calls: dict[str, list[Call]] = {tag["name"]: [] for tag in self.document["tags"]}
        for path, operations in self.document["paths"].items():
            for method in METHODS:
                if method in operations:
                    operation = operations[method]
                    calls[operation["tags"][0]].append(self._call(method, path, operation))
        return [
            Chapter(name=tag["name"], text=tag["description"], calls=calls[tag["name"]])
            for tag in self.document["tags"]
        ]

    def _call(self, method: str, path: str, operation: Schema) -> Call:
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        parameters = [self._resolved(each) for each in operation["parameters"]]
        return Call(
            name=operation["operationId"],
            method=method.upper(),
            path=path,
            title=operation["summary"],
            text=operation["description"],
            needs=_needs(operation["security"]),
            parameters=[self._parameter(each) for each in parameters if each["in"] != "header"],
            fields=list(self._fields(content.get("schema", {}))),
            answers=list(self._answers(operation["responses"])),
            codes=list(_codes(operation["responses"])),
            try_it=self._try(method, path, operation),
        )

    def _parameter(self, told: Schema) -> Field:
        return Field(
            name=told["name"],
            kind=self._kind(told["schema"]),
            is_required=told.get("required", False),
            limits=_limits(told["schema"]),
            text=told["description"],
        )

    def _answers(self, responses: Mapping[str, Schema]) -> Iterator[Answer]:
        shown = set()
        for status, answer in responses.items():
            if not status.startswith("2"):
                continue
            content = answer.get("content", {}).get("application/json", {})
            schema = content.get("schema", {})
            kind = self._resolved(schema).get("title", "")
            yield Answer(
                status=status,
                text=answer["description"],
                kind=kind,
                fields=[] if kind in shown else list(self._fields(schema)),
                example=_pretty(content["example"]) if content else "",
            )
            shown.add(kind)

    def _fields(self, schema: Schema, before: str = "") -> Iterator[Field]:
        """Give the fields of an object, and after each that holds an object its own."""
        whole = self._inner(schema)
        for name, part in whole.get("properties", {}).items():
            path = f"{before}{name}"
            yield Field(
                name=path,
                kind=self._kind(part),
                is_required=name in whole.get("required", ()),
                limits=_limits(part),
                text=part.get("description", ""),
            )
            is_list = self._inner(part).get("type") == "array"
            item = self._inner(part).get("items", {}) if is_list else part
            yield from self._fields(item, f"{path}[]." if is_list else f"{path}.")

    def _kind(self, schema: Schema) -> str:
        found = self._inner(schema)
        if len(found.get("enum", ())) == 1:
            kind = gettext("always {word}").format(word=found["enum"][0])
        elif "enum" in found:
            kind = gettext("one of {words}").format(words=", ".join(map(str, found["enum"])))
        elif found.get("type") == "array":
            kind = gettext("list of {kind}").format(kind=self._kind(found.get("items", {})))
        else:
            word = found.get("format") or found.get("type")
            kind = gettext(_KINDS[word]) if word in _KINDS else gettext("anything")
        if {"type": "null"} in schema.get("anyOf", ()):
            return gettext("{kind}, or null").format(kind=kind)
        return kind

    def _inner(self, schema: Schema) -> Schema:
        """Give what a schema comes down to: the first of its choices, without references."""
        found = self._resolved(schema)
        return self._inner(found["anyOf"][0]) if "anyOf" in found else found

    def _resolved(self, schema: Schema) -> Schema:
        found = schema
        while "$ref" in found:
            _, _, kind, name = found["$ref"].split("/")
            found = self.document["components"][kind][name]
        return found

    def _try(self, method: str, path: str, operation: Schema) -> str:
        """Write the call for a shell, of the document's examples."""
        for name, parameter in self.document["components"]["parameters"].items():
            path = path.replace(f"{{{name}}}", str(parameter.get("example", "")))
        words = ["curl", self.document["servers"][0]["url"] + path]
        if method not in {"get", "post"}:
            words[1:1] = ["-X", method.upper()]
        lines = [" ".join(words)]
        if {"bearer": []} in operation["security"] and {} not in operation["security"]:
            lines.append('-H "Authorization: Bearer $TOKEN"')
        content = operation.get("requestBody", {}).get("content", {})
        if content:
            lines.extend(_sent(content))
        elif method == "post":
            lines.append("-X POST")
        return " \\\n  ".join(lines)


def _sent(content: Mapping[str, Schema]) -> list[str]:
    """Write how a body is sent: the example, or, of what is taken as it is written, a file."""
    example = content.get("application/json", {}).get("example")
    if example is not None:
        return ["--json " + shlex.quote(json.dumps(example, ensure_ascii=False))]
    return [f'-H "Content-Type: {list(content)[-1]}"', "--data-binary @FILE"]


def _needs(security: Sequence[Schema]) -> str:
    if not security:
        return gettext("Needs no token.")
    if {} in security:
        return gettext("A token is optional: it says who joins.")
    return gettext("Needs a token.")


def _codes(responses: Mapping[str, Schema]) -> Iterator[Code]:
    for status, answer in responses.items():
        for code, at_field, text in _REFUSAL.findall(answer["description"]):
            yield Code(status=status, code=code, text=text, is_of_field=bool(at_field))


def _limits(schema: Schema) -> list[str]:
    return [
        gettext(sentence).format(json.dumps(schema[name], ensure_ascii=False).strip('"'))
        for name, sentence in _LIMITS.items()
        if schema.get(name) is not None and not (name == "pattern" and "format" in schema)
    ]


def _pretty(example: object) -> str:
    return json.dumps(example, indent=2, ensure_ascii=False)
