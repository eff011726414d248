"""The pages of accounts: what a person meets, with nothing but forms."""

import httpx
import pytest

from tests.client import API, Client, Mailbox, link_in
from tests.world import PASSWORD, World
from vestibule.kernel.database import Database

NEW = "seven swans on the lake"
GUARDED = ["/profile/password", "/profile/address", "/profile/sessions", "/new-address?key=x"]


async def link_to(database: Database, mailbox: Mailbox, email: str) -> str:
    async with database.reader() as reader:
        letter = await mailbox.last(reader, to=email)
    return link_in(letter.text).removeprefix("http://localhost:8000")


async def sign_in(client: Client, email: str, password: str = PASSWORD) -> httpx.Response:
    return await client.submit("/sign-in", {"email": email, "password": password})


async def open_link(client: Client, link: str) -> str:
    """Follow a mailed link to its clean address."""
    answer = await client.get(link)
    assert answer.status_code == 303
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    path = answer.headers["Location"]
    assert "key=" not in path
    return path


@pytest.mark.parametrize("path", GUARDED)
async def test_nobody_signed_in_is_led_to_sign_in_and_back(client: Client, path: str) -> None:
    answer = await client.get(path)

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/sign-in?next={path.partition('?')[0]}"


@pytest.mark.parametrize("path", ["/profile/password", "/profile/address"])
async def test_a_form_of_nobody_changes_nothing(client: Client, path: str) -> None:
    answer = await client.submit(path, {})

    assert answer.headers["Location"] == "/sign-in?next=/"


async def test_signing_in_leads_on_and_ends_the_session_of_before(
    client: Client, world: World
) -> None:
    answer = await client.as_(world.ada).submit(
        "/sign-in",
        {"email": world.ada.email, "password": PASSWORD, "next": "/organizations/analytical"},
    )

    assert (answer.status_code, answer.headers["Location"]) == (303, "/organizations/analytical")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert world.ada.token not in cookie
    assert (await client.as_(world.ada).get(f"{API}/me")).status_code == 401


async def test_who_fails_to_sign_in_keeps_the_session_of_before(
    client: Client, world: World
) -> None:
    await client.as_(world.ada).submit("/sign-in", {"email": world.ada.email, "password": "no"})

    assert (await client.as_(world.ada).get(f"{API}/me")).status_code == 200


@pytest.mark.parametrize(
    "next", ["//evil.example", "https://evil.example", "/\\evil", "javascript:"]
)
async def test_signing_in_leads_to_no_other_place(client: Client, world: World, next: str) -> None:
    form = {"email": world.flo.email, "password": PASSWORD, "next": next}
    answer = await client.submit("/sign-in", form)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


async def test_a_wrong_password_keeps_the_address_and_not_the_password(
    client: Client, world: World
) -> None:
    answer = await sign_in(client, world.ada.email, "not the password")
    unknown = await sign_in(client, "nobody@cast.example.com", "not the password")

    assert answer.status_code == unknown.status_code == 401
    assert f'value="{world.ada.email}"' in answer.text
    assert "not the password" not in answer.text
    assert "do not belong together" in answer.text
    assert "do not belong together" in unknown.text


async def test_a_doubled_field_is_refused(client: Client, world: World, database: Database) -> None:
    token = await client.form_token("/forgotten-password")
    answer = await client.http.post(
        "/forgotten-password",
        content=f"email={world.ada.email}&email=eve@example.com&_csrf_token={token}",
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
        },
    )

    assert answer.status_code == 422
    async with database.reader() as reader:
        assert await reader.fetch_value("SELECT count(*) FROM messages") == 0


async def test_signing_out_ends_the_session(client: Client, world: World) -> None:
    answer = await client.as_(world.ada).submit("/sign-out")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert (await client.as_(world.ada).get(f"{API}/me")).status_code == 401


async def test_a_forgotten_password_is_chosen_anew_by_mail(
    client: Client, world: World, database: Database, mailbox: Mailbox
) -> None:
    asked = await client.submit("/forgotten-password", {"email": world.ada.email})
    unknown = await client.submit("/forgotten-password", {"email": "no@cast.example.com"})
    assert asked.status_code == unknown.status_code == 200
    assert asked.text.replace(world.ada.email, "") == unknown.text.replace(
        "no@cast.example.com", ""
    )

    link = await link_to(database, mailbox, world.ada.email)
    path = await open_link(client, link)
    page = await client.get(path)
    assert (page.status_code, world.ada.email in page.text) == (200, True)
    assert link.partition("=")[2] not in page.text
    weak = await client.submit(path, {"password": "short"}, page=path)
    assert (weak.status_code, "at least 12 characters" in weak.text) == (422, True)
    done = await client.submit(path, {"password": NEW}, page=path)

    assert (done.status_code, done.headers["Location"]) == (303, "/sign-in?after=new-password")
    assert "session=" not in done.headers["Set-Cookie"]
    assert "Your new password is saved" in (await client.get(done.headers["Location"])).text
    assert (await sign_in(client, world.ada.email, NEW)).status_code == 303
    dead = await client.get(link)
    assert (dead.status_code, "It has been used already" in dead.text) == (410, True)


