"""The pages that each app has: login and the way back, register, activation, forgotten, profile."""

from urllib.parse import urlencode

import pytest

from tests.apps.cast import BACK, CHALLENGE, VERIFIER, Stage
from tests.apps.test_codes import code_in
from tests.client import API, Client, Mailbox, link_in
from tests.world import PASSWORD, World
from vestibule.kernel.database import Database

HERE = "/apps/shifts"
BETTER = "another lamp by the quiet stairs"
QUERY = {
    "redirect_url": BACK,
    "state": "xyz+/&=",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
OPEN = ["/login", "/register", "/activation", "/forgotten-password"]


def asking(**changes: str) -> str:
    """The query by which an app sends somebody here."""
    return f"?{urlencode(QUERY | changes)}"


@pytest.fixture
async def registered(world: World, database: Database) -> World:
    """A world in which *Shifts* has named where people are led back to."""
    async with database.transaction() as tx:
        await Stage(tx, world).register_redirect(world.shifts.id)
    return world


@pytest.mark.parametrize("page", OPEN)
async def test_the_pages_are_there_for_everybody_in_the_app_s_own_name(
    client: Client, world: World, page: str
) -> None:
    for person in (None, world.ada, world.rob, world.mia):
        shown = await client.as_(person).get(HERE + page)
        assert shown.status_code == 200
        assert "Shifts" in shown.text
        assert "Vestibule" not in shown.text


@pytest.mark.parametrize("page", OPEN)
async def test_an_app_that_is_none_has_no_pages(client: Client, world: World, page: str) -> None:
    for slug in ("no-such-app", "SHIFTS", "x", "app_x", "%00"):
        assert (await client.get(f"/apps/{slug}{page}")).status_code == 404


async def test_the_pages_wear_what_the_app_has_set(client: Client, world: World) -> None:
    await client.as_(world.ada).patch(f"{API}/apps/shifts", {"colour": "#aa3300"})
    shown = (await client.get(f"{HERE}/login")).text
    assert f'href="{HERE}/look.css?v=aa3300"' in shown


async def test_the_activation_page_without_a_key_says_where_the_mail_is(
    client: Client, world: World
) -> None:
    shown = await client.get(f"{HERE}/activation")
    assert shown.status_code == 200
    assert "mail" in shown.text
    assert "<form" not in shown.text


async def test_the_profile_is_for_members_of_this_app(client: Client, world: World) -> None:
    for person in (None, world.ada, world.rob):
        answer = await client.as_(person).get(f"{HERE}/profile")
        assert (answer.status_code, answer.headers["Location"]) == (
            303,
            f"{HERE}/login?next={HERE}/profile",
        )
    shown = await client.as_(world.mia).get(f"{HERE}/profile")
    assert shown.status_code == 200
    assert "Manager" in shown.text


async def test_a_name_is_changed_on_the_profile(client: Client, world: World) -> None:
    mia = client.as_(world.mia)
    page = f"{HERE}/profile"
    saved = await mia.submit(page, {"name": "Mia M"}, page=page)
    assert (saved.status_code, saved.headers["Location"]) == (303, f"{page}?saved=profile")
    assert "Mia M" in (await mia.get(page)).text
    refused = await mia.submit(page, {"name": "<b>"}, page=page)
    assert refused.status_code == 422
    assert (await mia.submit(page, {"name": "x", "roles": "Boss"}, page=page)).status_code == 422


async def test_signing_in_leads_to_the_profile_and_signing_out_to_the_login(
    client: Client, world: World
) -> None:
    browser = client.as_(None)
    form = {"email": world.mia.email, "password": PASSWORD, "next": ""}
    login = f"{HERE}/login"
    assert (await browser.submit(login, form | {"password": "x"}, page=login)).status_code == 401
    led = await browser.submit(login, form, page=login)
    assert (led.status_code, led.headers["Location"]) == (303, f"{HERE}/profile")
    assert (await browser.get(f"{HERE}/profile")).status_code == 200
    out = await browser.submit(f"{HERE}/sign-out", {}, page=f"{HERE}/profile")
    assert out.headers["Location"] == login
    assert (await browser.get(f"{HERE}/profile")).status_code == 303


async def test_a_member_with_no_right_sees_no_way_to_the_members(
    client: Client, world: World
) -> None:
    for person, is_shown in ((world.bea, True), (world.mia, True), (world.emil, False)):
        shown = (await client.as_(person).get(f"{HERE}/profile")).text
        assert (f'href="{HERE}/members"' in shown) is is_shown


async def test_a_forgotten_password_is_mailed_and_chosen_anew_in_the_app(
    client: Client, world: World, database: Database, mailbox: Mailbox
) -> None:
    browser = client.as_(None)
    page = f"{HERE}/forgotten-password"
    told = [
        (await browser.submit(page, {"email": email}, page=page)).text.replace(email, "…")
        for email in (world.emil.email, world.ada.email)
    ]
    assert told[0] == told[1]
    async with database.reader() as reader:
        letters = await mailbox.letters(reader)
    assert [letter.recipient for letter in letters] == [world.emil.email]
    arrived = await browser.get(link_in(letters[0].text))
    there = arrived.headers["Location"]
    chosen = await browser.submit(there, {"password": BETTER}, page=there)
    assert chosen.headers["Location"].startswith(f"{HERE}/login?after=")
    form = {"email": world.emil.email, "password": BETTER, "next": ""}
    assert (await browser.submit(f"{HERE}/login", form, page=f"{HERE}/login")).status_code == 303


async def test_login_leads_back_with_a_code_and_the_state(
    client: Client, registered: World
) -> None:
    browser = client.as_(None)
    page = f"{HERE}/login{asking()}"
    shown = await browser.get(page)
    assert "https://shifts.example.com" in shown.headers["Content-Security-Policy"]
    form = {"email": registered.emil.email, "password": PASSWORD, "next": ""}
    led = await browser.submit(page, form, page=page)

    there = led.headers["Location"]
    assert led.status_code == 303
    assert there.startswith(f"{BACK}?code=")
    assert there.endswith(f"&{urlencode({'state': QUERY['state']})}")
    body = {"code": code_in(there), "code_verifier": VERIFIER}
    started = await client.post(f"{API}/apps/shifts/sessions", body)
    assert started.json()["member"]["id"] == registered.emil.public_id
    assert "token" not in there


async def test_who_is_signed_in_already_is_asked_and_led_back_by_a_button(
    client: Client, registered: World
) -> None:
    emil = client.as_(registered.emil)
    page = f"{HERE}/login{asking()}"
    shown = await emil.get(page)
    assert shown.status_code == 200
    assert registered.emil.email in shown.text
    led = await emil.submit(f"{HERE}/login/continue{asking()}", {}, page=page)
    assert led.headers["Location"].startswith(f"{BACK}?code=")
    for stranger in (registered.ada, registered.rob, None):
        asked = client.as_(stranger)
        led = await asked.submit(f"{HERE}/login/continue{asking()}", {}, page=page)
        assert led.headers["Location"].startswith(f"{HERE}/login?")


BAD_QUERIES = {
    "a slash more": {"redirect_url": f"{BACK}/"},
    "another case": {"redirect_url": BACK.upper()},
    "a query more": {"redirect_url": f"{BACK}?a=b"},
    "a fragment": {"redirect_url": f"{BACK}#x"},
    "another place": {"redirect_url": "https://evil.example/back"},
    "a login": {"redirect_url": BACK.replace("://", "://x@")},
    "a port": {"redirect_url": BACK.replace(".com", ".com:443")},
    "a path up": {"redirect_url": f"{BACK}/../back"},
    "a space": {"redirect_url": f" {BACK}"},
    "nowhere": {"redirect_url": ""},
    "no challenge": {"code_challenge": ""},
    "a short challenge": {"code_challenge": "x"},
    "the verifier itself": {"code_challenge": VERIFIER},
    "a plain challenge": {"code_challenge_method": "plain"},
    "a state of lines": {"state": "a\r\nSet-Cookie: a=b"},
    "a long state": {"state": "x" * 501},
    "a state beyond letters": {"state": "é"},
}


@pytest.mark.parametrize("name", BAD_QUERIES)
@pytest.mark.parametrize("page", ["login", "register", "activation", "forgotten-password"])
async def test_a_way_back_that_is_not_registered_to_the_letter_is_refused(
    client: Client, registered: World, page: str, name: str
) -> None:
    answer = await client.get(f"{HERE}/{page}{asking(**BAD_QUERIES[name])}")
    assert answer.status_code == 422
    assert "Location" not in answer.headers
    assert "evil" not in answer.headers["Content-Security-Policy"]


async def test_nobody_is_signed_in_on_a_way_that_is_refused(
    client: Client, registered: World, database: Database
) -> None:
    form = {"email": registered.emil.email, "password": PASSWORD, "next": ""}
    query = asking(redirect_url="https://evil.example/")
    for path in (f"{HERE}/login", f"{HERE}/login/continue"):
        answer = await client.as_(registered.emil).submit(path + query, form, page=f"{HERE}/login")
        assert answer.status_code == 422
        assert "Location" not in answer.headers
    async with database.reader() as reader:
        assert await reader.fetch_value("SELECT count(*) FROM app_codes") == 0
        assert await reader.fetch_value("SELECT count(*) FROM audit") == 0


async def test_the_way_back_of_another_app_is_none_of_ours(
    client: Client, registered: World
) -> None:
    assert (await client.get(f"/apps/rota/login{asking()}")).status_code == 422


async def test_the_way_back_goes_along_from_page_to_page(client: Client, registered: World) -> None:
    login = (await client.get(f"{HERE}/login{asking()}")).text
    forgotten = (await client.get(f"{HERE}/forgotten-password{asking()}")).text
    for shown, page in ((login, "forgotten-password"), (forgotten, "login")):
        assert f"{HERE}/{page}?{urlencode(QUERY).replace('&', '&amp;')}" in shown
