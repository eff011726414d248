"""Who answers an invitation, as far as we know them: signed in, by the key alone, or a newcomer."""

from dataclasses import dataclass, field
from typing import TypeAlias

from vestibule.invitations import place_destinations as places
from vestibule.invitations.destination_model import AnyProfile, Person
from vestibule.invitations.model import Invitation


@dataclass(frozen=True, slots=True)
class SignedInAs:
    """Somebody signed in. `as_me`: they choose this account, though another address was invited."""

    person: Person
    as_me: bool = False


@dataclass(frozen=True, slots=True)
class KeyAlone:
    """Somebody of whom only the key is known: they stand for the account of the invited address."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody without an account, who makes one now."""

    profile: AnyProfile
    password_hash: str = field(repr=False)


Accepter: TypeAlias = SignedInAs | KeyAlone | Newcomer


def recognised(invitation: Invitation, accepter: Accepter) -> Accepter:
    """Give who that is there: somebody who is signed in elsewhere may be as anybody."""
    if not isinstance(accepter, SignedInAs):
        return accepter
    known = places.recognise(invitation.destination, accepter.person, as_me=accepter.as_me)
    return accepter if known is not None else KeyAlone()
