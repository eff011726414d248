"""Signing up."""

import asyncio

import pytest

from tests.accounts import cast
from tests.client import Mailbox
from tests.world import PASSWORD_HASH
from vestibule.accounts import sign_up
from vestibule.accounts.model import AccountExists
from vestibule.accounts.sign_up import Asked
from vestibule.kernel import addresses
from vestibule.kernel.database import Database, Transaction
from vestibule.keys.model import KeyExpired, KeyNotFound, KeySuperseded, KeyUsed
from vestibule.messages.model import Outbox
from vestibule.users import actions as users
from vestibule.users import sign_up as user_sign_up
from vestibule.users.actions import NewUser
from vestibule.users.model import Profile, User
from vestibule.users.sign_up import Activation

ANA = addresses.parse("Ana@example.com")
CHOSEN = Activation(
    profile=Profile(first_name="Ana", last_name="Berg", phone="+31612345678"),
    password_hash=PASSWORD_HASH,
)


async def ask(tx: Transaction, outbox: Outbox, mailbox: Mailbox) -> str:
    await sign_up.ask(tx, Asked(address=ANA, locale="en-GB"), occasion=cast.occasion(outbox))
    return await mailbox.last_key(tx, to="Ana@example.com")


async def make(tx: Transaction) -> User:
    new = NewUser(address=ANA, profile=CHOSEN.profile, password_hash=PASSWORD_HASH, locale="en")
    return await users.make(tx, new, by=cast.ORIGIN)


async def test_asking_makes_no_account(tx: Transaction, outbox: Outbox, mailbox: Mailbox) -> None:
    await ask(tx, outbox, mailbox)

    assert await tx.fetch_value("SELECT count(*) FROM accounts") == 0
    assert await cast.templates(tx) == [("accounts/sign_up", "Ana@example.com")]
    assert await cast.events(tx) == ["sign_up.asked"]


async def test_the_key_makes_the_user_and_signs_them_in(
    tx: Transaction, outbox: Outbox, mailbox: Mailbox
) -> None:
    key = await ask(tx, outbox, mailbox)
    signed = await user_sign_up.complete(tx, key, CHOSEN, occasion=cast.occasion(outbox))

    found = await users.find_signed_in(tx, signed.session.token)
    assert found is not None
    assert (found.user, found.session_id) == (signed.user, signed.session.id)
    assert await users.get(tx, signed.user.id) == signed.user
    assert await users.find_by_address(tx, addresses.parse("ANA@example.com")) == signed.user
    assert (found.user.name, found.user.email) == ("Ana Berg", "Ana@example.com")
    assert await cast.events(tx) == ["sign_up.asked", "account.made", "session.started"]


async def test_a_known_address_is_told_that_it_has_an_account(
    tx: Transaction, outbox: Outbox, mailbox: Mailbox
) -> None:
    await make(tx)
    await sign_up.ask(tx, Asked(address=ANA, locale="en"), occasion=cast.occasion(outbox))
    letter = await mailbox.last(tx, to="Ana@example.com")

    assert await cast.templates(tx) == [("accounts/sign_up_known", "Ana@example.com")]
    assert "/sign-in" in letter.text
    assert "?key=" not in letter.text + letter.html
    assert await tx.fetch_value("SELECT count(*) FROM keys") == 0


async def test_a_key_works_once_and_only_the_newest(
    tx: Transaction, outbox: Outbox, mailbox: Mailbox
) -> None:
    older = await ask(tx, outbox, mailbox)
    newer = await ask(tx, outbox, mailbox)
    occasion = cast.occasion(outbox)

    with pytest.raises(KeySuperseded):
        await user_sign_up.complete(tx, older, CHOSEN, occasion=occasion)
    await user_sign_up.complete(tx, newer, CHOSEN, occasion=occasion)
    with pytest.raises(KeyUsed):
        await user_sign_up.complete(tx, newer, CHOSEN, occasion=occasion)


async def test_a_key_is_too_old_after_a_day(
    tx: Transaction, outbox: Outbox, mailbox: Mailbox
) -> None:
    key = await ask(tx, outbox, mailbox)
    lifetime = await tx.fetch_value("SELECT expires_at - created_at FROM keys")
    assert 86399 < lifetime.total_seconds() < 86401

    await tx.execute("UPDATE keys SET expires_at = clock_timestamp()")
    with pytest.raises(KeyExpired):
        await sign_up.get_offer(tx, key, entrance=cast.AT_PLATFORM)


async def test_a_key_of_an_app_makes_no_user(
    tx: Transaction, outbox: Outbox, mailbox: Mailbox
) -> None:
    await cast.make(tx, "other@example.com", realm=cast.APP)
    await sign_up.ask(
        tx, Asked(address=ANA, locale="en"), occasion=cast.occasion(outbox, cast.AT_APP)
    )
    key = await mailbox.last_key(tx, to="Ana@example.com")

    assert (await sign_up.get_offer(tx, key, entrance=cast.AT_APP)).address == ANA
    with pytest.raises(KeyNotFound):
        await sign_up.get_offer(tx, key, entrance=cast.AT_PLATFORM)
    with pytest.raises(KeyNotFound):
        await user_sign_up.complete(tx, key, CHOSEN, occasion=cast.occasion(outbox))


async def test_an_account_that_was_made_meanwhile_stays_as_it_is(
    tx: Transaction, outbox: Outbox, mailbox: Mailbox
) -> None:
    key = await ask(tx, outbox, mailbox)
    made = await make(tx)

    with pytest.raises(AccountExists):
        await user_sign_up.complete(tx, key, CHOSEN, occasion=cast.occasion(outbox))
    assert await users.find_by_address(tx, ANA) == made


async def test_of_many_activations_with_one_key_one_makes_the_user(
    database: Database, outbox: Outbox, mailbox: Mailbox
) -> None:
    async with database.transaction() as tx:
        key = await ask(tx, outbox, mailbox)

    async def attempt() -> bool:
        try:
            async with database.transaction() as tx:
                await user_sign_up.complete(tx, key, CHOSEN, occasion=cast.occasion(outbox))
        except KeyUsed:
            return False
        return True

    outcomes = await asyncio.gather(*(attempt() for _ in range(10)))

    assert outcomes.count(True) == 1
    async with database.reader() as reader:
        assert await reader.fetch_value("SELECT count(*) FROM users") == 1
        assert await reader.fetch_value("SELECT count(*) FROM sessions") == 1
