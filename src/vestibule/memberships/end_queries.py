"""Who is told that a membership is about to end: who answers for it, or looks after the place."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from vestibule.kernel.database import Reader
from vestibule.kernel.ids import (
    AccountId,
    AppMemberId,
    InvitationId,
    MembershipId,
    OrganizationId,
    UserId,
)
from vestibule.messages.model import Addressee


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers for an invitation: a user (by an API key its maker), or a member of the app."""

    user_id: UserId | None
    app_member_id: AppMemberId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    """Somebody who was a member of an app, and whose."""

    organization_id: OrganizationId
    person_id: UUID


async def find_answering(
    reader: Reader,
    *,
    membership_id: MembershipId | None = None,
    invitation_id: InvitationId | None = None,
) -> Answering | None:
    """Give who answers for the invitation, or for the one that a member came in by.

    None: there was none, or it is forgotten.
    """
    row = await reader.fetch_one(
        """
        SELECT i.inviter_kind,
               CASE i.inviter_kind WHEN 'api_key' THEN k.user_id ELSE i.inviter_id END AS id
          FROM invitations i
          LEFT JOIN api_keys k ON i.inviter_kind = 'api_key' AND k.id = i.inviter_id
                              AND k.organization_id = i.organization_id
         WHERE i.id = coalesce($1, (SELECT m.invitation_id FROM members m WHERE m.id = $2))
        """,
        invitation_id,
        membership_id,
    )
    if row is None or row["id"] is None:
        return None
    return _answering(row["inviter_kind"], row["id"])


async def list_app_managers(reader: Reader, organization_id: OrganizationId) -> Sequence[Addressee]:
    """Give every user who manages the apps of the organization, the oldest account first."""
    rows = await reader.fetch_all(
        """
        SELECT a.id AS account_id, a.address AS email, a.locale
          FROM app_managers g
          JOIN accounts a ON a.id = g.user_id
         WHERE g.organization_id = $1
         ORDER BY a.id
        """,
        organization_id,
    )
    return [Addressee(**row) for row in rows]


async def list_left_behind(reader: Reader, *, at_most: int) -> Sequence[LeftBehind]:
    """Give members of apps who are gone, and whose invitations tell of them still, by id.

    Who registers anew clears their own way, and knows nothing of invitations.
    """
    rows = await reader.fetch_all(
        """
        SELECT DISTINCT i.organization_id, gone.id AS person_id
          FROM invitations i
          JOIN open_apps a ON a.id = i.app_id
          JOIN LATERAL (SELECT i.inviter_id WHERE i.inviter_kind = 'app_member'
                         UNION SELECT i.accepted_by) AS gone (id) ON gone.id IS NOT NULL
         WHERE NOT EXISTS (SELECT FROM app_members m WHERE m.id = gone.id)
         ORDER BY gone.id LIMIT $1
        """,
        at_most,
    )
    return [LeftBehind(**row) for row in rows]


def _answering(kind: str, person_id: UUID) -> Answering:
    if kind == "app_member":
        return Answering(None, AppMemberId(AccountId(person_id)))
    return Answering(UserId(AccountId(person_id)), None)