async def test_a_mailed_link_opened_a_hundred_times_changes_nothing(
    client: Client, world: World, database: Database, mailbox: Mailbox
) -> None:
    await client.submit("/forgotten-password", {"email": world.ada.email})
    link = await link_to(database, mailbox, world.ada.email)
    for _ in range(20):
        path = await open_link(client.as_(None), link)
        await client.http.head(link)
        await client.get(path)

    async with database.reader() as reader:
        assert await reader.fetch_value("SELECT count(*) FROM keys WHERE spent_at IS NULL") == 1
        assert await reader.fetch_value("SELECT count(*) FROM audit") == 1


@pytest.mark.parametrize("page", ["/new-password", "/activation"])
async def test_a_dead_link_says_so_and_where_to_ask_again(client: Client, page: str) -> None:
    for path in (f"{page}?key=no-such-key", f"{page}/key_01h455vb4pex5vsknk084sn02q"):
        answer = await client.get(path)
        assert (answer.status_code, "no longer works" in answer.text) == (404, True)
    assert (await client.get(f"{page}/nonsense")).status_code == 404


async def test_a_page_without_its_key_says_where_to_find_it(client: Client) -> None:
    activation = await client.get("/activation")
    reset = await client.get("/new-password")

    assert (activation.status_code, "the link in a mail" in activation.text) == (200, True)
    assert (reset.status_code, "Open the link in the mail again" in reset.text) == (404, True)


async def test_two_links_in_two_tabs_do_not_mix(
    client: Client, world: World, database: Database, mailbox: Mailbox
) -> None:
    paths = {}
    for person in (world.ada, world.bo):
        await client.submit("/forgotten-password", {"email": person.email})
        paths[person.email] = await open_link(
            client, await link_to(database, mailbox, person.email)
        )

    for email, path in paths.items():
        assert email in (await client.get(path)).text


async def test_the_password_is_changed_with_the_present_one(client: Client, world: World) -> None:
    ada = client.as_(world.ada)
    path = "/profile/password"
    form = {"current_password": PASSWORD, "new_password": NEW}
    wrong = await ada.submit(path, {**form, "current_password": "not this"}, page=path)
    weak = await ada.submit(path, {**form, "new_password": "Ada Abel 123"}, page=path)
    done = await ada.submit(path, form, page=path)

    assert (wrong.status_code, "not your present password" in wrong.text) == (403, True)
    assert (weak.status_code, "made of your address or name" in weak.text) == (422, True)
    assert (done.status_code, done.headers["Location"]) == (303, "/profile?saved=password")
    assert "Your new password is saved" in (await ada.get("/profile?saved=password")).text
    assert NEW not in weak.text + wrong.text


async def test_the_address_is_changed_by_a_button_behind_the_mail(
    client: Client, world: World, database: Database, mailbox: Mailbox
) -> None:
    ada = client.as_(world.ada)
    form = {"email": "ada.new@example.com", "password": PASSWORD}
    wrong = await ada.submit("/profile/address", {**form, "password": "no"}, page="/profile")
    asked = await ada.submit("/profile/address", form, page="/profile")
    link = await link_to(database, mailbox, "ada.new@example.com")
    path = await open_link(ada, link)
    page = await ada.get(path)
    stranger = await client.as_(world.eve).get(link)
    elsewhere = client.as_(None)
    await sign_in(elsewhere, world.ada.email)
    other = await elsewhere.get(link)
    done = await ada.submit(path, {}, page=path)

    assert (wrong.status_code, asked.status_code) == (403, 200)
    assert (page.status_code, "ada.new@example.com" in page.text) == (200, True)
    assert stranger.status_code == 404
    assert (other.status_code, "only where you asked for it" in other.text) == (403, True)
    assert (done.status_code, done.headers["Location"]) == (303, "/profile?saved=address")
    assert "ada.new@example.com" in (await ada.get("/profile")).text


async def test_sessions_are_shown_and_ended(client: Client, world: World) -> None:
    await sign_in(client, world.ada.email)
    ada = client.as_(world.ada)
    shown = await ada.get("/profile/sessions")
    ended = await ada.submit("/profile/sessions/end-others", page="/profile")

    assert (shown.status_code, shown.text.count("badge good")) == (200, 1)
    assert "/end-others" in shown.text
    assert ended.headers["Location"] == "/profile/sessions"
    assert "/end-others" not in (await ada.get("/profile/sessions")).text


async def test_a_form_from_elsewhere_is_refused(client: Client, world: World) -> None:
    ada = client.as_(world.ada)
    token = await ada.form_token("/profile")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
        answer = await ada.http.post("/sign-out", data={"_csrf_token": token}, headers=headers)
        assert answer.status_code == 403
    without = await ada.http.post("/sign-out", headers={"Sec-Fetch-Site": "same-origin"})
    assert without.status_code == 403
    assert (await client.as_(world.ada).get(f"{API}/me")).status_code == 200
