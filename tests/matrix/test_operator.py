"""Who may do what the operator does: whoever shows the operator's key, and nobody else."""

import re
from dataclasses import replace

import pytest

from tests.client import API, Client
from tests.matrix.conftest import Route
from tests.matrix.scene import Scene, person
from tests.matrix.test_bad_json import assert_refused
from tests.world import OPERATOR, Operator
from vestibule.bootstrap import House
from vestibule.kernel.limits import Limiter
from vestibule.organizations.operator_guards import OPERATOR_MISS_BY_NETWORK

ONE = f"{API}/operator/organizations/analytical"
LIMIT = {"seat_limit": 7}
ROUTES = {("GET", f"{API}/operator/organizations/{{org:str}}"): None} | {
    ("PATCH", f"{API}/operator/organizations/{{org:str}}"): LIMIT
}
# What shows a token that is good elsewhere, or nearly good here.
OTHERS = [
    *("ada", "bo", "cy", "di", "eve", "bea", "rob"),
    *(Operator(OPERATOR.token[:-1]), Operator(OPERATOR.token + "x"), Operator("x")),
    *(Operator(OPERATOR.token.upper()), Operator("x" * 5000)),
]


def test_every_route_of_the_operator_has_an_entry(routes: set[Route]) -> None:
    assert {each for each in routes if each[1].startswith(f"{API}/operator")} == set(ROUTES)


@pytest.mark.parametrize("route", ROUTES, ids=str)
async def test_who_shows_the_key_may(scene: Scene, route: Route) -> None:
    before = await scene.rows()
    operator = scene.client.as_(OPERATOR)
    answer = await operator.request(route[0], scene.path(route[1]), json=ROUTES[route])
    assert answer.status_code == 200
    assert (await scene.rows() != before) == (route[0] != "GET")


@pytest.mark.parametrize("who", OTHERS, ids=str)
@pytest.mark.parametrize("route", ROUTES, ids=str)
async def test_nobody_else_may(still: Scene, route: Route, who: str | Operator) -> None:
    before = await still.rows()
    caller = still.client.as_(person(still.world, who) if isinstance(who, str) else who)
    answer = await caller.request(route[0], still.path(route[1]), json=ROUTES[route])
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert await still.rows() == before


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Basic YWRhOnB3", "Bearer \x7f", "Bearer å", OPERATOR.token],
)
async def test_what_is_no_bearer_token_is_nobody(still: Scene, authorization: str) -> None:
    headers = [(b"Authorization", authorization.encode("latin-1"))]
    for answer in (
        await still.client.http.get(ONE, headers=headers),
        await still.client.http.get(ONE),
        await still.client.as_(still.world.ada).http.get(ONE),  # the cookie alone
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


async def test_the_key_opens_nothing_else(still: Scene, routes: set[Route]) -> None:
    before = await still.rows()
    operator = still.client.as_(OPERATOR)
    for method, path in sorted(routes):
        if path.startswith(f"{API}/organizations") or path.startswith(f"{API}/me"):
            target = re.sub(r"\{(\w+):\w+\}", lambda name: still.places.get(name[1], "x"), path)
            answer = await operator.request(method, target)
            assert answer.status_code == 401, (method, path)
    assert await still.rows() == before


@pytest.mark.parametrize("reference", ["nowhere", "org_x", "{invitation}", "%00", "x" * 1000])
async def test_an_organization_that_is_none_is_not_found(still: Scene, reference: str) -> None:
    before = await still.rows()
    operator = still.client.as_(OPERATOR)
    for (method, path), sent in ROUTES.items():
        target = still.path(path.replace("{org:str}", reference))
        answer = await operator.request(method, target, json=sent)
        assert answer.status_code == 404
        assert_refused(answer, reference.encode())
    assert await still.rows() == before


@pytest.mark.parametrize(
    "limit", [0, -1, 1_000_001, 2**31, 2**63, 1.0, 1.5, "5", "", True, [], [5], {}, "none"]
)
async def test_a_limit_that_is_none_is_refused(still: Scene, limit: object) -> None:
    before = await still.rows()
    answer = await still.client.as_(OPERATOR).patch(ONE, {"seat_limit": limit})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == "seat_limit"
    assert await still.rows() == before


async def test_without_a_key_of_its_own_the_server_has_no_such_address(
    house: House, still: Scene
) -> None:
    before = await still.rows()
    keyless = Client.of(replace(house, database=still.database, operator_key=None))
    for who in (OPERATOR, still.world.ada, None):
        for (method, path), sent in ROUTES.items():
            caller = keyless.as_(who)
            answer = await caller.request(method, still.path(path), json=sent)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert await still.rows() == before


async def test_who_guesses_is_told_to_wait_and_the_operator_is_not(
    house: House, scene: Scene
) -> None:
    database = scene.database
    watchful = Client.of(replace(house, database=database, limiter=Limiter(database)))
    guesser, operator = watchful.as_(Operator("x" * 40)), watchful.as_(OPERATOR)
    for _ in range(OPERATOR_MISS_BY_NETWORK.most):
        assert (await guesser.get(ONE)).status_code == 401

    refused = await guesser.patch(ONE, LIMIT)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert int(refused.headers["Retry-After"]) > 0
    assert (await watchful.as_(None).get(ONE)).status_code == 401
    assert (await operator.patch(ONE, LIMIT)).status_code == 200
