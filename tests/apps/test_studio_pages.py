"""The pages of apps in the studio: who sees which, and what stands there."""

from html import unescape

import pytest

from tests import world as cast
from tests.apps.studio import APPS, PLANNER, SOURCE, Studio, page
from tests.client import Client
from tests.world import Place, World
from vestibule.kernel.database import Database
from vestibule.kernel.ids import OrganizationId, encode, new_id
from vestibule.web.cookies import session_name

LOOKED_AT = ["", "/planner", "/planner/definition", "/planner/versions", "/planner/versions/1"]
EDITED = ["/new", "/planner/settings", "/planner/definition/publish"]
FORMS = {
    "/new": {"name": "Another", "slug": ""},
    "/planner/definition": {"source": SOURCE, "then": ""},
    "/planner/definition/publish": {"saved_at": ""},
    "/planner/settings": {"slug": "other"},
    "/planner/continue": {},
}


@pytest.mark.parametrize("path", [*LOOKED_AT, *EDITED])
async def test_nobody_signed_in_is_led_to_sign_in(
    client: Client, studio: Studio, path: str
) -> None:
    answer = await client.get(APPS + path)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?next=/organizations")


@pytest.mark.parametrize("path", [*LOOKED_AT, *EDITED])
async def test_a_stranger_finds_nothing(client: Client, studio: Studio, path: str) -> None:
    await studio.publish()
    answer = await client.as_(studio.world.eve).get(APPS + path)
    assert answer.status_code == 404


@pytest.mark.parametrize("path", [*LOOKED_AT, *EDITED])
async def test_an_app_is_not_found_under_another_organization(
    client: Client, studio: Studio, path: str
) -> None:
    await studio.publish()
    there = f"/organizations/elsewhere/apps{path}"
    assert (await client.as_(studio.world.ada).get(there)).status_code == 404
    if "planner" in path:
        assert (await client.as_(studio.world.eve).get(there)).status_code == 404


@pytest.mark.parametrize("role", ["owner", "admin", "manager", "viewer"])
@pytest.mark.parametrize("path", [*LOOKED_AT, *EDITED])
async def test_managers_look_and_admins_edit(
    client: Client, studio: Studio, path: str, role: str
) -> None:
    await studio.publish()
    allowed = {"owner", "admin"} | ({"manager"} if path in LOOKED_AT else set())
    answer = await client.as_(studio.world.roles[role]).get(APPS + path)
    assert answer.status_code == (200 if role in allowed else 403)


@pytest.mark.parametrize("role", ["manager", "viewer"])
@pytest.mark.parametrize("path", FORMS)
async def test_who_may_not_edit_changes_nothing_by_hand(
    client: Client, studio: Studio, path: str, role: str
) -> None:
    await studio.publish()
    somebody = client.as_(studio.world.roles[role])
    answer = await somebody.submit(APPS + path, FORMS[path], page="/profile")
    assert answer.status_code == 403
    assert await studio.draft() == SOURCE
    assert (await studio.find()).version == 1


@pytest.mark.parametrize("role", ["owner", "manager"])
async def test_only_who_may_edit_is_shown_how(client: Client, studio: Studio, role: str) -> None:
    await studio.publish()
    somebody = client.as_(studio.world.roles[role])
    may_edit = role == "owner"

    assert (f'href="{APPS}/new"' in await page(somebody, APPS)) is may_edit
    front = await page(somebody, PLANNER)
    assert (f'href="{PLANNER}/settings"' in front) is may_edit
    assert ("Invite somebody" in front) is may_edit
    definition = await page(somebody, f"{PLANNER}/definition")
    assert ("<textarea" in definition) is may_edit
    assert "Plans the shifts" in definition


async def test_an_organization_without_apps_says_what_an_app_is(
    client: Client, database: Database, world: World
) -> None:
    bare = Place(OrganizationId(new_id()), "Bare", "bare")
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT INTO organizations (id, name, slug) VALUES ($1, $2, $3)",
            bare.id,
            bare.name,
            bare.slug,
        )
        await cast.add_member(tx, bare, world.flo, role="owner")
        await cast.add_member(tx, bare, world.cy, role="manager")
    flo = await page(client.as_(world.flo), "/organizations/bare/apps")
    cy = await page(client.as_(world.cy), "/organizations/bare/apps")

    assert "An app is something that you give people access to" in flo
    assert 'href="/organizations/bare/apps/new"' in flo
    assert "Owners and admins make apps." in cy
    assert "New app" not in cy


async def test_the_list_shows_what_is_published_and_how_many_are_in(
    client: Client, studio: Studio
) -> None:
    await studio.publish()
    await studio.make("Club & Söhne", slug="club")
    shown = unescape(await page(client.as_(studio.world.cy), APPS))

    assert shown.index("Club & Söhne") < shown.index(">Planner<")
    assert shown.count("Not published") == 1
    assert '<td role="cell" data-label="Members">1</td>' in shown
    assert '<td role="cell" data-label="Members">3</td>' in shown
    assert '<td role="cell" data-label="Members">0</td>' in shown


