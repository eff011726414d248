"""Apps in the API, for those who look after them: who gets which status, what is answered."""

from typing import Any

import pytest

from tests.apps.cast import SOURCE
from tests.client import API, Client
from tests.world import World
from vestibule.kernel.database import Database

PLACE = f"{API}/organizations/analytical/apps"
SHIFTS = f"{API}/apps/shifts"
READS = ["", "/definition", "/versions", "/versions/1"]
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA"
    "60e6kgAAAABJRU5ErkJggg=="
)


async def write(client: Client, text: str, kind: str = "application/yaml") -> Any:  # noqa: ANN401
    return await client.request(
        "PUT", f"{SHIFTS}/definition", content=text.encode(), headers={"Content-Type": kind}
    )


@pytest.mark.parametrize("path", READS)
async def test_nobody_signed_in_is_told_to_sign_in(client: Client, world: World, path: str) -> None:
    answer = await client.get(SHIFTS + path)
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", READS)
async def test_a_stranger_does_not_learn_that_it_is_there(
    client: Client, world: World, path: str
) -> None:
    for person in (world.eve, world.rob):
        there = await client.as_(person).get(SHIFTS + path)
        nowhere = await client.as_(person).get(f"{API}/apps/no-such-app{path}")
        assert there.status_code == nowhere.status_code == 404
        assert there.json() == nowhere.json()
        assert there.json()["code"] == "app_not_found"


@pytest.mark.parametrize("path", READS)
async def test_who_is_in_it_and_may_not_is_told_so(client: Client, world: World, path: str) -> None:
    for person in (world.di, world.bea, world.emil):
        answer = await client.as_(person).get(SHIFTS + path)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")


async def test_an_app_is_made_shown_and_listed(client: Client, world: World) -> None:
    ada = client.as_(world.ada)
    made = await ada.post(PLACE, {"name": "Shift planner"})

    assert made.status_code == 201
    body = made.json()
    assert made.headers["Location"] == f"{API}/apps/{body['id']}"
    assert body | {"id": "", "created_at": ""} == {
        "object": "app",
        "id": "",
        "organization": {"id": world.analytical.public_id, "name": "Analytical"},
        "name": "Shift planner",
        "slug": "shift-planner",
        "version": None,
        "colour": None,
        "logo_url": None,
        "home_url": None,
        "redirect_urls": [],
        "origins": [],
        "created_at": "",
    }
    assert (await ada.get(made.headers["Location"])).json() == body
    assert (await ada.get(f"{API}/apps/shift-planner")).json() == body
    listed = (await client.as_(world.cy).get(f"{PLACE}?limit=1")).json()
    assert listed["data"] == [body]
    after = listed["list_metadata"]["after"]
    rest = (await client.as_(world.cy).get(f"{PLACE}?after={after}")).json()
    assert [each["slug"] for each in rest["data"]] == ["shifts"]


async def test_a_taken_slug_is_a_conflict_whoever_has_it(client: Client, world: World) -> None:
    for slug in ("shifts", "rota"):
        answer = await client.as_(world.ada).post(PLACE, {"name": "Mine", "slug": slug})
        assert (answer.status_code, answer.json()["code"]) == (409, "slug_taken")


async def test_settings_change_one_at_a_time(client: Client, world: World) -> None:
    ada = client.as_(world.ada)
    urls = ["https://shifts.example.com/back", "http://localhost:8100/back"]
    for change in (
        {"colour": "#2F6F4F"},
        {"home_url": "https://shifts.example.com/"},
        {"redirect_urls": urls},
        {"origins": ["http://localhost:8100"]},
        {"slug": "planner"},
    ):
        reference = world.shifts.public_id
        answer = await ada.patch(f"{API}/apps/{reference}", change)
        assert answer.status_code == 200
    shown = (await ada.get(f"{API}/apps/planner")).json()
    assert shown["colour"] == "#2f6f4f"
    assert shown["home_url"] == "https://shifts.example.com/"
    assert (shown["redirect_urls"], shown["origins"]) == (urls, ["http://localhost:8100"])
    emptied = await ada.patch(f"{API}/apps/planner", {"colour": None, "home_url": None})
    assert (emptied.json()["colour"], emptied.json()["home_url"]) == (None, None)
    assert emptied.json()["redirect_urls"] == urls


