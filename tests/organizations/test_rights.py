"""What a caller gets, and does not get, of an organization."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from tests.organizations import cast
from tests.world import calling
from vestibule.kernel.database import Database, Transaction
from vestibule.kernel.ids import OrganizationId, encode, new_id
from vestibule.organizations import actions as organizations
from vestibule.organizations import policy
from vestibule.organizations.caller_model import Caller
from vestibule.organizations.model import (
    Hosting,
    NotPermitted,
    OrganizationNotFound,
    Seat,
)
from vestibule.organizations.permission_model import ADMIN, BUILT_IN, OWNER, Permission, Role

Get = Callable[[Transaction, Caller, str], Awaitable[Seat]]

WAYS: dict[str, tuple[Get, Permission | None]] = {
    "seeing": (organizations.get_for_seeing, None),
    "members": (organizations.get_for_members, Permission.MEMBERS_READ),
    "invitations": (organizations.get_for_invitations, Permission.INVITATIONS_READ),
    "inviting": (organizations.get_for_inviting, Permission.INVITATIONS_MANAGE),
    "settings": (organizations.get_for_settings, Permission.SETTINGS_MANAGE),
    "inviting, locked": (organizations.lock_for_inviting, Permission.INVITATIONS_MANAGE),
    "settings, locked": (organizations.lock_for_settings, Permission.SETTINGS_MANAGE),
    "apps": (organizations.get_for_apps, Permission.APPS_READ),
    "managing apps": (organizations.get_for_managing_apps, Permission.APPS_MANAGE),
    "managing apps, locked": (organizations.lock_for_managing_apps, Permission.APPS_MANAGE),
}


@pytest.mark.parametrize("role", BUILT_IN)
@pytest.mark.parametrize("way", WAYS)
async def test_a_member_gets_a_seat_where_the_role_allows_it(
    tx: Transaction, way: str, role: Role
) -> None:
    get, permission = WAYS[way]
    organization = (await cast.found(tx, await cast.make_user(tx, "Ada"))).organization
    bo = await cast.make_user(tx, "Bo")
    await cast.join(tx, organization, bo, role.name)

    if permission is None or policy.may(role, permission):
        seat = await get(tx, await calling(tx, bo), organization.slug)
        assert seat == Seat(organization, role, bo)
        return
    with pytest.raises(NotPermitted):
        await get(tx, await calling(tx, bo), organization.slug)


@pytest.mark.parametrize("way", WAYS)
async def test_nobody_else_knows_that_it_is_there(tx: Transaction, way: str) -> None:
    get, _ = WAYS[way]
    organization = (await cast.found(tx, await cast.make_user(tx, "Ada"))).organization
    eve = await cast.make_user(tx, "Eve")
    await cast.found(tx, eve, name="Elsewhere")

    for reference in (organization.slug, encode("org", organization.id)):
        with pytest.raises(OrganizationNotFound):
            await get(tx, await calling(tx, eve), reference)


async def test_it_is_called_by_its_id_or_its_slug(tx: Transaction) -> None:
    ada = await cast.make_user(tx, "Ada")
    organization = (await cast.found(tx, ada)).organization

    for reference in (organization.slug, encode("org", organization.id)):
        assert (
            await organizations.get_for_seeing(tx, await calling(tx, ada), reference)
        ).organization == organization
        assert await organizations.get_by_reference(tx, reference) == organization


NOBODYS = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


@pytest.mark.parametrize(
    "reference",
    [
        *("", "x", "no-such", "Analytical", "a\x00b", "ü" * 99, str(NOBODYS)),
        *("org_", "org_01h455vb4pex5vsknk084sn02q", "ORG_01h455vb4pex5vsknk084sn02q"),
        encode("user", NOBODYS),
    ],
)
async def test_a_reference_to_nothing_is_not_found(tx: Transaction, reference: str) -> None:
    ada = await cast.make_user(tx, "Ada")
    with pytest.raises(OrganizationNotFound):
        await organizations.get_for_seeing(tx, await calling(tx, ada), reference)
    with pytest.raises(OrganizationNotFound):
        await organizations.get_by_reference(tx, reference)


async def test_a_stranger_has_no_membership(tx: Transaction) -> None:
    ada = await cast.make_user(tx, "Ada")
    eve = await cast.make_user(tx, "Eve")
    organization = (await cast.found(tx, ada)).organization

    membership = await organizations.find_membership(tx, organization.id, ada)
    assert membership is not None
    assert membership.role == OWNER.name
    assert await organizations.find_membership(tx, organization.id, eve) is None


async def test_an_organization_is_locked_for_change(tx: Transaction) -> None:
    organization = (await cast.found(tx, await cast.make_user(tx, "Ada"))).organization

    assert await organizations.lock_for_change(tx, organization.id) == organization
    with pytest.raises(OrganizationNotFound):
        await organizations.lock_for_change(tx, OrganizationId(new_id()))


async def test_admitting_locks_the_organization_and_asks_what_the_inviter_is_now(
    tx: Transaction,
) -> None:
    ada = await cast.make_user(tx, "Ada")
    eve = await cast.make_user(tx, "Eve")
    organization = (await cast.found(tx, ada)).organization

    for inviter, role in ((ada, OWNER), (eve, None), (None, None)):
        hosting = await organizations.lock_for_admitting(tx, organization.id, inviter=inviter)
        assert hosting == Hosting(organization, role)
        with pytest.raises(OrganizationNotFound):
            await organizations.lock_for_admitting(tx, OrganizationId(new_id()), inviter=inviter)


@pytest.mark.parametrize("lock", [organizations.lock_for_inviting, organizations.lock_for_settings])
@pytest.mark.parametrize("change", ["UPDATE members SET role = 'viewer'", "DELETE FROM members"])
async def test_a_role_that_changes_while_a_lock_is_awaited_counts(
    database: Database, lock: Get, change: str
) -> None:
    async with database.transaction() as tx:
        bo = await cast.make_user(tx, "Bo")
        organization = (await cast.found(tx, await cast.make_user(tx, "Ada"))).organization
        await cast.join(tx, organization, bo, ADMIN.name)

    async def ask() -> Seat:
        async with database.transaction() as tx:
            return await lock(tx, await calling(tx, bo), organization.slug)

    async with database.transaction() as tx:
        await organizations.lock_for_change(tx, organization.id)
        await tx.execute(
            f"{change} WHERE organization_id = $1 AND user_id = $2",
            organization.id,
            bo,
        )
        asking = asyncio.create_task(ask())
        await _until_somebody_waits(tx)
    with pytest.raises(OrganizationNotFound if "DELETE" in change else NotPermitted):
        await asking


async def _until_somebody_waits(tx: Transaction) -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()"
    async with asyncio.timeout(5):
        while not await tx.fetch_value(waiting):
            await tx.execute("SELECT pg_sleep(0.01)")
