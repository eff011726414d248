"""Changing the password and the address of an account."""

import pytest

from tests.accounts import cast
from tests.client import Mailbox
from vestibule.accounts import actions as accounts
from vestibule.accounts import address_change, password_change, resets, sessions
from vestibule.accounts.model import Account, AddressTaken, Holder, OtherSession, WrongPassword
from vestibule.kernel import addresses
from vestibule.kernel.database import Transaction
from vestibule.keys.model import KeyNotFound, KeySuperseded, KeyUsed
from vestibule.messages.model import Outbox

NEW = addresses.parse("Ana.New@example.com")
NEW_HASH = "$argon2id$v=19$m=19456,t=2,p=1$bmV3$bmV3"


async def ask(
    tx: Transaction, account: Account, holder: Holder, *, outbox: Outbox, mailbox: Mailbox
) -> str:
    checked = await cast.credentials(tx, account)
    occasion = cast.occasion(outbox, by=holder.actor(cast.ORIGIN))
    await address_change.ask(tx, checked, NEW, holder=holder, occasion=occasion)
    return await mailbox.last_key(tx, to=NEW.typed)


async def test_a_new_password_ends_every_other_session_and_tells_the_owner(
    tx: Transaction, outbox: Outbox
) -> None:
    account = await cast.make(tx)
    holder = await cast.seat(tx, account)
    await cast.start(tx, account)
    checked = await cast.credentials(tx, account)
    await password_change.complete(
        tx, checked, NEW_HASH, holder=holder, occasion=cast.occasion(outbox)
    )

    assert [session.id for session in await sessions.list_live(tx, account.id)] == [
        holder.session_id
    ]
    assert (await cast.credentials(tx, account)).password_hash == NEW_HASH
    assert await cast.templates(tx) == [("accounts/password_changed", "ana@example.com")]
    assert (await cast.events(tx))[-1] == "account.password_changed"


async def test_a_new_password_voids_the_keys_that_were_mailed(
    tx: Transaction, outbox: Outbox, mailbox: Mailbox
) -> None:
    account = await cast.make(tx)
    holder = await cast.seat(tx, account)
    await resets.ask(tx, account.address, occasion=cast.occasion(outbox))
    reset = await mailbox.last_key(tx, to="ana@example.com")
    change = await ask(tx, account, holder, outbox=outbox, mailbox=mailbox)
    checked = await cast.credentials(tx, account)
    await password_change.complete(
        tx, checked, NEW_HASH, holder=holder, occasion=cast.occasion(outbox)
    )

    with pytest.raises(KeySuperseded):
        await resets.complete(tx, reset, "again", occasion=cast.occasion(outbox))
    with pytest.raises(KeySuperseded):
        await address_change.complete(tx, change, holder=holder, occasion=cast.occasion(outbox))


async def test_a_password_checked_before_another_change_changes_nothing(
    tx: Transaction, outbox: Outbox
) -> None:
    account = await cast.make(tx)
    holder = await cast.seat(tx, account)
    checked = await cast.credentials(tx, account)
    await tx.execute("UPDATE accounts SET password_hash = 'another'")

    with pytest.raises(WrongPassword):
        await password_change.complete(
            tx, checked, NEW_HASH, holder=holder, occasion=cast.occasion(outbox)
        )
    with pytest.raises(WrongPassword):
        await address_change.ask(tx, checked, NEW, holder=holder, occasion=cast.occasion(outbox))


async def test_another_address_is_proved_by_mail_and_the_old_one_is_told(
    tx: Transaction, outbox: Outbox, mailbox: Mailbox
) -> None:
    account = await cast.make(tx)
    holder = await cast.seat(tx, account)
    key = await ask(tx, account, holder, outbox=outbox, mailbox=mailbox)
    assert (await accounts.get(tx, account.id)).address == account.address

    changed = await address_change.complete(tx, key, holder=holder, occasion=cast.occasion(outbox))

    assert changed == await accounts.get(tx, account.id)
    assert changed.address == NEW
    assert await cast.templates(tx) == [
        ("accounts/address_change", "Ana.New@example.com"),
        ("accounts/address_change_asked", "ana@example.com"),
        ("accounts/address_changed", "ana@example.com"),
    ]
    assert (await cast.events(tx))[-2:] == [
        "account.address_change_asked",
        "account.address_changed",
    ]


