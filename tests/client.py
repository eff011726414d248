"""A client of the application in this process: JSON for programs, forms for people.

And the mails that the application owes, written as they would be delivered.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

import httpx

from tests.api_description import promises
from tests.api_keys.cast import Bot
from tests.world import Member, Operator, Person
from vestibule.bootstrap import House
from vestibule.kernel import lists
from vestibule.kernel.database import Reader
from vestibule.messages import queries
from vestibule.messages.model import Letter
from vestibule.messages.rendering import Writer
from vestibule.server import make_application
from vestibule.web import templating

API = "/api/v1"
_TOKEN = re.compile(r'name="_csrf_token"\s+value="([^"]+)"')
_LINK = re.compile(r"https?://[^\s\"<>]+\?key=[A-Za-z0-9_-]+")
# What a browser says of a form that it sends from a page of ours.
FROM_OUR_PAGE = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody at a browser or a program, or nobody. Cookies stay from one request to the next."""

    http: httpx.AsyncClient
    person: Person | Member | Operator | Bot | None = None

    @classmethod
    def of(cls, house: House, *, peer: str = "127.0.0.1") -> "Client":
        """A client of this house, with nobody signed in."""
        return cls(_browser(make_application(house), house.settings.base_url, peer))

    def as_(self, person: Person | Member | Operator | Bot | None) -> "Client":
        """Somebody else at a browser of their own. None: nobody."""
        transport = self.http._transport
        http = httpx.AsyncClient(
            transport=transport,
            base_url=self.http.base_url,
            cookies=person.cookies if person else None,
        )
        return replace(self, http=http, person=person)

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401
        """Send a request; to the API with the token, to a page with the cookies.

        Whatever the API answers in any test must be what its description promises.
        """
        headers = dict(options.pop("headers", None) or {})
        if self.person and path.startswith("/api/"):
            headers = self.person.headers | headers
        answer = await self.http.request(method, path, headers=headers, **options)
        if path.startswith(f"{API}/"):
            await promises.ensure_kept(self.http, answer, path)
        return answer

    async def get(self, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401
        return await self.request("GET", path, **options)

    async def post(self, path: str, json: object = None, **options: Any) -> httpx.Response:  # noqa: ANN401
        return await self.request("POST", path, json=json, **options)

    async def patch(self, path: str, json: object = None, **options: Any) -> httpx.Response:  # noqa: ANN401
        return await self.request("PATCH", path, json=json, **options)

    async def put(self, path: str, json: object = None, **options: Any) -> httpx.Response:  # noqa: ANN401
        return await self.request("PUT", path, json=json, **options)

    async def delete(self, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401
        return await self.request("DELETE", path, **options)

    async def submit(
        self, path: str, form: dict[str, str] | None = None, *, page: str = "/sign-in"
    ) -> httpx.Response:
        """Send a form of a page as a browser does. `page` is where its token is taken from."""
        data = {**(form or {}), "_csrf_token": await self.form_token(page)}
        return await self.http.post(path, data=data, headers=FROM_OUR_PAGE)

    async def form_token(self, page: str = "/sign-in") -> str:
        """The token that a form of this page carries; its cookie stays with the client."""
        shown = await self.http.get(page, follow_redirects=True)
        return token_in(shown.text)


def _browser(application: Any, base_url: str, peer: str) -> httpx.AsyncClient:  # noqa: ANN401
    transport = httpx.ASGITransport(application, client=(peer, 50000))
    return httpx.AsyncClient(transport=transport, base_url=base_url)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Every mail in the outbox, newest last, with the link that its recipient would get."""

    writer: Writer

    @classmethod
    def of(cls, house: House) -> "Mailbox":
        """The mailbox of a house, as if all were delivered."""
        writer = Writer(
            templates=templating.environment(),
            secret=house.secret,
            base_url=house.settings.base_url,
            mail_from=house.settings.mail_from,
        )
        return cls(writer)

    async def letters(self, reader: Reader, *, to: str | None = None) -> list[Letter]:
        """The letters, oldest first, of all or to one address; not those that were withdrawn."""
        window = lists.window(queries.SCOPE, limit=100)
        page = await queries.list_messages(reader, window)
        letters = [
            self.writer.write(message)
            for message in reversed(page.items)
            if message.mail.key_purpose is None or message.mail.key_seed is not None
        ]
        return [each for each in letters if to is None or each.recipient == to]

    async def last(self, reader: Reader, *, to: str) -> Letter:
        """The newest letter to this address."""
        letters = await self.letters(reader, to=to)
        assert letters, f"there is no mail to {to}"
        return letters[-1]

    async def last_key(self, reader: Reader, *, to: str) -> str:
        """The key in the newest letter to this address."""
        return key_in(link_in((await self.last(reader, to=to)).text))


def token_in(page: str) -> str:
    """The token in the first form of a page."""
    found = _TOKEN.search(page)
    assert found, f"there is no form on this page:\n{page[:3000]}"
    return found[1]


def link_in(text: str) -> str:
    """The link with a key in a mail's text."""
    found = _LINK.findall(text)
    assert found, f"no link in:\n{text}"
    return str(found[0])


def key_in(link: str) -> str:
    """The key of such a link."""
    return link.partition("?key=")[2]
