"""Slugs that were given up: nobody else gets them for 90 days, whoever asks at whichever moment."""

import asyncio

import pytest

from tests.organizations import cast
from tests.organizations.cast import acting
from vestibule.deletion import organization_deletion
from vestibule.kernel.database import Database, Transaction
from vestibule.kernel.ids import UserId, new_id
from vestibule.messages.model import Outbox
from vestibule.organizations import actions as organizations
from vestibule.organizations import changing, closing, resting
from vestibule.organizations.model import Changes, Organization, SlugTaken
from vestibule.organizations.resting_model import SlugKind

OVER = "UPDATE resting_slugs SET rests_until = clock_timestamp() - interval '1 second'"


async def rename(tx: Transaction, user_id: UserId, before: Organization, slug: str) -> Organization:
    seat = await cast.seat_of(tx, user_id, before)
    return await changing.change(tx, seat, Changes(slug=slug), by=acting(user_id))


async def rests_for(tx: Transaction, kind: SlugKind, slug: str) -> int | None:
    """Give for how many days from now a slug rests."""
    days: int | None = await tx.fetch_value(
        """
        SELECT round(extract(epoch FROM rests_until - clock_timestamp()) / 86400)::integer
          FROM resting_slugs WHERE kind = $1 AND slug = $2
        """,
        kind,
        slug,
    )
    return days


async def test_a_slug_that_was_given_up_by_renaming_is_taken_for_others(tx: Transaction) -> None:
    ada, eve = await cast.make_user(tx, "Ada"), await cast.make_user(tx, "Eve")
    before = (await cast.found(tx, ada, slug="acme")).organization
    await rename(tx, ada, before, "acme-new")

    assert await rests_for(tx, SlugKind.ORGANIZATION, "acme") == 90
    with pytest.raises(SlugTaken):
        await cast.found(tx, eve, slug="acme")


async def test_nobody_renames_theirs_to_a_slug_that_rests(tx: Transaction) -> None:
    ada, eve = await cast.make_user(tx, "Ada"), await cast.make_user(tx, "Eve")
    await rename(tx, ada, (await cast.found(tx, ada, slug="acme")).organization, "acme-new")
    other = (await cast.found(tx, eve, slug="other")).organization
    with pytest.raises(SlugTaken):
        await rename(tx, eve, other, "acme")


async def test_who_gave_it_up_by_renaming_takes_it_back(tx: Transaction) -> None:
    ada = await cast.make_user(tx, "Ada")
    before = (await cast.found(tx, ada, slug="acme")).organization
    renamed = await rename(tx, ada, before, "acme-new")
    assert (await rename(tx, ada, renamed, "acme")).slug == "acme"


async def test_a_rest_that_is_over_is_none(tx: Transaction) -> None:
    ada, eve = await cast.make_user(tx, "Ada"), await cast.make_user(tx, "Eve")
    await rename(tx, ada, (await cast.found(tx, ada, slug="acme")).organization, "acme-new")
    await tx.execute(OVER)
    assert (await cast.found(tx, eve, slug="acme")).organization.slug == "acme"


async def test_a_suggestion_does_not_rest(tx: Transaction) -> None:
    ada, eve = await cast.make_user(tx, "Ada"), await cast.make_user(tx, "Eve")
    first = (await cast.found(tx, ada, name="Acme")).organization
    await rename(tx, ada, first, "acme-new")
    second = (await cast.found(tx, eve, name="Acme")).organization
    assert second.slug.startswith("acme-")
    assert second.slug != "acme-new"


async def test_a_rest_that_is_over_is_forgotten_and_no_other(tx: Transaction) -> None:
    await resting.give_up(tx, SlugKind.ORGANIZATION, "gone", by=new_id())
    await tx.execute(OVER)
    await resting.give_up(tx, SlugKind.ORGANIZATION, "rests", by=new_id())
    assert await resting.forget_over(tx) == 1
    assert await rests_for(tx, SlugKind.ORGANIZATION, "rests") == 90


async def test_the_slug_of_a_deleted_organization_rests_from_its_end_on(
    tx: Transaction, outbox: Outbox
) -> None:
    ada = await cast.make_user(tx, "Ada")
    organization = (await cast.found(tx, ada, slug="acme")).organization
    held = await organizations.lock_for_change(tx, organization.id)
    await organization_deletion.delete(tx, held, by=acting(ada), outbox=outbox)
    with pytest.raises(SlugTaken):
        await cast.found(tx, ada, slug="acme")

    await tx.execute("DELETE FROM members WHERE organization_id = $1", organization.id)
    await closing.clear(tx, organization.id)
    assert await rests_for(tx, SlugKind.ORGANIZATION, "acme") == 90
    with pytest.raises(SlugTaken):
        await cast.found(tx, ada, slug="acme")
    await tx.execute(OVER)
    await cast.found(tx, ada, slug="acme")


async def test_who_founds_while_it_is_given_up_waits_and_is_told(database: Database) -> None:
    async with database.transaction() as tx:
        ada, eve = await cast.make_user(tx, "Ada"), await cast.make_user(tx, "Eve")
        before = (await cast.found(tx, ada, slug="acme")).organization

    async with database.transaction() as giving_up:
        await rename(giving_up, ada, before, "acme-new")
        waiting = asyncio.create_task(_found_alone(database, eve))
        await asyncio.sleep(0.1)
        assert not waiting.done()
    with pytest.raises(SlugTaken):
        await waiting
    async with database.reader() as reader:
        assert await reader.fetch_value("SELECT count(*) FROM organizations") == 1


async def _found_alone(database: Database, founder: UserId) -> None:
    async with database.transaction() as tx:
        await cast.found(tx, founder, slug="acme")
