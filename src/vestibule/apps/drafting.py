"""Writing an app's security definition: the draft is kept, and a publish makes it a version.

Whether members or invitations stand against a publish is asked in `memberships/`.
"""

from vestibule.apps import actions as apps
from vestibule.apps import members, queries, store
from vestibule.apps.making import entry
from vestibule.apps.model import (
    App,
    AppMember,
    AppSeat,
    DefinitionNotFound,
    NewMember,
    SavedDefinition,
)
from vestibule.audit import actions as audit
from vestibule.audit.model import Actor
from vestibule.definitions.model import Definition
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import AppId, UserId
from vestibule.users.model import User

MOST_VERSION = 2**31 - 1  # as the database counts


async def save(
    tx: Transaction, seat: AppSeat, definition: Definition, *, source: str, by: Actor
) -> SavedDefinition:
    """Keep a checked definition as the draft. The seat is of `lock_for_managing`."""
    await store.save_draft(tx, seat.app, definition, source=source, by=by)
    await audit.record(tx, entry("app.definition_saved", seat.app, by=by, details={}))
    return await get_draft(tx, seat.app.id)


async def forget_author(tx: Transaction, user_id: UserId) -> None:
    """Take the name of a user off every definition that they saved: their account is deleted."""
    await store.forget_author(tx, user_id)


async def get_draft(reader: Reader, app_id: AppId) -> SavedDefinition:
    """Give the draft. Raises DefinitionNotFound if nothing was ever written."""
    return await get_version(reader, app_id, None)


async def get_version(reader: Reader, app_id: AppId, version: int | None) -> SavedDefinition:
    """Give one version; None: the draft. Raises DefinitionNotFound."""
    if version is not None and not 1 <= version <= MOST_VERSION:
        raise DefinitionNotFound
    saved = await queries.find_saved(reader, app_id, version=version)
    if saved is None:
        raise DefinitionNotFound
    return saved


async def publish(tx: Transaction, seat: AppSeat, draft: SavedDefinition, *, by: Actor) -> App:
    """Make the draft the definition that counts; the app is called as it says.

    The seat is of `lock_for_managing`. Whoever calls has seen to those whose role is dropped.
    """
    version = await store.publish_draft(tx, seat.app.id, by=by)
    details = {"version": version, "definition": draft.definition.to_json()}
    app = await apps.get_made(tx, seat.app.id)
    await audit.record(tx, entry("app.published", app, by=by, details=details))
    return app


async def let_publisher_in(
    tx: Transaction, app: App, definition: Definition, user: User, *, by: Actor
) -> AppMember:
    """Make the user who published first a member with the default role, without a password.

    A member with their address is linked instead, and keeps their roles.
    """
    member = await apps.find_member_of_address(tx, app.id, user.address)
    if member is None:
        new = NewMember(
            app=app,
            address=user.address,
            name=user.name,
            password_hash=None,
            locale=user.locale,
        )
        member = await members.make(tx, new, by=by)
        await members.give_default_role(tx, member, definition.default_role, by=by)
    await members.link(tx, member, user.id, by=by)
    return await apps.get_member(tx, app.id, member.id)
