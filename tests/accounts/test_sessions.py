"""Sessions begin, are listed, and end."""

import pytest

from tests.accounts import cast
from vestibule.accounts import sessions, sign_in
from vestibule.accounts.model import (
    MOST_SESSIONS,
    InvalidCredentials,
    SessionNotFound,
)
from vestibule.accounts.passwords import Verdict
from vestibule.accounts.realms import PLATFORM
from vestibule.kernel.database import Transaction

RIGHT = Verdict(is_right=True)


async def test_signing_in_starts_a_session_whose_token_is_nowhere_in_the_database(
    tx: Transaction,
) -> None:
    account = await cast.make(tx)
    started = await sign_in.complete(
        tx, await cast.credentials(tx, account), RIGHT, origin=cast.ORIGIN
    )

    row = await tx.fetch_one("SELECT * FROM sessions")
    assert row is not None
    assert row["token_hash"] == sessions.hash_of(started.token)
    assert started.token not in str(dict(row))
    assert len(started.token) == 43
    assert "token" not in repr(started)
    assert await cast.events(tx) == ["account.made", "session.started"]


async def test_a_password_that_was_changed_meanwhile_starts_no_session(tx: Transaction) -> None:
    account = await cast.make(tx)
    checked = await cast.credentials(tx, account)
    await tx.execute("UPDATE accounts SET password_hash = 'another'")

    with pytest.raises(InvalidCredentials):
        await sign_in.complete(tx, checked, RIGHT, origin=cast.ORIGIN)


async def test_an_older_hash_is_renewed_by_signing_in(tx: Transaction) -> None:
    account = await cast.make(tx)
    checked = await cast.credentials(tx, account)
    await sign_in.complete(
        tx, checked, Verdict(is_right=True, renewed_hash="newer"), origin=cast.ORIGIN
    )

    assert (await cast.credentials(tx, account)).password_hash == "newer"


async def test_an_account_of_another_realm_is_not_signed_in(tx: Transaction) -> None:
    account = await cast.make(tx, realm=cast.APP)

    assert await sign_in.find_credentials(tx, PLATFORM, account.address) is None
    assert await sign_in.find_credentials(tx, cast.APP, account.address) is not None


async def test_the_oldest_session_ends_when_there_are_too_many(tx: Transaction) -> None:
    account = await cast.make(tx)
    started = [await cast.start(tx, account) for _ in range(MOST_SESSIONS + 2)]

    listed = [session.id for session in await sessions.list_live(tx, account.id)]
    assert listed == [session.id for session in reversed(started[2:])]


async def test_the_sessions_of_others_are_not_counted(tx: Transaction) -> None:
    ana, bo = await cast.make(tx), await cast.make(tx, "bo@example.com")
    kept = await cast.start(tx, bo)
    for _ in range(MOST_SESSIONS + 1):
        await cast.start(tx, ana)

    assert [session.id for session in await sessions.list_live(tx, bo.id)] == [kept.id]


async def test_one_ends_ones_own_sessions_only(tx: Transaction) -> None:
    ana, bo = await cast.make(tx), await cast.make(tx, "bo@example.com")
    hers, his = await cast.start(tx, ana), await cast.start(tx, bo)

    with pytest.raises(SessionNotFound):
        await sessions.end(tx, ana.id, his.id, by=cast.ORIGIN)
    await sessions.end(tx, ana.id, hers.id, by=cast.ORIGIN)

    assert await sessions.find_live(tx, ana.id, his.id) is None
    assert await sessions.list_live(tx, ana.id) == []
    assert len(await sessions.list_live(tx, bo.id)) == 1
    with pytest.raises(SessionNotFound):
        await sessions.end(tx, ana.id, hers.id, by=cast.ORIGIN)


async def test_signing_out_everywhere_else_leaves_this_one(tx: Transaction) -> None:
    account = await cast.make(tx)
    this, *_ = [await cast.start(tx, account) for _ in range(3)]

    assert await sessions.end_others(tx, account.id, this.id, by=cast.ORIGIN) == 2
    assert [session.id for session in await sessions.list_live(tx, account.id)] == [this.id]


async def test_a_presented_token_ends_its_session_in_its_realm_only(tx: Transaction) -> None:
    account = await cast.make(tx)
    started = await cast.start(tx, account)

    await sessions.end_presented(tx, cast.APP, started.token, by=cast.ORIGIN)
    assert len(await sessions.list_live(tx, account.id)) == 1
    await sessions.end_presented(tx, PLATFORM, started.token, by=cast.ORIGIN)
    await sessions.end_presented(tx, PLATFORM, "no such token", by=cast.ORIGIN)
    assert await sessions.list_live(tx, account.id) == []


@pytest.mark.parametrize(
    "ended",
    [
        "expires_at = clock_timestamp() - interval '1 second'",
        "last_seen_at = clock_timestamp() - interval '14 days 1 second'",
    ],
)
async def test_a_session_ends_by_the_clock_and_is_then_cleared_away(
    tx: Transaction, ended: str
) -> None:
    account = await cast.make(tx)
    over = await cast.start(tx, account)
    await tx.execute(f"UPDATE sessions SET {ended}")
    kept = await cast.start(tx, account)

    assert [session.id for session in await sessions.list_live(tx, account.id)] == [kept.id]
    assert await sessions.find_live(tx, account.id, kept.id) == kept.id
    assert await sessions.find_live(tx, account.id, over.id) is None
    assert await sessions.forget_ended(tx) == 1
    assert await tx.fetch_value("SELECT id FROM sessions") == kept.id


async def test_a_session_is_touched_at_most_every_five_minutes(tx: Transaction) -> None:
    started = await cast.start(tx, await cast.make(tx))
    last_seen = "SELECT clock_timestamp() - last_seen_at < interval '1 minute' FROM sessions"

    await tx.execute("UPDATE sessions SET last_seen_at = clock_timestamp() - interval '4 minutes'")
    await sessions.touch(tx, started.id)
    assert await tx.fetch_value(last_seen) is False

    await tx.execute("UPDATE sessions SET last_seen_at = clock_timestamp() - interval '6 minutes'")
    await sessions.touch(tx, started.id)
    assert await tx.fetch_value(last_seen) is True
