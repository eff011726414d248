"""Mail leaves by SMTP: over TLS, or not at all; and what a server's answer means for us."""

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests import smtp_sink
from tests.messages.mailroom import SHORT
from tests.smtp_sink import Script, Sink
from vestibule.messages.model import Deferred, Outcome, Refused, Sent
from vestibule.messages.smtp import (
    MAILS_PER_CONNECTION,
    NO_TLS,
    TOO_SLOW,
    UNREACHABLE,
    UNTRUSTED,
    Connections,
    Server,
)

MAIL = b"Subject: Hello\r\n\r\nHello\r\n.\r\n..\r\n"
CA = f"?ca={smtp_sink.CERTIFICATE}"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink.running() as running:
        yield running


def connections(url: str) -> Connections:
    return Connections(Server.from_url(url, greeting="vestibule.test", timeouts=SHORT))


async def send(url: str, recipient: str = "ana@x.test") -> Outcome:
    line = connections(url)
    try:
        return await line.send("no-reply@vestibule.test", recipient, MAIL)
    finally:
        await line.rest()


async def test_a_mail_arrives_as_it_was_sent(sink: Sink) -> None:
    assert await send(sink.url) == Sent()

    (mail,) = sink.mails
    assert mail.sender == "no-reply@vestibule.test"
    assert mail.recipients == ("ana@x.test",)
    assert mail.content == MAIL
    assert "EHLO vestibule.test" in sink.commands


async def test_connections_are_reused_for_a_hundred_mails(sink: Sink) -> None:
    line = connections(sink.url)

    for _ in range(MAILS_PER_CONNECTION + 1):
        assert await line.send("a@vestibule.test", "ana@x.test", MAIL) == Sent()
    await line.rest()

    assert len(sink.mails) == MAILS_PER_CONNECTION + 1
    assert sink.connections == 2
    assert sink.commands.count("QUIT") == 2


async def test_a_connection_that_the_server_closed_is_not_used_again(sink: Sink) -> None:
    line = connections(sink.url)
    await line.send("a@vestibule.test", "ana@x.test", MAIL)
    line.idle[0].client.close()

    assert await line.send("a@vestibule.test", "ana@x.test", MAIL) == Sent()
    await line.rest()


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("451 4.7.1 Greylisted", Deferred("The mail server put it off (451 4.7.1).")),
        ("421 Busy", Deferred("The mail server put it off (421).")),
        (
            "550 5.1.1 ana@x.test unknown",
            Refused("The mail server refused the recipient's address (550 5.1.1)."),
        ),
        ("554 No", Refused("The mail server refused the recipient's address (554).")),
        ("299 What", Deferred("The mail server gave an answer that makes no sense.")),
    ],
)
async def test_an_answer_to_the_recipient_is_for_now_or_for_ever(
    sink: Sink, answer: str, outcome: Outcome
) -> None:
    sink.script.answers["ana@x.test"] = [answer]

    assert await send(sink.url) == outcome
    assert sink.mails == []


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("451 4.3.0 Later", Deferred("The mail server put it off (451 4.3.0).")),
        ("554 5.7.1 Spam", Refused("The mail server refused the mail (554 5.7.1).")),
    ],
)
async def test_an_answer_to_the_mail_is_for_now_or_for_ever(
    sink: Sink, answer: str, outcome: Outcome
) -> None:
    sink.script.after_data["*"] = [answer]

    assert await send(sink.url) == outcome


async def test_a_refused_mail_leaves_the_connection_fit_for_the_next(sink: Sink) -> None:
    sink.script.answers["bo@x.test"] = ["550 5.1.1 No"]
    line = connections(sink.url)

    assert isinstance(await line.send("a@vestibule.test", "bo@x.test", MAIL), Refused)
    assert await line.send("a@vestibule.test", "ana@x.test", MAIL) == Sent()
    await line.rest()

    assert sink.connections == 1
    assert sink.mails[0].recipients == ("ana@x.test",)


@pytest.mark.parametrize("phase", ["banner", "ehlo", "mail", "rcpt", "data", "dot"])
async def test_a_silent_server_is_given_up_in_time(sink: Sink, phase: str) -> None:
    sink.script.hangs["*"] = phase

    assert await asyncio.wait_for(send(sink.url), 5) == Deferred(TOO_SLOW)


