"""*Analytical* and its members in a transaction, and what they do to each other's memberships."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tests.client import Mailbox
from tests.world import Person, Place, World, calling
from vestibule.accounts import password_change
from vestibule.invitations import actions as invitations
from vestibule.invitations import host_destinations as hosts
from vestibule.invitations.actions import Means
from vestibule.invitations.departure_model import SentInvitations
from vestibule.invitations.destination_model import OfApp, OfOrganization, Whither
from vestibule.invitations.offer_model import UNHURRIED, Offer
from vestibule.kernel import addresses
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import InvitationId
from vestibule.memberships import account_deletion, handing_over
from vestibule.memberships import organization_removal as removal
from vestibule.memberships import organization_roles as roles
from vestibule.memberships.model import HandOver, NewRole, Removal
from vestibule.messages.model import Letter, Outbox
from vestibule.organizations import actions as organizations
from vestibule.users import actions as users
from vestibule.users.model import SignedIn

ANALYTICAL = "analytical"


@dataclass(frozen=True, slots=True)
class Hall:
    """A transaction, the cast in it, and the verbs."""

    tx: Transaction
    world: World
    outbox: Outbox = field(repr=False)
    mailbox: Mailbox = field(repr=False)

    async def change(
        self, person: Person, role: str, *, by: Person, expected: str | None = None
    ) -> None:
        seat = await organizations.lock_for_managing_members(
            self.tx, await calling(self.tx, by.id), ANALYTICAL
        )
        wanted = NewRole(
            user_id=person.id,
            role=role,
            expected=expected,
        )
        await roles.change(self.tx, seat, wanted, by=by.actor, outbox=self.outbox)

    async def remove(self, person: Person, *, by: Person, keep: bool = False) -> None:
        seat = await organizations.lock_for_managing_members(
            self.tx, await calling(self.tx, by.id), ANALYTICAL
        )
        sent = SentInvitations.KEEP if keep else SentInvitations.REVOKE
        wanted = Removal(user_id=person.id, sent=sent)
        await removal.remove(self.tx, seat, wanted, by=by.actor, outbox=self.outbox)

    async def leave(self, person: Person) -> None:
        seat = await organizations.lock_for_leaving(
            self.tx, await calling(self.tx, person.id), ANALYTICAL
        )
        await removal.leave(self.tx, seat, person.id, by=person.actor)

    async def hand_over(self, person: Person, *, by: Person, leave: bool = False) -> None:
        seat = await organizations.lock_for_leaving(
            self.tx, await calling(self.tx, by.id), ANALYTICAL
        )
        wanted = HandOver(giver=by.id, heir=person.id, leaves=leave)
        await handing_over.hand_over(self.tx, seat, wanted, by=by.actor, outbox=self.outbox)

    async def delete(self, person: Person) -> None:
        checked = await password_change.get_credentials(self.tx, person.id)
        await account_deletion.delete(self.tx, person.id, checked, by=person.actor)

    async def make(self, person: Person, role: str, *, place: Place | None = None) -> None:
        """Make somebody this, by SQL alone; who is no member gets in."""
        await self.tx.execute(
            """
            INSERT INTO members (id, organization_id, user_id, role)
            VALUES (gen_random_uuid(), $1, $2, $3)
            ON CONFLICT ON CONSTRAINT members_one_per_organization_and_user
            DO UPDATE SET role = excluded.role
            """,
            (place or self.world.analytical).id,
            person.id,
            role,
        )

    async def invited(
        self, email: str, role: str, *, by: Person, app: str | None = None
    ) -> InvitationId:
        """Have somebody invited to the organization, or to one of its apps."""
        whither: Whither = OfApp(app) if app else OfOrganization(ANALYTICAL)
        host = await hosts.lock(self.tx, whither, await self.signed_in(by))
        offer = Offer(email=addresses.parse(email), role=role, locale="en")
        means = Means(outbox=self.outbox, pace=UNHURRIED)
        made = await invitations.invite(self.tx, host, offer, by=by.actor, means=means)
        return made.invitation.id

    async def signed_in(self, person: Person) -> SignedIn:
        user = await users.get(self.tx, person.id)
        return SignedIn(user=user, session_id=person.session_id)

    async def state(self, invitation_id: InvitationId) -> str:
        """Give the state of an invitation, and who answers for it."""
        row = await self.tx.fetch_one(
            "SELECT state, inviter_name FROM invitations WHERE id = $1", invitation_id
        )
        return f"{row['state']} by {row['inviter_name']}" if row else "gone"

    async def role(self, person: Person) -> str | None:
        """Give what somebody is in *Analytical*."""
        role: str | None = await self.value(
            "SELECT role FROM members WHERE organization_id = $1 AND user_id = $2",
            self.world.analytical.id,
            person.id,
        )
        return role

    async def entries(self, event: str) -> Sequence[dict[str, Any]]:
        """Give what the trail tells of this, oldest first."""
        rows = await self.tx.fetch_all("SELECT * FROM audit WHERE event = $1 ORDER BY id", event)
        return [dict(row) for row in rows]

    async def letters(self, person: Person) -> list[Letter]:
        return await self.mailbox.letters(self.tx, to=person.email)

    async def value(self, sql: str, *values: object) -> Any:  # noqa: ANN401
        return await self.tx.fetch_value(sql, *values)

    async def places_of(self, text: UUID | str) -> list[str]:
        """Give every column of every table, but the trail, in which an id or a text stands."""
        columns = await self.tx.fetch_all(
            """
            SELECT table_name, column_name FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name <> 'audit'
             ORDER BY table_name, column_name
            """
        )
        found = []
        for row in columns:
            table, column = row["table_name"], row["column_name"]
            sql = f'SELECT count(*) FROM "{table}" WHERE strpos("{column}"::text, $1) > 0'
            if await self.tx.fetch_value(sql, str(text)):
                found.append(f"{table}.{column}")
        return found
