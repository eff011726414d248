"""JSON Schemas of what the API takes and answers, made of the types that read and write it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any

import msgspec

Schema = dict[str, Any]

_REFERENCE = "#/components/schemas/"
_OF_ANOTHER = re.compile(r"(\w+)\[(\w+)\]")
_PLAIN: dict[str, object] = {"string": "…", "integer": 1, "number": 1, "boolean": True}


@dataclass(frozen=True, slots=True)
class Schemas:
    """The schema of each type, and the components that they refer to."""

    of: Mapping[Any, Schema]
    components: Mapping[str, Schema]

    def example(self, schema: Schema, *, is_whole: bool) -> object:
        """Make a value of its fields' examples.

        `is_whole`: with every field; else with those that must be there, or else all.
        """
        found = self._resolved(schema)
        if "examples" in found:
            return found["examples"][0]
        if {"type": "null"} in found.get("anyOf", ()):
            return None
        if "anyOf" in found:
            return self.example(found["anyOf"][0], is_whole=is_whole)
        return self._example_of_type(found, is_whole=is_whole)

    def _example_of_type(self, schema: Schema, *, is_whole: bool) -> object:
        if "enum" in schema:
            return schema["enum"][0]
        if "properties" in schema:
            return self._example_object(schema, is_whole=is_whole)
        if schema.get("type") == "array":
            return [self.example(schema.get("items", {}), is_whole=is_whole)]
        return _PLAIN.get(str(schema.get("type")))

    def _example_object(self, schema: Schema, *, is_whole: bool) -> object:
        wanted = None if is_whole else schema.get("required")
        return {
            name: self.example(part, is_whole=is_whole)
            for name, part in schema["properties"].items()
            if not wanted or name in wanted
        }

    def _resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema and "examples" not in schema:
            schema = self.components[schema["$ref"].removeprefix(_REFERENCE)]
        return schema


def make(types: Sequence[Any], *, orders: Mapping[str, list[Any]]) -> Schemas:
    """Make the schemas of these types. `orders`: the words of enumerations, as they were written.

    A type's name loses its `Body`, and `ListBody[UserBody]` becomes `ListOfUser`.
    """
    found, components = msgspec.json.schema_components(types, ref_template=_REFERENCE + "{name}")
    names = {name: _name(schema["title"]) for name, schema in components.items()}
    for name, schema in components.items():
        if "enum" in schema:
            schema["enum"] = orders.get(name, schema["enum"])
    return Schemas(
        of={kind: _renamed(each, names) for kind, each in zip(types, found, strict=True)},
        components={
            names[name]: _renamed(schema, names) | _said(schema, names[name])
            for name, schema in sorted(components.items(), key=lambda each: names[each[0]])
        },
    )


def reference(name: str) -> Schema:
    """Give the reference to a component."""
    return {"$ref": _REFERENCE + name}


def inlined(schema: Any, components: Schema) -> Any:  # noqa: ANN401  JSON of any shape
    """Put in place what is referred to: an enumeration of a query may be in no body of ours."""
    if isinstance(schema, list):
        return [inlined(each, components) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = components.get(str(schema.get("$ref", "")).rpartition("/")[2], {})
    words = {key: found[key] for key in ("type", "enum") if key in found}
    return words | {
        key: inlined(value, components) for key, value in schema.items() if key != "$ref"
    }


def never_null(schema: Schema) -> Schema:
    """Take null away: a parameter of a query is there or not."""
    rest = {key: value for key, value in schema.items() if key not in {"oneOf", "description"}}
    choices = [each for each in schema.get("oneOf", ()) if each != {"type": "null"}]
    return choices[0] | rest if choices else rest


def paragraphs(docstring: str | None) -> Iterable[str]:
    """Give the paragraphs of a docstring, each in one line."""
    text = cleandoc(docstring or "")
    return [" ".join(part.split()) for part in text.split("\n\n") if part]


def _name(title: str) -> str:
    if found := _OF_ANOTHER.fullmatch(title):
        return f"{_name(found[1])}Of{_name(found[2])}"
    return title.removesuffix("Body") or title


def _said(schema: Schema, name: str) -> Schema:
    """Give title and description; of enumerations the first paragraph alone."""
    told = list(paragraphs(schema.get("description")))
    text = "\n\n".join(told[:1] if "enum" in schema else told)
    return {"title": name, "description": text} if text else {"title": name}


def _renamed(schema: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401  JSON of any shape
    if isinstance(schema, list):
        return [_renamed(each, names) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _REFERENCE + names[value.removeprefix(_REFERENCE)]
        if key == "$ref"
        else _renamed(value, names)
        for key, value in schema.items()
    }
