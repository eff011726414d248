"""An app of *Analytical*, *Rounds*, with members in all its roles, made by the product's verbs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.world import PASSWORD_HASH, Person, World, calling
from vestibule.accounts import queries as accounts
from vestibule.accounts import sessions
from vestibule.apps import actions as apps
from vestibule.apps import drafting, making, member_queries, members
from vestibule.apps.model import Admission, AppMember, AppSeat, NewApp, NewMember, SignedInMember
from vestibule.audit.model import Actor, ActorKind
from vestibule.definitions.model import Definition, Role
from vestibule.kernel import addresses
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AppMemberId, InvitationId, UserId, new_id
from vestibule.memberships import app_removal as removal
from vestibule.memberships import app_roles as roles
from vestibule.memberships import publishing
from vestibule.memberships.model import Published, RoleChange
from vestibule.messages import actions as messages
from vestibule.messages.model import Mail, Outbox
from vestibule.organizations import actions as organizations
from vestibule.users import actions as users
from vestibule.users.model import SignedIn

ROUNDS = "rounds"
ORIGIN = Actor(kind=ActorKind.KEY_HOLDER, network="192.0.2.1")
# Manager manages and invites Manager and Employee; Planner invites Planner; Guest may nothing.
DEFINITION = Definition(
    name="Rounds",
    default_role="Manager",
    roles={
        each.name: each
        for each in (
            Role(name="Manager", inherits=("Employee",), can_invite=True, can_manage=True),
            Role(name="Employee"),
            Role(name="Planner", can_invite=True),
            Role(name="Guest"),
        )
    },
)


def without(*names: str, **more: Role) -> Definition:
    """Give the definition without these roles, and with more."""
    kept = {name: role for name, role in DEFINITION.roles.items() if name not in names}
    manager = kept.get("Manager")
    if manager:
        inherits = tuple(name for name in manager.inherits if name not in names)
        kept["Manager"] = replace(manager, inherits=inherits)
    return replace(DEFINITION, roles={**kept, **more})


@dataclass(frozen=True, slots=True)
class Stage:
    """A transaction, the app in it, and what people do there."""

    tx: Transaction
    world: World
    outbox: Outbox = field(repr=False)

    async def build(self) -> None:
        """Make the app, and publish it: Ada is in it, as Manager."""
        ada = self.world.ada
        seat = await organizations.lock_for_managing_apps(
            self.tx, await calling(self.tx, ada.id), "analytical"
        )
        await making.make(self.tx, seat, NewApp(name="Rounds", slug=ROUNDS), by=ada.actor)
        await self.publish(DEFINITION)

    async def user(self, person: Person) -> SignedIn:
        user = await users.get(self.tx, person.id)
        return SignedIn(user=user, session_id=person.session_id)

    async def managing(self, person: Person) -> AppSeat:
        return await apps.lock_for_managing(self.tx, await self.user(person), ROUNDS)

    async def seat_of(self, somebody: Person | AppMember) -> AppSeat:
        """Give the app into somebody's hands, for managing its members."""
        caller: Any = (
            SignedInMember(member=somebody, session_id=UUID(int=0))  # type: ignore[arg-type]
            if isinstance(somebody, AppMember)
            else await self.user(somebody)
        )
        return await apps.lock_for_managing_members(self.tx, caller, ROUNDS)

    async def draft(self, definition: Definition, *, source: str | None = None) -> None:
        seat = await self.managing(self.world.ada)
        text = source or repr(definition)
        await drafting.save(self.tx, seat, definition, source=text, by=self.world.ada.actor)

    async def publish(
        self,
        definition: Definition | None = None,
        moved: Mapping[str, str] | None = None,
        *,
        by: Person | None = None,
    ) -> Published:
        """Publish; a new draft, if there is one; as Ada, unless told otherwise."""
        person = by or self.world.ada
        if definition is not None:
            await self.draft(definition)
        seat = await self.managing(person)
        user = (await self.user(person)).user
        return await publishing.publish(self.tx, seat, moved or {}, user=user, by=person.actor)

    async def member(self, name: str, *held: str) -> AppMember:
        """Let somebody in, with these roles."""
        app = (await apps.get_by_reference(self.tx, ROUNDS)).app
        new = NewMember(
            app=app,
            address=addresses.parse(f"{name.lower()}@rounds.example.com"),
            name=name,
            password_hash=PASSWORD_HASH,
            locale="en",
        )
        made = await members.make(self.tx, new, by=ORIGIN)
        for role in held:
            admission = Admission(
                organization_id=app.organization_id, app_id=app.id, account_id=made.id, role=role
            )
            await members.admit(self.tx, admission)
        return await self.again(made)

    async def again(self, member: AppMember) -> AppMember:
        """Give the member as they are now."""
        return await apps.get_member(self.tx, member.app_id, member.id)

    async def link(self, member: AppMember, person: Person) -> AppMember:
        await members.link(self.tx, member, person.id, by=person.actor)
        return await self.again(member)

    async def own_member(self, person: Person) -> AppMember:
        """Give the member as whom a user continues."""
        row = await self.tx.fetch_value(
            "SELECT id FROM app_members WHERE user_id = $1", UserId(person.id)
        )
        app = (await apps.get_by_reference(self.tx, ROUNDS)).app
        return await apps.get_member(self.tx, app.id, AppMemberId(row))

    async def change(
        self, member: AppMember, *wanted: str, by: Person | AppMember | None = None
    ) -> AppMember:
        somebody = by or self.world.ada
        seat = await self.seat_of(somebody)
        change = RoleChange(member.id, wanted)
        return await roles.change(self.tx, seat, change, by=actor(somebody), outbox=self.outbox)

    async def remove(self, member: AppMember, *, by: Person | AppMember | None = None) -> None:
        somebody = by or self.world.ada
        seat = await self.seat_of(somebody)
        await removal.remove(self.tx, seat, member.id, by=actor(somebody), outbox=self.outbox)

    async def sign_in(self, member: AppMember) -> str:
        return (await sessions.start(self.tx, member.account, origin=ORIGIN)).token

    async def invited(
        self,
        email: str,
        role: str,
        *,
        by: AppMember | Person | None = None,
        lives: timedelta = timedelta(days=5),
    ) -> InvitationId:
        """Put an invitation down, with its mail unsent."""
        somebody = by or self.world.ada
        app = (await apps.get_by_reference(self.tx, ROUNDS)).app
        invitation_id = InvitationId(new_id())
        await self.tx.execute(
            """
            INSERT INTO invitations
                   (id, organization_id, app_id, address, address_canonical, role, inviter_kind,
                    inviter_id, inviter_name, locale, created_at, last_sent_at, expires_at)
            VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, 'en', clock_timestamp() - interval '6 days',
                    clock_timestamp() - interval '6 days', clock_timestamp() + $9::interval)
            """,
            invitation_id,
            app.organization_id,
            app.id,
            email,
            role,
            actor(somebody).kind,
            somebody.id,
            somebody.name,
            lives,
        )
        mail = Mail(
            template="invitations/invitation",
            recipient=email,
            locale="en",
            parameters={},
            not_after=await accounts.read_clock(self.tx) + timedelta(days=1),
            about=invitation_id,
            link_path="/app-invite",
            key_purpose="app_invitation",
            key_seed=b"a seed of thirty-two bytes, here",
        )
        await messages.queue(self.tx, mail, outbox=self.outbox)
        return invitation_id

    async def invitation(self, invitation_id: InvitationId) -> dict[str, Any]:
        """Give the role and the state of an invitation, and what became of its mail."""
        row = await self.tx.fetch_one(
            """
            SELECT i.role, i.state, m.state AS mail FROM invitations i
              JOIN messages m ON m.about = i.id WHERE i.id = $1
            """,
            invitation_id,
        )
        assert row is not None
        return dict(row)

    async def entries(self, event: str) -> list[dict[str, Any]]:
        """Give what the trail tells of this, oldest first."""
        rows = await self.tx.fetch_all("SELECT * FROM audit WHERE event = $1 ORDER BY id", event)
        return [dict(row) for row in rows]

    async def count(self, table: str) -> int:
        return int(await self.tx.fetch_value(f"SELECT count(*) FROM {table}"))

    async def count_members(self) -> int:
        app = (await apps.get_by_reference(self.tx, ROUNDS)).app
        return await member_queries.count_members(self.tx, app.id)


def actor(somebody: Person | AppMember) -> Actor:
    """Give somebody as the trail names them."""
    return somebody.as_actor(ORIGIN) if isinstance(somebody, AppMember) else somebody.actor
