"""A whole journey with the most talkative log, and then: no key, password or token anywhere.

Not in a dump of the database, not in a log, not in a page, not in an answer but the one that is
meant to give it.
"""

import base64
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, quote, quote_plus, urlsplit

import asyncpg
import httpx
import pytest

from tests import running
from tests.client import FROM_OUR_PAGE, token_in
from tests.journeys import shifts
from tests.journeys.dumps import dump
from tests.journeys.elsewhere import Errand
from tests.journeys.shifts import OPEN, Shifts
from tests.journeys.town import Town, key_in, link_in
from tests.postgres import Postgres
from tests.running import Running
from tests.smtp_sink import Sink

FIRST = "a first password, never told"
SECOND = "a second password, never told"
WRONG = "a wrong password, typed in haste"
_API_KEY = re.compile(r"vsk_[A-Za-z0-9_-]{49}")
# Where an app would live; nobody goes there in these stories.
BACK = "http://localhost:9/back"
_GIVING = re.compile(r"POST /(api/v1/(apps/[^/]+/)?sessions|organizations/[^/]+/new-api-key)")


@dataclass(slots=True)
class Journal:
    """All that the server answered, and the secrets that passed by."""

    answers: list[tuple[str, str]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)

    async def note(self, answer: httpx.Response) -> None:
        await answer.aread()
        told = {name: value for name, value in answer.headers.items() if name != "set-cookie"}
        self.answers.append((f"{answer.request.method} {answer.url.path}", f"{told}{answer.text}"))
        for name, value in answer.cookies.items():
            if value and name != "csrf":
                self.tokens.add(value)
        there = urlsplit(answer.headers.get("location", ""))
        if f"{there.scheme}://{there.netloc}{there.path}" == BACK:
            self.codes.update(parse_qs(there.query)["code"])

    @property
    def secrets(self) -> set[str]:
        return {FIRST, SECOND, WRONG, *self.keys, *self.tokens, *self.codes}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a browser, whose every page is noted."""

    http: httpx.AsyncClient
    town: Town
    journal: Journal

    async def submit(self, page: str, form: dict[str, str], *, to: str = "") -> httpx.Response:
        shown = await self.http.get(page, follow_redirects=True)
        data = {**form, "_csrf_token": token_in(shown.text)}
        path = to or shown.url.path
        return await self.http.post(path, data=data, headers=FROM_OUR_PAGE, follow_redirects=True)

    async def open(self, email: str, subject: str) -> str:
        """Give the path of the page that a mail's link leads to; the cookie carries the key."""
        link = link_in((await self.town.mail_about(email, subject)).text)
        self.journal.keys.add(key_in(link))
        shown = await self.http.get(link, follow_redirects=True)
        assert shown.status_code == 200, shown.text
        return str(shown.url.path)


@pytest.fixture
async def talkative(postgres: Postgres, sink: Sink, tmp_path: Path) -> AsyncIterator[Running]:
    name = await postgres.clone()
    url = postgres.url(name)
    with running.serve(tmp_path, database_url=url, smtp_url=sink.url, log_level="DEBUG") as served:
        yield served
    await postgres.drop(name)


@pytest.fixture
async def journal() -> Journal:
    return Journal()


@pytest.fixture
async def visitor(talkative: Running, sink: Sink, journal: Journal) -> AsyncIterator[Person]:
    database = await asyncpg.connect(talkative.environment["VESTIBULE_DATABASE_URL"])
    async with (
        httpx.AsyncClient(base_url=talkative.url) as plain,
        httpx.AsyncClient(
            base_url=talkative.url, event_hooks={"response": [journal.note]}
        ) as noted,
    ):
        yield Person(noted, Town(talkative.url, sink, plain, database), journal)
    await database.close()


