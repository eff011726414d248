"""The kinds of destination, as the tests see them: what differs, and nothing of the life.

Every test of the life takes the `destination` fixture, and so runs for each kind in `KINDS`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import pytest

from tests import world as the_world
from tests.world import Member, Person, Place, World
from vestibule.apps import actions as apps
from vestibule.apps.model import SignedInMember
from vestibule.invitations import host_destinations as hosts
from vestibule.invitations.accepters import Newcomer
from vestibule.invitations.destination_model import MemberProfile, OfApp, OfOrganization, Visitor
from vestibule.invitations.destination_model import Person as Known
from vestibule.invitations.offer_model import Host
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AccountId, InvitationId
from vestibule.keys.model import Purpose
from vestibule.users import actions as users
from vestibule.users.model import Profile, SignedIn

Somebody: TypeAlias = Person | Member
HASH = "$argon2id$a-hash-that-fits-no-password"
ANA = Newcomer(Profile.clean("Ana", "Ahn", None), HASH)
ANA_OF_APP = Newcomer(MemberProfile("Ana"), HASH)


@dataclass(frozen=True, slots=True)
class Roles:
    """Roles of a place: who holds `inviting` may grant it and `low`, but not `top`."""

    top: str
    inviting: str
    low: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who is who at a place. All have an account in its realm.

    The chief holds the top role, the inviter the inviting one; the onlooker and the member may not
    invite. The guest belongs nowhere, the stranger invites elsewhere. The owner owns the
    organization.
    """

    chief: Somebody
    inviter: Somebody
    onlooker: Somebody
    member: Somebody
    guest: Somebody
    stranger: Somebody
    owner: Person
    inside: Mapping[str, Somebody]


class Kind(Protocol):
    """A place of one kind."""

    @property
    def name(self) -> str:
        """Give what it is called."""

    @property
    def organization(self) -> Place:
        """Give whose it is."""

    @property
    def cast(self) -> Cast:
        """Give who is who there."""

    @property
    def purpose(self) -> Purpose:
        """Give what its keys are good for."""

    @property
    def roles(self) -> Roles:
        """Give roles to try."""

    @property
    def page(self) -> str:
        """Give where somebody who joined lands."""

    @property
    def newcomer(self) -> Newcomer:
        """Give somebody without an account, who makes one."""

    @property
    def made(self) -> Mapping[str, int]:
        """Give what a newcomer's joining adds to which table."""

    async def prepare(self, tx: Transaction) -> None:
        """Make of the cast what the world lacks."""

    async def host(self, tx: Transaction, somebody: Somebody) -> Host:
        """Give the place into the hands of somebody who may invite there."""

    async def elsewhere(self, tx: Transaction) -> Host:
        """Give another place of the kind, which is the stranger's."""

    async def give_role(self, tx: Transaction, somebody: Somebody, role: str) -> None:
        """Make somebody of the place another thing, by SQL alone."""

    async def remove(self, tx: Transaction, somebody: Somebody) -> None:
        """Take somebody out of the place, by SQL alone."""

    async def rename(self, tx: Transaction, somebody: Somebody) -> None:
        """Give somebody another name, by SQL alone."""

    async def role_of(self, tx: Transaction, account: AccountId) -> str | None:
        """Give what an account is in the place."""

    async def remembered(
        self, tx: Transaction, account: AccountId
    ) -> tuple[InvitationId | None, str | None]:
        """Give by which invitation an account came in, and to which address that was sent."""

    async def count_members(self, tx: Transaction) -> int:
        """Count who is in the place."""


@dataclass(frozen=True, slots=True)
class ToAnalytical:
    """The organization *Analytical*."""

    world: World
    name: str = "Analytical"
    purpose: Purpose = Purpose.ORGANIZATION_INVITATION
    roles: Roles = Roles(top="owner", inviting="admin", low="viewer")
    page: str = "/organizations/analytical"
    newcomer: Newcomer = ANA
    made: Mapping[str, int] = field(
        default_factory=lambda: {"accounts": 1, "users": 1, "sessions": 1, "members": 1}
    )

    @property
    def organization(self) -> Place:
        return self.world.analytical

    @property
    def cast(self) -> Cast:
        world = self.world
        return Cast(
            chief=world.ada,
            inviter=world.bo,
            onlooker=world.cy,
            member=world.di,
            guest=world.flo,
            stranger=world.eve,
            owner=world.ada,
            inside=world.roles,
        )

    async def prepare(self, tx: Transaction) -> None:
        pass

    async def host(self, tx: Transaction, somebody: Somebody) -> Host:
        here = OfOrganization(self.world.analytical.slug)
        return await hosts.lock(tx, here, await _signed_in(tx, somebody))

    async def elsewhere(self, tx: Transaction) -> Host:
        there = OfOrganization(self.world.elsewhere.slug)
        return await hosts.lock(tx, there, await _signed_in(tx, self.world.eve))

    async def give_role(self, tx: Transaction, somebody: Somebody, role: str) -> None:
        sql = "UPDATE members SET role = $1 WHERE organization_id = $2 AND user_id = $3"
        await tx.execute(sql, role, self.organization.id, somebody.id)

    async def remove(self, tx: Transaction, somebody: Somebody) -> None:
        sql = "DELETE FROM members WHERE organization_id = $1 AND user_id = $2"
        await tx.execute(sql, self.organization.id, somebody.id)

    async def rename(self, tx: Transaction, somebody: Somebody) -> None:
        await tx.execute("UPDATE users SET last_name = 'Bear' WHERE id = $1", somebody.id)

    async def role_of(self, tx: Transaction, account: AccountId) -> str | None:
        sql = "SELECT role FROM members WHERE organization_id = $1 AND user_id = $2"
        role: str | None = await tx.fetch_value(sql, self.organization.id, account)
        return role

    async def remembered(
        self, tx: Transaction, account: AccountId
    ) -> tuple[InvitationId | None, str | None]:
        row = await tx.fetch_one(
            "SELECT invitation_id, invited_address FROM members WHERE user_id = $1", account
        )
        return (row["invitation_id"], row["invited_address"]) if row else (None, None)

    async def count_members(self, tx: Transaction) -> int:
        sql = "SELECT count(*) FROM members WHERE organization_id = $1"
        return int(await tx.fetch_value(sql, self.organization.id))


