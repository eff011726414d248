"""What runs beside the requests: chores that do not keep each other from their turn."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from tests import world as cast
from tests.postgres import Postgres
from vestibule import upkeep
from vestibule.bootstrap import House, open_house
from vestibule.kernel.database import Reader
from vestibule.kernel.settings import Settings

DUE_SECONDS = 5.0
STOP_SECONDS = 1.0
# One row for each chore that is due, and one that is not.
LEFT_OVER = """
INSERT INTO limits VALUES ('tea', '\\x00', 1, clock_timestamp() - interval '1 minute'),
                          ('tea', '\\x01', 1, clock_timestamp() + interval '1 minute');
INSERT INTO keys (id, realm_id, purpose, subject, key_hash, created_at, expires_at)
SELECT gen_random_uuid(), id, 'sign_up', days::text, sha256(days::text::bytea),
       clock_timestamp() - days * interval '1 day' - interval '1 hour',
       clock_timestamp() - days * interval '1 day'
  FROM realms, unnest(ARRAY[29, 31]) AS days WHERE kind = 'platform';
INSERT INTO messages (id, template, recipient, locale, parameters, state, not_after, settled_at)
SELECT gen_random_uuid(), 'accounts/password_reset', days || '@x.test', 'en', '{}', 'sent',
       clock_timestamp(), clock_timestamp() - days * interval '1 day'
  FROM unnest(ARRAY[89, 91]) AS days;
UPDATE sessions SET created_at = clock_timestamp() - interval '40 days',
                    expires_at = clock_timestamp() - interval '1 day' WHERE id IN (
    SELECT id FROM sessions ORDER BY id LIMIT 1);
INSERT INTO invitations (id, organization_id, role, address, address_canonical, inviter_kind,
                         inviter_name, state, locale, created_at, expires_at, closed_at)
SELECT gen_random_uuid(), id, 'viewer', days || '@x.test', days || '@x.test', 'operator', 'Op',
       'revoked', 'en', clock_timestamp() - days * interval '1 day',
       clock_timestamp() - days * interval '1 day' + interval '5 days',
       clock_timestamp() - days * interval '1 day'
  FROM organizations, unnest(ARRAY[29, 31]) AS days;
INSERT INTO app_codes (code_hash, app_id, organization_id, account_id, redirect_url, challenge,
                       issued_in, expires_at)
SELECT sha256(hours::text::bytea), app_id, organization_id, id, 'https://x.test', 'x',
       gen_random_uuid(), clock_timestamp() - hours * interval '1 hour'
  FROM app_members, unnest(ARRAY[23, 25]) AS hours WHERE name = 'Mia';
INSERT INTO organizations (id, name, slug, closed_at)
SELECT gen_random_uuid(), 'Closed', 'closed-' || hours,
       clock_timestamp() - hours * interval '1 hour' FROM unnest(ARRAY[23, 25]) AS hours;
INSERT INTO gone_places SELECT id FROM organizations WHERE slug = 'closed-23';
INSERT INTO messages (id, template, recipient, locale, parameters, state, not_after, place_id)
SELECT gen_random_uuid(), 'accounts/password_reset', id || '@x.test', 'en', '{}', 'deferred',
       clock_timestamp() + interval '1 day', id
  FROM organizations WHERE slug IN ('closed-23', 'elsewhere');
INSERT INTO resting_slugs
SELECT 'app', 'slug-' || days, gen_random_uuid(), clock_timestamp() + days * interval '1 day'
  FROM unnest(ARRAY[-1, 1]) AS days;
"""
COUNTS = """
SELECT (SELECT count(*) FROM limits) AS limits, (SELECT count(*) FROM keys) AS keys,
       (SELECT count(*) FROM messages) AS messages, (SELECT count(*) FROM sessions) AS sessions,
       (SELECT count(*) FROM invitations) AS invitations,
       (SELECT count(*) FROM app_codes) AS codes,
       (SELECT count(*) FROM organizations) AS organizations,
       (SELECT count(*) FROM messages WHERE settled_at IS NULL) AS unsent,
       (SELECT count(*) FROM resting_slugs) AS slugs