async def test_no_secret_of_a_whole_journey_is_anywhere(
    talkative: Running, visitor: Person, journal: Journal
) -> None:
    ada = "ada@secrets.example.com"
    await visitor.submit("/sign-up", {"email": ada})
    page = await visitor.open(ada, "Make your account")
    names = {"first_name": "Ada", "last_name": "Abel"}
    await visitor.submit(page, {**names, "password": "short", "phone": ""})
    await visitor.submit(page, {**names, "password": FIRST, "phone": ""})
    await visitor.submit("/organizations/new", {"name": "Acme", "slug": ""})
    await _by_program(visitor, journal)
    invited = {"email": "ana@secrets.example.com", "role": "viewer"}
    await visitor.submit("/organizations/acme/invitations", invited)
    await visitor.submit("/profile/password", {"current_password": WRONG, "new_password": SECOND})
    await visitor.submit("/profile/password", {"current_password": FIRST, "new_password": SECOND})
    await visitor.submit(
        "/profile/address", {"email": "ada2@secrets.example.com", "password": SECOND}
    )
    await visitor.open("ada2@secrets.example.com", "Confirm your new address")
    await visitor.submit("/profile", {}, to="/sign-out")
    await visitor.submit("/sign-in", {"email": ada, "password": WRONG})
    await visitor.submit("/forgotten-password", {"email": ada})
    page = await visitor.open(ada, "Choose a new password")
    await visitor.submit(page, {"password": FIRST})
    await visitor.submit("/sign-in", {"email": ada, "password": FIRST})
    await visitor.submit("/profile", {}, to="/sign-out")
    page = await visitor.open(invited["email"], "invites you")
    who = {"first_name": "Ana", "last_name": "Alva", "password": FIRST, "phone": ""}
    joined = await visitor.submit(page, who, to=f"{page}/activate")
    assert "Acme" in joined.text
    await _by_api(visitor, journal)

    assert len(journal.keys) == 4
    assert len(journal.tokens) >= 5
    assert await _everywhere(visitor, talkative, journal) == []


async def test_no_secret_of_an_app_is_anywhere(
    talkative: Running, visitor: Person, journal: Journal
) -> None:
    shop = await shifts.open_shop(visitor.town, definition=OPEN)
    await shop.set(redirect_urls=[BACK])
    emil, mia = "emil@secrets.example.com", "mia@secrets.example.com"
    await visitor.submit(f"{shop.home}/register", {"email": emil})
    page = await visitor.open(emil, "Make your account")
    await visitor.submit(page, {"name": "", "password": "short"})
    await visitor.submit(page, {"name": "", "password": FIRST})
    await visitor.submit(f"{shop.home}/profile", {}, to=f"{shop.home}/sign-out")
    await visitor.town.invite(shop.ada, shop.app, mia, role="Manager")
    page = await visitor.open(mia, "invites you")
    joined = await visitor.submit(page, {"name": "", "password": FIRST}, to=f"{page}/activate")
    assert str(joined.url).endswith(f"{shop.home}/profile")
    invited = {"email": emil, "role": "Manager", "expires_in_days": ""}
    await visitor.submit(f"{shop.home}/invitations", invited)
    page = await visitor.open(emil, "invites you")
    await visitor.submit(page, {}, to=f"{page}/other-account")
    await visitor.submit(page, {"as": ""}, to=f"{page}/accept")
    await _look_after_oneself(visitor, shop, mia)
    await _come_back(visitor, shop, emil)
    await _by_api(visitor, journal, within=f"/apps/{shop.app['slug']}", email=emil)

    assert len(journal.keys) == 5
    assert len(journal.codes) == 2
    assert len(journal.tokens) >= 8
    assert set((await shop.members())[emil]["roles"]) == {"Manager", "Employee"}
    assert await _everywhere(visitor, talkative, journal) == []


async def _look_after_oneself(visitor: Person, shop: Shifts, email: str) -> None:
    """Change password and address of somebody in the app, and forget the password."""
    home, other = shop.home, "mia2@secrets.example.com"
    await visitor.submit(f"{home}/login", {"email": email, "password": WRONG})
    await visitor.submit(f"{home}/login", {"email": email, "password": FIRST})
    for now in (WRONG, FIRST):
        form = {"current_password": now, "new_password": SECOND}
        await visitor.submit(f"{home}/profile/password", form)
    await visitor.submit(f"{home}/profile/address", {"email": other, "password": SECOND})
    await visitor.open(other, "Confirm your new address")
    await visitor.submit(f"{home}/profile/leave", {"password": WRONG})
    await visitor.submit(f"{home}/forgotten-password", {"email": email})
    await visitor.submit(await visitor.open(email, "Choose a new password"), {"password": FIRST})


async def _come_back(visitor: Person, shop: Shifts, email: str) -> None:
    """Go on to where the app lives, twice; exchange one code rightly and again, one wrongly."""
    path, errand = f"/api/v1/apps/{shop.app['slug']}/sessions", Errand(BACK)
    login = f"{shop.home}/login"
    await visitor.submit(login, {"email": email, "password": FIRST})
    for verifier in (errand.verifier, Errand(BACK).verifier):
        shown = await visitor.http.get(login + errand.query)
        answer = await visitor.http.post(
            f"{login}/continue{errand.query}",
            data={"_csrf_token": token_in(shown.text)},
            headers=FROM_OUR_PAGE,
        )
        code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
        body = {"code": code, "code_verifier": verifier}
        session = (await visitor.http.post(path, json=body)).json()
        visitor.journal.tokens.update({session["token"]} if "token" in session else ())
        await visitor.http.post(path, json=body)
        await visitor.http.get(f"{shop.home}/{code}")


