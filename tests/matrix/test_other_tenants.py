"""What is another tenant's is not there: in path, body, filter and cursor of every route.

Generated from the route table; what each parameter and field names: `other_tenant_entries.py`.
"""

import re
from itertools import product
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from tests.client import API, Client
from tests.matrix.conftest import Route
from tests.matrix.other_tenant_entries import (
    ENTRIES,
    FIELDS,
    KEY_OF,
    OPEN,
    PLAIN_FIELDS,
    PLAIN_QUESTIONS,
    QUESTIONS,
    callers_of,
    is_beyond,
    names_in,
    slots_of,
    spoiled,
)
from tests.matrix.scene import Scene
from tests.matrix.street import Street, Values, foreign_values, own_values, whole, words_beyond
from tests.matrix.tenants import settle
from tests.matrix.test_bad_json import BODILESS
from vestibule.bootstrap import House
from vestibule.server import _litestar

GROUPS: dict[str, str | tuple[str, ...]] = {
    "calls of organizations": f"{API}/organizations/",
    "calls of apps": f"{API}/apps/",
    "pages of organizations": "/organizations/{org:str}",
    "pages of apps": "/apps/",
    "oneself": (f"{API}/me/", "/profile/", "/console/"),
    "pages by key": ("/activation/", "/new-password/", "/new-address/", "/organization-invite/"),
}
WRITING = {"POST", "PATCH", "PUT", "DELETE"}
FIELD_OF_A_FORM = re.compile(r'<(?:input|select|textarea)\b[^>]*?\sname="([^"]+)"')
CURSOR = re.compile(r'(?:[?&;]|&amp;|")after(?:=|": ?")([\w=%-]{30,})')
Schema = dict[str, Any]


@pytest.fixture(scope="module")
async def street(still: Scene) -> Street:
    """Four tenants, on whose street nothing may change."""
    return await settle(still)


@pytest.fixture(scope="session")
def questions(house: House) -> dict[Route, set[str]]:
    """What stands behind the `?` of each route."""
    return {
        (method, route.path): {each.field_alias for each in found[1].expected_query_params}
        for route in _litestar(house).routes
        for method, found in getattr(route, "route_handler_map", {}).items()
        if method != "OPTIONS" and not is_beyond(route.path)
    }


def in_group(routes: set[Route], group: str) -> list[Route]:
    """The routes of a group that name something in their path."""
    return sorted(
        route
        for route in routes
        if route[1].startswith(GROUPS[group]) and names_in(route[1]) and not is_beyond(route[1])
    )


def test_every_route_with_a_parameter_is_of_a_group(routes: set[Route]) -> None:
    named = {route for route in routes if names_in(route[1]) and not is_beyond(route[1])}
    found = [route for group in GROUPS for route in in_group(routes, group)]
    left = named - set(found)
    assert not left, f"{left}: add where they begin to GROUPS, or to BEYOND why they name no tenant"
    assert len(found) == len(set(found))
    for _, path in named:
        assert slots_of(path)


def test_every_writing_route_has_a_good_body(routes: set[Route]) -> None:
    left = {route for route in routes if route[0] in WRITING and not is_beyond(route[1])}
    left = {route for route in left - ENTRIES.keys() - BODILESS if route[0] != "DELETE"}
    assert not left, f"{left}: give each an example, or an entry in test_roles.py, app_entries.py"


@pytest.mark.parametrize("group", GROUPS)
async def test_who_has_it_sees_it(street: Street, routes: set[Route], group: str) -> None:
    """Else the refusals below would prove nothing. And nobody reads a name of others in it."""
    for route in in_group(routes, group):
        if route[0] != "GET":
            continue
        callers = [*callers_of(route), *(["eve"] if "ada" in callers_of(route) else [])]
        for who in callers:
            for values in own_values(street, who, route[1]):
                answer = await street.ask(who, route[0], street.path(route, values))
                status = 303 if route[1] in KEY_OF else 200
                assert answer.status_code == status, (who, str(answer.url))
                assert not words_beyond(street, who, route, values, answer), answer.url
    await street.ensure_untouched(group)


@pytest.mark.parametrize("group", GROUPS)
async def test_what_is_another_tenant_s_is_not_there(
    street: Street, routes: set[Route], group: str
) -> None:
    for route in in_group(routes, group):
        if route in OPEN and len(names_in(route[1])) == 1 and route[1] not in KEY_OF:
            continue
        for who in callers_of(route):
            for values in foreign_values(street, who, route[1]):
                answer = await street.ask(
                    who, route[0], street.path(route, values), ENTRIES.get(route)
                )
                told = (who, route[0], str(answer.url))
                assert answer.status_code == refusal_of(street, route, values), told
                assert not words_beyond(street, who, route, values, answer), told
        await street.ensure_untouched(route)


async def test_a_field_that_names_what_is_another_tenant_s_is_refused(
    street: Street, routes: set[Route]
) -> None:
    tried = set()
    for route in sorted(routes):
        sent = ENTRIES.get(route)
        if is_beyond(route[1]) or route[0] not in WRITING or not isinstance(sent, dict):
            continue
        values = whole(street, route[1])
        for field in (each for each in FIELDS if each.is_for(route[1])):
            for value in street.others_for(field.others, sent.get("key")):
                body = spoiled(sent, field.name, value)
                if body == sent:
                    break
                tried.add(field)
                who = field.who or callers_of(route)[0]
                answer = await street.ask(who, route[0], street.path(route, values), body)
                told = (route, field.name, value, answer.text[:400])
                assert answer.status_code in field.answers, told
                assert faults_of(answer) <= {field.name}, told
                assert not words_beyond(street, who, route, values, answer), told
        await street.ensure_untouched(route)
    assert tried == set(FIELDS)


