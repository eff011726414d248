"""The members of an app: let in, with a role more, renamed, linked to a user, taken out.

Whoever lowers or ends a membership sees to what follows from it: that stands in `memberships/`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vestibule.accounts import actions as accounts
from vestibule.accounts.model import NewAccount
from vestibule.apps import actions as apps
from vestibule.apps import end_store, member_store, store
from vestibule.apps.model import Admission, App, AppMember, InvalidProperties, NewMember
from vestibule.audit import actions as audit
from vestibule.audit.model import Actor, Entry
from vestibule.kernel import i18n, names, plain_json
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AppMemberId, UserId
from vestibule.organizations import actions as organizations
from vestibule.organizations.model import AlreadyMember


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a member says of themselves, as it is kept."""

    name: str | None
    locale: str
    properties: Mapping[str, Any]


async def make(tx: Transaction, new: NewMember, *, by: Actor) -> AppMember:
    """Make the account and the person behind it, without a role. Raises AccountExists."""
    account = await accounts.make(
        tx,
        NewAccount(
            realm_id=new.app.realm_id,
            address=new.address,
            password_hash=new.password_hash,
            locale=i18n.supported(new.locale),
        ),
        by=by,
    )
    await member_store.insert_member(tx, account.id, new)
    return await member_store.get_held(tx, AppMemberId(account.id))


async def admit(tx: Transaction, admission: Admission) -> AppMemberId:
    """Give a member of the app a role. Raises AlreadyMember, AppMemberNotFound if they are gone.

    The caller holds `lock_for_admitting`, has checked the right, and records how they came in.
    """
    if not await member_store.insert_role(tx, admission):
        raise AlreadyMember
    return AppMemberId(admission.account_id)


async def give_default_role(tx: Transaction, member: AppMember, role: str, *, by: Actor) -> None:
    """Give somebody who was not invited their first role: who registered, or published."""
    admission = Admission(
        organization_id=member.organization_id,
        app_id=member.app_id,
        account_id=member.id,
        role=role,
    )
    await admit(tx, admission)
    await audit.record(tx, entry("app_member.joined", member, by=by, details={"role": role}))


async def link(tx: Transaction, member: AppMember, user_id: UserId, *, by: Actor) -> None:
    """Let the user continue as this member from the studio."""
    await member_store.link_user(tx, member.id, user_id)
    await audit.record(tx, entry("app_member.linked", member, by=by, details={"user": user_id}))


async def change_profile(
    tx: Transaction, before: AppMember, profile: Profile, *, by: Actor
) -> AppMember:
    """Change what a member says of themselves; no change leaves no trace."""
    locale = i18n.supported(profile.locale)
    if locale != before.locale:
        await accounts.speak(tx, before.id, locale)
    await member_store.set_profile(tx, before.id, name=profile.name, properties=profile.properties)
    after = await apps.get_member(tx, before.app_id, before.id)
    changed = _difference(before, after)
    if changed:
        await audit.record(tx, entry("app_member.changed", after, by=by, details=changed))
    return after


async def set_roles(tx: Transaction, member: AppMember, roles: Sequence[str], *, by: Actor) -> None:
    """Give the held member exactly these roles. Who calls has checked the right."""
    before = await member_store.list_roles(tx, member.id)
    await member_store.set_roles(tx, member, roles)
    details = {"before": before, "after": list(roles)}
    await audit.record(tx, entry("app_member.roles_changed", member, by=by, details=details))


async def move_role(tx: Transaction, app: App, role: str, to: str) -> Sequence[AppMemberId]:
    """Give each member who has the role the other one for it. Gives whose role it was.

    The app is held. Who calls records what became of whom.
    """
    return await member_store.move_role(tx, app, role, to)


async def get_moved(tx: Transaction, member_id: AppMemberId) -> AppMember:
    """Give a member of a held app whose role was moved, be their time over or not."""
    return await member_store.get_held(tx, member_id)


async def lock_for_leaving(tx: Transaction, member: AppMember) -> AppMember:
    """Give the member as they are now, held with app and organization. Raises AppMemberNotFound."""
    await organizations.lock_for_change(tx, member.organization_id)
    await store.hold(tx, member.app_id)
    return await apps.lock_member(tx, member.app_id, member.id)


async def end(tx: Transaction, member: AppMember, event: str, *, by: Actor) -> None:
    """Delete the member with account, sessions and keys. Of two who do so at once, one does.

    `event`: `left`, `removed` or `ended`.
    """
    if not await end_store.hold(tx, member.id):
        return
    roles = await member_store.list_roles(tx, member.id)
    await accounts.end(tx, member.account)
    details = {"address": member.email, "roles": roles}
    await audit.record(tx, entry(f"app_member.{event}", member, by=by, details=details))


def clean_name(text: str | None, *, path: str = "name") -> str | None:
    """Give what a member is called, or nothing. Raises InvalidName."""
    return names.clean(text, path=path) if text and text.strip() else None


def clean_properties(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the properties, if they are no more than is kept. Raises InvalidProperties."""
    if not plain_json.is_kept(properties):
        raise InvalidProperties(path="properties")
    return properties


def entry(event: str, member: AppMember, *, by: Actor, details: Mapping[str, Any]) -> Entry:
    """Give what the trail keeps of something that was done to a member."""
    return Entry(
        event=event,
        by=by,
        subject_kind="app_member",
        subject_id=member.id,
        subject_name=member.name,
        organization_id=member.organization_id,
        details={"app": member.app_id, **details},
    )


def _difference(before: AppMember, after: AppMember) -> dict[str, Any]:
    pairs = {
        "name": (before.given_name, after.given_name),
        "locale": (before.locale, after.locale),
        "properties": (before.properties, after.properties),
    }
    return {
        field: {"before": old, "after": new} for field, (old, new) in pairs.items() if old != new
    }
