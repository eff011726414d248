"""The page of an app's settings, and the look that comes of it."""

from html import unescape

import httpx
import pytest

from tests.apps.studio import PLANNER, Studio, page
from tests.apps.test_logos import JPEG, REFUSED, png
from tests.client import FROM_OUR_PAGE, Client
from tests.world import Person
from vestibule.apps.colour_model import look_css
from vestibule.apps.look import look_of

PAGE = f"{PLANNER}/settings"
FORM = {
    "slug": "planner",
    "colour": "#2F6F4F",
    "home_url": "https://shifts.example.com",
    "redirect_urls": "https://shifts.example.com/back\r\n\r\n  http://localhost:8100/back  ",
    "origins": "https://shifts.example.com\n",
    "remove_logo": "",
}


async def send(
    client: Client, person: Person, form: dict[str, str], picture: bytes | None = None
) -> httpx.Response:
    """Send the form as a browser does, with a picture or without."""
    somebody = client.as_(person)
    data = {**form, "_csrf_token": await somebody.form_token(PAGE)}
    content = ("my logo.svg", picture, "image/svg+xml") if picture else ("", b"", "x/y")
    return await somebody.http.post(PAGE, data=data, files={"logo": content}, headers=FROM_OUR_PAGE)


async def test_settings_are_saved_and_shown_again(client: Client, studio: Studio) -> None:
    ada = studio.world.ada
    answer = await send(client, ada, FORM)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}?saved=1")

    app = await studio.find()
    assert (app.colour, app.home_url) == ("#2f6f4f", "https://shifts.example.com")
    assert app.redirect_urls == ("https://shifts.example.com/back", "http://localhost:8100/back")
    assert app.origins == ("https://shifts.example.com",)
    shown = await page(client.as_(ada), f"{PAGE}?saved=1")
    assert "The settings are saved." in shown
    assert 'value="#2f6f4f"' in shown
    assert "https://shifts.example.com/back\nhttp://localhost:8100/back</textarea>" in shown


async def test_what_is_emptied_is_gone(client: Client, studio: Studio) -> None:
    ada = studio.world.ada
    await send(client, ada, FORM, png(8, 8))
    await send(client, ada, dict.fromkeys(FORM, "") | {"slug": "planner"})
    app = await studio.find()
    assert (app.colour, app.home_url, app.redirect_urls, app.origins) == (None, None, (), ())
    assert app.logo_version

    await send(client, ada, FORM | {"remove_logo": "on"})
    assert (await studio.find()).logo_version is None


async def test_a_new_web_name_moves_the_pages(client: Client, studio: Studio) -> None:
    answer = await send(client, studio.world.ada, FORM | {"slug": "roster"})
    assert answer.headers["Location"] == "/organizations/analytical/apps/roster/settings?saved=1"
    assert (await studio.find("roster")).name == "Planner"


async def test_every_fault_is_told_at_its_field_and_line_and_nothing_is_saved(
    client: Client, studio: Studio
) -> None:
    form = {
        "slug": "No No",
        "colour": "green",
        "home_url": "javascript:alert(1)",
        "redirect_urls": "https://shifts.example.com/back\r\n\r\nhttp://shifts.example.com/x\r\nrota",
        "origins": "https://shifts.example.com/path",
        "remove_logo": "",
    }
    answer = await send(client, studio.world.ada, form, REFUSED["svg"])
    shown = unescape(answer.text)

    assert answer.status_code == 422
    assert "6 things to look at" in shown
    assert "such as #7a1f4d" in shown
    assert "at most 32 kB" in shown
    faulty = shown.partition('id="fault-redirect_urls"')[2].partition("</ul>")[0]
    assert "<code>http://shifts.example.com/x</code>" in faulty
    assert "<code>rota</code>" in faulty
    assert "back" not in faulty
    assert "<code>https://shifts.example.com/path</code>" in shown
    assert 'value="No No"' in shown
    assert "http://shifts.example.com/x\r\nrota</textarea>" in shown
    assert (await studio.find()).slug == "planner"


@pytest.mark.parametrize("name", ["redirect_urls", "origins"])
async def test_more_addresses_than_are_kept_are_refused(
    client: Client, studio: Studio, name: str
) -> None:
    many = "\n".join(f"https://shifts{number}.example.com" for number in range(21))
    answer = await send(client, studio.world.ada, FORM | {name: many})
    assert answer.status_code == 422
    assert "At most 20 are kept." in answer.text


async def test_a_web_name_that_is_taken_is_refused(client: Client, studio: Studio) -> None:
    answer = await send(client, studio.world.ada, FORM | {"slug": "rota"})
    assert answer.status_code == 409
    assert "is taken" in answer.text


@pytest.mark.parametrize("kind", ["svg", "gif", "heavy png", "wide jpeg"])
async def test_a_file_that_is_no_small_picture_is_refused(
    client: Client, studio: Studio, kind: str
) -> None:
    answer = await send(client, studio.world.ada, FORM, REFUSED[kind])
    assert answer.status_code == 422
    assert (await studio.find()).colour is None


async def test_two_files_and_a_text_for_a_file_are_not_our_form(
    client: Client, studio: Studio
) -> None:
    ada = client.as_(studio.world.ada)
    data = {**FORM, "_csrf_token": await ada.form_token(PAGE)}
    twice = [("logo", ("a.png", png(1, 1))), ("logo", ("b.png", png(1, 1)))]
    for files, more in ((twice, {}), ({"x": ("x", b"x")}, {}), ({}, {"logo": "a text"})):
        answer = await ada.http.post(PAGE, data=data | more, files=files, headers=FROM_OUR_PAGE)
        assert answer.status_code == 422
    assert (await studio.find()).colour is None


async def test_the_look_is_served_to_everybody_to_be_kept(client: Client, studio: Studio) -> None:
    await send(client, studio.world.ada, FORM, JPEG)
    look = look_of(await studio.find())
    assert look.stylesheet == "/apps/planner/look.css?v=2f6f4f"
    assert look.logo

    css, logo = await client.get(look.stylesheet), await client.get(look.logo)
    assert css.text == look_css("#2f6f4f")
    assert css.headers["content-type"].startswith("text/css")
    assert logo.content == JPEG
    assert logo.headers["content-type"] == "image/jpeg"
    for answer in (css, logo):
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in answer.headers
    for path in ("/apps/planner/look.css", "/apps/planner/logo?v=another"):
        assert (await client.get(path)).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/look.css", "/logo", "/look.css?v=2f6f4f"])
async def test_an_app_without_a_look_has_no_files(
    client: Client, studio: Studio, path: str
) -> None:
    for slug in ("planner", "nothing-here", "x"):
        assert (await client.get(f"/apps/{slug}{path}")).status_code == 404


async def test_the_pages_of_the_app_wear_it(client: Client, studio: Studio) -> None:
    await studio.publish()
    plain = await page(client, "/apps/planner/login")
    assert "look.css" not in plain
    assert '<span class="crest " aria-hidden="true">P</span>' in plain

    await send(client, studio.world.ada, FORM, png(8, 8))
    look = look_of(await studio.find())
    worn = await page(client, "/apps/planner/login")
    assert f'<link rel="stylesheet" href="{look.stylesheet}">' in worn
    assert f'src="{look.logo}"' in worn