@pytest.mark.parametrize("phase", ["starttls", "auth"])
async def test_a_server_that_falls_silent_on_the_way_in_is_given_up_in_time(phase: str) -> None:
    with smtp_sink.running(Script(hangs={"*": phase}), tls="starttls") as sink:
        url = f"smtp://ana:secret@localhost:{sink.port}{CA}"

        assert await asyncio.wait_for(send(url), 5) == Deferred(TOO_SLOW)


async def test_a_server_that_does_not_say_goodbye_holds_nobody_up(sink: Sink) -> None:
    sink.script.hangs["*"] = "quit"

    assert await asyncio.wait_for(send(sink.url), 5) == Sent()


async def test_a_server_that_is_not_there_is_tried_again() -> None:
    with socket.socket() as taken:
        taken.bind((smtp_sink.HOST, 0))
        url = f"smtp+insecure://{smtp_sink.HOST}:{taken.getsockname()[1]}"

        assert await send(url) == Deferred(UNREACHABLE)


async def test_starttls_encrypts_before_the_password_is_said() -> None:
    script = Script(accounts={"ana": "p@ss:word/"})
    with smtp_sink.running(script, tls="starttls") as sink:
        url = f"smtp://ana:p%40ss%3Aword%2F@localhost:{sink.port}{CA}"
        assert await send(url) == Sent()

        assert sink.mails[0].is_encrypted
        assert "AUTH" in sink.commands


async def test_smtps_is_encrypted_from_the_first_byte() -> None:
    with smtp_sink.running(tls="implicit") as sink:
        assert await send(f"smtps://localhost:{sink.port}{CA}") == Sent()

        assert len(sink.mails) == 1


async def test_where_starttls_is_stripped_nothing_is_said_in_plain(sink: Sink) -> None:
    outcome = await send(f"smtp://ana:secret@localhost:{sink.port}{CA}")

    assert outcome == Deferred(NO_TLS)
    assert not [each for each in sink.commands if not each.startswith(("EHLO", "QUIT"))]


@pytest.mark.parametrize(
    ("tls", "url"),
    [
        ("starttls", "smtp://ana:secret@localhost:{port}"),
        ("implicit", "smtps://ana:secret@localhost:{port}"),
        ("starttls", "smtp://ana:secret@127.0.0.2:{port}" + CA),
    ],
)
async def test_a_certificate_that_does_not_verify_gets_no_mail(tls: str, url: str) -> None:
    with smtp_sink.running(tls=tls, host="0.0.0.0") as sink:  # noqa: S104  for 127.0.0.2
        assert await send(url.format(port=sink.port)) == Deferred(UNTRUSTED)

        assert sink.mails == []
        assert "AUTH" not in sink.commands


async def test_a_wrong_password_is_the_operators_to_mend() -> None:
    with smtp_sink.running(Script(accounts={"ana": "right"}), tls="starttls") as sink:
        outcome = await send(f"smtp://ana:wrong@localhost:{sink.port}{CA}")

    assert outcome == Deferred("The mail server did not let us sign in (535 5.7.8).")


async def test_a_mail_that_is_broken_off_leaves_no_connection_behind(sink: Sink) -> None:
    sink.script.hangs["*"] = "dot"
    line = connections(sink.url)
    sending = asyncio.create_task(line.send("a@vestibule.test", "ana@x.test", MAIL))
    await asyncio.sleep(0.2)

    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending

    assert line.idle == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://h.test", {"port": 587, "user": None, "password": None}),
        ("smtps://h.test", {"port": 465}),
        ("smtp+insecure://h.test", {"port": 25, "context": None}),
        ("smtp://u%40x:p%2Fw@h.test:2525", {"user": "u@x", "password": "p/w", "port": 2525}),
    ],
)
def test_a_server_is_read_from_its_url(url: str, expected: dict[str, Any]) -> None:
    server = Server.from_url(url, greeting="vestibule.test")

    assert {name: getattr(server, name) for name in expected} == expected
    assert "p/w" not in repr(server)


def test_an_authority_that_cannot_be_read_is_said_at_the_start() -> None:
    with pytest.raises(ValueError, match="/nowhere"):
        Server.from_url("smtp://h.test?ca=/nowhere.pem", greeting="vestibule.test")
