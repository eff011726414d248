"""Founding an organization."""

import asyncio

import pytest

from tests.organizations import cast
from vestibule.audit.model import OPERATOR
from vestibule.kernel.database import Database, Transaction
from vestibule.kernel.ids import UserId, new_id
from vestibule.kernel.names import InvalidName
from vestibule.organizations import founding, queries
from vestibule.organizations.model import (
    FoundingClosed,
    InvalidSlug,
    NewOrganization,
    SlugTaken,
)


async def test_the_founder_is_the_owner_and_lands_there(tx: Transaction) -> None:
    ada = await cast.make_user(tx, "Ada")
    founded = await cast.found(tx, ada, name="  Analytical   Engines ", slug="engines-1843")

    assert founded.organization.name == "Analytical Engines"
    assert founded.organization.slug == "engines-1843"
    assert founded.organization.invitation_lifetime.days == 5
    assert not founded.organization.requires_sign_in
    assert founded.membership.role == "owner"
    assert await _default_of(tx, ada) == founded.organization.id


async def test_a_default_organization_that_is_chosen_stays(tx: Transaction) -> None:
    ada = await cast.make_user(tx, "Ada")
    first = await cast.found(tx, ada)
    await cast.found(tx, ada, name="Another")

    assert await _default_of(tx, ada) == first.organization.id


async def test_founding_is_written_down(tx: Transaction) -> None:
    ada = await cast.make_user(tx, "Ada")
    founded = await cast.found(tx, ada)

    rows = await tx.fetch_all(
        """
        SELECT event, actor_id, subject_id, network, details
          FROM audit WHERE organization_id = $1
        """,
        founded.organization.id,
    )
    assert [row["event"] for row in rows] == ["organization.founded"]
    assert rows[0]["actor_id"] == ada
    assert rows[0]["subject_id"] == founded.organization.id
    assert rows[0]["network"] == "192.0.2.1"
    assert rows[0]["details"]["slug"] == founded.organization.slug


async def test_without_a_slug_one_is_made_of_the_name_and_made_unique(tx: Transaction) -> None:
    ada = await cast.make_user(tx, "Ada")
    name = f"Söhne {new_id().hex[-8:]}"
    first = await cast.found(tx, ada, name=name)
    second = await cast.found(tx, ada, name=name)

    assert first.organization.slug == name.lower().replace("ö", "o").replace(" ", "-")
    assert second.organization.slug.startswith(first.organization.slug + "-")
    assert first.organization.id != second.organization.id


async def test_a_slug_that_is_taken_is_refused(tx: Transaction) -> None:
    ada = await cast.make_user(tx, "Ada")
    await cast.found(tx, ada, slug="taken-one")

    with pytest.raises(SlugTaken):
        await cast.found(tx, ada, slug="taken-one")


@pytest.mark.parametrize("slug", ["new", "ab", "Big", "org_1", ""])
async def test_a_slug_that_is_none_is_refused(tx: Transaction, slug: str) -> None:
    ada = await cast.make_user(tx, "Ada")
    with pytest.raises(InvalidSlug):
        await cast.found(tx, ada, slug=slug)


@pytest.mark.parametrize("name", ["", "   ", "a\x00b", "a\nb\x07", "x" * 81, "<b>", "\u202eevil"])
async def test_a_name_that_is_none_is_refused(tx: Transaction, name: str) -> None:
    ada = await cast.make_user(tx, "Ada")
    with pytest.raises(InvalidName) as refusal:
        await cast.found(tx, ada, name=name)
    assert refusal.value.path == "name"


async def test_where_founding_is_closed_only_the_operator_founds(tx: Transaction) -> None:
    ada = await cast.make_user(tx, "Ada")
    new = NewOrganization(name="Closed", founder=ada)
    with pytest.raises(FoundingClosed):
        await founding.found(tx, new, by=cast.acting(ada), is_founding_open=False)

    founded = await founding.found(tx, new, by=OPERATOR, is_founding_open=False)
    assert [owner.user_id for owner in await queries.list_owners(tx, founded.organization.id)] == [
        ada
    ]


@pytest.mark.parametrize("round_number", range(5))
async def test_two_foundings_with_one_slug_at_once_make_one(
    database: Database, round_number: int
) -> None:
    slug = f"race-{round_number}-{new_id().hex[-12:]}"
    async with database.transaction() as tx:
        founders = [await cast.make_user(tx, f"Founder{number}") for number in range(4)]
    barrier = asyncio.Barrier(len(founders))

    async def try_it(founder: UserId) -> str:
        try:
            async with database.transaction() as tx:
                await barrier.wait()
                await cast.found(tx, founder, slug=slug)
        except SlugTaken as problem:
            return problem.code()
        return "founded"

    results = await asyncio.gather(*(try_it(founder) for founder in founders))
    assert sorted(results) == ["founded", "slug_taken", "slug_taken", "slug_taken"]


async def _default_of(tx: Transaction, user_id: UserId) -> object:
    return await tx.fetch_value("SELECT default_organization_id FROM users WHERE id = $1", user_id)
