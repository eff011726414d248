"""Mail leaves by SMTP: where to, over which connections, and what the server's answer means for us.

Never in plain text unless the operator wrote `smtp+insecure`, and never to a server whose
certificate does not verify.
"""

import asyncio
import logging
import re
import ssl
import time
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from vestibule.kernel.i18n import mark
from vestibule.messages.model import Deferred, Outcome, Refused, Sent

log = logging.getLogger("vestibule.messages")

MAILS_PER_CONNECTION = 100
PORTS = {"smtp": 587, "smtps": 465, "smtp+insecure": 25}

UNREACHABLE = mark("The mail server could not be reached.")
TOO_SLOW = mark("The mail server did not answer in time.")
BROKEN_OFF = mark("The mail server broke the connection off.")
NO_TLS = mark("The mail server does not offer STARTTLS, and nothing is sent in plain text.")
UNTRUSTED = mark("The mail server's certificate does not verify.")
NO_SIGN_IN = mark("The mail server did not let us sign in ({code}).")
NO_SENDER = mark("The mail server does not take mail from our address ({code}).")
NOT_NOW = mark("The mail server put it off ({code}).")
NO_RECIPIENT = mark("The mail server refused the recipient's address ({code}).")
NO_MAIL = mark("The mail server refused the mail ({code}).")
STRANGE = mark("The mail server gave an answer that makes no sense.")

_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds. `data` is long: to hang up after the last dot makes duplicates (RFC 5321).

    `pause` is how long a server that let nobody in is left alone.
    """

    connect: float = 30
    command: float = 60
    data: float = 600
    quit: float = 5
    pause: float = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A mail server, as VESTIBULE_SMTP_URL names it; `smtp` is with STARTTLS."""

    scheme: str
    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    context: ssl.SSLContext | None = field(default=None, repr=False)
    greeting: str = "localhost"
    timeouts: Timeouts = Timeouts()

    @classmethod
    def from_url(cls, url: str, *, greeting: str, timeouts: Timeouts = Timeouts()) -> Self:
        """Read `smtp://user:password@host:587?ca=/private/ca.pem`. EHLO says the `greeting`.

        Raises ValueError if the authority's certificates cannot be read.
        """
        parts = urlsplit(url)
        authority = next(iter(parse_qs(parts.query).get("ca", [])), None)
        return cls(
            scheme=parts.scheme,
            host=parts.hostname or "localhost",
            port=parts.port or PORTS[parts.scheme],
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            context=None if parts.scheme == "smtp+insecure" else _context(authority),
            greeting=greeting,
            timeouts=timeouts,
        )

    def client(self) -> aiosmtplib.SMTP:
        """Make a connection, not yet connected."""
        return aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            local_hostname=self.greeting,
            use_tls=self.scheme == "smtps",
            start_tls=self.scheme == "smtp",
            tls_context=self.context,
            timeout=self.timeouts.command,
        )


@dataclass(slots=True)
class Connection:
    """An open connection, and how many mails it has carried."""

    client: aiosmtplib.SMTP
    carried: int = 0


