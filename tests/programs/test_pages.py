"""The pages of API keys: made in the browser, the secret shown once, revoked with what it sent."""

import re

import pytest

from tests.api_keys.cast import Bot, add_key
from tests.client import API, Client
from tests.world import BO, DI, World
from vestibule.api_keys.model import GIVEABLE, GIVEABLE_IN_APPS, MOST_KEYS, is_whole
from vestibule.kernel.database import Database
from vestibule.kernel.ids import encode

PAGE = "/organizations/analytical"
NEW, KEYS = f"{PAGE}/new-api-key", f"{PAGE}/api-keys"
FORM = {"name": "Deploy bot", "app": "", "expires_in_days": "90", "audit:read": "on"}
SECRET = re.compile(r"vsk_[A-Za-z0-9_-]{49}")


def form_in(page: str) -> str:
    found = re.search(r'name="form" value="(form_[0-9a-z]{26})"', page)
    assert found, page
    return found[1]


async def make(client: Client, **said: str) -> str:
    """Send the form as a person does. Gives the page that answers."""
    shown = (await client.get(NEW)).text
    answer = await client.submit(NEW, {**FORM, "form": form_in(shown), **said}, page=NEW)
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_nobody_signed_in_is_led_to_sign_in(client: Client, world: World) -> None:
    for path in (NEW, KEYS):
        assert (await client.get(path)).headers["Location"].startswith("/sign-in")


async def test_a_stranger_finds_nothing(client: Client, world: World) -> None:
    for path in (NEW, KEYS):
        assert (await client.as_(world.eve).get(path)).status_code == 404


async def test_who_may_not_make_keys_is_not_led_there(client: Client, world: World) -> None:
    assert KEYS in (await client.as_(world.bo).get(PAGE)).text
    assert KEYS not in (await client.as_(world.cy).get(PAGE)).text


async def test_what_a_key_may_is_told_at_its_boxes_in_plain_words(
    client: Client, world: World
) -> None:
    ada = client.as_(world.ada)
    page = (await ada.get(NEW)).text
    assert page.count("Not for a key for one app") == 1
    apart = page.partition('id="wide" role="group"')[2].partition("</form>")[0]
    assert apart.count('type="checkbox"') == len(GIVEABLE) - len(GIVEABLE_IN_APPS)
    form = {name: value for name, value in FORM.items() if ":" not in name}
    form["form"] = form_in(page)
    for more, told in (
        ({}, "Choose at least one permission."),
        ({"members:read": "on", "app": world.shifts.public_id}, "can do this alone: See the apps"),
    ):
        page = (await ada.submit(NEW, form | more, page=NEW)).text
        assert '<a href="#permissions">' in page
        assert 'id="permissions" role="group"' in page
        assert told in page.partition('id="fault-permissions">')[2]
        assert "members:read, " not in page


async def test_the_secret_is_shown_on_the_answer_and_never_again(
    client: Client, world: World
) -> None:
    ada = client.as_(world.ada)
    shown = await ada.get(NEW)
    form = {**FORM, "form": form_in(shown.text)}
    answer = await ada.submit(NEW, form, page=NEW)
    (secret,) = SECRET.findall(answer.text)
    assert is_whole(secret)
    assert answer.headers["Cache-Control"] == "no-store"

    again = await ada.submit(NEW, form, page=NEW)
    assert (again.status_code, again.headers["Location"]) == (303, f"{KEYS}?done=made")
    listed = (await ada.get(again.headers["Location"])).text
    assert "made before" in listed
    assert listed.count("last four:") == 1
    assert not SECRET.search(listed)
    headers = {"Authorization": f"Bearer {secret}"}
    assert (await client.get(f"{API}{PAGE}/audit", headers=headers)).status_code == 200


async def test_a_form_cannot_choose_the_id_of_the_key(
    client: Client, world: World, database: Database
) -> None:
    ada = client.as_(world.ada)
    form = {**FORM, "form": form_in((await ada.get(NEW)).text)}
    answer = await ada.submit(NEW, {**form, "id": encode("key", BO.id)}, page=NEW)
    assert answer.status_code == 422
    answer = await ada.submit(NEW, {**form, "form": encode("form", BO.id)}, page=NEW)
    assert answer.status_code == 200
    async with database.reader() as reader:
        (made,) = await reader.fetch_all("SELECT id FROM api_keys")
    assert made["id"] != BO.id