async def test_the_key_works_only_in_the_session_that_asked(
    tx: Transaction, outbox: Outbox, mailbox: Mailbox
) -> None:
    account = await cast.make(tx)
    holder, other = await cast.seat(tx, account), await cast.seat(tx, account)
    key = await ask(tx, account, holder, outbox=outbox, mailbox=mailbox)

    with pytest.raises(OtherSession):
        await address_change.get_offer(tx, key, entrance=cast.AT_PLATFORM, holder=other)
    with pytest.raises(OtherSession):
        await address_change.complete(tx, key, holder=other, occasion=cast.occasion(outbox))


async def test_the_key_of_somebody_else_is_unknown(
    tx: Transaction, outbox: Outbox, mailbox: Mailbox
) -> None:
    account = await cast.make(tx)
    key = await ask(tx, account, await cast.seat(tx, account), outbox=outbox, mailbox=mailbox)
    eve = await cast.seat(tx, await cast.make(tx, "eve@example.com"))

    with pytest.raises(KeyNotFound):
        await address_change.complete(tx, key, holder=eve, occasion=cast.occasion(outbox))


async def test_an_address_that_was_taken_meanwhile_stays_with_the_other(
    tx: Transaction, outbox: Outbox, mailbox: Mailbox
) -> None:
    account = await cast.make(tx)
    holder = await cast.seat(tx, account)
    key = await ask(tx, account, holder, outbox=outbox, mailbox=mailbox)
    await cast.make(tx, NEW.typed)

    with pytest.raises(AddressTaken):
        await address_change.complete(tx, key, holder=holder, occasion=cast.occasion(outbox))


async def test_an_address_with_an_account_is_told_and_gets_no_key(
    tx: Transaction, outbox: Outbox
) -> None:
    account = await cast.make(tx)
    await cast.make(tx, NEW.typed)
    checked = await cast.credentials(tx, account)
    holder = await cast.seat(tx, account)
    await address_change.ask(tx, checked, NEW, holder=holder, occasion=cast.occasion(outbox))

    assert await tx.fetch_value("SELECT count(*) FROM keys") == 0
    assert await cast.templates(tx) == [
        ("accounts/address_wanted", NEW.typed),
        ("accounts/address_change_asked", "ana@example.com"),
    ]


async def test_ones_own_address_may_be_spelled_anew(
    tx: Transaction, outbox: Outbox, mailbox: Mailbox
) -> None:
    account = await cast.make(tx, "ana.new@example.com")
    holder = await cast.seat(tx, account)
    key = await ask(tx, account, holder, outbox=outbox, mailbox=mailbox)
    await address_change.complete(tx, key, holder=holder, occasion=cast.occasion(outbox))

    assert (await accounts.get(tx, account.id)).address.typed == NEW.typed
    with pytest.raises(KeyUsed):
        await address_change.complete(tx, key, holder=holder, occasion=cast.occasion(outbox))


async def test_a_reset_that_was_mailed_to_the_old_address_is_void(
    tx: Transaction, outbox: Outbox, mailbox: Mailbox
) -> None:
    account = await cast.make(tx)
    holder = await cast.seat(tx, account)
    await resets.ask(tx, account.address, occasion=cast.occasion(outbox))
    reset = await mailbox.last_key(tx, to="ana@example.com")
    key = await ask(tx, account, holder, outbox=outbox, mailbox=mailbox)
    await address_change.complete(tx, key, holder=holder, occasion=cast.occasion(outbox))

    with pytest.raises(KeySuperseded):
        await resets.complete(tx, reset, NEW_HASH, occasion=cast.occasion(outbox))
