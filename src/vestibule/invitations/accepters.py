"""Who answers an invitation, as far as we know them: signed in, by the key alone, or a newcomer.

And whether somebody who is signed in may join as who they are.
"""

from dataclasses import dataclass, field
from typing import TypeAlias, assert_never

from vestibule.invitations import destinations
from vestibule.invitations import place_destinations as places
from vestibule.invitations.destination_model import AnyProfile, Person, Place
from vestibule.invitations.model import Invitation, WrongAccount
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AccountId


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


async def find_asking(
    tx: Transaction, invitation: Invitation, accepter: Accepter
) -> AccountId | None:
    """Give the account that they stand for; None: they make one, or there is none yet."""
    match accepter:
        case SignedInAs(person, _):
            return person.id
        case KeyAlone():
            account = await destinations.find_account(tx, invitation)
            return account.id if account else None
        case Newcomer():
            return None
        case _:
            assert_never(accepter)


async def ensure_may_join(
    tx: Transaction, invitation: Invitation, joining: SignedInAs, *, place: Place
) -> None:
    """Raise WrongAccount unless the address is theirs, or nobody's and they chose their own.

    That must be a place that takes other accounts, and theirs: else DomainNotAllowed.
    """
    person = joining.person
    if person.address.canonical == invitation.email.canonical:
        return
    is_offered = joining.as_me and place.takes_other_accounts
    if not is_offered or await destinations.find_account(tx, invitation) is not None:
        raise WrongAccount(email=invitation.email.typed)
    place.ensure_takes(person.address)
