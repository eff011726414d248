"""The life of an invitation, played in one transaction, whatever the kind of destination."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.client import Mailbox, key_in, link_in
from tests.invitations import kinds
from tests.invitations.kinds import Cast, Kind, Somebody
from tests.world import World
from vestibule.audit.model import Actor, ActorKind
from vestibule.invitations import actions, answers, asking, store
from vestibule.invitations.accepters import Accepter, KeyAlone, SignedInAs
from vestibule.invitations.actions import Invited, Means
from vestibule.invitations.answers import Acceptance, Circumstances
from vestibule.invitations.model import Invitation
from vestibule.invitations.offer_model import UNHURRIED, Changes, Offer, Pace
from vestibule.kernel import addresses
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import InvitationId
from vestibule.messages.model import Letter, Outbox
from vestibule.users.model import User

ANA = "ana@example.com"
MADE = (
    *("accounts", "users", "sessions", "members", "app_members", "app_member_roles"),
    *("messages", "audit"),
)
SOMEBODY = Actor(kind=ActorKind.KEY_HOLDER, network="192.0.2.1")


@dataclass(frozen=True, slots=True)
class Life:
    """A transaction, a place of some kind, and the verbs of the invitations to it."""

    tx: Transaction
    world: World
    destination: Kind
    outbox: Outbox = field(repr=False)
    mailbox: Mailbox = field(repr=False)

    @property
    def cast(self) -> Cast:
        """Give who is who at the destination."""
        return self.destination.cast

    async def invite(
        self,
        email: str = ANA,
        role: str | None = None,
        *,
        by: Somebody | None = None,
        pace: Pace = UNHURRIED,
        **terms: Any,  # noqa: ANN401
    ) -> Invited:
        """Invite; by the inviter, who may, to the low role, unless told otherwise."""
        inviter = by or self.cast.inviter
        host = await self.destination.host(self.tx, inviter)
        offer = Offer(
            email=addresses.parse(email),
            role=role or self.destination.roles.low,
            locale=terms.pop("locale", "en"),
            **terms,
        )
        return await actions.invite(
            self.tx, host, offer, by=inviter.actor, means=Means(self.outbox, pace)
        )

    async def invited(self, email: str = ANA, **terms: Any) -> tuple[Invitation, str]:  # noqa: ANN401
        """Invite. Gives the invitation, and the key that was mailed."""
        invitation = (await self.invite(email, **terms)).invitation
        return invitation, await self.key(email)

    async def edit(
        self, invitation: Invitation, changes: Changes, *, by: Somebody | None = None
    ) -> Invitation:
        inviter = by or self.cast.inviter
        host = await self.destination.host(self.tx, inviter)
        return await actions.edit(self.tx, host, invitation.id, changes, by=inviter.actor)

    async def resend(
        self, invitation: Invitation, *, by: Somebody | None = None, pace: Pace = UNHURRIED
    ) -> Invitation:
        inviter = by or self.cast.inviter
        host = await self.destination.host(self.tx, inviter)
        means = Means(self.outbox, pace)
        return await actions.resend(self.tx, host, invitation.id, by=inviter.actor, means=means)

    async def revoke(self, invitation: Invitation, *, by: Somebody | None = None) -> Invitation:
        inviter = by or self.cast.inviter
        host = await self.destination.host(self.tx, inviter)
        return await actions.revoke(self.tx, host, invitation.id, by=inviter.actor)

    async def accept(self, key: str, accepter: Accepter | None = None) -> Acceptance:
        """Accept; by making an account, unless told otherwise."""
        accepter = accepter or self.destination.newcomer
        return await answers.accept(self.tx, key, accepter, circumstances=self.circumstances)

    async def accept_signed_in(
        self, key: str, person: Somebody, *, as_me: bool = False
    ) -> Acceptance:
        user = await kinds.known(self.tx, person)
        return await self.accept(key, SignedInAs(user, as_me=as_me))

    async def accept_by_key_alone(self, key: str) -> Acceptance:
        return await self.accept(key, KeyAlone())

    async def accept_waiting(self, invitation: Invitation, person: Somebody) -> Acceptance:
        """Accept from the console: the address is the proof."""
        user = await self._user(person)
        return await answers.accept_waiting(
            self.tx, invitation.id, user, circumstances=self.circumstances
        )

    async def decline(self, key: str, reason: str | None = None) -> Invitation:
        return await answers.decline(self.tx, key, reason, by=SOMEBODY)

    async def decline_waiting(
        self, invitation: Invitation, person: Somebody, reason: str | None = None
    ) -> Invitation:
        user = await self._user(person)
        return await answers.decline_waiting(self.tx, invitation.id, user, reason, by=person.actor)

    async def ask(self, key: str) -> bool:
        """Ask for a new invitation."""
        means = Means(self.outbox, UNHURRIED)
        return await asking.ask(self.tx, key, by=SOMEBODY, means=means)

    @property
    def circumstances(self) -> Circumstances:
        return Circumstances(origin=SOMEBODY, outbox=self.outbox)

    async def letters(self, email: str = ANA) -> list[Letter]:
        recipient = addresses.parse(email).deliverable
        return await self.mailbox.letters(self.tx, to=recipient)

    async def key(self, email: str = ANA) -> str:
        """Give the newest key mailed to the address."""
        return key_in(link_in((await self.letters(email))[-1].text))

    async def find(self, invitation_id: InvitationId) -> Invitation:
        """Give the invitation as it stands."""
        found = await store.find(self.tx, invitation_id)
        assert found is not None
        return found

    async def pass_time(self, invitation: Invitation, time: timedelta) -> None:
        """Move everything about the invitation so far into the past."""
        await self.tx.execute(
            """
            UPDATE invitations
               SET created_at = created_at - $2::interval, expires_at = expires_at - $2::interval,
                   last_sent_at = last_sent_at - $2::interval, asked_at = asked_at - $2::interval,
                   closed_at = closed_at - $2::interval
             WHERE id = $1
            """,
            invitation.id,
            time,
        )

    async def expire(self, invitation: Invitation) -> None:
        """Let its time end a second ago, by the database's clock."""
        await self.tx.execute(
            """
            UPDATE invitations SET expires_at = clock_timestamp() - interval '1 second'
             WHERE id = $1
            """,
            invitation.id,
        )

    async def count(self, table: str) -> int:
        return int(await self.tx.fetch_value(f"SELECT count(*) FROM {table}"))

    async def counts(self) -> dict[str, int]:
        """Count all that accepting could make."""
        return {table: await self.count(table) for table in MADE}

    async def events(self) -> list[str]:
        """Give what the audit trail tells, oldest first."""
        rows = await self.tx.fetch_all("SELECT event FROM audit ORDER BY at, id")
        return [row["event"] for row in rows]

    async def last_entry(self) -> dict[str, Any]:
        row = await self.tx.fetch_one("SELECT * FROM audit ORDER BY at DESC, id DESC LIMIT 1")
        assert row is not None
        return dict(row)

    async def _user(self, person: Somebody) -> User:
        known = await kinds.known(self.tx, person)
        assert isinstance(known, User)
        return known
