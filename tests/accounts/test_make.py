"""Making an account."""

import asyncio

import pytest

from tests.accounts import cast
from vestibule.accounts import actions as accounts
from vestibule.accounts.model import AccountExists, AccountNotFound
from vestibule.accounts.realms import PLATFORM
from vestibule.kernel import addresses
from vestibule.kernel.database import Database, Transaction
from vestibule.kernel.ids import AccountId, new_id


async def test_an_account_keeps_the_address_as_typed_and_is_found_by_any_spelling(
    tx: Transaction,
) -> None:
    made = await cast.make(tx, "Ana.Berg@Example.com")
    found = await accounts.find_by_address(tx, PLATFORM.id, addresses.parse("ana.berg@EXAMPLE.com"))

    assert found == made
    assert made.address.typed == "Ana.Berg@Example.com"
    assert await accounts.get(tx, made.id) == made


async def test_one_address_has_one_account_in_a_realm(tx: Transaction) -> None:
    await cast.make(tx, "ana@example.com")
    with pytest.raises(AccountExists):
        await cast.make(tx, "ANA@example.com")


async def test_one_address_has_an_account_in_each_realm(tx: Transaction) -> None:
    here = await cast.make(tx)
    there = await cast.make(tx, realm=cast.APP)

    assert here.id != there.id
    assert await accounts.find_by_address(tx, cast.APP.id, here.address) == there


async def test_a_plus_makes_another_address(tx: Transaction) -> None:
    await cast.make(tx, "ana@example.com")
    await cast.make(tx, "ana+1@example.com")


async def test_of_twenty_at_once_one_makes_the_account(database: Database) -> None:
    async def attempt() -> bool:
        try:
            async with database.transaction() as tx:
                await cast.make(tx)
        except AccountExists:
            return False
        return True

    outcomes = await asyncio.gather(*(attempt() for _ in range(20)))

    assert outcomes.count(True) == 1
    async with database.reader() as reader:
        assert await cast.events(reader) == ["account.made"]


async def test_nobody_has_an_id_that_was_not_given(tx: Transaction) -> None:
    with pytest.raises(AccountNotFound):
        await accounts.get(tx, AccountId(new_id()))


async def test_the_trail_names_the_new_account_as_the_one_who_did_it(tx: Transaction) -> None:
    account = await cast.make(tx)
    row = await tx.fetch_one("SELECT * FROM audit")

    assert row is not None
    assert (row["event"], row["subject_id"], row["actor_id"]) == (
        "account.made",
        account.id,
        account.id,
    )
    assert (row["network"], row["user_agent"]) == ("192.0.2.7", "Tests/1.0")
    assert "argon2" not in str(row["details"])
