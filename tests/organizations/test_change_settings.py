"""Changing the settings of an organization."""

from datetime import timedelta

import pytest

from tests.organizations import cast
from tests.world import calling
from vestibule.kernel.database import Database, Transaction
from vestibule.kernel.errors import Invalid
from vestibule.kernel.ids import new_id
from vestibule.organizations import actions as organizations
from vestibule.organizations import changing
from vestibule.organizations.model import Changes, Organization, OrganizationNotFound, SlugTaken


async def test_what_is_asked_for_changes_and_the_rest_stays(tx: Transaction) -> None:
    ada = await cast.make_user(tx, "Ada")
    before = (await cast.found(tx, ada)).organization
    changes = Changes(invitation_lifetime=timedelta(hours=1), requires_sign_in=True)

    after = await _change(tx, before, changes)

    assert after.invitation_lifetime == timedelta(hours=1)
    assert after.requires_sign_in
    assert (after.name, after.slug) == (before.name, before.slug)
    seat = await organizations.get_for_seeing(tx, await calling(tx, ada), before.slug)
    assert seat.organization == after


async def test_a_new_slug_leads_there_and_the_old_one_no_longer(tx: Transaction) -> None:
    ada = await cast.make_user(tx, "Ada")
    before = (await cast.found(tx, ada)).organization
    await _change(tx, before, Changes(name="Renamed", slug="renamed-here"))

    seat = await organizations.get_for_seeing(tx, await calling(tx, ada), "renamed-here")
    assert seat.organization.name == "Renamed"
    with pytest.raises(OrganizationNotFound):
        await organizations.get_for_seeing(tx, await calling(tx, ada), before.slug)


@pytest.mark.parametrize(
    "changes",
    [
        Changes(name=""),
        Changes(name="x" * 81),
        Changes(name="a\x00"),
        Changes(slug="No"),
        Changes(slug="new"),
        Changes(invitation_lifetime=timedelta(minutes=59)),
        Changes(invitation_lifetime=timedelta(days=31)),
    ],
)
async def test_settings_out_of_bounds_are_refused(tx: Transaction, changes: Changes) -> None:
    ada = await cast.make_user(tx, "Ada")
    organization = (await cast.found(tx, ada)).organization

    with pytest.raises(Invalid):
        await _change(tx, organization, changes)
    seat = await organizations.get_for_seeing(tx, await calling(tx, ada), organization.slug)
    assert seat.organization == organization


async def test_the_slug_of_another_organization_is_refused(database: Database) -> None:
    taken, free = f"taken-{new_id().hex[-12:]}", f"free-{new_id().hex[-12:]}"
    async with database.transaction() as tx:
        ada = await cast.make_user(tx, "Ada")
        await cast.found(tx, ada, slug=taken)
        organization = (await cast.found(tx, ada, slug=free)).organization

    with pytest.raises(SlugTaken):
        async with database.transaction() as tx:
            await _change(tx, organization, Changes(slug=taken))
    async with database.reader() as reader:
        seat = await organizations.get_for_seeing(reader, await calling(reader, ada), free)
    assert seat.organization == organization


async def test_a_change_is_written_down_with_before_and_after(tx: Transaction) -> None:
    ada = await cast.make_user(tx, "Ada")
    organization = (await cast.found(tx, ada, name="Old")).organization
    await _change(tx, organization, Changes(name="New", requires_sign_in=False))

    assert await _trail(tx, organization) == [{"before": {"name": "Old"}, "after": {"name": "New"}}]


async def test_what_changes_nothing_leaves_no_trace(tx: Transaction) -> None:
    ada = await cast.make_user(tx, "Ada")
    organization = (await cast.found(tx, ada)).organization
    await _change(tx, organization, Changes(name=organization.name, slug=organization.slug))
    await _change(tx, organization, Changes())

    assert await _trail(tx, organization) == []


async def _change(tx: Transaction, organization: Organization, changes: Changes) -> Organization:
    owners = await tx.fetch_all(
        "SELECT user_id FROM members WHERE organization_id = $1", organization.id
    )
    ada = owners[0]["user_id"]
    seat = await cast.seat_of(tx, ada, organization)
    return await changing.change(tx, seat, changes, by=cast.acting(ada))


async def _trail(tx: Transaction, organization: Organization) -> list[object]:
    rows = await tx.fetch_all(
        "SELECT details FROM audit WHERE event = 'organization.changed' AND organization_id = $1",
        organization.id,
    )
    return [row["details"] for row in rows]
