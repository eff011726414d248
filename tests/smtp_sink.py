"""A mail server for tests: in a thread of its own, it keeps mails, and misbehaves as it is told."""

import asyncio
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CERTIFICATE = Path(__file__).parent / "messages" / "certificate.pem"
HOST = "127.0.0.1"
ANYBODY = "*"


@dataclass(frozen=True, slots=True)
class Caught:
    """One mail as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    is_encrypted: bool

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        assert part is not None
        text: str = part.get_content()
        return text


@dataclass(slots=True)
class Script:
    """What the server does besides taking mail. Keys are recipients; `*` is everybody.

    `answers` are given to RCPT, `after_data` to the mail itself, each once and in order; then all
    is well. `hangs` maps to the phase that is never answered: rcpt, data, dot, and for everybody
    alone banner, ehlo, starttls, auth, mail, quit. `seconds` is how long each mail takes.
    """

    answers: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    after_data: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    hangs: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    on_mail: Callable[[Caught], None] = lambda _: None
    seconds: float = 0


@dataclass(slots=True)
class Sink:
    """The server. `mails` are those that it took; `commands` what it was told."""

    host: str = HOST
    port: int = 0
    script: Script = field(default_factory=Script)
    mails: list[Caught] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    transports: list[asyncio.Transport] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp+insecure://{HOST}:{self.port}"

    def to(self, recipient: str) -> list[Caught]:
        """The mails to one recipient, oldest first."""
        return [mail for mail in self.mails if recipient in mail.recipients]

    def wait_for(self, count: int, *, seconds: float = 10) -> list[Caught]:
        """Wait (in a thread that may block) until so many mails were caught."""
        ends_at = time.monotonic() + seconds
        while len(self.mails) < count and time.monotonic() < ends_at:
            time.sleep(0.02)
        assert len(self.mails) >= count, f"{len(self.mails)} of {count} mails after {seconds} s"
        return list(self.mails)


@contextmanager
def running(
    script: Script | None = None, *, tls: str | None = None, port: int = 0, host: str = HOST
) -> Iterator[Sink]:
    """Run a sink. `tls` is `starttls` (offered), `implicit` (smtps) or None."""
    sink = Sink(host=host, port=port, script=script or Script())
    loop = asyncio.new_event_loop()
    started = threading.Event()
    thread = threading.Thread(target=_serve, args=(loop, sink, tls, started), daemon=True)
    thread.start()
    assert started.wait(5)
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


def _serve(
    loop: asyncio.AbstractEventLoop, sink: Sink, tls: str | None, started: threading.Event
) -> None:
    asyncio.set_event_loop(loop)
    implicit = _context() if tls == "implicit" else None
    server = loop.run_until_complete(
        loop.create_server(lambda: _speak(sink, tls, loop), sink.host, sink.port, ssl=implicit)
    )
    sink.port = server.sockets[0].getsockname()[1]
    started.set()
    loop.run_forever()
    server.close()
    loop.run_until_complete(_hang_up(sink))
    loop.close()


async def _hang_up(sink: Sink) -> None:
    """Leave no connection open: the tests take an unclosed one for a fault."""
    for transport in sink.transports:
        transport.abort()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0.01)


def _speak(sink: Sink, tls: str | None, loop: asyncio.AbstractEventLoop) -> "Scripted":
    sink.connections += 1
    return Scripted(
        _Handler(sink),
        loop=loop,
        hostname="sink.test",
        tls_context=_context() if tls == "starttls" else None,
        authenticator=lambda *login: _sign_in(sink, login[-1]),
        auth_require_tls=tls == "starttls",
        auth_required=False,
    )


def _sign_in(sink: Sink, login: LoginPassword) -> AuthResult:
    known = sink.script.accounts.get(login.login.decode())
    is_right = known is not None and known == login.password.decode()
    return AuthResult(success=is_right, handled=False)


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


class Scripted(SMTP):
    """aiosmtpd's server, which may fall silent at the phases that have no hook of their own."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self.event_handler.sink.transports.append(transport)
        super().connection_made(transport)

    async def _handle_client(self) -> None:
        await self.event_handler.silence("banner")
        await super()._handle_client()

    async def smtp_STARTTLS(self, arg: str) -> None:
        await self.event_handler.silence("starttls")
        await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:
        self.event_handler.sink.commands.append("AUTH")
        await self.event_handler.silence("auth")
        await super().smtp_AUTH(arg)

    async def smtp_DATA(self, arg: str) -> None:
        assert self.envelope is not None
        await self.event_handler.silence("data", *self.envelope.rcpt_tos)
        await super().smtp_DATA(arg)


@dataclass(slots=True)
class _Handler:
    sink: Sink

    async def silence(self, phase: str, *recipients: str) -> None:
        hangs = self.sink.script.hangs
        if any(hangs.get(each) == phase for each in (ANYBODY, *recipients)):
            await asyncio.Event().wait()

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        self.sink.commands.append(f"EHLO {hostname}")
        await self.silence("ehlo")
        session.host_name = hostname
        return answers

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.sink.commands.append(f"MAIL {address}")
        await self.silence("mail")
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.sink.commands.append(f"RCPT {address}")
        await self.silence("rcpt", address)
        if answer := _next(self.sink.script.answers, address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        recipients = tuple(envelope.rcpt_tos)
        caught = Caught(
            sender=envelope.mail_from or "",
            recipients=recipients,
            content=envelope.original_content or b"",
            is_encrypted=session.ssl is not None,
        )
        await asyncio.sleep(self.sink.script.seconds)
        for recipient in recipients:
            if answer := _next(self.sink.script.after_data, recipient):
                return answer
        self.sink.mails.append(caught)
        self.sink.script.on_mail(caught)
        await self.silence("dot", *recipients)
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.sink.commands.append("QUIT")
        await self.silence("quit")
        return "221 Bye"


def _next(answers: dict[str, list[str]], recipient: str) -> str | None:
    for key in (recipient, ANYBODY):
        if answers.get(key):
            return answers[key].pop(0)
    return None
