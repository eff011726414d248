"""The description is whole: every call, every code, every field, in the words of OpenAPI 3.1."""

from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests import refusals
from tests.api_description.promises import Document
from tests.client import API, Client
from vestibule.bootstrap import House
from vestibule.deletion.model import NameDoesNotMatch
from vestibule.kernel.errors import (
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    InvalidField,
    TooMany,
)
from vestibule.kernel.http import FormExpired
from vestibule.memberships.publish_pages import DraftChanged
from vestibule.messages.model import MessageNotFound
from vestibule.organizations.model import MemberNotFound
from vestibule.server import _litestar

# Nobody raises a bare kind; what is derived from it has the code.
BARE_KINDS = {Conflict, Forbidden, Gone, Invalid, InvalidField, TooMany}
# Pages alone can refuse so: by a form, in the mailbox, publishing a draft that was looked at,
# with a name to be typed; and a membership that was read just before.
OF_PAGES = {FormExpired, MessageNotFound, MemberNotFound, DraftChanged, NameDoesNotMatch}
# Neither documents of the framework nor of ours.
NOT_CALLS = {f"{API}/docs", f"{API}/openapi.json", API, f"{API}/{{path}}"}


def test_the_document_is_one_of_openapi(document: Document) -> None:
    OpenAPIV31SpecValidator(document.whole).validate()


def test_every_route_of_the_api_is_in_it(document: Document, house: House) -> None:
    promised = {(each.method, each.path) for each in document.promises()}
    assert promised == set(_calls(_litestar(house)))


def test_every_code_is_listed_where_it_may_come(document: Document) -> None:
    codes = {kind.code() for kind in refusals.every() if kind not in BARE_KINDS | OF_PAGES}
    listed = {code for each in document.promises() for code in each.codes}
    listed |= {code for code in codes if f"`{code}`" in document.whole["info"]["description"]}
    assert sorted(codes - listed) == []


def test_who_may_call_is_told(document: Document) -> None:
    needed = {each.name: each.told["security"] for each in document.promises()}

    assert needed["getMe"] == [{"bearer": []}]
    assert needed["accept"] == [
        {},
        {"bearer": []},
    ]
    assert needed["startSession"] == []
    assert document.whole["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_the_names_of_the_calls_stay(document: Document) -> None:
    names = [each.name for each in document.promises()]
    assert len(set(names)) == len(names)
    assert {"startSession", "inviteMany", "listOrganizationsOfCaller", "resendInvitation"} <= {
        *names
    }


def test_every_call_says_what_it_does_and_where_it_belongs(document: Document) -> None:
    tags = {each["name"]: each["description"] for each in document.whole["tags"]}
    assert all(tags.values())
    for promise in document.promises():
        assert promise.told["summary"], promise.name
        assert promise.told["description"], promise.name
        assert set(promise.told["tags"]) <= set(tags), promise.name
        assert "400" not in promise.told["responses"], promise.name
        assert "503" in promise.told["responses"], promise.name


def test_every_example_fits_its_schema(document: Document) -> None:
    for promise in document.promises():
        contents = [answer.get("content", {}) for answer in promise.told["responses"].values()]
        contents.append(promise.told.get("requestBody", {}).get("content", {}))
        for content in contents:
            for told in content.values():
                if "example" in told:
                    faults = document.faults(told["schema"], told["example"])
                    assert not faults, f"{promise.name}: {faults}"


def test_every_object_and_its_words_are_told(document: Document) -> None:
    schemas = document.whole["components"]["schemas"]
    assert [name for name, schema in schemas.items() if not schema.get("description")] == []
    assert schemas["Permission"]["enum"][0] == "members:read"
    assert set(schemas["Invitation"]["required"]) == set(schemas["Invitation"]["properties"])
    assert "session" not in schemas["Acceptance"]["required"]
    assert schemas["NewSessionOfUser"]["properties"]["user"] == {
        "$ref": "#/components/schemas/User"
    }


def test_lists_say_how_much_one_may_ask_for(document: Document) -> None:
    promise = document.promise_for("GET", "/organizations")
    [limit] = [each for each in promise.told["parameters"] if each.get("name") == "limit"]
    bounds = {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}
    assert limit["schema"] == bounds


def test_what_is_made_says_where_it_is(document: Document) -> None:
    promise = document.promise_for("POST", "/organizations/acme/invitations")
    assert "Location" in promise.told["responses"]["201"]["headers"]
    assert {"$ref": "#/components/parameters/IdempotencyKey"} in promise.told["parameters"]


def test_it_names_the_server(document: Document, house: House) -> None:
    assert document.whole["servers"] == [{"url": house.settings.base_url}]


@pytest.mark.parametrize("path", ["/nothing", "/nothing.json", "/nothing/at/all", "", "/"])
async def test_what_is_no_call_is_answered_as_a_problem(client: Client, path: str) -> None:
    answer = await client.get(API + path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


async def test_the_page_shows_every_call(client: Client, document: Document) -> None:
    page = (await client.get(f"{API}/docs")).text
    for promise in document.promises():
        assert f'id="{promise.name}"' in page


def _calls(application: Litestar) -> Iterator[tuple[str, str]]:
    for route in application.routes:
        path: Any = route.path_format
        if isinstance(route, HTTPRoute) and path.startswith(API) and path not in NOT_CALLS:
            for method in route.methods - {"OPTIONS", "HEAD"}:
                yield method, path
