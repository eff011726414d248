"""The scene of an app's matrix: what a path or a body names is made when it is asked for."""

import re
from dataclasses import dataclass, field

from tests import world as cast
from tests.api_keys.cast import Bot
from tests.client import API, FROM_OUR_PAGE, Client, Mailbox
from tests.matrix import scene as scenes
from tests.world import PASSWORD, Member, Person, World
from vestibule.kernel.database import Database, Transaction
from vestibule.kernel.ids import encode

SHIFTS = f"{API}/apps/shifts"
CREW = ("bea", "mia", "emil")
_NAME = re.compile(r"\$(\w+)")


@dataclass(frozen=True, slots=True)
class Sent:
    """What was answered: the status, and where a redirect leads."""

    status: int
    location: str


@dataclass(frozen=True, slots=True)
class AppScene:
    """*Shifts*, open to everybody, with a look; Ada and Bo go on as members of it."""

    client: Client = field(repr=False)
    world: World
    database: Database = field(repr=False)
    mailbox: Mailbox = field(repr=False)
    made: dict[str, str] = field(default_factory=dict)
    form_cookies: dict[str, str] = field(default_factory=dict)
    bots: dict[str, Bot] = field(default_factory=dict)

    async def set(self) -> None:
        """Make what is there for everybody."""
        browser = self.client.as_(None)
        self.made["form token"] = await browser.form_token()
        self.form_cookies.update(browser.http.cookies)
        async with self.database.transaction() as tx:
            await tx.execute(
                """
                UPDATE apps SET colour = '#2f6f4f', logo = '\\x00', logo_type = 'image/png'
                 WHERE slug = 'shifts'
                """
            )
            await tx.execute(
                """
                UPDATE app_definitions SET definition = replace(definition::text,
                       '"enableSelfRegistration":false', '"enableSelfRegistration":true')::json
                """
            )
            for number, person in enumerate((self.world.ada, self.world.bo)):
                member = await self._add(tx, number, f"{person.first_name}-linked")
                await tx.execute(
                    "UPDATE app_members SET user_id = $2 WHERE id = $1", member.id, person.id
                )

    async def rows(self) -> dict[str, str]:
        """A fingerprint of all rows: equal if, and only if, nothing was written or mailed."""
        async with self.database.reader() as reader:
            return await scenes.fingerprints(reader)

    def person(self, who: str) -> Person | Member | Bot | None:
        if who in self.bots:
            return self.bots[who]
        found: Person | Member | None = None if who == "nobody" else getattr(self.world, who)
        return found

    async def fill(self, text: str, who: str) -> str:
        """Replace `$name` by what is made of that name for this person."""
        for name in _NAME.findall(text):
            key = f"{who} {name}"
            if key not in self.made:
                self.made[key] = await self._make(name, who)
            text = text.replace(f"${name}", self.made[key])
        return text

    async def body(self, sent: object, who: str) -> object:
        """Fill in a body or a form."""
        match sent:
            case dict():
                return {key: await self.body(value, who) for key, value in sent.items()}
            case list():
                return [await self.body(value, who) for value in sent]
            case str():
                return await self.fill(sent, who)
            case _:
                return sent

    async def call(self, who: str, method: str, path: str, sent: object) -> Sent:
        """Call the API with the person's token."""
        client = self.client.as_(self.person(who))
        if isinstance(sent, str):
            yaml = {"Content-Type": "application/yaml"}
            answer = await client.request(method, path, content=sent.encode(), headers=yaml)
        else:
            answer = await client.request(method, path, json=sent)
        return Sent(answer.status_code, "")

    async def visit(
        self, who: str, method: str, path: str, sent: object = None, *, via: str = ""
    ) -> Sent:
        """Go to a page with the person's token in every cookie that may hold one.

        `via` is a link to follow before; `path` is then what stands behind where it leads.
        """
        browser, person = self.client.as_(None), self.person(who)
        for name in ("session", "session_apps_shifts", "session_apps_rota"):
            if person:
                browser.http.cookies.set(name, person.token)
        browser.http.cookies.update(self.form_cookies)
        if via:
            arrived = await browser.get(via)
            path = arrived.headers.get("Location", via) + path
        if method == "GET":
            answer = await browser.get(path)
        else:
            assert isinstance(sent, dict)
            form = {**sent, "_csrf_token": self.made["form token"]}
            answer = await browser.http.post(path, data=form, headers=FROM_OUR_PAGE)
        return Sent(answer.status_code, answer.headers.get("Location", ""))

    async def _make(self, name: str, who: str) -> str:
        makers = {
            "invitation": self._invite,
            "invitation_key": self._invite,
            "known_key": self._invite_again,
            "member": self._enrol,
            "reset_key": self._forget,
            "session": self._sign_in,
            "sign_up_key": self._sign_up,
            "address_key": self._move,
            "stamp": self._write_draft,
            "reopened": self._reopen,
        }
        if name == "who":
            return who
        given = await makers[name](who)
        return self.made.get(f"{who} {name}", given)

    async def _sign_up(self, who: str) -> str:
        email = f"{who}-new@example.com"
        await self.client.post(f"{SHIFTS}/sign-ups", {"email": email})
        return await self._key(email)

    async def _move(self, who: str) -> str:
        """Have somebody of the crew ask for another address."""
        email, mover = f"{who}-moved@example.com", self._member(who)
        body = {"email": email, "password": PASSWORD}
        await self.client.as_(mover).post(f"{SHIFTS}/me/address", body)
        return await self._key(email)

    async def _forget(self, who: str) -> str:
        """Have a key mailed by which somebody's password is chosen anew."""
        email = await self._enrol(who)
        await self.client.post(f"{SHIFTS}/password-resets", {"email": email})
        return await self._key(email)

    async def _invite_again(self, who: str) -> str:
        """Invite to one more role: of the crew the person, for all others somebody who is in it."""
        is_of_crew = who in CREW
        email = self._member(who).email if is_of_crew else await self._enrol(who)
        role = "Employee" if is_of_crew and who != "emil" else "Manager"
        ada = self.client.as_(self.world.ada)
        await ada.post(f"{SHIFTS}/invitations", {"email": email, "role": role})
        return await self._key(email)

    async def _invite(self, who: str) -> str:
        email = f"{who}-invited@example.com"
        ada = self.client.as_(self.world.ada)
        answer = await ada.post(f"{SHIFTS}/invitations", {"email": email, "role": "Employee"})
        self.made[f"{who} invitation"] = answer.json()["id"]
        self.made[f"{who} invitation_key"] = await self._key(email)
        return email

    async def _enrol(self, who: str) -> str:
        """Let one more Employee in. Gives the address."""
        name = f"{who}-target"
        if f"{who} member" not in self.made:
            async with self.database.transaction() as tx:
                member = await self._add(tx, 10 + len(self.made), name)
            self.made[f"{who} member"] = encode("apm", member.id)
        return f"{name}@crew.example.com"

    async def _add(self, tx: Transaction, number: int, name: str) -> Member:
        member = cast.crew_member(100 + number, self.world.shifts, name, "Employee")
        await cast.add_app_member(tx, member)
        return member

    async def _sign_in(self, who: str) -> str:
        body = {"email": self._member(who).email, "password": PASSWORD}
        started = await self.client.post(f"{SHIFTS}/sessions", body)
        return str(started.json()["id"])

    async def _reopen(self, who: str) -> str:
        """Have the app that somebody before deleted be there again, by SQL alone."""
        async with self.database.transaction() as tx:
            await tx.execute("UPDATE apps SET closed_at = NULL")
        return who

    async def _write_draft(self, who: str) -> str:
        """Save a draft that does not count yet. Gives what tells it from another."""
        async with self.database.transaction() as tx:
            saved_at = await tx.fetch_value(
                """
                UPDATE app_definitions SET source = $2, saved_at = clock_timestamp()
                 WHERE app_id = $1 AND version IS NULL RETURNING saved_at
                """,
                self.world.shifts.id,
                f"# by {who}",
            )
        return str(saved_at.isoformat())

    async def _key(self, email: str) -> str:
        """The key that was mailed last, as the letter would hold it: to write one takes longer."""
        async with self.database.reader() as reader:
            mail = await reader.fetch_one(
                """
                SELECT key_purpose, key_seed FROM messages
                 WHERE recipient = $1 ORDER BY id DESC LIMIT 1
                """,
                email,
            )
        assert mail
        return self.mailbox.writer.secret.derive_key(mail["key_purpose"], mail["key_seed"])

    def _member(self, who: str) -> Member:
        """The person themselves, if they are of the crew: for all others, somebody who is."""
        found: Member = getattr(self.world, who) if who in CREW else self.world.emil
        return found
