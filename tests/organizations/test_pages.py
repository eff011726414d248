"""The pages of organizations: forms that keep what was typed, and who sees which."""

from dataclasses import replace
from html import unescape

import pytest

from tests.client import API, Client
from tests.world import World
from vestibule.bootstrap import House
from vestibule.kernel.database import Database
from vestibule.kernel.settings import Founding

PAGES = ["", "/members", "/settings"]
ALLOWED = {
    "": {"owner", "admin", "manager", "viewer"},
    "/members": {"owner", "admin", "manager", "viewer"},
    "/settings": {"owner", "admin"},
}
FORM = {
    "name": "Analytical",
    "slug": "analytical",
    "invitation_lifetime": "5",
    "unit": "days",
    "requires_sign_in": "",
    "allowed_domains": "",
    "default_role": "viewer",
    "takes_other_accounts": "on",
}


@pytest.mark.parametrize("path", ["/organizations/new", *(f"/organizations/x{p}" for p in PAGES)])
async def test_nobody_signed_in_is_led_to_sign_in(client: Client, world: World, path: str) -> None:
    answer = await client.get(path)

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?next=/organizations")


@pytest.mark.parametrize("path", PAGES)
async def test_a_stranger_finds_nothing(client: Client, world: World, path: str) -> None:
    answer = await client.as_(world.eve).get(f"/organizations/analytical{path}")
    assert answer.status_code == 404


@pytest.mark.parametrize("role", ["owner", "admin", "manager", "viewer"])
@pytest.mark.parametrize("path", PAGES)
async def test_members_see_the_pages_that_their_role_allows(
    client: Client, world: World, path: str, role: str
) -> None:
    answer = await client.as_(world.roles[role]).get(f"/organizations/analytical{path}")
    assert answer.status_code == (200 if role in ALLOWED[path] else 403)


@pytest.mark.parametrize(
    ("role", "tabs"),
    [
        ("owner", {"members", "invitations", "settings"}),
        ("admin", {"members", "invitations", "settings"}),
        ("manager", {"members", "invitations"}),
        ("viewer", {"members"}),
    ],
)
async def test_the_navigation_shows_what_the_role_may_see(
    client: Client, world: World, role: str, tabs: set[str]
) -> None:
    page = (await client.as_(world.roles[role]).get("/organizations/analytical")).text
    shown = {
        tab
        for tab in ("members", "invitations", "settings")
        if f'<a href="/organizations/analytical/{tab}"' in page
    }
    assert shown == tabs
    assert ("Invite somebody" in page) is (role in {"owner", "admin"})


async def test_founding_goes_on_to_inviting(client: Client, world: World) -> None:
    flo = client.as_(world.flo)
    answer = await flo.submit(
        "/organizations/new", {"name": "Flora", "slug": ""}, page="/organizations/new"
    )
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/organizations/flora/invitations"
    assert (await flo.get(f"{API}/organizations/flora")).json()["role"] == "owner"


@pytest.mark.parametrize(
    ("form", "status", "sentence"),
    [
        ({"name": "", "slug": ""}, 422, "Use 1 to 80 characters"),
        ({"name": "Flora & Söhne", "slug": "analytical"}, 409, "That web name (slug) is taken"),
        ({"name": "Flora & Söhne", "slug": "No No"}, 422, "Use 3 to 40 small letters"),
    ],
)
async def test_a_form_that_is_not_right_keeps_what_was_typed(
    client: Client, world: World, form: dict[str, str], *, status: int, sentence: str
) -> None:
    flo = client.as_(world.flo)
    answer = await flo.submit("/organizations/new", form, page="/organizations/new")

    assert answer.status_code == status
    page = unescape(answer.text)
    assert sentence in page
    assert 'aria-invalid="true"' in page
    for value in form.values():
        assert f'value="{value}"' in page


@pytest.mark.parametrize("field", ["role", "founder", "id"])
async def test_a_form_with_fields_of_others_is_refused(
    client: Client, world: World, field: str
) -> None:
    flo = client.as_(world.flo)
    form = {"name": "Flora", "slug": "", field: "x"}
    answer = await flo.submit("/organizations/new", form, page="/organizations/new")

    assert answer.status_code == 422
    assert (await flo.get(f"{API}/organizations")).json()["data"] == []


