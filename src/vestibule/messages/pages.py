"""The development mailbox: what would have been mailed, while no mail server is set up.

Whoever sees it can become anybody, so it is for this machine alone: a local BASE_URL, no mail
server, and a peer that is a program of this machine and no proxy. Otherwise it is not there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jinja2 import TemplateError
from litestar import MediaType, Request, Response, get
from litestar.di import Provide
from litestar.params import FromPath

from vestibule.kernel import ids
from vestibule.kernel.database import Database
from vestibule.kernel.i18n import gettext
from vestibule.kernel.ids import MessageId
from vestibule.kernel.settings import Settings
from vestibule.messages import queries
from vestibule.messages.model import HostileMail, Message, MessageNotFound
from vestibule.messages.rendering import LinkForgotten, Writer
from vestibule.web import pages
from vestibule.web.injected import Injected
from vestibule.web.listing import Part, read_part
from vestibule.web.peers import is_this_machine

_URL = re.compile(r"https?://[^\s<>\"]+\?key=[^\s<>\"]+")

# A mail has its styles on its elements, and is shown in a frame of the mailbox's page.
_HTML_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox "
        "allow-top-navigation-by-user-activation"
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A mail as the mailbox shows it."""

    id: str
    state: str
    recipient: str
    sender: str
    subject: str
    created_at: datetime
    text: str
    html: str
    links: Sequence[str]


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The mailbox, open."""

    database: Database
    writer: Writer


def provide_mailbox(
    request: Request[Any, Any, Any],
    database: Injected[Database],
    settings: Injected[Settings],
    writer: Injected[Writer],
) -> Mailbox:
    """Open the mailbox. Raises MessageNotFound where it is not there."""
    if settings.smtp_url or not settings.is_local or not is_this_machine(request):
        raise MessageNotFound
    return Mailbox(database, writer)


OPEN = {"mailbox": Provide(provide_mailbox, sync_to_thread=False)}


@get(
    "/mailbox",
    include_in_schema=False,
    dependencies=OPEN | {"part": Provide(read_part, sync_to_thread=False)},
)
async def show_mailbox(mailbox: Injected[Mailbox], part: Injected[Part]) -> pages.Answer:
    """List the mails, newest first."""
    window = part.window(queries.SCOPE)
    async with mailbox.database.reader() as reader:
        messages = await queries.list_messages(reader, window)
    shown = messages.map(lambda message: _show(message, mailbox.writer))
    return pages.render("messages/mailbox.html", messages=shown)


@get("/mailbox/{message_id:str}", include_in_schema=False, dependencies=OPEN)
async def show_mail(message_id: FromPath[str], mailbox: Injected[Mailbox]) -> pages.Answer:
    """Show one mail: who to, its links, its text."""
    shown = await _get(mailbox, message_id)
    return pages.render("messages/mailbox_message.html", message=shown)


@get("/mailbox/{message_id:str}/html", include_in_schema=False, dependencies=OPEN)
async def show_html(message_id: FromPath[str], mailbox: Injected[Mailbox]) -> pages.Answer:
    """Answer with the HTML part alone. Its links lead out of the frame that it is shown in."""
    shown = await _get(mailbox, message_id)
    html = shown.html.replace("<head>", '<head><base target="_top">', 1)
    return Response(html, media_type=MediaType.HTML, headers=_HTML_HEADERS)


async def _get(mailbox: Mailbox, message_id: str) -> Shown:
    found = MessageId(ids.decode("msg", message_id))
    async with mailbox.database.reader() as reader:
        return _show(await queries.get_message(reader, found), mailbox.writer)


def _show(message: Message, writer: Writer) -> Shown:
    """Write the letter, or say why that is not possible: one bad mail must not hide the others."""
    try:
        letter = writer.write(message)
        subject, text, html = letter.subject, letter.text, letter.html
    except LinkForgotten:
        subject, html = gettext("A mail whose link is no longer kept"), ""
        text = gettext(message.reason) if message.reason else ""
    except (HostileMail, TemplateError, ValueError) as fault:
        subject, html = gettext("A mail that cannot be written"), ""
        text = f"{message.mail.template}: {type(fault).__name__}"
    return Shown(
        id=ids.encode("msg", message.id),
        state=message.state,
        recipient=message.mail.recipient,
        sender=writer.mail_from,
        subject=subject,
        created_at=message.created_at,
        text=text,
        html=html,
        links=sorted(set(_URL.findall(text))),
    )


handlers = (show_mailbox, show_mail, show_html)
