"""The kinds of destination as the races need them: many places, made by SQL; all else is the API's.

What differs between kinds stands here. `KINDS` has the words of `tests/invitations/kinds.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from tests import world
from tests.world import PASSWORD, Person
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import AppId, OrganizationId, encode, new_id


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to be invited to. `id`: its organization's; `path`: where it stands in the API."""

    id: UUID
    path: str


@dataclass(frozen=True, slots=True)
class Inside:
    """Somebody who is in a place, and as what."""

    account_id: UUID
    role: str


Change: TypeAlias = dict[str, str]
DISABLED: Change = {"before": "admin", "after": "viewer"}
ENABLED: Change = {"before": "viewer", "after": "admin"}


class Kind(Protocol):
    """A kind of destination."""

    @property
    def low(self) -> str:
        """Give a role that everybody who invites may grant."""

    @property
    def other(self) -> str:
        """Give another such role."""

    @property
    def takes_users(self) -> bool:
        """Say whether users join as themselves: by `as: me`, or from their own invitations."""

    def account(self, name: str) -> dict[str, Any]:
        """Give the `account` that a newcomer sends along."""

    async def make(self, tx: Transaction, owner: Person, inviter: Person) -> Place:
        """Make a place with somebody of the highest role, and somebody who may invite."""

    async def members(self, reader: Reader, place: Place) -> Sequence[Inside]:
        """Give who is in the place, but for those two."""

    async def change(self, tx: Transaction, place: Place, inviter: Person, role: Change) -> None:
        """Make the inviter something else there, under the lock that such a change takes."""


@dataclass(frozen=True, slots=True)
class Organizations:
    """Organizations."""

    low: str = "viewer"
    other: str = "manager"
    takes_users: bool = True

    def account(self, name: str) -> dict[str, Any]:
        return {"first_name": name, "last_name": "Newman", "password": PASSWORD}

    async def make(self, tx: Transaction, owner: Person, inviter: Person) -> Place:
        place_id = new_id()
        await tx.execute(
            "INSERT INTO organizations (id, name, slug) VALUES ($1, 'Race', $2)",
            place_id,
            f"race-{place_id.hex[-30:]}",
        )
        for person, role in ((owner, "owner"), (inviter, "admin")):
            await tx.execute(
                "INSERT INTO members (id, organization_id, user_id, role) VALUES ($1, $2, $3, $4)",
                new_id(),
                place_id,
                person.id,
                role,
            )
            await tell(tx, "member.added", place_id, person.id, {"role": role})
        return Place(place_id, f"/organizations/{encode('org', place_id)}")

    async def members(self, reader: Reader, place: Place) -> Sequence[Inside]:
        rows = await reader.fetch_all(
            """
            SELECT user_id, role FROM members
             WHERE organization_id = $1 AND invitation_id IS NOT NULL
            """,
            place.id,
        )
        return [Inside(row["user_id"], row["role"]) for row in rows]

    async def change(self, tx: Transaction, place: Place, inviter: Person, role: Change) -> None:
        await tx.execute("SELECT FROM organizations WHERE id = $1 FOR NO KEY UPDATE", place.id)
        await tx.execute(
            "UPDATE members SET role = $3 WHERE organization_id = $1 AND user_id = $2",
            place.id,
            inviter.id,
            role["after"],
        )
        await tell(tx, "member.role_changed", place.id, inviter.id, role)


@dataclass(frozen=True, slots=True)
class Apps:
    """Apps, each the only one of its organization, whose owner and admin invite to it.

    Accounts there are the app's own: whoever signed up last, beside those two, is Boss in it too.
    """

    low: str = "Employee"
    other: str = "Manager"
    takes_users: bool = False

    def account(self, name: str) -> dict[str, Any]:
        return {"name": name, "password": PASSWORD}

    async def make(self, tx: Transaction, owner: Person, inviter: Person) -> Place:
        organization = await Organizations().make(tx, owner, inviter)
        slug = f"race-{organization.id.hex[-30:]}"
        whose = world.Place(OrganizationId(organization.id), "Race", slug)
        app = world.AppPlace(AppId(new_id()), whose, "Race", slug)
        await world.add_app(tx, app)
        guest = await tx.fetch_value(
            """
            WITH a_guest AS (
                INSERT INTO accounts (id, realm_id, address, address_canonical, password_hash)
                SELECT gen_random_uuid(), $1, address, address_canonical, password_hash
                  FROM accounts JOIN users USING (id)
                 WHERE id NOT IN ($3, $4) ORDER BY users.created_at DESC LIMIT 1
                RETURNING id, realm_id
            ), a_member AS (
                INSERT INTO app_members (id, app_id, organization_id)
                SELECT id, realm_id, $2 FROM a_guest
            )
            INSERT INTO app_member_roles (app_member_id, role, app_id, organization_id)
            SELECT id, 'Boss', realm_id, $2 FROM a_guest RETURNING app_member_id
            """,
            app.id,
            whose.id,
            owner.id,
            inviter.id,
        )
        if guest is not None:  # In a new database those two may be alone.
            joined = {"role": "Boss", "app": app.id}
            await tell(tx, "app_member.joined", organization.id, guest, joined)
        return Place(organization.id, f"/apps/{app.public_id}")

    async def members(self, reader: Reader, place: Place) -> Sequence[Inside]:
        rows = await reader.fetch_all(
            """
            SELECT app_member_id, role FROM app_member_roles
             WHERE organization_id = $1 AND invitation_id IS NOT NULL
            """,
            place.id,
        )
        return [Inside(row["app_member_id"], row["role"]) for row in rows]

    async def change(self, tx: Transaction, place: Place, inviter: Person, role: Change) -> None:
        await Organizations().change(tx, place, inviter, role)


async def tell(
    tx: Transaction, event: str, place_id: UUID, subject_id: UUID, details: Mapping[str, Any]
) -> None:
    """Write into the trail what was done by SQL: it must lead to what there is."""
    await tx.execute(
        """
        INSERT INTO audit (id, event, actor_kind, organization_id, subject_kind, subject_id,
                           details)
        VALUES ($1, $2, 'operator', $3, split_part($2, '.', 1), $4, $5)
        """,
        new_id(),
        event,
        place_id,
        subject_id,
        dict(details),
    )


KINDS: dict[str, Kind] = {"organization": Organizations(), "app": Apps()}
