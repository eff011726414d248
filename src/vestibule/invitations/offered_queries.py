"""How an invitation is read by whoever holds its key: what it offers, as of now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vestibule.invitations.destination_model import Person
from vestibule.invitations.model import Invitation
from vestibule.invitations.queries import (
    COLUMNS,
    IS_PLACE_GONE,
    STANDING,
    invitation_from_row,
    is_entitled_from_row,
)
from vestibule.kernel.database import Reader, Row
from vestibule.organizations import rules_model


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """An invitation as the invited person meets it.

    `slug` is that of the place. `inviter_since`: since when the inviter has an account; None if it
    was no person. The rules of the place: `allowed_domains` (none: any), `takes_other_accounts`.
    `is_inviter_entitled`: by their present right. `is_superseded`: the key that was shown is not
    the newest. `is_place_gone`: it was deleted.
    """

    invitation: Invitation
    destination_name: str
    organization_name: str
    slug: str
    requires_sign_in: bool
    member_count: int
    inviter_since: datetime | None
    has_account: bool
    is_inviter_entitled: bool
    is_superseded: bool
    is_place_gone: bool
    allowed_domains: tuple[str, ...]
    takes_other_accounts: bool

    def ensure_allowed(self) -> None:
        """Raise DomainNotAllowed unless the invited address may come in."""
        rules_model.ensure_allowed(self.invitation.email, self.allowed_domains)

    def takes(self, person: Person) -> bool:
        """Tell whether somebody of another address than the invited one may choose to join."""
        if self.has_account or not self.takes_other_accounts:
            return False
        return rules_model.is_allowed(person.address, self.allowed_domains)


async def find_offered(reader: Reader, key_hashes: Sequence[bytes]) -> Offered | None:
    """Give what the key of one of these hashes offers, live or dead."""
    row = await reader.fetch_one(
        f"""
        SELECT {COLUMNS}, coalesce(p.name, o.name) AS destination_name,
               o.name AS organization_name, coalesce(p.slug, o.slug) AS slug,
               p.id IS NULL AND o.requires_sign_in AS requires_sign_in,
               p.id IS NULL AND o.takes_other_accounts AS takes_other_accounts,
               CASE WHEN p.id IS NULL THEN o.allowed_domains ELSE ARRAY[]::text[]
                     END AS allowed_domains,
               k.superseded_at IS NOT NULL AS is_superseded, {IS_PLACE_GONE},
               CASE WHEN p.id IS NULL
                    THEN (SELECT count(*) FROM present_members m WHERE m.organization_id = o.id)
                    ELSE (SELECT count(*) FROM present_app_members m WHERE m.app_id = p.id)
                     END AS member_count,
               (SELECT a.created_at FROM accounts a
                 WHERE a.id = i.inviter_id AND i.inviter_kind <> 'api_key') AS inviter_since,
               EXISTS (SELECT FROM present_accounts a
                        WHERE a.realm_id = coalesce(
                                p.id, (SELECT r.id FROM realms r WHERE r.kind = 'platform'))
                          AND a.address_canonical = i.address_canonical) AS has_account,
               {STANDING}
          FROM keys k
          JOIN invitations i ON i.id = k.subject::uuid
          JOIN organizations o ON o.id = i.organization_id
          LEFT JOIN apps p ON p.id = i.app_id
         WHERE k.key_hash = ANY($1)
           AND k.purpose IN ('organization_invitation', 'app_invitation')
        """,
        list(key_hashes),
    )
    return _offered_from_row(row) if row else None


def _offered_from_row(row: Row) -> Offered:
    invitation = invitation_from_row(row)
    return Offered(
        invitation=invitation,
        is_inviter_entitled=is_entitled_from_row(row),
        allowed_domains=tuple(row["allowed_domains"]),
        **{
            name: row[name]
            for name in (
                "destination_name",
                "organization_name",
                "slug",
                "requires_sign_in",
                "member_count",
                "inviter_since",
                "has_account",
                "is_superseded",
                "is_place_gone",
                "takes_other_accounts",
            )
        },
    )
