"""Whatever may be sent to a call: mostly what its schema asks for, sometimes something else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from tests.api_description.promises import Document, Promise

Schema = Mapping[str, Any]

# Texts of every kind that a field may be asked to take, those that hurt elsewhere among them.
TEXTS = st.sampled_from(
    ["", " ", "a", "Ana", "é̂ ñ", "\x00", "\u202e", "' OR 1=1 --", "<b>", "x" * 300, "-1", "null"]
)
JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), TEXTS, st.just([]), st.just({"a": [{}]})
)
LIKELY = {
    "email": ["ana@example.com", "ada@cast.example.com", "new+1@example.com", "no address"],
    "date-time": ["2026-11-20T09:30:00Z", "2099-01-01T00:00:00+02:00", "2026-11-20T09:30:00"],
    "uri": ["https://example.com/x", "javascript:alert(1)", "http://[::1"],
    "password": ["a quiet lamp by the stairs", "short", "seven swans on the lake"],
    "language": ["en", "sv", "pt-BR"],
}
IN_PATHS = {
    "org": ["analytical", "elsewhere", "acme", "org_01h455vb4pex5vsknk084sn02q", "é", "%00"],
    "invitation": ["inv_01h455vb4pex5vsknk084sn02q", "inv_", "x", "org_7zzzzzzzzzzzzzzzzzzzzzzzzz"],
    "app": ["shifts", "rota", "app_01h455vb4pex5vsknk084sn02q", "é", "%00", "new"],
    "member": ["apm_01900000000000000000000000", "apm_", "x", "user_01h455vb4pex5vsknk084sn02q"],
    "version": ["1", "2", "0", "-1", "x", "99999999999999999999"],
    "session": ["ses_01h455vb4pex5vsknk084sn02q", "ses_", "current", "…"],
}


@dataclass(frozen=True, slots=True)
class Sending:
    """One request: what is sent to which call."""

    promise: Promise
    path: str
    body: object


@dataclass(frozen=True, slots=True)
class Senders:
    """Makes requests for the calls of a document."""

    document: Document

    def of(self, promise: Promise) -> st.SearchStrategy[Sending]:
        """Requests of one call."""
        content = promise.told.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        bodies = self._values(schema) if schema else st.none()
        return st.builds(
            lambda path, body: Sending(promise, path, body), self._paths(promise), bodies
        )

    def _paths(self, promise: Promise) -> st.SearchStrategy[str]:
        asked = [each for each in promise.told["parameters"] if each.get("in") == "query"]
        queries = st.fixed_dictionaries(
            {}, optional={each["name"]: self._values(each["schema"]) for each in asked}
        )
        names = [name for name in IN_PATHS if f"{{{name}}}" in promise.path]
        places = st.fixed_dictionaries({name: st.sampled_from(IN_PATHS[name]) for name in names})
        return st.builds(_path, st.just(promise.path), places, queries)

    def _values(self, schema: Schema) -> st.SearchStrategy[Any]:
        """Values for a schema; about one in eight is anything at all."""
        fitting = self._fitting(schema)
        return st.integers(0, 7).flatmap(lambda number: JUNK if number == 7 else fitting)

    def _fitting(self, schema: Schema) -> st.SearchStrategy[Any]:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return self._fitting(self.document.whole["components"]["schemas"][name])
        if "anyOf" in schema:
            return st.one_of([self._values(each) for each in schema["anyOf"]])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        return self._of_type(schema)

    def _of_type(self, schema: Schema) -> st.SearchStrategy[Any]:
        match schema.get("type"):
            case "object":
                return self._objects(schema)
            case "array":
                return st.lists(self._values(schema.get("items", {})), max_size=3)
            case "integer" | "number":
                least = schema.get("minimum", schema.get("exclusiveMinimum", 0))
                return st.sampled_from([least - 1, least, 5, schema.get("maximum", 1000), 10**20])
            case "boolean":
                return st.booleans()
            case "string":
                return _texts(schema)
            case _:
                return JUNK

    def _objects(self, schema: Schema) -> st.SearchStrategy[dict[str, Any]]:
        parts = schema.get("properties", {})
        needed: Sequence[str] = schema.get("required", ())
        return st.fixed_dictionaries(
            {name: self._values(parts[name]) for name in needed},
            optional={
                name: self._values(part) for name, part in parts.items() if name not in needed
            },
        )


def _texts(schema: Schema) -> st.SearchStrategy[str]:
    likely = LIKELY.get(schema.get("format", "")) or schema.get("examples") or ["Ana"]
    return st.one_of(st.sampled_from(likely), st.sampled_from(likely), TEXTS)


def _path(path: str, places: Mapping[str, str], query: Mapping[str, object]) -> str:
    for name, value in places.items():
        path = path.replace(f"{{{name}}}", quote(value, safe="%"))
    words = {name: str(value).replace("\x00", "%00") for name, value in query.items()}
    return f"{path}?{urlencode(words)}" if words else path