"""
THERE = {
    "limits": 2,
    "keys": 2,
    "messages": 4,
    "sessions": 10,
    "invitations": 4,
    "codes": 2,
    "organizations": 4,
    "unsent": 2,
    "slugs": 2,
}
LEFT = {
    **{"limits": 1, "keys": 1, "messages": 3, "sessions": 9, "invitations": 2, "codes": 1},
    **{"organizations": 3, "unsent": 1, "slugs": 1},
}


@pytest.fixture
async def own_house(own_database: str, tmp_path: Path) -> AsyncIterator[House]:
    """A house in which every chore has something to do."""
    async with open_house(Settings(data_dir=tmp_path), own_database) as house:
        async with house.database.transaction() as tx:
            await cast.make(tx)
            await tx.execute(LEFT_OVER)
        yield house


@asynccontextmanager
async def kept_up(house: House) -> AsyncIterator[asyncio.Event]:
    """Upkeep as long as the block; and the stop is within a second."""
    stop = asyncio.Event()
    running = asyncio.create_task(upkeep.run(house, stop))
    try:
        yield stop
    finally:
        began = time.monotonic()
        stop.set()
        await running
        assert time.monotonic() - began < STOP_SECONDS


async def counts(reader: Reader) -> dict[str, int]:
    row = await reader.fetch_one(COUNTS)
    assert row
    return dict(row)


async def wait_for(house: House, expected: dict[str, int]) -> None:
    """Wait until so many rows are left of each."""
    found: dict[str, int] = {}
    ends_at = time.monotonic() + DUE_SECONDS
    while found != expected and time.monotonic() < ends_at:
        await asyncio.sleep(0.02)
        async with house.database.reader() as reader:
            found = await counts(reader)
    assert found == expected


async def test_every_chore_takes_its_turn_and_takes_what_is_due_alone(own_house: House) -> None:
    async with own_house.database.reader() as reader:
        assert await counts(reader) == THERE
    async with kept_up(own_house):
        await wait_for(own_house, LEFT)


async def test_a_chore_that_fails_keeps_no_other_from_its_turn(
    own_house: House, postgres: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    name = urlsplit(own_house.database.url).path.removeprefix("/")
    owner = await asyncpg.connect(postgres.owner_url(name))
    await owner.execute(
        """
        ALTER TABLE audit RENAME TO audit_away;
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'hush'; END $$;
        CREATE TRIGGER refuse BEFORE DELETE ON sessions EXECUTE FUNCTION refuse()
        """
    )
    await owner.close()
    with caplog.at_level(logging.WARNING):
        async with kept_up(own_house):
            undone = {name: THERE[name] for name in ("sessions", "invitations")}
            await wait_for(own_house, LEFT | undone)
    put_off = [record.message for record in caplog.records if record.name == "vestibule.upkeep"]
    assert len(put_off) == 3
    assert "hush" not in caplog.text


async def test_chores_of_two_servers_at_once_get_in_nobodys_way(own_house: House) -> None:
    async with kept_up(own_house), kept_up(own_house):
        await wait_for(own_house, LEFT)


async def test_the_stop_is_within_a_second_though_it_has_hardly_begun(own_house: House) -> None:
    for pause in (0, 0.01, 0.3):
        async with kept_up(own_house):
            await asyncio.sleep(pause)


def test_without_a_mail_server_there_is_no_courier(house: House) -> None:
    assert upkeep.make_courier(house) is None


async def test_with_one_there_is_and_it_greets_by_the_host_of_the_base_url(house: House) -> None:
    settings = replace(
        house.settings,
        base_url="https://join.example.com:8443",
        smtp_url="smtp://user:word@mail.example.com:2587",
    )
    courier = upkeep.make_courier(replace(house, settings=settings))
    assert courier
    assert courier.connections.server.host == "mail.example.com"
    assert courier.connections.server.greeting == "join.example.com"
