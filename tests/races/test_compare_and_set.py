"""Each compare-and-set decides by itself, whatever was locked and looked at before.

In a race the lock comes first and hides it: this is the guard that stands when a lock is forgotten.
"""

from uuid import UUID

import pytest

from tests.world import World
from vestibule.invitations import store
from vestibule.invitations.model import Invitation
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import InvitationId, new_id

KEY_HASH = bytes(range(32))
STATES = {
    "accepted": "state = 'accepted', closed_at = clock_timestamp(), accepted_by = inviter_id",
    "declined": "state = 'declined', closed_at = clock_timestamp()",
    "revoked": "state = 'revoked', closed_at = clock_timestamp()",
    "expired": "expires_at = clock_timestamp()",
}


@pytest.fixture
async def pending(tx: Transaction, world: World) -> InvitationId:
    """An invitation by Ada, and its key."""
    invitation_id = InvitationId(new_id())
    await tx.execute(
        """
        INSERT INTO invitations (id, organization_id, role, address, address_canonical,
                                 inviter_kind, inviter_id, inviter_name, locale, expires_at)
        VALUES ($1, $2, 'viewer', 'ana@example.com', 'ana@example.com', 'user', $3, 'Ada', 'en',
                clock_timestamp() + interval '1 day')
        """,
        invitation_id,
        world.analytical.id,
        world.ada.id,
    )
    await tx.execute(
        """
        INSERT INTO keys (id, realm_id, purpose, subject, key_hash, expires_at)
        SELECT $1, id, 'organization_invitation', $2, $3, clock_timestamp() + interval '1 day'
          FROM realms WHERE kind = 'platform'
        """,
        new_id(),
        str(invitation_id),
        KEY_HASH,
    )
    return invitation_id


async def accept(tx: Transaction, pending: InvitationId, by: UUID) -> Invitation | None:
    account = await tx.fetch_value("SELECT id FROM accounts WHERE id = $1", by)
    return await store.accept(tx, pending, by=account, proof=[KEY_HASH])


async def decline(tx: Transaction, pending: InvitationId, _: UUID) -> Invitation | None:
    return await store.decline(tx, pending, reason=None, proof=[KEY_HASH])


ANSWERS = {"accept": accept, "decline": decline}


@pytest.mark.parametrize("answer", ANSWERS)
async def test_an_answer_to_what_is_open_counts(
    answer: str, tx: Transaction, world: World, pending: InvitationId
) -> None:
    assert await ANSWERS[answer](tx, pending, world.flo.id) is not None


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("state", STATES)
async def test_an_answer_to_what_is_over_changes_nothing(
    answer: str, state: str, tx: Transaction, world: World, pending: InvitationId
) -> None:
    await tx.execute(f"UPDATE invitations SET {STATES[state]}")
    assert await ANSWERS[answer](tx, pending, world.flo.id) is None


@pytest.mark.parametrize("answer", ANSWERS)
async def test_an_answer_by_a_replaced_key_changes_nothing(
    answer: str, tx: Transaction, world: World, pending: InvitationId
) -> None:
    await tx.execute("UPDATE keys SET superseded_at = clock_timestamp()")
    assert await ANSWERS[answer](tx, pending, world.flo.id) is None


@pytest.mark.parametrize("answer", ANSWERS)
async def test_an_answer_by_another_key_changes_nothing(
    answer: str, tx: Transaction, world: World, pending: InvitationId
) -> None:
    await tx.execute("UPDATE keys SET subject = 'another'")
    assert await ANSWERS[answer](tx, pending, world.flo.id) is None


@pytest.mark.parametrize("state", ["accepted", "declined", "revoked"])
async def test_what_is_closed_cannot_be_revoked(
    state: str, tx: Transaction, pending: InvitationId
) -> None:
    await tx.execute(f"UPDATE invitations SET {STATES[state]}")
    with pytest.raises(RuntimeError, match="without being held"):
        await store.revoke(tx, pending)
