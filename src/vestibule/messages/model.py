"""What a mail that we owe is, what may become of it, and when it is tried again. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit
from uuid import UUID

from vestibule.kernel import addresses
from vestibule.kernel.addresses import InvalidEmail
from vestibule.kernel.errors import NotFound
from vestibule.kernel.i18n import mark
from vestibule.kernel.ids import AccountId, MessageId
from vestibule.kernel.secrets import Secret


class DeliveryState(StrEnum):
    """What has become of a mail.

        queued ──────────┐
        not_configured ──┼─▶ sent ──▶ delivered, bounced, complained (as far as a mail server tells)
        deferred ◀─ ─ ─ ─┤
                         └─▶ failed

    Those on the left are open: they are still to be mailed, and hold the seed of their link.
    """

    QUEUED = "queued"
    SENT = "sent"
    DEFERRED = "deferred"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    FAILED = "failed"
    NOT_CONFIGURED = "not_configured"


Parameter = str | int | bool | None

# The waits after each failed try; each is stretched or shrunk by up to a fifth, so that what failed
# together does not return together.
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)
SPREAD = 0.2
LONGEST = timedelta(hours=72)
RETENTION = timedelta(days=90)
# How long a mail that tells what was done is worth sending: as long as any is tried. Else whoever
# sets a mail server up later would send everybody news of long ago.
NEWS_FOR = LONGEST

TOO_LATE = mark("It was not sent in time, and what it says is over.")
GIVEN_UP = mark("It was given up after {attempts} tries. The last time: {reason}")
UNWRITABLE = mark("The mail could not be written. The server's log says why.")
HOSTILE = mark("It was not sent: a name in it would have changed the mail's headers or links.")
WITHDRAWN = mark("It was withdrawn before it was sent.")


class MessageNotFound(NotFound):
    """No such message, or nobody may look at messages here."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a mail is for, and the language that they read."""

    account_id: AccountId
    email: str
    locale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail to be written when it is delivered.

    `template` is `room/name`. Of the parameters, those ending in `_at` are ISO 8601 times, `email`
    is an address, and every other text is shown as `names.for_mail` does: short, without links.
    Past `not_after` it is not mailed any more.
    `about` is the id of what it tells of, for whoever wants to know what became of it; `place_id`
    that of the place whose it is, `account_id` that of the account whose owner reads it: with
    either it goes. `named_id` is that of the account, or API key, whose name it says: with it the
    name goes.
    """

    template: str
    recipient: str
    locale: str
    parameters: Mapping[str, Parameter]
    not_after: datetime
    link_path: str | None = None
    key_purpose: str | None = None
    key_seed: bytes | None = field(default=None, repr=False)
    about: UUID | None = None
    place_id: UUID | None = None
    account_id: AccountId | None = None
    named_id: UUID | None = None

    @property
    def mailbox(self) -> str:
        """Give the recipient as addresses are compared."""
        try:
            return addresses.parse(self.recipient).canonical
        except InvalidEmail:
            return self.recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A mail in the outbox. `attempts` is also the fence: who claims it raises it."""

    id: MessageId
    mail: Mail
    state: DeliveryState
    attempts: int
    reason: str | None
    created_at: datetime
    last_attempt_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """What an action that mails is handed: what keys are made of, and whether mail can leave.

    `takes_news` False: who would read it got enough for now.
    """

    secret: Secret = field(repr=False)
    has_server: bool
    takes_news: bool = True

    @property
    def first_state(self) -> DeliveryState:
        """Give the state in which a mail is put down."""
        return DeliveryState.QUEUED if self.has_server else DeliveryState.NOT_CONFIGURED


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A written mail, before it takes the shape of a MIME message."""

    id: UUID
    sender: str
    recipient: str
    subject: str
    text: str
    html: str
    host: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """The mail server took it."""


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now. The reason is a sentence without addresses, secrets or the server's words."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Never. The reason is a sentence without addresses, secrets or the server's words."""

    reason: str


Outcome = Sent | Deferred | Refused


class HostileMail(Exception):
    """What was written does not come out as it went in: it must not leave."""


def next_wait(attempts: int, *, chance: float) -> timedelta:
    """Tell how long to wait after this many failed tries. `chance` is from 0 to 1."""
    wait = WAITS[min(attempts, len(WAITS)) - 1]
    return wait * (1 + SPREAD * (2 * chance - 1))


def is_under(url: str, base_url: str) -> bool:
    """Tell whether a URL leads to this server."""
    ours, theirs = urlsplit(base_url), urlsplit(url)
    return (theirs.scheme, theirs.netloc) == (ours.scheme, ours.netloc)
