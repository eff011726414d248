"""The server's secret, what is derived from it, and random tokens. Nothing here is ever logged."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

SEED_BYTES = 32


@dataclass(frozen=True, slots=True)
class Secret:
    """32 bytes or more, outside the database: who has the database alone cannot make a key."""

    value: bytes = field(repr=False)

    def derive_key(self, purpose: str, seed: bytes) -> str:
        """Give the 43 characters of the key that this seed stands for, always the same."""
        return _text(hmac.digest(self.value, b"key\0" + purpose.encode() + b"\0" + seed, "sha256"))

    def sign(self, purpose: str, text: str) -> str:
        """Give 43 characters that only this server can make for the text."""
        return _text(
            hmac.digest(self.value, b"sign\0" + purpose.encode() + b"\0" + text.encode(), "sha256")
        )

    def fingerprint(self) -> bytes:
        """Give what the database may keep, to tell one secret from another."""
        return hmac.digest(self.value, b"fingerprint", "sha256")


@dataclass(frozen=True, slots=True)
class OperatorKey:
    """What the operator's programs show, known by its digest alone."""

    hashed: bytes = field(repr=False)

    @classmethod
    def of(cls, key: str) -> "OperatorKey":
        """Make it of the key itself."""
        return cls(digest("operator", key))

    def is_shown(self, token: str) -> bool:
        """Tell whether the token is the key, in constant time."""
        return hmac.compare_digest(self.hashed, digest("operator", token))


def new_seed() -> bytes:
    """Make the random seed of one mailed key."""
    return secrets.token_bytes(SEED_BYTES)


def new_token() -> str:
    """Make a random token of 256 bits, 43 characters."""
    return secrets.token_urlsafe(32)


def digest(purpose: str, token: str) -> bytes:
    """Give what is kept of a key or token.

    The hash binds its purpose, so that none passes for another. Plain SHA-256 is enough for 256
    random bits (ASVS 5.0, 6.5.2).
    """
    return hashlib.sha256(purpose.encode() + b"\0" + token.encode("utf-8", "replace")).digest()


def is_same(one: str, other: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
