"""The end of an organization: closed at once, and cleared away later, in small steps."""

from collections.abc import Mapping
from datetime import timedelta

from vestibule.audit import actions as audit
from vestibule.audit.model import Actor, Entry
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import OrganizationId, UserId
from vestibule.messages import actions as messages
from vestibule.organizations import closing_store, resting
from vestibule.organizations.model import Organization
from vestibule.organizations.resting_model import SlugKind
from vestibule.users import actions as users


async def close(
    tx: Transaction, organization: Organization, *, by: Actor, went_along: Mapping[str, int]
) -> None:
    """Close the held organization. From now on nobody finds it, and its slug rests.

    Whoever calls lets its apps' slugs rest, and withdraws its mails. `went_along` are the numbers
    that the trail keeps.
    """
    await closing_store.close(tx, organization.id)
    await resting.give_up(tx, SlugKind.ORGANIZATION, organization.slug, by=organization.id)
    entry = Entry(
        event="organization.deleted",
        by=by,
        subject_kind="organization",
        subject_id=organization.id,
        subject_name=organization.name,
        organization_id=organization.id,
        details={"name": organization.name, "slug": organization.slug, **went_along},
    )
    await audit.record(tx, entry)


async def hold_closed(tx: Transaction, *, after: timedelta) -> OrganizationId | None:
    """Hold the one that was closed first, longer ago than that, for clearing away."""
    return await closing_store.hold_closed(tx, after=after)


async def clear_members(tx: Transaction, organization_id: OrganizationId, *, at_most: int) -> int:
    """Delete the oldest memberships of a closed organization, with their API keys.

    Nobody lands there any more. Gives the number of memberships.
    """
    oldest = await closing_store.list_oldest(tx, organization_id, at_most=at_most)
    # The users first: the order in which the end of an account takes them.
    await users.stop_landing_of(tx, [user_id for _, user_id in oldest], organization_id)
    membership_ids = [membership_id for membership_id, _ in oldest]
    await messages.forget_about(tx, membership_ids)
    return await closing_store.delete_members(tx, membership_ids)


async def forget_member(tx: Transaction, user_id: UserId) -> None:
    """Delete what a user was in closed organizations: their account ends."""
    await closing_store.delete_members_of(tx, user_id)


async def clear(tx: Transaction, organization_id: OrganizationId) -> None:
    """Delete a held closed organization in which nothing is left."""
    await closing_store.delete(tx, organization_id)
