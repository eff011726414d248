"""What becomes of a sign-up on the platform: a user, signed in."""

from dataclasses import dataclass, field

from vestibule.accounts import sign_up
from vestibule.accounts.model import Started
from vestibule.accounts.realms import Occasion
from vestibule.kernel.database import Transaction
from vestibule.users import actions as users
from vestibule.users.actions import NewUser
from vestibule.users.model import Profile, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A new user, signed in."""

    user: User
    session: Started


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """What a person chose on the activation page."""

    profile: Profile
    password_hash: str = field(repr=False)


async def complete(
    tx: Transaction, presented: str, activation: Activation, *, occasion: Occasion
) -> Signed:
    """Spend the key, make the user, and sign them in.

    Raises KeyNotFound, why the key cannot be used, or AccountExists if an invitation was faster.
    """
    offer = await sign_up.spend(tx, presented, entrance=occasion.entrance)
    user = await users.make(
        tx,
        NewUser(
            address=offer.address,
            profile=activation.profile,
            password_hash=activation.password_hash,
            locale=offer.locale,
        ),
        by=occasion.by,
    )
    session = await users.start_session(tx, user, origin=occasion.by)
    return Signed(user=user, session=session)
