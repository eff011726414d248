"""Bad bodies on every route of the API: a 4xx problem with a code, and nothing written.

The fields and their types are read from the OpenAPI document.
"""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.client import API, Client
from tests.matrix.conftest import Handlers
from tests.matrix.example import Example
from tests.matrix.examples import API_EXAMPLES, route_of
from tests.matrix.scene import Scene, person

Schema = dict[str, Any]
BODILESS = {
    ("POST", f"{API}/me/invitations/{{invitation:str}}/accept"),
    ("POST", f"{API}/organizations/{{org:str}}/invitations/{{invitation:str}}/resend"),
    ("POST", f"{API}/organizations/{{org:str}}/invitations/{{invitation:str}}/revoke"),
    ("POST", f"{API}/apps/{{app:str}}/invitations/{{invitation:str}}/resend"),
    ("POST", f"{API}/apps/{{app:str}}/invitations/{{invitation:str}}/revoke"),
    ("PUT", f"{API}/apps/{{app:str}}/definition"),  # any text: tests/apps/test_definition_hostile
    ("POST", f"{API}/organizations/{{org:str}}/leave"),
}
# A value of each type of JSON, to stand where another type is asked for.
OF_TYPE: dict[str, list[object]] = {
    "null": [None],
    "boolean": [True],
    "number": [1.5],
    "integer": [1, -1],
    "string": ["x"],
    "array": [[], ["x"]],
    "object": [{}, {"a": "x"}],
}
BAD_TEXTS = ["\x00", "a\x00b", "\x1b[31mred", "a\r\nBcc: b@example.com", "x" * 3000]
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="session")
async def document(nobody: Client) -> Schema:
    """The OpenAPI document."""
    found: Schema = (await nobody.get(f"{API}/openapi.json")).json()
    return found


def test_every_route_that_takes_a_body_has_an_example(handlers: Handlers) -> None:
    """One for each function that takes it, wherever it is mounted again."""
    takes = {
        function: route
        for route, function in handlers.items()
        if route[1].startswith(API) and route[0] in {"POST", "PATCH", "PUT"}
    }
    routes = {(example.method, route_of(example.path)) for example in API_EXAMPLES} | BODILESS
    there = {handlers[route] for route in routes}
    assert [route for function, route in takes.items() if function not in there] == []


@pytest.mark.parametrize("example", API_EXAMPLES, ids=str)
async def test_the_example_is_good_and_whole(
    scene: Scene, document: Schema, example: Example
) -> None:
    fields = properties(document, example)
    assert fields.keys() - example.left_out == example.sent.keys()

    answer = await send(scene, example, json.dumps(scene.body(example.sent)).encode())
    assert 200 <= answer.status_code < 300, answer.text


@pytest.mark.parametrize("example", API_EXAMPLES, ids=str)
async def test_a_value_of_another_type_is_refused(
    still: Scene, document: Schema, example: Example
) -> None:
    spoiled = [*wrong_types(document, example), *wrong_texts(document, example)]
    await refuse_all(still, example, [json.dumps(still.body(body)).encode() for body in spoiled])


@pytest.mark.parametrize("example", API_EXAMPLES, ids=str)
async def test_a_body_of_another_shape_is_refused(still: Scene, example: Example) -> None:
    good = json.dumps(still.body(example.sent)).encode()
    bodies = [
        *(json.dumps(value).encode() for value in ([], None, "x", 1, True, [still.body({})])),
        *_bytes(good),
        *_unknown(good),
    ]
    if example.may_be_empty:
        bodies = [body for body in bodies if body not in {b"", b"null"}]
    await refuse_all(still, example, bodies)


@pytest.mark.parametrize("example", API_EXAMPLES, ids=str)
async def test_what_is_no_json_by_its_own_word_is_refused(still: Scene, example: Example) -> None:
    good = json.dumps(still.body(example.sent)).encode()
    before = await still.rows()
    for content_type, content in (
        ("application/x-www-form-urlencoded", b"email=a%40example.com&key=x"),
        ("multipart/form-data; boundary=x", b'--x\r\ncontent-disposition: form-data; name="a"\r\n'),
        ("application/x-www-form-urlencoded", good),
        ("text/plain", good),
        ("", good),
        ("application/msgpack", b"\x81\xa3key\xa1x"),
    ):
        answer = await send(still, example, content, {"Content-Type": content_type})
        assert_refused(answer, content_type.encode())
    assert await still.rows() == before


