"""A letter becomes the bytes that a mail server takes. No header but the subject holds users' text.

Some Pythons write a header that nobody asked for when a name holds an encoded word (CVE-2024-6923).
So every message is read again before it leaves, and no server starts where that check fails.
"""

import re
from base64 import b64encode
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import format_datetime, formataddr, getaddresses, parseaddr
from uuid import UUID

from vestibule.kernel.i18n import mark
from vestibule.messages.model import HostileMail, Letter

HEADERS = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
)
PART_HEADERS = ("Content-Type", "Content-Transfer-Encoding", "MIME-Version")

UNSAFE = mark(
    "Mails cannot be sent safely: this Python writes headers that were not asked for. "
    "Use a newer release of it."
)

_NOT_IN_SUBJECTS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_OCTETS_PER_WORD = 39  # in base64, with its frame and "Subject: ", a line of 73


class UnsafeMail(Exception):
    """The self-test failed: mails must not be sent with this Python."""


def build(letter: Letter) -> bytes:
    """Give the message, with CRLF line ends and 7-bit safe. The same letter gives the same bytes.

    Raises HostileMail if what comes out is not what went in.
    """
    if _NOT_IN_SUBJECTS.search(letter.subject):
        raise HostileMail
    return _serialised(letter)


def sender_address(mail_from: str) -> str:
    """Give the bare address of the sender, for the envelope. Raises ValueError if there is none."""
    address = parseaddr(mail_from)[1]
    if not address.isascii() or not re.fullmatch(r"[^@\s<>\"]+@[^@\s<>\"]+", address):
        raise ValueError(mark("MAIL_FROM must hold one address, in ASCII."))
    return address


def self_test() -> None:
    """Build hostile mails past the first guard, and see the second stop them. Raises UnsafeMail."""
    for subject in (
        "=?utf-8?q?x=0D=0ABcc:_a@b.c?=",
        "=?utf-8?b?eA0KQmNjOiBhQGIuYw==?=",
        "x\u2028Bcc: a@b.c",
        "x\r\nBcc: a@b.c",
    ):
        try:
            headers = message_from_bytes(_serialised(_hostile_letter(subject))).keys()
        except (HostileMail, ValueError):
            continue
        if sorted(headers) != sorted(HEADERS):
            raise UnsafeMail(UNSAFE)


def _serialised(letter: Letter) -> bytes:
    serialised = _headers(letter) + _body(letter)
    ensure_faithful(serialised, letter)
    return serialised


def _headers(letter: Letter) -> bytes:
    """Write the headers by hand: how Python folds and decodes them changes by its releases."""
    headers = {
        "From": formataddr(parseaddr(letter.sender)),
        "To": letter.recipient,
        "Subject": _encoded(letter.subject),
        "Date": format_datetime(letter.written_at.astimezone(UTC)),
        "Message-ID": f"<{letter.id}@{letter.host}>",
        "Auto-Submitted": "auto-generated",
    }
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("ascii")


def _encoded(subject: str) -> str:
    """Give the subject as it is, or in encoded words (RFC 2047) if it is not plain ASCII."""
    if subject.isascii() and "=?" not in subject:
        return subject
    words: list[bytes] = [b""]
    for letter in subject:
        octets = letter.encode()
        if len(words[-1]) + len(octets) > _OCTETS_PER_WORD:
            words.append(b"")
        words[-1] += octets
    return "\r\n ".join(f"=?utf-8?b?{b64encode(word).decode()}?=" for word in words)


def _body(letter: Letter) -> bytes:
    message = EmailMessage(policy=policy.SMTP)
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    message.set_boundary(f"vestibule-{letter.id.hex}")  # fixed: a retried mail is the same mail
    return message.as_bytes()


def ensure_faithful(serialised: bytes, letter: Letter) -> None:
    """Read the message as a stranger would; raise HostileMail if it says more than the letter."""
    if not serialised.isascii():
        raise HostileMail
    read = message_from_bytes(serialised)
    recipients = [address for _, address in getaddresses(read.get_all("To", []))]
    subject = message_from_bytes(serialised, policy=policy.default)["Subject"]
    is_faithful = (
        sorted(read.keys()) == sorted(HEADERS)
        and recipients == [letter.recipient] != [""]
        and str(subject) == letter.subject
        and _parts_are_ours(read)
    )
    if not is_faithful:
        raise HostileMail


def _parts_are_ours(read: Message) -> bool:
    parts = [part for part in read.walk() if part is not read]
    kinds = [part.get_content_type() for part in parts]
    return kinds == ["text/plain", "text/html"] and all(
        set(part.keys()) <= set(PART_HEADERS) for part in parts
    )


def _hostile_letter(subject: str) -> Letter:
    return Letter(
        id=UUID(int=0),
        sender="self-test@localhost",
        recipient="self-test@localhost",
        subject=subject,
        text="-",
        html="<p>-</p>",
        host="localhost",
        written_at=datetime(2000, 1, 1, tzinfo=UTC),
    )
