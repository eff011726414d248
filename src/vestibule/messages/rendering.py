"""A message becomes a letter, at delivery: its template filled in, its key derived, none stored.

What people typed is made harmless here, whatever the template does with it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from jinja2 import Environment

from vestibule.audit.model import known_name
from vestibule.kernel import addresses, i18n, names
from vestibule.kernel.secrets import Secret
from vestibule.messages.model import HostileMail, Letter, Mail, Message, Parameter, is_under

_URLS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s\"'<>()]*", re.IGNORECASE)
_LINKED = re.compile(r"\b(?:href|src|action|background)\s*=\s*[\"']?([^\"'\s>]*)", re.IGNORECASE)


class LinkForgotten(Exception):
    """The mail's link cannot be made any more: its seed was wiped when the mail was settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """All that it takes to write a letter. `mail_from` is an address, with a name or without."""

    templates: Environment
    secret: Secret = field(repr=False)
    base_url: str
    mail_from: str

    def write(self, message: Message) -> Letter:
        """Write the letter that a message stands for: the same one, whenever it is asked for.

        Raises HostileMail, LinkForgotten, InvalidEmail, or what the template engine raises.
        """
        mail = message.mail
        with i18n.speaking(mail.locale):
            context = self._context(mail)
            subject = " ".join(self._fill(mail.template, "subject.txt", context).split())
            context["subject"] = subject
            letter = Letter(
                id=message.id,
                sender=self.mail_from,
                recipient=addresses.parse(mail.recipient).deliverable,
                subject=subject,
                text=self._fill(mail.template, "txt", context).strip() + "\n",
                html=self._fill(mail.template, "html", context),
                host=urlsplit(self.base_url).hostname or "localhost",
                written_at=message.created_at,
            )
        _ensure_leads_home(letter, base_url=self.base_url)
        return letter

    def _context(self, mail: Mail) -> dict[str, object]:
        return {
            **_harmless(mail.parameters),
            "link": self._link(mail),
            "recipient": mail.recipient,
            "base_url": self.base_url,
            "lang": i18n.current_locale(),
        }

    def _link(self, mail: Mail) -> str | None:
        if mail.link_path is None:
            return None
        if mail.key_purpose is None:
            return self.base_url + mail.link_path
        if mail.key_seed is None:
            raise LinkForgotten
        key = self.secret.derive_key(mail.key_purpose, mail.key_seed)
        return f"{self.base_url}{mail.link_path}?key={key}"

    def _fill(self, template: str, part: str, context: Mapping[str, object]) -> str:
        room, _, name = template.partition("/")
        return self.templates.get_template(f"{room}/mail/{name}.{part}").render(context)


def _harmless(parameters: Mapping[str, Parameter]) -> dict[str, object]:
    """Give the parameters as a mail may show them: a text is a name if its key says no other."""
    return {key: _shown(key, value) for key, value in parameters.items()}


def _shown(key: str, value: Parameter) -> object:
    if not isinstance(value, str):
        return value
    if key.endswith("_at"):
        return datetime.fromisoformat(value)
    if key == "email":
        return addresses.parse(value).typed
    return names.for_mail(known_name(value) if key.endswith("_name") else value)


def _ensure_leads_home(letter: Letter, *, base_url: str) -> None:
    """Raise HostileMail if any link of the letter leads to another server than ours."""
    found = [
        *_URLS.findall(letter.text),
        *_URLS.findall(letter.html),
        *_LINKED.findall(letter.html),
    ]
    if not all(is_under(url, base_url) for url in found):
        raise HostileMail
