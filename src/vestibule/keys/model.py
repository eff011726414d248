"""What a mailed key is: presenting one proves that a mailbox was read.

Good for one purpose, for a time. Pure.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from vestibule.kernel.errors import Gone, NotFound
from vestibule.kernel.i18n import mark
from vestibule.kernel.ids import KeyId, RealmId


class Purpose(StrEnum):
    """What a key opens. The word is hashed with it, so a key of one purpose is none of another."""

    SIGN_UP = "sign_up"
    PASSWORD_RESET = "password_reset"  # noqa: S105  a word, not a password
    ADDRESS_CHANGE = "address_change"
    ORGANIZATION_INVITATION = "organization_invitation"
    APP_INVITATION = "app_invitation"


class KeyNotFound(NotFound):
    """No key of this purpose was ever made with these letters."""

    sentence = mark(
        "This link is not one that we know. Check that it was copied whole, or ask for a new one."
    )


class KeyExpired(Gone):
    """The key's time is over."""

    sentence = mark("This link is too old to be used. Ask for a new one.")


class KeyUsed(Gone):
    """The key was spent."""

    sentence = mark("This link was used already.")


class KeySuperseded(Gone):
    """A newer key was mailed, or what the key was for has changed."""

    sentence = mark(
        "This link was replaced. The newest mail has the one that works, or ask for a new one."
    )


# What may be wrong with a key that somebody presents.
REFUSALS = (KeyNotFound, KeyExpired, KeyUsed, KeySuperseded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A mailed key as the database knows it.

    `subject` says for what (an id, or an address); `particulars` is what the room that asked for it
    wants back. `is_expired` is by the database's clock, read with the row.
    """

    id: KeyId
    realm_id: RealmId
    purpose: Purpose
    subject: str
    particulars: dict[str, Any]
    expires_at: datetime
    is_expired: bool
    is_spent: bool
    is_superseded: bool

    def ensure_usable(self) -> None:
        """Raise, with the exact reason, unless the key can still be spent."""
        if self.is_spent:
            raise KeyUsed
        if self.is_superseded:
            raise KeySuperseded
        if self.is_expired:
            raise KeyExpired