async def test_every_fault_of_the_settings_is_told_with_its_path(
    client: Client, world: World, database: Database
) -> None:
    wrong = {
        "name": "",
        "colour": "red",
        "home_url": "ftp://x",
        "redirect_urls": ["https://a.example/", "//b.example"],
        "origins": ["https://a.example/path"],
    }
    answer = await client.as_(world.ada).patch(SHIFTS, wrong)

    assert answer.status_code == 422
    assert {each["path"]: each["code"] for each in answer.json()["errors"]} == {
        "name": "invalid_name",
        "colour": "invalid_colour",
        "home_url": "invalid_url",
        "redirect_urls.1": "invalid_url",
        "origins.0": "invalid_origin",
    }
    async with database.reader() as reader:
        assert await reader.fetch_value("SELECT count(*) FROM audit") == 0


async def test_a_logo_is_kept_served_and_taken_away(client: Client, world: World) -> None:
    ada = client.as_(world.ada)
    shown = (await ada.patch(SHIFTS, {"logo": PIXEL})).json()
    served = await client.get(shown["logo_url"])
    assert (served.status_code, served.headers["Content-Type"]) == (200, "image/png")
    assert "immutable" in served.headers["Cache-Control"]
    assert (await ada.patch(SHIFTS, {"logo": None})).json()["logo_url"] is None
    assert (await client.get("/apps/shifts/logo")).status_code == 404
    bad = await ada.patch(SHIFTS, {"logo": "data:image/svg+xml;base64,PHN2Zy8+"})
    assert bad.json()["errors"][0]["code"] == "invalid_logo"


async def test_the_look_is_a_stylesheet_of_the_colour(client: Client, world: World) -> None:
    assert (await client.get("/apps/shifts/look.css")).status_code == 404
    await client.as_(world.ada).patch(SHIFTS, {"colour": "#aa3300"})
    served = await client.get("/apps/shifts/look.css?v=aa3300")
    assert served.headers["Content-Type"].startswith("text/css")
    assert "immutable" in served.headers["Cache-Control"]
    assert "--" in served.text


async def test_a_draft_is_written_and_read(client: Client, world: World) -> None:
    answer = await write(client.as_(world.ada), SOURCE)

    assert answer.status_code == 200
    body = answer.json()
    assert (body["object"], body["version"], body["source"]) == ("definition", None, SOURCE)
    assert list(body["definition"]["security"]["roles"]) == ["Zeppelin", "Worker", "Auditor"]
    assert (await client.as_(world.cy).get(f"{SHIFTS}/definition")).json() == body
    app = (await client.as_(world.cy).get(SHIFTS)).json()
    assert (app["name"], app["version"]) == ("Shifts", 1)


async def test_a_definition_may_be_json(client: Client, world: World) -> None:
    text = '{"name": "Shifts", "security": {"default": {"role": "A"}, "roles": {"A": {}}}}'
    ada = client.as_(world.ada)
    assert (await write(ada, text, "application/json")).status_code == 200
    assert (await write(ada, text, "application/json; charset=utf-8")).status_code == 200
    assert (await write(ada, "name: x", "application/json")).status_code == 422
    assert (await write(ada, text, "text/html")).status_code == 415


async def test_a_definition_with_faults_is_told_of_all_and_not_kept(
    client: Client, world: World
) -> None:
    before = (await client.as_(world.ada).get(f"{SHIFTS}/definition")).json()
    text = "name: ''\nsecurity:\n  default: {role: Nobody}\n  roles: {A: {inherits: [B]}}\n"
    answer = await write(client.as_(world.ada), text)
    assert answer.status_code == 422
    paths = {each["path"] for each in answer.json()["errors"]}
    assert {"name", "security.default.role", "security.roles.A.inherits.0"} <= paths
    assert (await client.as_(world.ada).get(f"{SHIFTS}/definition")).json() == before


async def test_who_may_not_write_has_nothing_checked(client: Client, world: World) -> None:
    for person, status in ((None, 401), (world.eve, 404), (world.cy, 403), (world.bea, 403)):
        assert (await write(client.as_(person), "roles: [")).status_code == status


async def test_versions_are_listed_and_shown(client: Client, world: World) -> None:
    ada = client.as_(world.ada)
    await write(ada, SOURCE.replace("Zeppelin", "Boss"))
    moved = {"Manager": "Worker", "Employee": "Worker"}
    assert (await ada.post(f"{SHIFTS}/publish", {"roles": moved})).status_code == 200
    listed = (await ada.get(f"{SHIFTS}/versions")).json()["data"]
    assert [each["version"] for each in listed] == [2, 1]
    assert (await ada.get(f"{SHIFTS}/versions/2")).json() == listed[0]
    assert listed[0]["saved_by"] == "Ada Abel"
    for number in ("0", "3", "-1", "99999999999999999999", "x"):
        assert (await ada.get(f"{SHIFTS}/versions/{number}")).status_code == 404
