"""One-time codes: how a person comes back to the app, and the app's server gets a session.

A code is good once, for a minute, for one app and address, and for who knows the secret behind its
challenge (PKCE, RFC 7636, method S256). No token ever stands in an address.
"""

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlencode

from vestibule.accounts import actions as accounts
from vestibule.accounts import sessions
from vestibule.accounts.model import SessionNotFound, Started
from vestibule.apps import actions as apps
from vestibule.apps import code_store
from vestibule.apps.code_model import Return
from vestibule.apps.code_store import Code
from vestibule.apps.model import AppMember
from vestibule.audit.model import Actor
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AppId, AppMemberId, OrganizationId, SessionId, UserId
from vestibule.kernel.secrets import digest, is_same, new_token

# How long a spent code can still show that somebody has it who should not: as a session lives.
REMEMBERED = timedelta(days=1)
PURPOSE = "app_code"

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # RFC 7636, 4.1


async def issue(tx: Transaction, member: AppMember, asked: Return, *, issued_in: SessionId) -> str:
    """Make a code for the member, who is led back from this session, to the address that it gives.

    The code is good as long as that session is: a thief must not carry one past a new password.
    """
    code = new_token()
    await code_store.insert(tx, digest(PURPOSE, code), member, asked, issued_in=issued_in)
    answer = {"code": code} | ({"state": asked.state} if asked.state else {})
    separator = "&" if "?" in asked.redirect_url else "?"
    return f"{asked.redirect_url}{separator}{urlencode(answer)}"


async def redeem(
    tx: Transaction, app_id: AppId, code: str, verifier: str, *, origin: Actor
) -> Started | None:
    """Give a session for a code. None: it is none, or no longer good, or the verifier is wrong.

    A code that is shown twice ends the session that it made: one of the two had stolen it
    (RFC 9700, 2.1.1). So this must be committed, whatever it gives.
    """
    code_hash = digest(PURPOSE, code)
    account_ids = await code_store.list_accounts(tx, app_id, code_hash)
    if not account_ids:
        return None
    # The accounts before their code, as whoever ends one takes them.
    await accounts.hold_each(tx, account_ids)
    found = await code_store.hold(tx, app_id, code_hash)
    if found is None:
        return None
    if found.is_spent:
        await _end_session(tx, found, origin=origin)
        return None
    if found.is_expired or not _is_proven(found, verifier):
        await code_store.spend(tx, code_hash, session_id=None)
        return None
    return await _start(tx, app_id, found, code_hash, origin=origin)


async def end_continuing(
    tx: Transaction, user_id: UserId, organization_id: OrganizationId | None = None
) -> None:
    """End what a user began from the studio, in an organization's apps or in all: they may not."""
    begun = await code_store.delete_of_users(tx, [user_id], organization_id)
    await sessions.end_these(tx, begun)


async def end_continuing_of(
    tx: Transaction, user_ids: Sequence[UserId], organization_id: OrganizationId
) -> None:
    """End what any of these users began from the studio in the organization's apps."""
    begun = await code_store.delete_of_users(tx, user_ids, organization_id)
    await sessions.end_these(tx, begun)


async def forget_ended(tx: Transaction) -> int:
    """Delete codes that are long over. Gives their number."""
    return await code_store.delete_ended(tx, after=REMEMBERED)


async def _start(
    tx: Transaction, app_id: AppId, found: Code, code_hash: bytes, *, origin: Actor
) -> Started | None:
    member = await apps.find_member(tx, app_id, AppMemberId(found.account_id))
    if member is None:  # their time is over
        await code_store.spend(tx, code_hash, session_id=None)
        return None
    started = await sessions.start_beside(tx, member.account, found.issued_in, origin=origin)
    if started and found.continued_by:
        await code_store.insert_continuation(tx, started.id, member, found.continued_by)
    await code_store.spend(tx, code_hash, session_id=started.id if started else None)
    return started


async def _end_session(tx: Transaction, found: Code, *, origin: Actor) -> None:
    if found.session_id is None:
        return
    try:
        await sessions.end(tx, found.account_id, found.session_id, by=origin)
    except SessionNotFound:
        return


def _is_proven(found: Code, verifier: str) -> bool:
    """Tell whether the verifier is the one whose challenge came with the request."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    hashed = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return is_same(hashed, found.challenge)
