"""How invitations are read by lists and pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from vestibule.audit.model import ActorKind, known_name
from vestibule.invitations import destinations
from vestibule.invitations.model import (
    Delivery,
    Invitation,
    InvitationNotFound,
    Inviter,
    State,
)
from vestibule.invitations.offer_model import Host
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Reader, Row
from vestibule.kernel.ids import AccountId, InvitationId
from vestibule.kernel.lists import Window
from vestibule.messages.model import DeliveryState

COLUMNS = """
    i.id, i.organization_id, i.app_id, i.role, i.address, i.address_canonical,
    i.inviter_kind, i.inviter_id, i.inviter_name, i.state, i.locale, i.redirect_url, i.metadata,
    i.member_until, i.send_count, i.asked_count, i.asked_at, i.created_at, i.last_sent_at,
    i.expires_at, i.closed_at, i.accepted_by, i.decline_reason,
    i.state = 'pending' AND i.expires_at <= clock_timestamp() AS is_expired,
    clock_timestamp() AS read_at
"""

# What an invitation leads to, whatever its kind: ids are never the same.
PLACE = "coalesce(i.app_id, i.organization_id)"

# Whether that was deleted, alone or with its organization.
IS_PLACE_GONE = """
    (EXISTS (SELECT FROM organizations g WHERE g.id = i.organization_id AND g.closed_at IS NOT NULL)
     OR EXISTS (SELECT FROM apps g WHERE g.id = i.app_id AND g.closed_at IS NOT NULL)
    ) AS is_place_gone
"""

# By which API key an invitation was sent: an id alone does not say of what it is.
KEY_OF = """
    i.inviter_kind = 'api_key' AND k.id = i.inviter_id AND k.organization_id = i.organization_id
"""

# What the inviter is there now, whichever kind of place it is, and what an app's roles mean now.
STANDING = f"""
    o.custom_roles,
    (SELECT m.role FROM present_members m
      WHERE m.organization_id = o.id AND m.user_id = CASE i.inviter_kind
            WHEN 'user' THEN i.inviter_id
            WHEN 'api_key' THEN (SELECT k.user_id FROM api_keys k WHERE {KEY_OF}) END
    ) AS inviter_role,
    (SELECT k.permissions FROM api_keys k WHERE {KEY_OF}) AS inviter_permissions,
    array(SELECT m.role FROM present_app_member_roles m
            JOIN present_app_members s ON s.id = m.app_member_id
           WHERE m.app_id = i.app_id AND m.app_member_id = i.inviter_id
             AND i.inviter_kind = 'app_member') AS inviter_roles,
    (SELECT d.definition FROM app_definitions d
      WHERE d.app_id = p.id AND d.version = p.version) AS definition
"""

# The newest mail that carried the invitation's key tells what became of it.
_SHOWN = f"""
    SELECT {COLUMNS}, coalesce(p.name, o.name) AS destination_name,
           o.name AS organization_name,
           d.state AS delivery_state, d.attempts, d.last_attempt_at, d.reason
      FROM invitations i
      JOIN organizations o ON o.id = i.organization_id
      LEFT JOIN apps p ON p.id = i.app_id
      LEFT JOIN LATERAL (
            SELECT m.state, m.attempts, m.last_attempt_at, m.reason FROM messages m
             WHERE m.about = i.id AND m.key_purpose IS NOT NULL ORDER BY m.id DESC LIMIT 1
           ) d ON true
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An invitation with the name of where it leads and whose that is, and what became of its mail.

    `delivery` is None once the mail's record is gone (90 days).
    """

    invitation: Invitation
    destination_name: str
    organization_name: str
    delivery: Delivery | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which invitations are asked for; no states: all.

    `email` is a canonical address, `text` a part of one.
    """

    states: Sequence[str] = ()
    email: str | None = None
    text: str | None = None


async def find_shown(reader: Reader, place_id: UUID, invitation_id: InvitationId) -> Shown | None:
    """Give one invitation of the place."""
    row = await reader.fetch_one(
        f"{_SHOWN} WHERE {PLACE} = $1 AND i.id = $2",
        place_id,
        invitation_id,
    )
    return _shown_from_row(row) if row else None