async def refuse_all(scene: Scene, example: Example, bodies: list[bytes]) -> None:
    before = await scene.rows()
    for body in bodies:
        assert_refused(await send(scene, example, body), body)
    assert await scene.rows() == before


def assert_refused(answer: httpx.Response, body: bytes) -> None:
    told = (answer.status_code, body[:200], answer.text)
    assert 400 <= answer.status_code < 500, told
    assert answer.headers["Content-Type"] == "application/problem+json", told
    problem = answer.json()
    assert problem["status"] == answer.status_code, told
    assert problem["code"].replace("_", "").isalpha(), told
    assert problem["type"].endswith(problem["code"]), told
    if answer.status_code == 422:
        assert problem["errors"], told


async def send(
    scene: Scene, example: Example, content: bytes, headers: dict[str, str] | None = None
) -> httpx.Response:
    client = scene.client.as_(person(scene.world, example.who))
    path = scene.path(example.path)
    return await client.request(
        example.method, path, content=content, headers=JSON if headers is None else headers
    )


def wrong_types(document: Schema, example: Example) -> Iterator[dict[str, object]]:
    """The example with each field in turn of every type that it may not have."""
    for name, schema in properties(document, example).items():
        allowed = types_of(document, schema)
        for kind, values in OF_TYPE.items():
            if kind in allowed or (kind == "integer" and "number" in allowed):
                continue
            for value in values:
                if name in example.secrets and kind == "string":
                    continue
                yield {**example.sent, name: value}


def wrong_texts(document: Schema, example: Example) -> Iterator[dict[str, object]]:
    """The example with each text in turn that no field takes."""
    for name, schema in properties(document, example).items():
        if "string" in types_of(document, schema) and name not in example.secrets:
            yield from ({**example.sent, name: text} for text in BAD_TEXTS)


def _bytes(good: bytes) -> Iterator[bytes]:
    """What is no JSON, or too much of it, or says a thing twice."""
    yield from (b"", b"{", b"\x00", b"\xff\xfe", b"nul", good[:-1], good + b"x", good + good)
    yield from (b"[" * 10_000, b'{"a":' * 10_000, b"[" * 10_000 + b"]" * 10_000)
    inside = good.removesuffix(b"}")
    comma = b"," if len(good) > 2 else b""
    for value in (b'"\xff"', b'"\\ud800"', b"NaN", b"Infinity", b"1e999999", b"-1e999999"):
        yield inside + comma + b'"zz":' + value + b"}"
    yield inside + comma + b'"zz":' + b"[" * 10_000 + b"]" * 10_000 + b"}"
    yield inside + comma + b'"zz":"' + b"x" * 1_100_000 + b'"}'
    for name, value in json.loads(good).items():
        doubled = json.dumps({name: value}).encode()
        yield inside + b"," + doubled[1:]
        for number in (b"1e999999", b"-0.0e-999999", b"9" * 5000):
            yield json.dumps({**json.loads(good), name: "@@"}).encode().replace(b'"@@"', number)


def _unknown(good: bytes) -> Iterator[bytes]:
    """The example with a field that it does not have: those of answers among them."""
    sent = json.loads(good)
    for name in (
        *("", "zz", "id", "object", "state", "role_", "organization_id", "accepted_by", "app_id"),
        *("__class__", "email_verified", "inviter", "send_count", "key_hash", "\x00", "owner"),
    ):
        yield json.dumps({**sent, name: "x"}).encode()


def properties(document: Schema, example: Example) -> dict[str, Schema]:
    """The fields of the body of a route, and their schemas."""
    path = route_of(example.path).replace(":str", "")
    operation = document["paths"][path][example.method.lower()]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    choices = schema.get("oneOf") or schema.get("anyOf") or [schema]
    options = [_resolved(document, one) for one in choices]
    [found] = [one for one in options if "properties" in one]
    fields: dict[str, Schema] = found["properties"]
    return fields


def types_of(document: Schema, schema: Schema) -> set[str]:
    """The types of JSON that a schema allows."""
    schema = _resolved(document, schema)
    for word in ("oneOf", "anyOf"):
        if word in schema:
            return set().union(*(types_of(document, one) for one in schema[word]))
    if "const" in schema or "enum" in schema:
        return {"string"}
    kind = schema["type"]
    return {kind} if isinstance(kind, str) else set(kind)


def _resolved(document: Schema, schema: Schema) -> Schema:
    if "$ref" not in schema:
        return schema
    found: Schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found
