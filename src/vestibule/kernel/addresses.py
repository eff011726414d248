"""Mail addresses: which are taken, when two are the same, and how one is shown in a log.

The rule is written out rather than left to a library's options: what passes gets mail, and only it.
"""

import re
import unicodedata
from dataclasses import dataclass

import idna

from vestibule.kernel.errors import Invalid, InvalidField
from vestibule.kernel.i18n import mark

MAX_OCTETS = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets
MAX_LOCAL_OCTETS = 64

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*")
_GMAIL = frozenset({"gmail.com", "googlemail.com"})


class InvalidEmail(Invalid):
    """The text is not one mail address of the kind that we can write to."""

    sentence = mark("Enter one mail address, such as ana@example.com.")


class InvalidDomain(InvalidField):
    """The text is not what stands behind the @ of an address that we can write to."""

    sentence = mark("Write a whole domain, such as example.com: no @ before it, and no * in it.")


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox. `typed` is for showing and for mail, `canonical` (all ASCII) for comparing."""

    typed: str
    canonical: str

    @property
    def domain(self) -> str:
        """Give what stands behind the @, in lower case and ASCII."""
        return self.canonical.rpartition("@")[2]

    @property
    def deliverable(self) -> str:
        """Give what the mail is sent to: the local part as typed, the domain in ASCII."""
        return self.typed.rpartition("@")[0] + "@" + self.domain


def parse(text: str, *, path: str = "email") -> Address:
    """Read one address, without spaces around it (forms strip them). Raises InvalidEmail.

    A local part is an ASCII dot-atom, a domain is an IDNA 2008 name of two labels or more.
    """
    if len(text.encode("utf-8", "replace")) > MAX_OCTETS:
        raise InvalidEmail(path=path)
    local, _, domain = text.rpartition("@")
    if len(local) > MAX_LOCAL_OCTETS or not _LOCAL.fullmatch(local) or "=?" in local:
        raise InvalidEmail(
            path=path
        )  # "=?" opens an encoded word, which a mail reader would decode in a header
    ascii_domain = _to_ascii(domain, path=path)
    canonical = f"{local.lower()}@{ascii_domain}"
    if len(canonical) > MAX_OCTETS:
        raise InvalidEmail(path=path)
    return Address(typed=unicodedata.normalize("NFC", text), canonical=canonical)


def parse_domain(text: str, *, path: str = "domain") -> str:
    """Read a domain as addresses have it behind the @: `Address.domain`. Raises InvalidDomain."""
    try:
        return parse(f"a@{text}").domain
    except InvalidEmail:
        raise InvalidDomain(path=path) from None


def folded(address: Address) -> str:
    """Give what limits count by; never an identity.

    `ana+1@` and `ana@` reach the same person, and at Gmail so do all spellings with dots.
    """
    local, _, domain = address.canonical.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _GMAIL:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


def masked(text: str) -> str:
    """Give `v***@x.test`, for logs."""
    local, at, domain = text.rpartition("@")
    return f"{local[:1]}***@{domain}" if at else "***"


def _to_ascii(domain: str, *, path: str) -> str:
    """Give the lower-case A-labels of a domain.

    A character that only looks like an ASCII one (Kelvin, fullwidth) is refused, not mapped.
    """
    if any(not letter.isascii() and _compatible(letter).isascii() for letter in domain):
        raise InvalidEmail(path=path)
    try:
        encoded = idna.encode(
            unicodedata.normalize("NFC", domain).lower(), strict=True, std3_rules=True
        )
    except (idna.IDNAError, UnicodeError):
        raise InvalidEmail(path=path) from None
    labels = encoded.decode("ascii").split(".")
    if len(labels) < 2 or not labels[-1] or labels[-1].isdigit():
        raise InvalidEmail(path=path)
    return ".".join(labels)


def _compatible(letter: str) -> str:
    return unicodedata.normalize("NFKC", letter)
