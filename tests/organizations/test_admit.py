"""Letting somebody in."""

import asyncio

import pytest

from tests.organizations import cast
from vestibule.kernel.database import Database, Transaction
from vestibule.kernel.ids import InvitationId, new_id
from vestibule.organizations import actions as organizations
from vestibule.organizations import queries
from vestibule.organizations.model import Admission, AlreadyMember


async def test_a_membership_remembers_the_invitation_and_its_address(tx: Transaction) -> None:
    organization = (await cast.found(tx, await cast.make_user(tx, "Ada"))).organization
    bo = await cast.make_user(tx, "Bo")
    admission = Admission(
        organization_id=organization.id,
        user_id=bo,
        role="manager",
        invitation_id=InvitationId(new_id()),
        invited_address="Bo@work.test",
    )
    membership = await organizations.admit(tx, admission)

    assert membership.invitation_id == admission.invitation_id
    assert await queries.find_membership(tx, organization.id, bo) == membership
    member = await queries.find_member(tx, membership.id)
    assert member is not None
    assert (member.name, member.invited_address) == ("Bo Test", "Bo@work.test")


async def test_a_member_is_not_let_in_twice_and_the_transaction_lives_on(tx: Transaction) -> None:
    organization = (await cast.found(tx, await cast.make_user(tx, "Ada"))).organization
    bo = await cast.make_user(tx, "Bo")
    first = await cast.join(tx, organization, bo, "viewer")

    with pytest.raises(AlreadyMember):
        await cast.join(tx, organization, bo, "admin")
    assert await queries.find_membership(tx, organization.id, bo) == first


async def test_admitting_one_person_many_times_at_once_makes_one_membership(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        bo = await cast.make_user(tx, "Bo")
        organization = (await cast.found(tx, await cast.make_user(tx, "Ada"))).organization
    barrier = asyncio.Barrier(6)

    async def try_it() -> bool:
        try:
            async with database.transaction() as tx:
                await barrier.wait()
                await organizations.lock_for_admitting(tx, organization.id, inviter=None)
                await cast.join(tx, organization, bo, "viewer")
        except AlreadyMember:
            return False
        return True

    results = await asyncio.gather(*(try_it() for _ in range(6)))
    assert sum(results) == 1
    async with database.reader() as reader:
        assert await queries.count_members_of_each(reader, [organization.id]) == {
            organization.id: 2
        }