@dataclass(slots=True)
class Connections:
    """Connections to one server, reused. Its user bounds how many there are at a time."""

    server: Server
    idle: list[Connection] = field(default_factory=list)
    closed_until: float = 0

    @property
    def is_open(self) -> bool:
        """Tell whether it is worth trying: a server that let nobody in just now is left alone."""
        return time.monotonic() >= self.closed_until

    async def send(self, sender: str, recipient: str, message: bytes) -> Outcome:
        """Send one message to one recipient. Never raises for what a server may do."""
        try:
            connection = await self._take()
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as fault:
            self.closed_until = time.monotonic() + self.server.timeouts.pause
            return _not_connected(fault)
        try:
            outcome = await self._hand_over(connection, sender, recipient, message)
        except BaseException:
            connection.client.close()
            raise
        await self._give_back(connection)
        return outcome

    async def rest(self) -> None:
        """Close what is idle: there is nothing to send for now."""
        resting, self.idle = self.idle, []
        await asyncio.gather(*(self._quit(connection) for connection in resting))

    async def _take(self) -> Connection:
        while self.idle:
            connection = self.idle.pop()
            if connection.client.is_connected:
                return connection
        client = self.server.client()
        await client.connect(timeout=self.server.timeouts.connect)
        return Connection(client)

    async def _hand_over(
        self, connection: Connection, sender: str, recipient: str, message: bytes
    ) -> Outcome:
        client, timeouts = connection.client, self.server.timeouts
        connection.carried += 1
        try:
            await client.mail(sender, timeout=timeouts.command)
            await client.rcpt(recipient, timeout=timeouts.command)
            await client.data(message, timeout=timeouts.data)
        except aiosmtplib.SMTPResponseException as fault:
            await self._start_over(client)
            return _answered(fault)
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as fault:
            client.close()
            return Deferred(TOO_SLOW if isinstance(fault, TimeoutError) else BROKEN_OFF)
        return Sent()

    async def _start_over(self, client: aiosmtplib.SMTP) -> None:
        """Leave nothing of a refused mail on the connection."""
        try:
            await client.rset(timeout=self.server.timeouts.command)
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            client.close()

    async def _give_back(self, connection: Connection) -> None:
        if not connection.client.is_connected:
            return
        if connection.carried < MAILS_PER_CONNECTION:
            self.idle.append(connection)
        else:
            await self._quit(connection)

    async def _quit(self, connection: Connection) -> None:
        try:
            await connection.client.quit(timeout=self.server.timeouts.quit)
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            log.debug("the mail server did not say goodbye")
        finally:
            connection.client.close()


def _context(authority: str | None) -> ssl.SSLContext:
    """Make what certificates are verified with: the system's authorities, or a private one."""
    try:
        return ssl.create_default_context(cafile=authority)
    except OSError as fault:
        raise ValueError(
            f"The certificates that VESTIBULE_SMTP_URL names cannot be read: {authority}."
        ) from fault


def _not_connected(fault: Exception) -> Deferred:
    """Say why no mail can leave at present. It is the operator's to mend: nothing is given up."""
    if isinstance(fault, aiosmtplib.SMTPAuthenticationError):
        return Deferred(NO_SIGN_IN.format(code=_code(fault)))
    if isinstance(fault, aiosmtplib.SMTPResponseException):
        return Deferred(NOT_NOW.format(code=_code(fault)))
    if isinstance(fault, ssl.SSLError) or isinstance(fault.__cause__, ssl.SSLError):
        return Deferred(UNTRUSTED)
    if isinstance(fault, TimeoutError):
        return Deferred(TOO_SLOW)
    if "STARTTLS" in str(fault):
        return Deferred(NO_TLS)
    return Deferred(UNREACHABLE)


def _answered(fault: aiosmtplib.SMTPResponseException) -> Outcome:
    """Read a server's No: 4xx is for now, 5xx for ever, unless it is about us, not the mail."""
    code = _code(fault)
    if 400 <= fault.code < 500:
        return Deferred(NOT_NOW.format(code=code))
    if isinstance(fault, aiosmtplib.SMTPSenderRefused):
        return Deferred(NO_SENDER.format(code=code))
    if not 500 <= fault.code < 600:
        return Deferred(STRANGE)
    is_recipient = isinstance(fault, aiosmtplib.SMTPRecipientRefused)
    return Refused((NO_RECIPIENT if is_recipient else NO_MAIL).format(code=code))


def _code(fault: aiosmtplib.SMTPResponseException) -> str:
    """Give `550 5.1.1`, and not a word of what the server said besides: it may quote the mail."""
    enhanced = _ENHANCED.match(fault.message)
    return f"{fault.code} {enhanced.group()}" if enhanced else str(fault.code)
