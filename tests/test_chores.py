"""What is done again and again looks at what it is about, not at all that there is."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from vestibule.api_keys import actions as api_keys
from vestibule.apps import codes
from vestibule.invitations import departures_store, forgetting
from vestibule.invitations.departure_model import Departure
from vestibule.kernel.addresses import parse
from vestibule.kernel.database import Database, Transaction
from vestibule.kernel.ids import AppId, OrganizationId, new_id
from vestibule.keys import actions as keys
from vestibule.messages import actions as messages
from vestibule.organizations import actions as organizations

MINUTE = timedelta(minutes=1)
GOING = Departure(
    person_id=new_id(), address=parse("ana@example.com"), organization_id=OrganizationId(new_id())
)
ROUNDS: dict[str, Callable[[Transaction], Awaitable[object]]] = {
    "invitations_by_end": lambda tx: forgetting.forget_ended(tx, retention=MINUTE),
    "keys_by_expiry": keys.forget_ended,
    "app_codes_by_expiry": codes.forget_ended,
    "api_keys_by_end": lambda tx: api_keys.list_ended(tx, ago=MINUTE, at_most=1),
    "api_keys_by_app": lambda tx: api_keys.list_of_app(
        tx, OrganizationId(new_id()), AppId(new_id())
    ),
    "api_keys_by_maker": lambda tx: departures_store.hold(tx, [GOING]),
    "messages_settled": messages.forget_old,
    "messages_due": lambda tx: messages.claim(tx, at_most=1, lease=MINUTE),
    "accounts_one_per_realm_and_address": lambda tx: organizations.find_member_of_address(
        tx, OrganizationId(new_id()), GOING.address
    ),
}


@pytest.mark.parametrize("index", ROUNDS)
async def test_it_is_found_by_its_index(own_database: str, index: str) -> None:
    """On a database of its own: what others left in a shared one would sway the planner."""
    database = await Database.connect(own_database, size=1)
    async with database.transaction() as tx:
        await tx.execute("SET LOCAL enable_seqscan = off")

        await ROUNDS[index](tx)

        scans = "SELECT pg_stat_get_xact_numscans($1::text::regclass)"
        assert await tx.fetch_value(scans, index) > 0
    await database.close()