async def test_a_form_of_somebody_else_is_no_reason_to_make_no_key(
    client: Client, world: World
) -> None:
    form = {**FORM, "form": form_in((await client.as_(world.ada).get(NEW)).text)}
    for person in (world.ada, world.bo):
        answer = await client.as_(person).submit(NEW, form, page=NEW)
        assert SECRET.search(answer.text)


async def test_who_has_too_many_keys_is_told_on_the_form(
    client: Client, world: World, database: Database
) -> None:
    async with database.transaction() as tx:
        for number in range(MOST_KEYS):
            await add_key(tx, Bot(number))
    ada = client.as_(world.ada)
    form = {**FORM, "form": form_in((await ada.get(NEW)).text)}
    answer = await ada.submit(NEW, form, page=NEW)
    assert answer.status_code == 409
    assert "100 API keys here" in answer.text
    assert not SECRET.search(answer.text)


async def test_the_form_offers_only_what_one_may_give(client: Client, world: World) -> None:
    for person, there in ((world.ada, True), (world.bo, False)):
        page = (await client.as_(person).get(NEW)).text
        assert ('name="organization:delete"' in page) is there
        assert 'name="keys:manage"' not in page
        assert "To invite as Manager" in page
        assert "To invite as Admin" not in page  # no key can be that much
        assert "Shifts" in page
        assert "Rota" not in page


@pytest.mark.parametrize(
    ("said", "status", "told"),
    [
        ({"audit:read": ""}, 422, "Choose at least one"),
        ({"name": ""}, 422, "Use 1 to"),
        ({"expires_in_days": "366"}, 422, "365 days"),
        ({"expires_in_days": "soon"}, 422, "365 days"),
        ({"organization:delete": "on"}, 403, "no API key of yours may"),
        ({"app": "rota", "apps:read": "on", "audit:read": ""}, 404, "no such app"),
        ({"form": "form_1"}, 422, "not whole"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_stays(
    client: Client, world: World, said: dict[str, str], status: int, told: str
) -> None:
    bo = client.as_(world.bo)
    form = {**FORM, "form": form_in((await bo.get(NEW)).text), **said}
    answer = await bo.submit(NEW, form, page=NEW)
    assert answer.status_code == status
    assert told in answer.text
    assert form["name"] in answer.text
    assert not SECRET.search(answer.text)


async def test_a_key_is_shown_with_what_it_may_and_when_it_was_used(
    client: Client, world: World, database: Database
) -> None:
    bot = Bot(1, permissions=("members:read", "invitations:read", "invitations:manage"))
    async with database.transaction() as tx:
        await add_key(tx, bot)
    ada = client.as_(world.ada)
    page = (await ada.get(f"{KEYS}/{bot.public_id}")).text
    assert f"last four: {bot.token[-4:]}" in page
    assert "See the members" in page
    assert "Viewer" in page
    assert "Never" in page
    assert "as long as Ada Abel may" in page
    await client.as_(bot).get(f"{API}{PAGE}/members")
    page = (await ada.get(f"{KEYS}/{bot.public_id}")).text
    assert "Never" not in page


async def test_a_key_is_revoked_and_what_it_sent_is_kept_if_one_says_so(
    client: Client, world: World, database: Database
) -> None:
    bot = Bot(1)
    async with database.transaction() as tx:
        await add_key(tx, bot)
    sent = {"email": "ana@example.com", "role": "viewer"}
    invited = await client.as_(bot).post(f"{API}{PAGE}/invitations", sent)
    ada = client.as_(world.ada)
    one = f"{KEYS}/{bot.public_id}"
    assert "1 invitation. Kept, it is yours" in (await ada.get(one)).text

    answer = await ada.submit(f"{one}/revoke", {"keep": "on"}, page=one)
    assert answer.headers["Location"] == f"{KEYS}?done=revoked"
    assert "No API keys" in (await ada.get(answer.headers["Location"])).text
    invitation = await ada.get(f"{API}{PAGE}/invitations/{invited.json()['id']}")
    assert invitation.json()["inviter"]["name"] == "Ada Abel"


async def test_who_may_not_revoke_a_key_is_told_so(
    client: Client, world: World, database: Database
) -> None:
    bot = Bot(1, permissions=("organization:delete",))
    async with database.transaction() as tx:
        await add_key(tx, bot)
    bo, one = client.as_(world.bo), f"{KEYS}/{bot.public_id}"
    assert "Revoke this API key" not in (await bo.get(one)).text
    answer = await bo.submit(f"{one}/revoke", {}, page=NEW)
    assert answer.status_code == 403
    assert "not yours to revoke" in answer.text
    assert (await client.as_(DI).submit(f"{one}/revoke", {}, page="/profile")).status_code == 403
