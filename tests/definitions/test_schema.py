"""The published schema is sound, says what the reader says, and any editor may fetch it."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from litestar import Litestar

from tests.definitions.texts import SOUND, document, faults
from vestibule.definitions import schema_pages
from vestibule.definitions.actions import read
from vestibule.definitions.findings_model import FaultCode
from vestibule.definitions.model import InvalidDefinition
from vestibule.definitions.shape import SCHEMA, SCHEMA_TEXT

VALIDATOR = Draft202012Validator(SCHEMA)
PAGE = Path(__file__).resolve().parents[2] / "docs" / "definition.md"


def roles(**role: object) -> dict[str, Any]:
    return document(roles={"A": role, "B": {}})


VALID = [
    read(SOUND, is_json=False).to_json(),
    document(),
    document(roles={"A": None}),
    document(roles={f"A{n or ''}": {} for n in range(100)}),
    document(roles={"A": {}, "Größe": {}, "a-b_c 1": {}, "कर्मचारी": {}, "x" * 50: {}}),
    document(enableSelfRegistration=True, default={"role": "A", "mayInvite": True}),
    document(default={"role": "A", "mayManage": False}),
    {**document(), "description": "x" * 500},
    {**document(), "name": "x" * 80},
    roles(description="", inherits=[], canInvite=[], canManage=[]),
    roles(inherits=["B"], canInvite=["A", "B"], canManage=True),
    roles(canInvite=False, canManage=False),
]
INVALID: list[Any] = [
    None,
    [],
    "x",
    1,
    {},
    {"name": "App"},
    {**document(), "name": ""},
    {**document(), "name": "x" * 81},
    {**document(), "name": "<b>"},
    {**document(), "name": None},
    {**document(), "name": 1},
    {**document(), "description": "x" * 501},
    {**document(), "description": "<"},
    {**document(), "description": None},
    {**document(), "more": 1},
    {**document(), "order": ["A"]},
    {"name": "App", "security": {"roles": {"A": {}}}},
    {"name": "App", "security": {"default": {"role": "A"}}},
    document(more=1),
    document(default={}),
    document(default=None),
    document(default={"role": 1}),
    document(default={"role": "A", "more": 1}),
    document(default={"role": "A", "mayInvite": "yes"}),
    document(default={"role": "A", "mayManage": 1}),
    document(enableSelfRegistration="true"),
    document(enableSelfRegistration=None),
    document(roles={}),
    document(roles=[]),
    document(roles={f"A{n or ''}": {} for n in range(101)}),
    document(roles={"A": {}, "": {}}),
    document(roles={"A": {}, "x" * 51: {}}),
    document(roles={"A": {}, "1": {}}),
    document(roles={"A": {}, " a": {}}),
    document(roles={"A": {}, "a ": {}}),
    document(roles={"A": {}, "a  b": {}}),
    document(roles={"A": {}, "a.b": {}}),
    document(roles={"A": {}, "a<b": {}}),
    document(roles={"A": {}, "a\tb": {}}),
    document(roles={"A": []}),
    document(roles={"A": True}),
    roles(description=1),
    roles(description="x" * 501),
    roles(inherits="B"),
    roles(inherits=True),
    roles(inherits=None),
    roles(inherits=[1]),
    roles(inherits=["B", "B"]),
    roles(canInvite="A"),
    roles(canInvite=None),
    roles(canInvite=1),
    roles(canInvite=["A", "A"]),
    roles(canManage=[None]),
    roles(permissions=[]),
]
# What the reader alone can see: the meaning, and which letters there are.
SENSELESS = [
    document(default={"role": "B"}),
    document(roles={"A": {"inherits": ["B"]}}),
    document(roles={"A": {"inherits": ["A"]}}),
    document(roles={"A": {"canInvite": ["B"]}, "B": {}}),
    document(roles={"A": {"canManage": True}}, enableSelfRegistration=True),
    document(roles={"A": {}, "a": {}}),
    document(roles={"A": {}, "e\u0301": {}}),
    document(roles={"A": {}, "a€": {}}),
    {**document(), "name": " "},
    {**document(), "description": "a\u200bb"},
]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("written", VALID, ids=repr)
def test_schema_and_reader_take_the_same(written: object) -> None:
    assert VALIDATOR.is_valid(written)
    read(json.dumps(written), is_json=True)


@pytest.mark.parametrize("written", INVALID, ids=repr)
def test_schema_and_reader_refuse_the_same(written: object) -> None:
    assert not VALIDATOR.is_valid(written)
    assert faults(json.dumps(written), is_json=True)


@pytest.mark.parametrize("written", SENSELESS, ids=repr)
def test_what_makes_no_sense_has_the_shape_all_the_same(written: object) -> None:
    assert VALIDATOR.is_valid(written)
    assert faults(json.dumps(written), is_json=True)


def test_every_key_is_explained_to_who_writes_it() -> None:
    silent = [
        name
        for name, key in _keys(SCHEMA)
        if not {"title", "description"} <= set(key) or not key["description"].endswith(".")
    ]
    assert silent == []


def test_the_examples_are_definitions() -> None:
    for example in SCHEMA["examples"]:
        read(json.dumps(example), is_json=True)


def test_nothing_but_what_the_schema_knows_is_closed() -> None:
    open_objects = [
        name
        for name, key in _keys(SCHEMA)
        if "object" in key.get("type", "") and "additionalProperties" not in key
    ]
    assert open_objects == []


@pytest.fixture
async def editor() -> AsyncIterator[httpx.AsyncClient]:
    """An editor of another origin."""
    application = Litestar([*schema_pages.handlers], openapi_config=None)
    transport = httpx.ASGITransport(app=application)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


async def test_an_editor_of_any_origin_may_fetch_the_schema(editor: httpx.AsyncClient) -> None:
    answer = await editor.get(
        "/schemas/app-definition.json", headers={"Origin": "https://editor.example"}
    )

    assert answer.status_code == 200
    assert answer.content == SCHEMA_TEXT
    assert answer.headers["content-type"].startswith("application/schema+json")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["cache-control"].startswith("public, max-age=")
    assert "set-cookie" not in answer.headers


def test_the_page_explains_every_key_and_every_code() -> None:
    page = PAGE.read_text()
    keys = {name.rpartition(".")[2] for name, _ in _keys(SCHEMA)} - {"", "role"}
    told = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    assert told == keys | set(FaultCode)


def test_the_examples_of_the_page_are_definitions() -> None:
    examples = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert examples
    for example in examples:
        try:
            read(example, is_json=False)
        except InvalidDefinition as refusal:
            pytest.fail(f"{refusal.faults}")


def _keys(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Every key that a definition may have, by its dotted name."""
    role = schema["$defs"]["role"]
    return [("", schema), *_below(schema, ""), ("role", role), *_below(role, "role.")]


def _below(schema: dict[str, Any], path: str) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for name, key in schema.get("properties", {}).items():
        found += [(path + name, key), *_below(key, f"{path}{name}.")]
    return found