async def get_shown(reader: Reader, host: Host, invitation_id: InvitationId) -> Shown:
    """Give one invitation of what the host has in hand. Raises InvitationNotFound."""
    shown = await find_shown(reader, host.place_id, invitation_id)
    if shown is None:
        raise InvitationNotFound
    return shown


async def list_shown(
    reader: Reader, place_id: UUID, asked: Filter, window: Window
) -> Sequence[Shown]:
    """Give up to `limit + 1` invitations of the place, by id in the window's order."""
    rows = await reader.fetch_all(
        f"""
        {_SHOWN}
         WHERE {PLACE} = $1
           AND ($2::uuid IS NULL OR i.id > $2) AND ($3::uuid IS NULL OR i.id < $3)
           AND ($4::text[] IS NULL OR CASE
                    WHEN i.state = 'pending' AND i.expires_at <= clock_timestamp() THEN 'expired'
                    ELSE i.state END = ANY($4))
           AND ($5::text IS NULL OR i.address_canonical = $5)
           AND ($6::text IS NULL OR strpos(lower(i.address), lower($6)) > 0)
         ORDER BY i.id {window.order}
         LIMIT $7
        """,
        place_id,
        window.before,
        window.after,
        list(asked.states) or None,
        asked.email,
        asked.text,
        window.limit + 1,
    )
    return [_shown_from_row(row) for row in rows]


async def list_waiting(reader: Reader, address_canonical: str, window: Window) -> Sequence[Shown]:
    """Give the open invitations to this address: up to `limit + 1`, by id in the window's order."""
    rows = await reader.fetch_all(
        f"""
        {_SHOWN}
         WHERE i.address_canonical = $1 AND i.app_id IS NULL AND o.closed_at IS NULL
           AND i.state = 'pending' AND i.expires_at > clock_timestamp()
           AND ($2::uuid IS NULL OR i.id > $2) AND ($3::uuid IS NULL OR i.id < $3)
         ORDER BY i.id {window.order}
         LIMIT $4
        """,
        address_canonical,
        window.before,
        window.after,
        window.limit + 1,
    )
    return [_shown_from_row(row) for row in rows]


def id_of(shown: Shown) -> InvitationId:
    """Give what a list of invitations goes on from."""
    return shown.invitation.id


def invitation_from_row(row: Row) -> Invitation:
    """Read the columns of COLUMNS."""
    return Invitation(
        id=InvitationId(row["id"]),
        destination=destinations.from_row(row),
        email=Address(typed=row["address"], canonical=row["address_canonical"]),
        inviter=Inviter(
            kind=ActorKind(row["inviter_kind"]),
            id=row["inviter_id"],
            name=known_name(row["inviter_name"]),
        ),
        state=State(row["state"]),
        accepted_by=AccountId(row["accepted_by"]) if row["accepted_by"] else None,
        **{name: row[name] for name in _AS_THEY_ARE},
    )


def is_entitled_from_row(row: Row) -> bool:
    """Read the columns of COLUMNS and STANDING: whether the inviter may grant the role now."""
    invitation = invitation_from_row(row)
    standing = destinations.standing_from_row(row)
    return destinations.may_grant(invitation.destination, invitation.inviter, standing)


_AS_THEY_ARE = (
    "locale",
    "redirect_url",
    "metadata",
    "member_until",
    "send_count",
    "asked_count",
    "asked_at",
    "created_at",
    "last_sent_at",
    "expires_at",
    "closed_at",
    "decline_reason",
    "is_expired",
    "read_at",
)


def _shown_from_row(row: Row) -> Shown:
    return Shown(
        invitation=invitation_from_row(row),
        destination_name=row["destination_name"],
        organization_name=row["organization_name"],
        delivery=_delivery_from_row(row),
    )


def _delivery_from_row(row: Row) -> Delivery | None:
    if row["delivery_state"] is None:
        return None
    return Delivery(
        state=DeliveryState(row["delivery_state"]),
        attempts=row["attempts"],
        last_attempt_at=row["last_attempt_at"],
        reason=row["reason"],
    )
