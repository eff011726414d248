"""A letter becomes bytes (security, attack 50): no name adds a header, a recipient or a part."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestibule.kernel import names
from vestibule.messages import mime
from vestibule.messages.model import HostileMail, Letter

LETTER = Letter(
    id=UUID("01978d5e-0000-7000-8000-000000000001"),
    sender="Vestibule <no-reply@vestibule.test>",
    recipient="ana@x.test",
    subject="Bo Berg invites you to Acme",
    text="Hello Ana\n\nhttps://vestibule.test/organization-invite?key=abc\n",
    html='<p>Hello Ana</p><a href="https://vestibule.test/organization-invite?key=abc">Join</a>',
    host="vestibule.test",
    written_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
)

ENCODED = [
    "=?utf-8?q?x=0D=0ABcc:_a@b.c?=",
    "=?utf-8?b?eA0KQmNjOiBhQGIuYw==?=",
    "Acme =?utf-8?q?x=0D=0ABcc:_a@b.c?= Ltd",
]
HOSTILE = [
    "Acme\r\nBcc: a@b.c",
    "Acme\nBcc: a@b.c",
    "Acme\rBcc: a@b.c",
    "Acme\u2028Bcc: a@b.c",
    "Acme\x85Bcc: a@b.c",
    "Acme\x00",
    "Acme\x0bBcc: a@b.c",
    "Acme\x1cBcc: a@b.c",
]


def read(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=policy.default)


def test_a_mail_has_exactly_the_headers_that_we_mean() -> None:
    message = read(mime.build(LETTER))

    assert sorted(message.keys()) == sorted(mime.HEADERS)
    assert message["To"] == "ana@x.test"
    assert message["From"] == "Vestibule <no-reply@vestibule.test>"
    assert message["Subject"] == LETTER.subject
    assert message["Date"] == "Fri, 20 Nov 2026 09:30:00 +0000"
    assert message["Message-ID"] == "<01978d5e-0000-7000-8000-000000000001@vestibule.test>"
    assert message["Auto-Submitted"] == "auto-generated"


def test_a_mail_has_a_text_and_an_html_part_that_say_what_was_written() -> None:
    text, html = read(mime.build(LETTER)).iter_parts()

    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert text.get_content().replace("\r\n", "\n") == LETTER.text
    assert html.get_content().strip() == LETTER.html


def test_the_same_letter_is_the_same_mail_to_the_byte() -> None:
    assert mime.build(LETTER) == mime.build(LETTER)


def test_a_mail_is_ascii_with_short_lines() -> None:
    letter = replace(LETTER, text="ü" * 3000 + "\n.\n\n.Bcc: a@b.c\n", subject="Ümlaut " * 30)

    content = mime.build(letter)

    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 200
    assert b"\n" not in content.replace(b"\r\n", b"")


@pytest.mark.parametrize("subject", HOSTILE, ids=ascii)
def test_a_hostile_subject_is_not_sent(subject: str) -> None:
    with pytest.raises(HostileMail):
        mime.build(replace(LETTER, subject=subject))


@pytest.mark.parametrize("subject", ENCODED, ids=ascii)
def test_an_encoded_word_is_not_decoded_on_its_way(subject: str) -> None:
    message = read(mime.build(replace(LETTER, subject=subject)))

    assert sorted(message.keys()) == sorted(mime.HEADERS)
    assert message["Subject"] == subject


@pytest.mark.parametrize("subject", [*ENCODED, *HOSTILE], ids=ascii)
def test_a_hostile_name_is_harmless_once_it_is_neutralised(subject: str) -> None:
    message = read(mime.build(replace(LETTER, subject=f"{names.for_mail(subject)} invites you")))

    assert sorted(message.keys()) == sorted(mime.HEADERS)
    assert message["To"] == "ana@x.test"


@pytest.mark.parametrize(
    "recipient",
    [
        "ana@x.test, eve@e.test",
        "ana@x.test\r\nBcc: eve@e.test",
        "Ana <ana@x.test>",
        '"x" <eve@e.test>, ana@x.test',
        "=?utf-8?q?eve=40e.test?=, ana@x.test",
        "",
    ],
    ids=ascii,
)
def test_a_recipient_that_is_more_than_an_address_is_not_sent_to(recipient: str) -> None:
    with pytest.raises((HostileMail, ValueError)):
        mime.build(replace(LETTER, recipient=recipient))


def test_the_longest_addresses_go_through() -> None:
    longest = "a" * 64 + "@" + ".".join(["b" * 60, "c" * 60, "d" * 60, "e"])
    odd = "o'neil&co!#$%*/=^_`{|}~-@x.test"

    for recipient in (longest, odd):
        assert read(mime.build(replace(LETTER, recipient=recipient)))["To"] == recipient


def test_a_header_that_nobody_asked_for_is_found_out() -> None:
    with pytest.raises(HostileMail):
        mime.ensure_faithful(mime.build(LETTER).replace(b"From:", b"Bcc: a@b.c\r\nFrom:"), LETTER)


def test_this_python_sends_mails_safely() -> None:
    mime.self_test()


WORDS = st.one_of(st.text(min_size=1), st.text(alphabet="aü (),&-' 山0", min_size=10, max_size=60))


@given(WORDS, WORDS)
def test_every_name_makes_a_mail_that_reads_as_it_was_written(one: str, other: str) -> None:
    subject = f"{names.for_mail(one)} invites you to {names.for_mail(other)}"

    assert read(mime.build(replace(LETTER, subject=subject)))["Subject"] == subject


@pytest.mark.parametrize(
    ("mail_from", "address"),
    [("no-reply@localhost", "no-reply@localhost"), ("Acme <a@b.test>", "a@b.test")],
)
def test_the_envelope_has_the_bare_address_of_the_sender(mail_from: str, address: str) -> None:
    assert mime.sender_address(mail_from) == address


@pytest.mark.parametrize("mail_from", ["Acme", "", "a@", "Acme <a@bücher.test>"])
def test_a_sender_without_an_address_is_refused(mail_from: str) -> None:
    with pytest.raises(ValueError, match="MAIL_FROM"):
        mime.sender_address(mail_from)