async def test_where_founding_is_closed_the_page_says_so(house: House, world: World) -> None:
    closed = replace(house, settings=replace(house.settings, founding=Founding.OPERATOR))
    ada = Client.of(closed).as_(world.ada)
    form = {"name": "Another", "slug": ""}
    page = await ada.get("/organizations/new")
    sent = await ada.submit("/organizations/new", form, page="/organizations/analytical")
    called = await ada.post(f"{API}/organizations", {"name": "Another"})

    assert [page.status_code, sent.status_code, called.status_code] == [403, 403, 403]
    assert "by the people who run this server" in page.text
    assert called.json()["code"] == "founding_closed"


async def test_members_are_searched_in_the_url(client: Client, world: World) -> None:
    di = client.as_(world.di)
    everybody = (await di.get("/organizations/analytical/members")).text
    found = (await di.get("/organizations/analytical/members?q=berg")).text
    nobody = (await di.get('/organizations/analytical/members?q="%25')).text

    assert all(person.email in everybody for person in world.roles.values())
    assert "(you)" in everybody
    assert world.bo.email in found
    assert world.cy.email not in found
    assert "Nobody by that name" in nobody
    assert 'value="&#34;%"' in nobody


async def test_settings_are_saved_and_shown_again(client: Client, world: World) -> None:
    ada = client.as_(world.ada)
    page = "/organizations/analytical/settings"
    form = FORM | {"slug": "engines", "invitation_lifetime": "12", "unit": "hours"}
    answer = await ada.submit(page, form | {"requires_sign_in": "on"}, page=page)

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/organizations/engines/settings?saved=1"
    assert "The settings are saved." in (await ada.get(answer.headers["Location"])).text
    saved = (await ada.get(f"{API}/organizations/engines")).json()
    assert (saved["invitation_lifetime"], saved["requires_sign_in"]) == (43200, True)


async def test_a_life_that_was_not_touched_stays_to_the_second(
    client: Client, world: World
) -> None:
    ada = client.as_(world.ada)
    page = "/organizations/analytical/settings"
    await ada.patch(f"{API}/organizations/analytical", {"invitation_lifetime": 5000})
    form = FORM | {"name": "Engines", "invitation_lifetime": "1", "unit": "hours"}
    await ada.submit(page, form, page=page)

    saved = (await ada.get(f"{API}/organizations/analytical")).json()
    assert (saved["name"], saved["invitation_lifetime"]) == ("Engines", 5000)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "Use 1 to 80 characters"),
        ({"slug": "elsewhere"}, "That web name (slug) is taken"),
        ({"invitation_lifetime": "31"}, "at most 30 days"),
        ({"invitation_lifetime": "0"}, "at least 1 hour"),
        ({"invitation_lifetime": ""}, "at least 1 hour"),
        ({"invitation_lifetime": "٣"}, "at least 1 hour"),
        ({"invitation_lifetime": "9" * 50}, "at most 30 days"),
        ({"unit": "years"}, "at most 30 days"),
    ],
)
async def test_settings_out_of_bounds_are_shown_again(
    client: Client, world: World, change: dict[str, str], sentence: str
) -> None:
    ada = client.as_(world.ada)
    page = "/organizations/analytical/settings"
    answer = await ada.submit(page, FORM | change, page=page)

    assert answer.status_code == (409 if "slug" in change else 422)
    assert sentence in unescape(answer.text)
    saved = (await ada.get(f"{API}/organizations/analytical")).json()
    assert (saved["name"], saved["slug"]) == ("Analytical", "analytical")


async def test_a_role_that_does_not_show_members_shows_none_on_the_front_page(
    client: Client, world: World, database: Database
) -> None:
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE organizations SET custom_roles = $1 WHERE id = $2",
            {"Clerk": ["audit:read"]},
            world.analytical.id,
        )
        await tx.execute("UPDATE members SET role = 'Clerk' WHERE user_id = $1", world.di.id)
    page = await client.as_(world.di).get("/organizations/analytical")
    assert page.status_code == 200
    assert world.ada.name not in page.text
    assert world.ada.email not in page.text
    assert "/organizations/analytical/members" not in page.text
