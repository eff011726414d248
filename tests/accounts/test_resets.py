"""Forgotten passwords."""

import asyncio

import pytest

from tests.accounts import cast
from tests.client import Mailbox
from vestibule.accounts import address_change, resets, sessions
from vestibule.accounts.model import Account
from vestibule.kernel import addresses
from vestibule.kernel.database import Database, Transaction
from vestibule.keys import actions as keys
from vestibule.keys.model import KeyExpired, KeyNotFound, KeySuperseded, KeyUsed, Purpose
from vestibule.messages.model import Outbox

NEW_HASH = "$argon2id$v=19$m=19456,t=2,p=1$bmV3$bmV3"


async def ask(tx: Transaction, account: Account, outbox: Outbox, mailbox: Mailbox) -> str:
    await resets.ask(tx, account.address, occasion=cast.occasion(outbox))
    return await mailbox.last_key(tx, to=account.address.typed)


async def test_an_unknown_address_is_mailed_nothing_and_leaves_no_trace(
    tx: Transaction, outbox: Outbox
) -> None:
    await resets.ask(tx, addresses.parse("nobody@example.com"), occasion=cast.occasion(outbox))

    assert await cast.templates(tx) == []
    assert await cast.events(tx) == []


async def test_an_account_of_another_realm_is_mailed_nothing(
    tx: Transaction, outbox: Outbox
) -> None:
    account = await cast.make(tx, realm=cast.APP)
    await resets.ask(tx, account.address, occasion=cast.occasion(outbox))
    assert await cast.templates(tx) == []

    await resets.ask(tx, account.address, occasion=cast.occasion(outbox, cast.AT_APP))
    assert await cast.templates(tx) == [("accounts/password_reset", "ana@example.com")]


async def test_the_mail_goes_to_the_address_as_it_is_kept(tx: Transaction, outbox: Outbox) -> None:
    await cast.make(tx, "Ana@example.com")
    await resets.ask(tx, addresses.parse("ANA@EXAMPLE.COM"), occasion=cast.occasion(outbox))

    assert await cast.templates(tx) == [("accounts/password_reset", "Ana@example.com")]


async def test_the_mail_of_an_app_leads_to_the_pages_of_the_app(
    tx: Transaction, outbox: Outbox, mailbox: Mailbox
) -> None:
    account = await cast.make(tx, realm=cast.APP)
    await resets.ask(tx, account.address, occasion=cast.occasion(outbox, cast.AT_APP))
    letter = await mailbox.last(tx, to="ana@example.com")

    assert "/apps/shifts/new-password?key=" in letter.text
    assert "Shifts" in letter.subject


async def test_a_reset_keeps_the_new_password_and_ends_every_session(
    tx: Transaction, outbox: Outbox, mailbox: Mailbox
) -> None:
    account = await cast.make(tx)
    await cast.start(tx, account)
    key = await ask(tx, account, outbox, mailbox)
    await resets.complete(tx, key, NEW_HASH, occasion=cast.occasion(outbox))

    assert (await cast.credentials(tx, account)).password_hash == NEW_HASH
    assert await sessions.list_live(tx, account.id) == []
    assert (await cast.templates(tx))[-1] == ("accounts/password_changed", "ana@example.com")
    assert (await cast.events(tx))[-1] == "account.password_reset"


async def test_a_key_works_once(tx: Transaction, outbox: Outbox, mailbox: Mailbox) -> None:
    key = await ask(tx, await cast.make(tx), outbox, mailbox)
    await resets.complete(tx, key, NEW_HASH, occasion=cast.occasion(outbox))

    with pytest.raises(KeyUsed):
        await resets.complete(tx, key, NEW_HASH, occasion=cast.occasion(outbox))
    with pytest.raises(KeyUsed):
        await resets.get_offer(tx, key, entrance=cast.AT_PLATFORM)


async def test_only_the_newest_key_lives(tx: Transaction, outbox: Outbox, mailbox: Mailbox) -> None:
    account = await cast.make(tx)
    older = await ask(tx, account, outbox, mailbox)
    newer = await ask(tx, account, outbox, mailbox)

    with pytest.raises(KeySuperseded):
        await resets.complete(tx, older, NEW_HASH, occasion=cast.occasion(outbox))
    await resets.complete(tx, newer, NEW_HASH, occasion=cast.occasion(outbox))