async def test_a_question_for_what_is_another_tenant_s_finds_nothing(
    street: Street, questions: dict[Route, set[str]]
) -> None:
    tried = set()
    for route, names in sorted(questions.items()):
        for question in (each for each in QUESTIONS if each.name in names):
            if not question.is_for(route[1]):
                continue
            tried.add(question)
            values = whole(street, route[1])
            for who, value in product(callers_of(route), street.others[question.others]):
                answer = await street.ask(
                    who, route[0], street.path(route, values, {question.name: value})
                )
                told = (who, str(answer.url), answer.text[:400])
                assert answer.status_code in question.answers, told
                assert not words_beyond(street, who, route, values, answer), told
                if answer.headers["Content-Type"] == "application/json":
                    assert answer.json()["data"] == [], told
        await street.ensure_untouched(route)
    assert tried == set(QUESTIONS)


async def test_a_cursor_of_another_tenant_s_list_is_refused(
    street: Street, questions: dict[Route, set[str]]
) -> None:
    for route in sorted(each for each, names in questions.items() if "limit" in names):
        values = whole(street, route[1])
        for name in ("stranger", "branch", "sibling"):
            cursor = await cursor_of(street, name, route)
            for who, way in product(callers_of(route) if cursor else (), ("after", "before")):
                answer = await street.ask(who, route[0], street.path(route, values, {way: cursor}))
                assert answer.status_code == 422, (who, name, str(answer.url))
                assert not words_beyond(street, who, route, values, answer)
    await street.ensure_untouched("cursors")


async def test_a_cursor_goes_with_every_filter_and_leads_to_nothing_of_others(
    street: Street, questions: dict[Route, set[str]]
) -> None:
    for route in sorted(each for each, names in questions.items() if "limit" in names):
        values, who = whole(street, route[1]), callers_of(route)[0]
        cursor = await cursor_of(street, "own", route)
        filters = {each.name: street.others[each.others][0] for each in QUESTIONS}
        for name in questions[route] & {*filters, "state"}:
            value = filters.get(name, "pending")
            for way in ("after", "before"):
                answer = await street.ask(
                    who, route[0], street.path(route, values, {way: cursor, name: value})
                )
                assert answer.status_code in {200, 422}, str(answer.url)
                assert not words_beyond(street, who, route, values, answer)


async def test_of_every_field_and_question_is_known_what_it_names(
    street: Street, routes: set[Route], questions: dict[Route, set[str]], nobody: Client
) -> None:
    shown = {
        name
        for group in GROUPS
        for route in in_group(routes, group)
        if route[0] == "GET" and not route[1].startswith("/api/")
        for name in FIELD_OF_A_FORM.findall(
            (
                await street.ask(
                    callers_of(route)[0], route[0], street.path(route, whole(street, route[1]))
                )
            ).text
        )
    }
    sent = {name for each in ENTRIES.values() if isinstance(each, dict) for name in each}
    asked = {name for each in questions.values() for name in each}
    fields = {*shown, *sent, *fields_of((await nobody.get(f"{API}/openapi.json")).json())} - {
        each.name for each in (*FIELDS, *QUESTIONS)
    }
    left = {name for name in fields if not PLAIN_FIELDS.fullmatch(name)}
    left |= {
        name
        for name in asked - {each.name for each in QUESTIONS}
        if not PLAIN_QUESTIONS.fullmatch(name)
    }
    assert not left, f"{left}: say in FIELDS or QUESTIONS what each names, or that it is PLAIN"


def refusal_of(street: Street, route: Route, values: Values) -> int:
    """Not there; but an app's pages have who is not signed in there do so first."""
    is_there = values[0] == street.tenants["own"].app.slug
    is_page = route[1].startswith("/apps/") and route not in OPEN
    return 303 if is_page and not is_there else 404


def faults_of(answer: httpx.Response) -> set[str]:
    """The fields that the API finds fault with."""
    if answer.headers.get("Content-Type") != "application/problem+json":
        return set()
    return {error["path"].partition(".")[0] for error in answer.json().get("errors", ())}


async def cursor_of(street: Street, name: str, route: Route) -> str:
    """A cursor of a tenant's same list, as its owner is given it; "" if it has no such list."""
    path = route[1] if not route[1].startswith("/apps/") else f"{API}{route[1]}"
    slots = slots_of(path)
    if (name == "sibling" and "app" not in slots) or (name == "branch" and not slots):
        return ""
    places, who = street.tenants[name].places, "eve" if name == "stranger" else "ada"
    values = tuple(places[slot] for slot in slots)
    answer = await street.ask(who, "GET", street.path(("GET", path), values, {"limit": "1"}))
    found = CURSOR.search(answer.text)
    assert found, f"{path}: have tenants.py make two of these for each tenant\n{answer.text[:2000]}"
    return unquote(found[1])


def fields_of(document: Schema) -> set[str]:
    """The names of all fields of all bodies that the API takes."""
    found: set[str] = set()
    left = [
        kind["schema"]
        for operations in document["paths"].values()
        for operation in operations.values()
        if isinstance(operation, dict)
        for kind in operation.get("requestBody", {}).get("content", {}).values()
    ]
    while left:
        schema = left.pop()
        name = schema.get("$ref", "").rpartition("/")[2]
        schema = document["components"]["schemas"][name] if name else schema
        fields = schema.get("properties", {})
        found |= fields.keys()
        left += [*schema.get("oneOf", ()), *schema.get("anyOf", ()), *fields.values()]
        left += [schema["items"]] if "items" in schema else []
    return found
