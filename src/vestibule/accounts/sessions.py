"""Sessions begin and end here. Their tokens are random; the database has the hash alone."""

from collections.abc import Sequence

from vestibule.accounts import queries, session_store, store
from vestibule.accounts.model import Account, Session, SessionNotFound, Started
from vestibule.accounts.realms import Realm
from vestibule.audit import actions as audit
from vestibule.audit.model import Actor, Entry
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.errors import NotAuthenticated
from vestibule.kernel.ids import AccountId, SessionId
from vestibule.kernel.secrets import digest, new_token

TOKEN = "session"  # noqa: S105  what its hash is bound to


def hash_of(token: str) -> bytes:
    """Give what the database keeps of a session's token."""
    return digest(TOKEN, token)


async def start(tx: Transaction, account: Account, *, origin: Actor) -> Started:
    """Start a session of the account; its oldest ends when it has too many."""
    token = new_token()
    row = await session_store.insert(tx, account, hash_of(token), origin=origin)
    await session_store.delete_beyond_most(tx, account.id)

    started = Started(
        id=row["id"], account_id=account.id, token=token, expires_at=row["expires_at"]
    )
    by = account.as_actor(origin)
    await audit.record(tx, _entry("session.started", started.id, account.id, by))
    return started


async def start_beside(
    tx: Transaction, account: Account, first: SessionId, *, origin: Actor
) -> Started | None:
    """Start a session that comes of another one of the account. None: that one has ended.

    The account is held: a new password at this moment ends this session as well, or is seen here.
    """
    if not await _hold(tx, account.id, first):
        return None
    return await start(tx, account, origin=origin)


async def keep(tx: Transaction, account_id: AccountId, session_id: SessionId) -> None:
    """Hold an account, so that what begins in its session now ends with a new password later.

    Raises NotAuthenticated: the session has ended meanwhile.
    """
    if not await _hold(tx, account_id, session_id):
        raise NotAuthenticated


async def end(tx: Transaction, account_id: AccountId, session_id: SessionId, *, by: Actor) -> None:
    """End one session of the account. Raises SessionNotFound."""
    if not await session_store.delete(tx, account_id, session_id):
        raise SessionNotFound
    await audit.record(tx, _entry("session.ended", session_id, account_id, by))


async def end_presented(tx: Transaction, realm: Realm, token: str, *, by: Actor) -> None:
    """End the session of this token, if there is one.

    Who signs in anew leaves the old one behind.
    """
    row = await session_store.delete_presented(tx, realm.id, hash_of(token))
    if row:
        await audit.record(tx, _entry("session.ended", row["id"], row["account_id"], by))


async def end_others(
    tx: Transaction, account_id: AccountId, session_id: SessionId, *, by: Actor
) -> int:
    """End every session of the account but this one. Gives their number."""
    count = await session_store.delete_all(tx, account_id, except_=session_id)
    await audit.record(
        tx,
        Entry(
            event="account.other_sessions_ended",
            by=by,
            subject_kind="account",
            subject_id=account_id,
            details={"sessions": count},
        ),
    )
    return count


async def end_all(
    tx: Transaction, account_id: AccountId, *, except_: SessionId | None = None
) -> int:
    """End the account's sessions as a part of a larger change, which is the one to be recorded."""
    return await session_store.delete_all(tx, account_id, except_=except_)


async def end_these(tx: Transaction, session_ids: Sequence[SessionId]) -> None:
    """End these sessions as a part of a larger change, which is the one to be recorded."""
    await session_store.delete_these(tx, session_ids)


async def touch(tx: Transaction, session_id: SessionId) -> None:
    """Note that the session was seen."""
    await session_store.touch(tx, session_id)


async def list_live(reader: Reader, account_id: AccountId) -> list[Session]:
    """Give the account's live sessions, the newest first."""
    return await queries.list_sessions(reader, account_id)


async def find_live(
    reader: Reader, account_id: AccountId, session_id: SessionId
) -> SessionId | None:
    """Give the session if it is the account's, and live."""
    return await queries.find_live_session(reader, account_id, session_id)


async def forget_ended(tx: Transaction) -> int:
    """Delete the sessions whose time is over. Gives their number."""
    return await session_store.delete_ended(tx)


async def _hold(tx: Transaction, account_id: AccountId, session_id: SessionId) -> bool:
    """Hold the account, and tell whether its session is live."""
    await store.lock_credentials(tx, account_id)
    return await find_live(tx, account_id, session_id) is not None


def _entry(event: str, session_id: SessionId, account_id: AccountId, by: Actor) -> Entry:
    return Entry(
        event=event,
        by=by,
        subject_kind="session",
        subject_id=session_id,
        details={"account": str(account_id)},
    )
