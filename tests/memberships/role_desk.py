"""The roles of *Analytical*'s own, and what the cast does with them, in the hall's transaction."""

from dataclasses import dataclass

from tests.memberships.hall import ANALYTICAL, Hall
from tests.world import Person, calling
from vestibule.memberships import role_changes
from vestibule.memberships.model import RoleDeletion, RoleShape
from vestibule.organizations import actions as organizations
from vestibule.organizations import custom_roles
from vestibule.organizations.model import Seat
from vestibule.organizations.permission_model import Role

CLERK = "Billing clerk"
# What somebody needs to be given to do all with roles and members that there is to do.
DEPUTY = ("settings:manage", "members:manage", "invitations:manage", "apps:manage")


@dataclass(frozen=True, slots=True)
class RoleDesk:
    """What people do with roles."""

    hall: Hall

    async def seat(self, person: Person) -> Seat:
        caller = await calling(self.hall.tx, person.id)
        return await organizations.lock_for_settings(self.hall.tx, caller, ANALYTICAL)

    async def make(self, name: str, *permissions: str, by: Person | None = None) -> Role:
        person = by or self.hall.world.ada
        seat = await self.seat(person)
        return await custom_roles.make(self.hall.tx, seat, name, permissions, by=person.actor)

    async def change(
        self,
        name: str,
        *permissions: str,
        by: Person | None = None,
        expected: tuple[str, ...] | None = None,
    ) -> Role:
        person = by or self.hall.world.ada
        wanted = RoleShape(role=name, permissions=permissions, expected=expected)
        return await role_changes.change(
            self.hall.tx, await self.seat(person), wanted, by=person.actor
        )

    async def delete(self, name: str, to: str | None = None, *, by: Person | None = None) -> None:
        person = by or self.hall.world.ada
        seat, wanted = await self.seat(person), RoleDeletion(role=name, to=to)
        await role_changes.delete(
            self.hall.tx, seat, wanted, by=person.actor, outbox=self.hall.outbox
        )

    async def kept(self) -> dict[str, set[str]]:
        """Give the roles that *Analytical* has of its own, and what each allows."""
        found = await self.hall.value(
            "SELECT custom_roles FROM organizations WHERE slug = $1", ANALYTICAL
        )
        return {name: set(permissions) for name, permissions in found.items()}

    async def offered(self, invitation_id: object) -> str:
        """Give the role that an invitation carries."""
        sql = "SELECT role FROM invitations WHERE id = $1"
        return str(await self.hall.value(sql, invitation_id))