@dataclass(frozen=True, slots=True)
class ToShifts:
    """The app *Shifts* of *Analytical*, where members of the app invite."""

    world: World
    name: str = "Shifts"
    purpose: Purpose = Purpose.APP_INVITATION
    roles: Roles = Roles(top="Boss", inviting="Manager", low="Employee")
    page: str = "/apps/shifts/profile"
    newcomer: Newcomer = ANA_OF_APP
    made: Mapping[str, int] = field(
        default_factory=lambda: {
            **{"accounts": 1, "users": 0, "sessions": 1, "members": 0},
            **{"app_members": 1, "app_member_roles": 1},
        }
    )

    @property
    def organization(self) -> Place:
        return self.world.analytical

    @property
    def cast(self) -> Cast:
        world = self.world
        return Cast(
            chief=world.bea,
            inviter=world.mia,
            onlooker=world.emil,
            member=world.emil,
            guest=GIL,
            stranger=world.rob,
            owner=world.ada,
            inside={member.role: member for member in world.crew if member.app == world.shifts},
        )

    async def prepare(self, tx: Transaction) -> None:
        """The guest has an account, and a role that nobody knows any more."""
        await the_world.add_app_member(tx, GIL)

    async def host(self, tx: Transaction, somebody: Somebody) -> Host:
        here = OfApp(self.world.shifts.slug)
        return await hosts.lock(tx, here, await _signed_in(tx, somebody))

    async def elsewhere(self, tx: Transaction) -> Host:
        there = OfApp(self.world.rota.slug)
        return await hosts.lock(tx, there, await _signed_in(tx, self.world.rob))

    async def give_role(self, tx: Transaction, somebody: Somebody, role: str) -> None:
        await tx.execute(
            "UPDATE app_member_roles SET role = $1 WHERE app_member_id = $2", role, somebody.id
        )

    async def remove(self, tx: Transaction, somebody: Somebody) -> None:
        sql = "DELETE FROM app_member_roles WHERE app_member_id = $1 AND role <> $2"
        await tx.execute(sql, somebody.id, GIL.role)

    async def rename(self, tx: Transaction, somebody: Somebody) -> None:
        await tx.execute("UPDATE app_members SET name = 'Bear' WHERE id = $1", somebody.id)

    async def role_of(self, tx: Transaction, account: AccountId) -> str | None:
        sql = "SELECT role FROM app_member_roles WHERE app_member_id = $1 AND role <> $2"
        role: str | None = await tx.fetch_value(sql, account, GIL.role)
        return role

    async def remembered(
        self, tx: Transaction, account: AccountId
    ) -> tuple[InvitationId | None, str | None]:
        sql = """SELECT invitation_id, invited_address FROM app_member_roles
                  WHERE app_member_id = $1 AND role <> $2"""
        row = await tx.fetch_one(sql, account, GIL.role)
        return (row["invitation_id"], row["invited_address"]) if row else (None, None)

    async def count_members(self, tx: Transaction) -> int:
        sql = "SELECT count(DISTINCT app_member_id) FROM app_member_roles WHERE app_id = $1"
        return int(await tx.fetch_value(sql, self.world.shifts.id))


GIL = the_world.crew_member(5, the_world.SHIFTS, "Gil", "Trainee")


async def known(tx: Transaction, somebody: Somebody) -> Known:
    """Give one of the cast as the product knows them."""
    return (await _signed_in(tx, somebody)).person


async def _signed_in(tx: Transaction, somebody: Somebody) -> Visitor:
    """Give one of the cast as somebody who calls."""
    if isinstance(somebody, Person):
        user = await users.get(tx, somebody.id)
        return SignedIn(user=user, session_id=somebody.session_id)
    member = await apps.get_member(tx, somebody.app.id, somebody.id)
    return SignedInMember(member=member, session_id=somebody.session_id)


KINDS: Mapping[str, type[ToAnalytical] | type[ToShifts]] = {
    "organization": ToAnalytical,
    "app": ToShifts,
}

# For tests of what one kind alone has: joining as oneself, consoles, places that ask to sign in.
OF_ORGANIZATIONS = pytest.mark.parametrize("destination", ["organization"], indirect=True)
OF_APPS = pytest.mark.parametrize("destination", ["app"], indirect=True)
