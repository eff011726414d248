"""The kinds of destination, as the tests see them: what differs, and nothing of the life.

Every test of the life takes the `destination` fixture, and so runs for each kind in `KINDS`.
"""

from dataclasses import dataclass
from typing import Protocol

from tests.world import Person, World
from vestibule.invitations import destinations
from vestibule.invitations.destinations import OfOrganization
from vestibule.invitations.offer_model import Host
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AccountId
from vestibule.keys.model import Purpose
from vestibule.users import actions as users
from vestibule.users.model import SignedIn, User

HERE, ELSEWHERE = OfOrganization("analytical"), OfOrganization("elsewhere")


@dataclass(frozen=True, slots=True)
class Roles:
    """Roles of a place: who holds `inviting` may grant it and `low`, but not `top`."""

    top: str
    inviting: str
    low: str


class Kind(Protocol):
    """A place of one kind: Ada has the top role, Bo may invite, Cy and Di may not."""

    @property
    def purpose(self) -> Purpose:
        """Give what its keys are good for."""

    @property
    def roles(self) -> Roles:
        """Give roles to try."""

    @property
    def page(self) -> str:
        """Give where somebody who joined lands."""

    async def host(self, tx: Transaction, person: Person) -> Host:
        """Give the place into the hands of somebody who may invite there."""

    async def elsewhere(self, tx: Transaction) -> Host:
        """Give another place of the kind, which is Eve's."""

    async def give_role(self, tx: Transaction, person: Person, role: str) -> None:
        """Make somebody of the place another thing, by SQL alone."""

    async def remove(self, tx: Transaction, person: Person) -> None:
        """Take somebody out of the place, by SQL alone."""

    async def role_of(self, tx: Transaction, account: AccountId) -> str | None:
        """Give what an account is in the place."""

    async def count_members(self, tx: Transaction) -> int:
        """Count who is in the place."""

    async def require_sign_in(self, tx: Transaction) -> None:
        """Let people join only while signed in."""


@dataclass(frozen=True, slots=True)
class ToAnalytical:
    """The organization *Analytical*."""

    world: World
    purpose: Purpose = Purpose.ORGANIZATION_INVITATION
    roles: Roles = Roles(top="owner", inviting="admin", low="viewer")
    page: str = "/organizations/analytical"

    async def host(self, tx: Transaction, person: Person) -> Host:
        return await destinations.host(tx, HERE, await signed_in(tx, person))

    async def elsewhere(self, tx: Transaction) -> Host:
        eve = await signed_in(tx, self.world.eve)
        return await destinations.host(tx, ELSEWHERE, eve)

    async def give_role(self, tx: Transaction, person: Person, role: str) -> None:
        place = self.world.analytical.id
        await tx.execute(
            "UPDATE members SET role = $1 WHERE organization_id = $2 AND user_id = $3",
            role,
            place,
            person.id,
        )

    async def remove(self, tx: Transaction, person: Person) -> None:
        place = self.world.analytical.id
        sql = "DELETE FROM members WHERE organization_id = $1 AND user_id = $2"
        await tx.execute(sql, place, person.id)

    async def role_of(self, tx: Transaction, account: AccountId) -> str | None:
        sql = "SELECT role FROM members WHERE organization_id = $1 AND user_id = $2"
        role: str | None = await tx.fetch_value(sql, self.world.analytical.id, account)
        return role

    async def count_members(self, tx: Transaction) -> int:
        sql = "SELECT count(*) FROM members WHERE organization_id = $1"
        return int(await tx.fetch_value(sql, self.world.analytical.id))

    async def require_sign_in(self, tx: Transaction) -> None:
        sql = "UPDATE organizations SET requires_sign_in = true WHERE id = $1"
        await tx.execute(sql, self.world.analytical.id)


async def user_of(tx: Transaction, person: Person) -> User:
    """Give one of the cast as the product knows them."""
    return await users.get(tx, person.id)


async def signed_in(tx: Transaction, person: Person) -> SignedIn:
    """Give one of the cast as somebody who calls."""
    return SignedIn(user=await user_of(tx, person), session_id=person.session_id)


KINDS = {"organization": ToAnalytical}
