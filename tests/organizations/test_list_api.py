"""The lists of organizations and members in the API: pages, search, and queries that are none."""

import pytest

from tests.client import API, Client
from tests.world import World
from vestibule.kernel.ids import encode, new_id


@pytest.mark.parametrize("path", ["/organizations", "/me/organizations"])
async def test_the_caller_sees_their_own_organizations(
    client: Client, world: World, path: str
) -> None:
    bo = await client.as_(world.bo).get(API + path)
    flo = await client.as_(world.flo).get(API + path)
    nobody = await client.get(API + path)

    seen = [(item["slug"], item["role"]) for item in bo.json()["data"]]
    assert seen == [("analytical", "admin")]
    assert flo.json() == {
        "object": "list",
        "data": [],
        "list_metadata": {"before": None, "after": None},
    }
    assert nobody.status_code == 401


async def test_members_are_listed_with_who_they_are(client: Client, world: World) -> None:
    answer = await client.as_(world.di).get(f"{API}/organizations/analytical/members?q=bo+berg")
    (member,) = answer.json()["data"]

    assert member["object"] == "membership"
    assert member["id"].startswith("mbr_")
    assert member["organization"] == {
        "id": world.analytical.public_id,
        "name": "Analytical",
        "slug": "analytical",
    }
    assert member["user"] == {
        "id": world.bo.public_id,
        "first_name": "Bo",
        "last_name": "Berg",
        "email": world.bo.email,
    }
    assert (member["role"], member["invited_email"]) == ("admin", None)


async def test_members_page_by_cursors_and_are_filtered(client: Client, world: World) -> None:
    path = f"{API}/organizations/analytical/members"
    ada = client.as_(world.ada)
    first = (await ada.get(path, params={"limit": 3})).json()
    second = (
        await ada.get(path, params={"limit": 3, "after": first["list_metadata"]["after"]})
    ).json()
    back = (
        await ada.get(path, params={"limit": 3, "before": second["list_metadata"]["before"]})
    ).json()

    assert [len(page["data"]) for page in (first, second)] == [3, 1]
    assert back["data"] == first["data"]
    everybody = {item["user"]["first_name"] for item in first["data"] + second["data"]}
    assert everybody == {"Ada", "Bo", "Cy", "Di"}
    viewers = (await ada.get(path, params={"role": "viewer"})).json()
    assert [item["user"]["first_name"] for item in viewers["data"]] == ["Di"]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "-1"},
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "many"},
        {"limit": "9" * 40},
        {"after": "forged"},
        {"before": "AAAA"},
        {"after": "ü"},
        {"after": encode("mbr", new_id())},
        {"role": "king"},
        {"q": "\x00"},
        {"q": "x" * 101},
    ],
)
async def test_a_query_that_is_none_is_refused(
    client: Client, world: World, query: dict[str, str]
) -> None:
    answer = await client.as_(world.ada).get(
        f"{API}/organizations/analytical/members", params=query
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] in query


async def test_a_cursor_of_another_list_is_refused(client: Client, world: World) -> None:
    ada = client.as_(world.ada)
    page = await ada.get(f"{API}/organizations/analytical/members", params={"limit": 1})
    after = page.json()["list_metadata"]["after"]
    answer = await client.as_(world.eve).get(
        f"{API}/organizations/elsewhere/members", params={"after": after}
    )
    assert answer.status_code == 422
