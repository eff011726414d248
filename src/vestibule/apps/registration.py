"""Registration: who got the mail of an app that is open to all becomes its member."""

from dataclasses import dataclass, field

from vestibule.accounts import sessions, sign_up
from vestibule.accounts.model import Started
from vestibule.accounts.realms import Occasion
from vestibule.apps import actions as apps
from vestibule.apps import ends, members
from vestibule.apps.model import App, AppMember, NewMember, SelfRegistrationDisabled
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AppId


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """What a person chose on the activation page."""

    name: str | None
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A new member of an app, signed in."""

    app: App
    member: AppMember
    session: Started


async def complete(
    tx: Transaction, app_id: AppId, presented: str, activation: Activation, *, occasion: Occasion
) -> Registered:
    """Spend the key, make the member with the default role, and sign them in.

    Raises KeyNotFound, why the key cannot be used, SelfRegistrationDisabled if that was closed
    meanwhile, or AccountExists if an invitation was faster.
    """
    found = await apps.get_made(tx, app_id)
    hosting = await apps.lock_for_admitting(tx, found.organization_id, app_id)
    if hosting.definition is None or not hosting.definition.enable_self_registration:
        raise SelfRegistrationDisabled
    offer = await sign_up.spend(tx, presented, entrance=occasion.entrance)
    await ends.clear_way(tx, app_id, offer.address)
    new = NewMember(
        app=hosting.app,
        address=offer.address,
        name=activation.name,
        password_hash=activation.password_hash,
        locale=offer.locale,
    )
    member = await members.make(tx, new, by=occasion.by)
    by = member.as_actor(occasion.by)
    await members.give_default_role(tx, member, hosting.definition.default_role, by=by)
    session = await sessions.start(tx, member.account, origin=occasion.by)
    member = await apps.get_member(tx, app_id, member.id)
    return Registered(app=hosting.app, member=member, session=session)
