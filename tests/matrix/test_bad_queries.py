"""Bad questions on every list: limits, cursors and filters that are none, and hostile paths."""

from urllib.parse import quote

import httpx
import pytest

from tests.client import API
from tests.matrix.conftest import Route
from tests.matrix.scene import Scene
from tests.matrix.test_bad_json import assert_refused

LISTS = [
    f"{API}/organizations",
    f"{API}/me/organizations",
    f"{API}/me/invitations",
    f"{API}/organizations/{{org:str}}/members",
    f"{API}/organizations/{{org:str}}/invitations",
    f"{API}/apps/{{app:str}}/invitations",
    f"{API}/apps/{{app:str}}/members",
    f"{API}/apps/{{app:str}}/versions",
    f"{API}/organizations/{{org:str}}/apps",
    f"{API}/organizations/{{org:str}}/audit",
    f"{API}/organizations/{{org:str}}/api-keys",
]
# Twenty at most, or fifty and four.
UNPAGED = {
    f"{API}/me/sessions",
    f"{API}/apps/{{app:str}}/me/sessions",
    f"{API}/organizations/{{org:str}}/roles",
}
BAD = [
    *(f"limit={limit}" for limit in ("-1", "0", "101", "x", "", "1.5", "1e9", "9" * 40, "%00")),
    *("limit=1&limit=2", "limit[]=1", "limit=\u0663"),
    *(
        f"{way}={cursor}"
        for way in ("before", "after")
        for cursor in (
            "x",
            "%00",
            "%FF",
            "å",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "org_01h455vb4pex5vsknk084sn02q",
            "..%2F",
            "x" * 2000,
            "=" * 32,
        )
    ),
    "before=AAAA&after=AAAA",
]
# A parameter that we do not know; one that is there twice, of which the last counts.
IGNORED = ("limit[]=1", "limit=1&limit=2")


def lists(routes: set[Route]) -> set[str]:
    return {
        path
        for method, path in routes
        if method == "GET" and path.startswith(API) and path.endswith(("s", "/audit"))
    }


def test_every_list_is_asked(routes: set[Route]) -> None:
    assert lists(routes) - {f"{API}/docs", *UNPAGED} == set(LISTS)


@pytest.mark.parametrize("path", LISTS)
async def test_a_question_that_is_none_is_refused(still: Scene, path: str) -> None:
    ada = still.client.as_(still.world.ada)
    for question in BAD:
        answer = await ada.get(f"{still.path(path)}?{question}")
        if question in IGNORED:
            assert answer.status_code == 200
        else:
            assert_refused(answer, question.encode())


async def cursors(still: Scene, path: str) -> list[str]:
    """The cursors of a list of Ada's that is longer than one."""
    first = await still.client.as_(still.world.ada).get(f"{still.path(path)}?limit=1")
    found = first.json()["list_metadata"]
    return [found["after"]] if found["after"] else []


@pytest.mark.parametrize("path", LISTS)
async def test_a_cursor_of_another_list_is_refused(still: Scene, path: str) -> None:
    """Nor does one that was turned by hand, or that somebody else was given, lead anywhere."""
    ada = still.client.as_(still.world.ada)
    for other in (one for one in LISTS[3:] if one != path):
        for cursor in await cursors(still, other):
            assert_refused(await ada.get(f"{still.path(path)}?after={cursor}"), cursor.encode())
    for cursor in await cursors(still, path):
        turned = cursor.swapcase()
        assert_refused(await ada.get(f"{still.path(path)}?after={turned}"), turned.encode())


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("state", ["", "x", "PENDING", "open", "pending,expired", "%00", "' OR 1=1", "null"]),
        ("email", ["x", "@", "a@b@c", "%00", "a%00@example.com", "x" * 3000, "a@localhost", "å@x"]),
    ],
)
async def test_a_filter_that_is_none_is_refused(still: Scene, name: str, values: list[str]) -> None:
    ada = still.client.as_(still.world.ada)
    for value in values:
        answer = await ada.get(f"{API}/organizations/analytical/invitations?{name}={value}")
        assert_refused(answer, value.encode())


async def test_a_search_that_is_none_is_refused(still: Scene) -> None:
    ada = still.client.as_(still.world.ada)
    for question in ("q=%00", f"q={'x' * 2000}", "role=x", "role=", "role=OWNER"):
        answer = await ada.get(f"{API}/organizations/analytical/members?{question}")
        assert_refused(answer, question.encode())