async def test_a_key_is_too_old_after_an_hour(
    tx: Transaction, outbox: Outbox, mailbox: Mailbox
) -> None:
    key = await ask(tx, await cast.make(tx), outbox, mailbox)
    lifetime = await tx.fetch_value("SELECT expires_at - created_at FROM keys")
    assert 3599 < lifetime.total_seconds() < 3601

    await tx.execute("UPDATE keys SET expires_at = clock_timestamp()")
    with pytest.raises(KeyExpired):
        await resets.complete(tx, key, NEW_HASH, occasion=cast.occasion(outbox))


async def test_a_key_of_one_purpose_is_none_of_another(
    tx: Transaction, outbox: Outbox, mailbox: Mailbox
) -> None:
    account = await cast.make(tx)
    key = await ask(tx, account, outbox, mailbox)
    holder = await cast.seat(tx, account)

    for purpose in set(Purpose) - {Purpose.PASSWORD_RESET}:
        with pytest.raises(KeyNotFound):
            await keys.spend(tx, purpose, key)
    with pytest.raises(KeyNotFound):
        await address_change.complete(tx, key, holder=holder, occasion=cast.occasion(outbox))


async def test_a_key_of_one_realm_is_none_of_another(
    tx: Transaction, outbox: Outbox, mailbox: Mailbox
) -> None:
    key = await ask(tx, await cast.make(tx), outbox, mailbox)

    with pytest.raises(KeyNotFound):
        await resets.get_offer(tx, key, entrance=cast.AT_APP)
    with pytest.raises(KeyNotFound):
        await resets.complete(tx, key, NEW_HASH, occasion=cast.occasion(outbox, cast.AT_APP))


async def test_an_id_is_no_key(tx: Transaction, outbox: Outbox, mailbox: Mailbox) -> None:
    account = await cast.make(tx)
    await ask(tx, account, outbox, mailbox)
    key_id = await tx.fetch_value("SELECT id FROM keys")

    for guess in (str(key_id), str(account.id), "", "\x00", "\ud800", "é" * 43):
        with pytest.raises(KeyNotFound):
            await resets.get_offer(tx, guess, entrance=cast.AT_PLATFORM)


async def test_the_offer_holds_the_words_that_a_password_is_not_made_of(
    tx: Transaction, outbox: Outbox, mailbox: Mailbox
) -> None:
    key = await ask(tx, await cast.make(tx), outbox, mailbox)
    offer = await resets.get_offer(tx, key, entrance=cast.AT_PLATFORM)

    assert set(offer.about) == {"ana@example.com", "Ana", "Berg"}


async def test_of_many_resets_with_one_key_one_wins(
    database: Database, outbox: Outbox, mailbox: Mailbox
) -> None:
    async with database.transaction() as tx:
        key = await ask(tx, await cast.make(tx), outbox, mailbox)

    async def attempt(password_hash: str) -> str | None:
        try:
            async with database.transaction() as tx:
                await resets.complete(tx, key, password_hash, occasion=cast.occasion(outbox))
        except KeyUsed:
            return None
        return password_hash

    outcomes = await asyncio.gather(*(attempt(f"hash {number}") for number in range(10)))

    won = [outcome for outcome in outcomes if outcome]
    assert len(won) == 1
    async with database.reader() as reader:
        assert await reader.fetch_value("SELECT password_hash FROM accounts") == won[0]
        assert (await cast.events(reader)).count("account.password_reset") == 1


async def test_a_key_asked_for_while_the_address_changes_is_not_mailed_to_the_old_one(
    database: Database, outbox: Outbox
) -> None:
    async with database.transaction() as tx:
        account = await cast.make(tx)

    async def ask_meanwhile() -> None:
        async with database.transaction() as tx:
            await resets.ask(tx, account.address, occasion=cast.occasion(outbox))

    async with database.transaction() as changing:
        await changing.execute("SELECT FROM accounts WHERE id = $1 FOR NO KEY UPDATE", account.id)
        asking = asyncio.create_task(ask_meanwhile())
        await asyncio.sleep(0.1)  # it has read the old address by now, and waits for the account
        await changing.execute(
            "UPDATE accounts SET address = $2, address_canonical = $2 WHERE id = $1",
            account.id,
            "new@example.com",
        )
    await asking

    async with database.reader() as reader:
        assert await cast.templates(reader) == []