async def test_a_new_app_goes_on_to_its_definition_with_an_example_that_is_right(
    client: Client, world: World
) -> None:
    ada = client.as_(world.ada)
    form = {"name": 'Tom\'s "Club": #1', "slug": ""}
    answer = await ada.submit(f"{APPS}/new", form, page=f"{APPS}/new")
    assert answer.status_code == 303
    where = answer.headers["Location"]
    assert where == f"{APPS}/tom-s-club-1/definition"

    shown = await page(ada, where)
    example = shown.partition("<textarea")[2].partition(">\n")[2].partition("</textarea>")[0]
    example = unescape(example)
    saved = await ada.submit(where, {"source": example, "then": ""}, page=where)
    assert saved.status_code == 303


@pytest.mark.parametrize(
    ("form", "status", "sentence"),
    [
        ({"name": "", "slug": ""}, 422, "Use 1 to 80 characters"),
        ({"name": "Another", "slug": "planner"}, 409, "That web name (slug) is taken"),
        ({"name": "Another", "slug": "No No"}, 422, "Use 3 to 40 small letters"),
        ({"name": "Another", "slug": "new"}, 422, "Use 3 to 40 small letters"),
    ],
)
async def test_a_new_app_that_is_not_right_keeps_what_was_typed(
    client: Client, studio: Studio, form: dict[str, str], *, status: int, sentence: str
) -> None:
    ada = client.as_(studio.world.ada)
    answer = await ada.submit(f"{APPS}/new", form, page=f"{APPS}/new")

    assert answer.status_code == status
    shown = unescape(answer.text)
    assert sentence in shown
    assert 'aria-invalid="true"' in shown
    for value in form.values():
        assert f'value="{value}"' in shown


async def test_the_front_of_an_app_that_is_not_published_says_what_to_do(
    client: Client, studio: Studio
) -> None:
    shown = await page(client.as_(studio.world.ada), PLANNER)
    assert "This app is not published" in shown
    assert "Write its definition" in shown
    assert "Invite somebody" not in shown
    assert "/apps/planner/login" not in shown

    await studio.save()
    assert "Look at its definition" in await page(client.as_(studio.world.ada), PLANNER)


async def test_the_front_of_a_published_app_shows_its_pages_roles_and_people(
    client: Client, studio: Studio
) -> None:
    await studio.publish()
    shown = await page(client.as_(studio.world.ada), PLANNER)

    assert 'value="http://localhost:8000/apps/planner/login"' in shown
    assert "/apps/planner/register" not in shown
    assert "Registration is closed" in shown
    assert f'<a href="{PLANNER}/members">1 person</a>' in shown
    assert f'<a href="{PLANNER}/members?role=Manager">1 person</a>' in shown
    assert f'<a href="{PLANNER}/members?role=Employee">0 people</a>' in shown
    assert f'<a href="{PLANNER}/versions/1">Version 1</a>' in shown

    open_source = SOURCE.replace("  default:", "  enableSelfRegistration: true\n  default:")
    await studio.publish(
        open_source.replace("canInvite: true\n", "\n").replace("canManage: true", "")
    )
    opened = await page(client.as_(studio.world.ada), PLANNER)
    assert 'value="http://localhost:8000/apps/planner/register"' in opened


async def test_who_published_goes_on_to_the_app_as_its_member(
    client: Client, studio: Studio
) -> None:
    await studio.publish()
    ada = client.as_(studio.world.ada)
    assert "Continue as ada@cast.example.com" in await page(ada, PLANNER)

    answer = await ada.submit(f"{PLANNER}/continue", page=PLANNER)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/apps/planner/profile"
    assert ada.http.cookies[session_name("/apps/planner")]
    shown = await page(ada, "/apps/planner/profile")
    assert "ada@cast.example.com" in shown


async def test_who_is_no_member_cannot_go_on(client: Client, studio: Studio) -> None:
    await studio.publish()
    bo = client.as_(studio.world.bo)
    assert "Continue as" not in await page(bo, PLANNER)
    answer = await bo.submit(f"{PLANNER}/continue", page=PLANNER)
    assert answer.status_code == 404
    assert session_name("/apps/planner") not in bo.http.cookies


async def test_an_app_is_found_by_its_id_too(client: Client, studio: Studio) -> None:
    app = await studio.find()
    ada = client.as_(studio.world.ada)
    there = f"/organizations/{studio.world.analytical.public_id}/apps/{encode('app', app.id)}"
    assert ">Planner<" in await page(ada, there)
