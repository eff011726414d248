"""Entries for the tests of the trail: made by the verbs of the product, or all at once by SQL."""

from datetime import timedelta
from uuid import UUID

from tests.client import API, Client
from tests.world import World
from vestibule.kernel.database import Database

TRAIL = f"{API}/organizations/analytical/audit"
PAGE = "/organizations/analytical/audit"


async def fill(client: Client, world: World) -> None:
    """Have some things happen: four entries in *Analytical*, one in *Elsewhere*."""
    ada, bo, eve = (client.as_(who) for who in (world.ada, world.bo, world.eve))
    analytical = f"{API}/organizations/analytical"
    sent = {"email": "ana@example.com", "role": "manager"}
    made = (await bo.post(f"{analytical}/invitations", sent)).json()
    await ada.patch(f"{analytical}/invitations/{made['id']}", {"role": "viewer"})
    await ada.patch(analytical, {"name": "Analytic"})
    invited = await client.as_(world.bea).post(
        f"{API}/apps/shifts/invitations", {"email": "kim@example.com", "role": "Employee"}
    )
    assert invited.status_code == 201, invited.text
    await eve.patch(f"{API}/organizations/elsewhere", {"name": "Elsewhere else"})


async def add(
    database: Database,
    organization_id: UUID,
    *,
    number: int = 1,
    name: str | None = "Bo Berg",
    ago: timedelta = timedelta(),
) -> None:
    """Write entries by SQL, one a millisecond."""
    async with database.transaction() as tx:
        await tx.execute(
            """
            INSERT INTO audit (id, at, event, actor_kind, actor_name, organization_id,
                               subject_kind, subject_id, details)
            SELECT ('019a0000' || lpad(to_hex(n), 24, '0'))::uuid, clock_timestamp() - $4::interval,
                   'invitation.made', 'user', $3, $1, 'invitation', gen_random_uuid(),
                   jsonb_build_object('address', 'p' || n || '@example.com', 'role', 'viewer')
              FROM generate_series(1, $2) AS n
            """,
            organization_id,
            number,
            name,
            ago,
        )
