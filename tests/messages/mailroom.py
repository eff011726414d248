"""What the tests of mails share: two templates, a writer, an outbox, and mails to fill it with."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from jinja2 import DictLoader, Environment, StrictUndefined

from vestibule.kernel.ids import MessageId, new_id
from vestibule.kernel.secrets import Secret
from vestibule.messages.delivery import Courier
from vestibule.messages.model import DeliveryState, Mail, Message, Outbox, Parameter
from vestibule.messages.rendering import Writer
from vestibule.messages.smtp import Server, Timeouts

BASE_URL = "https://vestibule.test"
SECRET = Secret(b"s" * 32)
SEED = b"e" * 32
KEY = SECRET.derive_key("invitation", SEED)
LINK = f"{BASE_URL}/organization-invite?key={KEY}"
OUTBOX = Outbox(secret=SECRET, has_server=True)
SHORT = Timeouts(connect=0.5, command=0.5, data=0.5, quit=0.2, pause=0)

TEMPLATES = {
    "trial/mail/invitation.subject.txt": (
        "{{ inviter_name }} invites you to {{ organization_name }}"
    ),
    "trial/mail/invitation.txt": (
        "{{ inviter_name }} invites you ({{ recipient }}) to {{ organization_name }}.\n"
        "\n{{ link }}\n"
    ),
    "trial/mail/invitation.html": (
        "<html><head></head><p>{{ inviter_name }} invites you to {{ organization_name }}.</p>"
        '<p><a href="{{ link }}">Join</a></p></html>'
    ),
    "trial/mail/note.subject.txt": "A\n note\tto {{ email }}",
    "trial/mail/note.txt": "{{ note }} {{ recipient }}",
    "trial/mail/note.html": "<p>{{ note }} {{ recipient }}</p>",
    "trial/mail/astray.subject.txt": "Hello",
    "trial/mail/astray.txt": "Hello",
    "trial/mail/astray.html": '<a href="//evil.test/">Hello</a>',
    "trial/mail/afar.subject.txt": "Hello",
    "trial/mail/afar.txt": "See HTTPS://evil.test",
    "trial/mail/afar.html": "Hello",
}


def templates() -> Environment:
    """An environment that escapes as the product's does."""
    return Environment(
        loader=DictLoader(TEMPLATES),
        autoescape=lambda name: name is None or not name.endswith(".txt"),  # noqa: S701
        undefined=StrictUndefined,
    )


def writer(*, base_url: str = BASE_URL) -> Writer:
    """A writer of the two templates."""
    return Writer(
        templates=templates(),
        secret=SECRET,
        base_url=base_url,
        mail_from="Vestibule <no-reply@vestibule.test>",
    )


def courier(url: str, *, timeouts: Timeouts = SHORT) -> Courier:
    """A courier to the server at the URL."""
    server = Server.from_url(url, greeting="vestibule.test", timeouts=timeouts)
    return Courier.of(writer(), server)


def invitation(
    recipient: str = "ana@x.test",
    *,
    lasts: timedelta = timedelta(days=5),
    about: UUID | None = None,
    **parameters: Parameter,
) -> Mail:
    """A mail with a key."""
    return Mail(
        template="trial/invitation",
        recipient=recipient,
        locale="en",
        parameters={"inviter_name": "Bo Berg", "organization_name": "Acme", **parameters},
        not_after=datetime.now(UTC) + lasts,
        link_path="/organization-invite",
        key_purpose="invitation",
        key_seed=SEED,
        about=about,
    )


def poison(recipient: str = "poison@x.test", *, about: UUID | None = None) -> Mail:
    """A mail that cannot be written: its template is not there."""
    return Mail(
        template="trial/missing",
        recipient=recipient,
        locale="en",
        parameters={},
        not_after=datetime.now(UTC) + timedelta(days=5),
        about=about,
    )


def message(mail: Mail) -> Message:
    """A message as it comes out of the outbox."""
    return Message(
        id=MessageId(new_id()),
        mail=mail,
        state=DeliveryState.QUEUED,
        attempts=1,
        reason=None,
        created_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
        last_attempt_at=None,
    )
