"""How many seats an organization has: what is told of them, who sets it, what the trail keeps."""

import pytest

from tests.client import API, Client
from tests.organizations import cast
from tests.world import OPERATOR, World
from vestibule.audit.model import OPERATOR as BY_OPERATOR
from vestibule.kernel.database import Database, Transaction
from vestibule.organizations import actions as organizations
from vestibule.organizations import seats
from vestibule.organizations.seat_model import InvalidSeatLimit, Seating, SeatLimitReached

HERE = f"{API}/operator/organizations/analytical"
PAGES = "/organizations/analytical"


@pytest.mark.parametrize(
    ("members", "invited", "limit", "said"),
    [
        (1, 0, None, "1 member"),
        (3, 0, None, "3 members"),
        (3, 2, None, "3 members and 2 invited"),
        (3, 2, 5, "3 members and 2 invited, of 5"),
        (1, 1, 1, "1 member and 1 invited, of 1"),
        (1, 0, 1, "1 member, of 1"),
        (0, 0, None, "0 members"),
    ],
)
def test_who_takes_the_seats_is_said_in_words(
    members: int, invited: int, limit: int | None, said: str
) -> None:
    assert Seating(members=members, invited=invited, limit=limit).explain() == said


@pytest.mark.parametrize(
    ("used", "limit", "is_full", "is_exceeded"),
    [(4, 5, False, False), (5, 5, True, False), (6, 5, True, True), (9, None, False, False)],
)
def test_it_is_full_when_every_seat_is_taken(
    used: int, limit: int | None, *, is_full: bool, is_exceeded: bool
) -> None:
    seating = Seating(members=used - 2, invited=2, limit=limit)
    assert (seating.used, seating.is_full, seating.is_exceeded) == (used, is_full, is_exceeded)


async def test_a_new_organization_has_no_limit(tx: Transaction) -> None:
    organization = (await cast.found(tx, await cast.make_user(tx, "Ada"))).organization
    assert organization.seat_limit is None
    assert await seats.count(tx, organization.id) == Seating(members=1, invited=0, limit=None)
    await seats.ensure_seated(tx, organization.id)


async def test_a_limit_is_set_and_kept_in_the_trail(tx: Transaction) -> None:
    organization = (await cast.found(tx, await cast.make_user(tx, "Ada"))).organization
    for limit in (3, 3, None, 1):
        held = await organizations.lock_for_change(tx, organization.id)
        seating = await seats.set_limit(tx, held, limit, by=BY_OPERATOR)
        assert seating == Seating(members=1, invited=0, limit=limit)
        assert (await organizations.lock_for_change(tx, organization.id)).seat_limit == limit

    rows = await tx.fetch_all(
        "SELECT actor_kind, details FROM audit WHERE event LIKE '%seat_limit%' ORDER BY id"
    )
    assert [(row["actor_kind"], row["details"]) for row in rows] == [
        ("operator", {"before": before, "after": after, "members": 1, "invited": 0})
        for before, after in ((None, 3), (3, None), (None, 1))
    ]


async def test_one_that_took_a_seat_too_many_is_told_how_it_was_before(tx: Transaction) -> None:
    organization = (await cast.found(tx, await cast.make_user(tx, "Ada"))).organization
    held = await organizations.lock_for_change(tx, organization.id)
    await seats.set_limit(tx, held, 1, by=BY_OPERATOR)
    await seats.ensure_seated(tx, organization.id)
    await cast.join(tx, organization, await cast.make_user(tx, "Bo"), "viewer")
    with pytest.raises(SeatLimitReached):
        await seats.ensure_seated(tx, organization.id)


@pytest.mark.parametrize("limit", [0, -1, 1_000_001])
async def test_a_limit_without_room_for_an_owner_is_none(tx: Transaction, limit: int) -> None:
    organization = (await cast.found(tx, await cast.make_user(tx, "Ada"))).organization
    with pytest.raises(InvalidSeatLimit):
        await seats.set_limit(tx, organization, limit, by=BY_OPERATOR)


async def test_the_operator_looks_and_limits(client: Client, world: World) -> None:
    operator = client.as_(OPERATOR)
    for answer, limit in (
        (await operator.get(HERE), None),
        (await operator.patch(HERE, {"seat_limit": 2}), 2),
        (await operator.get(HERE.replace("analytical", world.analytical.public_id)), 2),
        (await operator.patch(HERE, {"seat_limit": None}), None),
    ):
        assert answer.status_code == 200
        told = answer.json()
        assert told == {
            "object": "organization",
            "id": world.analytical.public_id,
            "name": "Analytical",
            "slug": "analytical",
            "seats": {"members": 4, "invited": 0, "limit": limit},
            "created_at": told["created_at"],
        }


async def test_the_trail_says_from_where_the_operator_called(
    client: Client, world: World, database: Database
) -> None:
    await client.as_(OPERATOR).patch(
        HERE, {"seat_limit": 2}, headers={"User-Agent": "provisioner/1"}
    )
    page = (await client.as_(world.ada).get(f"{PAGES}/audit")).text
    assert "The operator changed the seat limit from none to 2." in page
    async with database.reader() as reader:
        row = await reader.fetch_one("SELECT actor_id, network, user_agent FROM audit")
    assert row is not None
    assert tuple(row.values()) == (None, "127.0.0.1", "provisioner/1")


@pytest.mark.parametrize("page", ["", "/members", "/invitations"])
async def test_the_pages_say_who_takes_the_seats(client: Client, world: World, page: str) -> None:
    ada = client.as_(world.ada)
    assert "4 members" in (await ada.get(PAGES + page)).text
    await client.as_(OPERATOR).patch(HERE, {"seat_limit": 5})
    await ada.post(f"{API}{PAGES}/invitations", {"email": "ana@example.com", "role": "viewer"})
    assert "4 members and 1 invited, of 5" in (await ada.get(PAGES + page)).text


async def test_the_page_of_a_full_organization_explains_instead_of_asking(
    client: Client, world: World
) -> None:
    ada = client.as_(world.ada)
    assert "Send invitation" in (await ada.get(f"{PAGES}/invitations")).text
    await client.as_(OPERATOR).patch(HERE, {"seat_limit": 4})
    page = (await ada.get(f"{PAGES}/invitations")).text
    assert "All seats are taken: 4 members, of 4." in page
    assert "Send invitation" not in page

    form = {"email": "cat@example.com", "role": "viewer", "expires_in_days": ""}
    refused = await ada.submit(f"{PAGES}/invitations", form, page="/sign-up")
    assert refused.status_code == 409
    assert refused.text.count("All seats are taken: 4 members, of 4.") == 1
    assert 'value="cat@example.com"' in refused.text


async def test_an_app_says_nothing_of_seats(client: Client, world: World) -> None:
    await client.as_(OPERATOR).patch(HERE, {"seat_limit": 1})
    page = (await client.as_(world.ada).get(f"{PAGES}/apps/shifts/invitations")).text
    assert "seats" not in page
    assert "Send invitation" in page


async def test_every_body_of_an_organization_tells_of_its_seats(
    client: Client, world: World
) -> None:
    ada = client.as_(world.ada)
    founded = await ada.post(f"{API}/organizations", {"name": "Acme", "slug": "acme"})
    changed = await ada.patch(f"{API}/organizations/acme", {"name": "Acme & Co"})
    [one, other] = (await ada.get(f"{API}/organizations")).json()["data"]
    alone = {"members": 1, "invited": 0, "limit": None}
    assert founded.json()["seats"] == changed.json()["seats"] == one["seats"] == alone
    assert other["seats"] == {"members": 4, "invited": 0, "limit": None}
