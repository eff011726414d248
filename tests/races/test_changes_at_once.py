"""Two change what somebody is at the same time: one wins, and the other is told."""

import asyncio
from typing import Any

import pytest

from tests.client import API, Client
from tests.waiting import HOLD_ORGANIZATION, waiting
from tests.world import World
from vestibule.kernel.database import Database

DI = "di is given a role"
EMIL = "emil is given roles"


def changes(client: Client, world: World, what: str, *, same: bool) -> tuple[Any, Any]:
    """Give two calls, of two people."""
    ada, bo = client.as_(world.ada), client.as_(world.bo)
    if what == DI:
        at = f"{API}/organizations/analytical/members/{world.di.public_id}"
        return ada.patch(at, {"role": "manager"}), bo.patch(
            at, {"role": "manager" if same else "admin"}
        )
    at = f"{API}/apps/shifts/members/{world.emil.public_id}"
    return ada.patch(at, {"roles": ["Manager"]}), bo.patch(
        at, {"roles": ["Manager" if same else "Boss"]}
    )


@pytest.mark.parametrize("what", [DI, EMIL])
@pytest.mark.parametrize("same", [False, True])
async def test_of_two_who_change_somebody_at_once_the_second_is_told(
    client: Client, world: World, database: Database, what: str, *, same: bool
) -> None:
    calls = asyncio.gather(*changes(client, world, what, same=same))
    async with waiting(database, _all(calls), HOLD_ORGANIZATION, world.analytical.id, crowd=2) as (
        _,
        answers,
    ):
        pass
    told = sorted((one.status_code, one.json().get("code")) for one in answers.result())
    assert told == [(200, None), (200, None) if same else (409, "role_changed")]


@pytest.mark.parametrize("what", [DI, EMIL])
async def test_one_after_the_other_both_are_made(client: Client, world: World, what: str) -> None:
    first, second = changes(client, world, what, same=False)
    assert [(await first).status_code, (await second).status_code] == [200, 200]


async def _all(calls: Any) -> Any:  # noqa: ANN401
    return await calls