async def _by_api(
    visitor: Person, journal: Journal, *, within: str = "", email: str = "ada@secrets.example.com"
) -> None:
    """Send secrets to the API too, right ones and wrong ones, where they belong and where not."""
    api, body = f"/api/v1{within}", {"email": email, "password": FIRST}
    session = (await visitor.http.post(f"{api}/sessions", json=body)).json()
    journal.tokens.add(session["token"])
    bearer = {"Authorization": f"Bearer {session['token']}"}
    await visitor.http.get(f"{api}/me", headers=bearer)
    await visitor.http.get(f"{api}/me/sessions", headers=bearer)
    await visitor.http.post(f"{api}/sessions", json={**body, "password": WRONG})
    await visitor.http.post(f"{api}/sessions", json={**body, "surplus": WRONG})
    for key in sorted(journal.keys):
        await visitor.http.post("/api/v1/invitations/lookup", json={"key": key})
        await visitor.http.post("/api/v1/invitations/accept", json={"key": key, "as": "me"})
        await visitor.http.get(f"/{key}")


async def _by_program(visitor: Person, journal: Journal) -> None:
    """Make an API key on a page, and show it to the API: rightly, mistyped, and when it is over."""
    page, wanted = "/organizations/acme/new-api-key", {"audit:read": "on", "expires_in_days": "9"}
    shown = (await visitor.http.get(page)).text
    form = {**wanted, "form": re.findall(r"form_[0-9a-z]{26}", shown)[0], "name": "Bot", "app": ""}
    (secret,) = set(_API_KEY.findall((await visitor.submit(page, form)).text))
    await visitor.submit(page, form)
    listed = (await visitor.http.get("/organizations/acme/api-keys")).text
    key_id = re.findall(r"key_[0-9a-z]{26}", listed)[0]
    mistyped = secret[:-9] + secret[-9:].swapcase()
    journal.tokens.update({secret, mistyped, secret[4:47]})
    for shown_one in (secret, mistyped, secret[:-1]):
        bearer = {"Authorization": f"Bearer {shown_one}"}
        for path in ("/organizations/acme/audit", "/organizations/acme/invitations", "/me"):
            await visitor.http.get(f"/api/v1{path}", headers=bearer)
        await visitor.http.post("/api/v1/invitations/lookup", json={"key": shown_one})
        await visitor.http.get(f"/{shown_one}")
    await visitor.submit(page, {}, to=f"/organizations/acme/api-keys/{key_id}/revoke")
    bearer = {"Authorization": f"Bearer {secret}"}
    assert (await visitor.http.get("/api/v1/me", headers=bearer)).status_code == 401


async def _everywhere(visitor: Person, server: Running, journal: Journal) -> list[str]:
    """Say which secrets stand in the tables, the logs and the answers."""
    tables = await dump(visitor.town.database)
    rows = {name: "\n".join(rows) for name, rows in tables.items()}
    return _found(journal.secrets, rows | _logs(server) | _pages(journal))


def _logs(server: Running) -> dict[str, str]:
    """What the server wrote, and every other log in its folder."""
    files = {server.log, *server.log.parent.rglob("*.log")}
    return {path.name: path.read_text(errors="replace") for path in files}


def _pages(journal: Journal) -> dict[str, str]:
    """Every answer but those that are to give a secret: a new session or API key, the way back."""
    return {
        f"{number} {what}": text
        for number, (what, text) in enumerate(journal.answers)
        if not _GIVING.fullmatch(what) and f"'location': '{BACK}?code=" not in text
    }


def _found(secrets: set[str], places: dict[str, str]) -> list[str]:
    """Say which secrets stand where, in any of their spellings."""
    return [
        f"{secret} in {name}"
        for secret in sorted(secrets)
        for spelling in _spellings(secret)
        for name, text in places.items()
        if spelling in text
    ]


def _spellings(secret: str) -> Iterator[str]:
    raw = secret.encode()
    yield secret
    yield quote(secret, safe="")
    yield quote_plus(secret)
    yield raw.hex()
    yield base64.b64encode(raw).decode().rstrip("=")
    yield base64.urlsafe_b64encode(raw).decode().rstrip("=")
    if len(secret) == 43 and secret.isascii() and " " not in secret:
        bare = base64.urlsafe_b64decode(secret + "=")
        yield bare.hex()
        yield base64.b64encode(bare).decode().rstrip("=")