QUESTIONS = ("q=%00", "q=%FF", f"q={'x' * 2000}", "state=x", "limit=-1", "after=x", "before=%00")


@pytest.mark.parametrize("page", ["members", "invitations", "audit"])
async def test_pages_take_a_bad_question_for_what_it_is(still: Scene, page: str) -> None:
    ada = still.client.as_(still.world.ada)
    for question in QUESTIONS:
        answer = await ada.get(f"/organizations/analytical/{page}?{question}")
        assert answer.status_code in {200, 422}, question


@pytest.mark.parametrize(
    "reference",
    [
        "no-such-place",
        "org_01h455vb4pex5vsknk084sn02q",
        "{elsewhere}",
        "elsewhere",
        "{invitation}",
        "ANALYTICAL",
        " analytical",
        "analytical%20",
        "analytical%00",
        "%2e%2e",
        "%FF%FE",
        "x" * 1000,
        "analytical;x",
        "' OR 1=1 --",
        "\uff41nalytical",
    ],
)
async def test_an_organization_that_is_none_is_not_found(
    still: Scene, routes: set[Route], reference: str
) -> None:
    name = reference.format(elsewhere=still.world.elsewhere.public_id, **still.places)
    before = await still.rows()
    ada = still.client.as_(still.world.ada)
    for method, path in sorted(routes):
        if "{org:str}" not in path or not path.startswith(API):
            continue
        if path.startswith(f"{API}/operator/"):  # not Ada's: tests/matrix/test_operator.py
            continue
        sent = still.body(_sent(method, path))
        target = still.path(path.replace("{org:str}", quote(name, safe="%")))
        answer = await ada.request(method, target, json=None if method == "GET" else sent)
        assert answer.status_code == 404, (method, path)
        assert_refused(answer, name.encode())
    assert await still.rows() == before


def _sent(method: str, path: str) -> dict[str, object]:
    """Give a body that is good, so that only the organization is wrong."""
    one = {"email": "a@example.com", "role": "viewer"}
    known: dict[str, dict[str, object]] = {
        "/apps": {"name": "One more"},
        "/batch": {"invitations": [one]},
        "/transfer": {"user": "$user"},
        "/members/{user:str}": {"role": "viewer"},
        "/roles": {"name": "Billing clerk", "permissions": ["apps:read"]},
        "/api-keys": {"name": "Bot", "permissions": ["apps:read"]},
        "/roles/{role:str}": {"permissions": ["apps:read"]},
    }
    ends = [body for end, body in known.items() if path.endswith(end)]
    return ends[0] if ends else dict(one) if method == "POST" else {}


@pytest.mark.parametrize(
    "reference",
    [
        "inv_01h455vb4pex5vsknk084sn02q",
        "ses_01h455vb4pex5vsknk084sn02q",
        "{invitation}",
        "{waiting}",
        "{analytical}",
        "inv_",
        "x",
        "%00",
        "%FF",
        "x" * 1000,
    ],
)
async def test_what_is_not_one_s_own_is_not_found(
    still: Scene, routes: set[Route], reference: str
) -> None:
    before = await still.rows()
    ada = still.client.as_(still.world.ada)
    for method, path in sorted(routes):
        if not path.startswith(f"{API}/me/") or "{" not in path:
            continue
        target = path.replace("{invitation:str}", reference).replace("{session:str}", reference)
        answer = await ada.request(method, still.path(target))
        assert answer.status_code == 404, (method, path)
        assert_refused(answer, reference.encode())
    assert await still.rows() == before


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer " + "x" * 5000,
        "Bearer \x7f",
        "Bearer å",
        "Basic YWRhOnB3",
        "bearer null",
        "Token x",
        "Bearer {key}",
        "Bearer {session}",
    ],
)
async def test_a_token_that_is_none_is_refused(
    still: Scene, routes: set[Route], authorization: str
) -> None:
    """Also where none is needed: whoever shows one means somebody."""
    value = authorization.format(key=still.keys["ana"], **still.places).encode("latin-1")
    asked = [path for method, path in routes if method == "GET" and path.startswith(f"{API}/me")]
    for path in (*asked, f"{API}/organizations"):
        answer = await still.client.http.get(still.path(path), headers=[(b"Authorization", value)])
        assert answer.status_code == 401
        assert answer.json()["code"] == "not_authenticated"
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    key: httpx.Response = await still.client.http.post(
        f"{API}/invitations/lookup",
        json={"key": still.keys["ana"]},
        headers=[(b"Authorization", value)],
    )
    assert key.status_code == 401
