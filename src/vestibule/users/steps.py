"""What the pages and the API of users do alike.

Limits first, then look up, then hash, then the transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from vestibule.accounts import sessions
from vestibule.accounts import steps as account_steps
from vestibule.accounts.guards import Desk
from vestibule.accounts.realms import Entrance
from vestibule.kernel.database import Reader
from vestibule.users import actions as users
from vestibule.users import sign_up
from vestibule.users.actions import Changes
from vestibule.users.model import (
    NotYourOrganization,
    Places,
    Profile,
    SignedIn,
    User,
)
from vestibule.users.sign_up import Activation, Signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody typed on the activation page, as it came."""

    first_name: str
    last_name: str
    password: str = field(repr=False)
    phone: str | None = None


async def complete_sign_up(
    desk: Desk, entrance: Entrance, *, key: str, typed: Typed, replaced: str | None = None
) -> Signed:
    """Make the user and sign them in; the session of the token `replaced` ends.

    Raises InvalidName, InvalidPhone, WeakPassword, AccountExists and what
    `accounts.steps.get_sign_up` raises.
    """
    offer = await account_steps.get_sign_up(desk, entrance, key)
    await account_steps.ensure_newcomer(desk, entrance, offer.address)
    profile = Profile.clean(typed.first_name, typed.last_name, typed.phone)
    about = [offer.address.canonical, *profile.words]
    password_hash = await desk.passwords.hash(typed.password, about=about)

    activation = Activation(profile=profile, password_hash=password_hash)
    async with desk.database.transaction() as tx:
        if replaced:
            await sessions.end_presented(tx, entrance.realm, replaced, by=desk.origin)
        return await sign_up.complete(tx, key, activation, occasion=desk.occasion(entrance))


async def change_profile(
    desk: Desk, caller: SignedIn, changes_of: Callable[[User], Changes], *, places: Places
) -> User:
    """Change what they say of themselves. `changes_of` reads the whole that comes out of it.

    Raises what that raises, and NotYourOrganization.
    """
    async with desk.database.transaction() as tx:
        before = await users.lock(tx, caller.user.id)
        changes = changes_of(before)
        await _ensure_place(tx, before, changes, places=places)
        return await users.change(tx, before, changes, by=caller.actor(desk.origin))


async def _ensure_place(reader: Reader, before: User, changes: Changes, *, places: Places) -> None:
    """Raise NotYourOrganization unless they belong to where they want to land."""
    wanted = changes.default_organization_id
    if wanted is None or wanted == before.default_organization_id:
        return
    if wanted not in {place.id for place in await places(reader, before.id)}:
        raise NotYourOrganization(path="default_organization")
