"""Ids: UUIDv7 in the database, TypeIDs wherever a person or a program sees them.

A TypeID: `inv_01h455vb4pex5vsknk084sn02q`.
"""

from typing import NewType
from uuid import UUID

from uuid_utils.compat import uuid7

from vestibule.kernel.errors import NotFound

RealmId = NewType("RealmId", UUID)
AccountId = NewType("AccountId", UUID)
UserId = NewType("UserId", AccountId)
OrganizationId = NewType("OrganizationId", UUID)
AppId = NewType("AppId", UUID)
AppMemberId = NewType("AppMemberId", AccountId)
MembershipId = NewType("MembershipId", UUID)
InvitationId = NewType("InvitationId", UUID)
SessionId = NewType("SessionId", UUID)
KeyId = NewType("KeyId", UUID)
MessageId = NewType("MessageId", UUID)
AuditId = NewType("AuditId", UUID)
ApiKeyId = NewType("ApiKeyId", UUID)

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_LENGTH = 26


def new_id() -> UUID:
    """Make an id that sorts by the time of its making (RFC 9562, version 7)."""
    return uuid7()


def encode(prefix: str, value: UUID) -> str:
    """Write an id as a TypeID: a prefix that says of what, and 26 letters of Crockford base 32."""
    number = value.int
    letters = [_ALPHABET[(number >> shift) & 31] for shift in range(125, -5, -5)]
    return f"{prefix}_{''.join(letters)}"


def decode(prefix: str, text: str) -> UUID:
    """Read a TypeID of this prefix. Raises NotFound: an id of another kind names nothing here."""
    head, _, letters = text.rpartition("_")
    if head != prefix or len(letters) != _LENGTH or letters[0] > "7":
        raise NotFound
    number = 0
    for letter in letters:
        if letter not in _VALUES:
            raise NotFound
        number = number << 5 | _VALUES[letter]
    return UUID(int=number)
