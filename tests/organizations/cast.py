"""People and organizations for these tests, made without the ways in that other rooms test."""

from tests.world import calling
from vestibule.audit.model import Actor, ActorKind
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import UserId, new_id
from vestibule.organizations import actions as organizations
from vestibule.organizations import founding
from vestibule.organizations.model import (
    Admission,
    Founded,
    Membership,
    NewOrganization,
    Organization,
    Seat,
)

PLATFORM = "00000000-0000-7000-8000-000000000001"


async def make_user(
    tx: Transaction, first_name: str, *, last_name: str = "Test", address: str | None = None
) -> UserId:
    """Make an account of the platform and its user, by SQL alone."""
    user_id = new_id()
    address = address or f"{first_name.lower()}.{user_id}@x.test"
    await tx.execute(
        "INSERT INTO accounts (id, realm_id, address, address_canonical) VALUES ($1, $2, $3, $4)",
        user_id,
        PLATFORM,
        address,
        address.lower(),
    )
    await tx.execute(
        "INSERT INTO users (id, first_name, last_name) VALUES ($1, $2, $3)",
        user_id,
        first_name,
        last_name,
    )
    return UserId(user_id)  # type: ignore[arg-type]


def acting(user_id: UserId) -> Actor:
    """Give the user as the one who does it."""
    return Actor(kind=ActorKind.USER, id=user_id, name="Somebody", network="192.0.2.1")


async def found(
    tx: Transaction, founder: UserId, *, name: str = "Analytical", slug: str | None = None
) -> Founded:
    """Found an organization, open to anybody."""
    new = NewOrganization(name=name, slug=slug, founder=founder)
    return await founding.found(tx, new, by=acting(founder), is_founding_open=True)


async def join(
    tx: Transaction, organization: Organization, user_id: UserId, role: str
) -> Membership:
    """Let the user in."""
    admission = Admission(organization_id=organization.id, user_id=user_id, role=role)
    return await organizations.admit(tx, admission)


async def seat_of(tx: Transaction, user_id: UserId, organization: Organization) -> Seat:
    """Give the user's seat, held for a change of settings."""
    return await organizations.lock_for_settings(tx, await calling(tx, user_id), organization.slug)
