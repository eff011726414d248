"""The trail as a file: safe in a spreadsheet, whole, and never held in memory."""

import csv
import io
import json
from collections.abc import AsyncIterable, AsyncIterator, Sequence

import pytest

from tests.api_keys.cast import Bot, add_key
from tests.client import API, Client
from tests.organizations import trail
from tests.organizations.trail import PAGE, TRAIL
from tests.world import World, calling
from vestibule.accounts.guards import Desk
from vestibule.api_keys.caller import find, find_program
from vestibule.audit import queries
from vestibule.audit.model import OPERATOR, Recorded
from vestibule.audit.queries import Search
from vestibule.bootstrap import House
from vestibule.kernel.database import Database
from vestibule.kernel.errors import NotAuthenticated
from vestibule.kernel.limits import Limiter
from vestibule.organizations import audit_export, audit_steps
from vestibule.organizations.audit_export import COLUMNS, Format
from vestibule.organizations.caller_model import Caller
from vestibule.organizations.model import OrganizationNotFound

FORMULAS = [
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1"),
    *("\uff1d1", "\uff0b1", "\uff0d1", "\uff20a", " =1+1", "\u00a0@a", "'=1"[1:]),
    *('=HYPERLINK("http://evil.example","x")', '"=1', "=1;2", "=cmd|' /C calc'!A0"),
]
HARMLESS = ["Bo Berg", "1=1", "a-b", "bo@example.com", "", "'quoted'", "2026-11-20", "{}", "\u6f22"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_reckon_with_is_text(text: str) -> None:
    assert audit_export.safe(text) == (text if text.startswith('"') else f"'{text}")


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert audit_export.safe(text) == text


def read_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


async def test_every_dangerous_name_is_one_safe_cell(
    client: Client, world: World, database: Database
) -> None:
    names = [name for name in FORMULAS if "\0" not in name]
    for name in names:
        async with database.transaction() as tx:
            await tx.execute(
                """
                INSERT INTO audit (id, event, actor_kind, actor_name, organization_id, subject_kind,
                                   subject_name, user_agent, details)
                VALUES (gen_random_uuid(), 'app.made', 'user', $1, $2, 'app', $1, $1,
                        jsonb_build_object('name', $1::text))
                """,
                name,
                world.analytical.id,
            )
    answer = await client.as_(world.ada).get(f"{TRAIL}/export", params={"format": "csv"})
    head, *rows = read_csv(answer.text)
    assert tuple(head) == COLUMNS
    assert {len(row) for row in rows} == {len(COLUMNS)}
    expected = {audit_export.safe(name) for name in names}
    for column in ("actor_name", "subject_name", "user_agent"):
        assert {row[COLUMNS.index(column)] for row in rows} == expected
    cells = {cell for row in rows for cell in row if cell}
    assert [cell for cell in cells if cell.lstrip(" \u00a0")[:1] in "=+-@\t\r\n"] == []
    assert {json.loads(row[-1])["name"] for row in rows} == set(names)
    assert "\n" not in answer.text.replace("\r\n", "").replace("\n=1", "")


def test_where_semicolons_part_cells_none_of_them_is_a_formula() -> None:
    assert audit_export.safe("Agent; =1+1;x") == "Agent;' =1+1;x"
    assert audit_export.safe("a;@b") == "a;'@b"


@pytest.fixture
async def desk(database: Database, house: House, world: World) -> Desk:
    """A desk, and a trail of several pieces."""
    await trail.add(database, world.analytical.id, number=3 * queries.CHUNK)
    return Desk(
        database=database,
        limiter=Limiter(database, is_on=False),
        passwords=house.passwords,
        outbox=house.outbox,
        origin=OPERATOR,
    )


async def begin(desk: Desk, caller: Caller) -> AsyncIterator[str | bytes]:
    """Begin an export, and read one line of it."""
    file = await audit_steps.export(desk, caller, "analytical", Search(), format=Format.JSONL)
    assert isinstance(file.iterator, AsyncIterable)
    lines = aiter(file.iterator)
    await anext(lines)
    return lines


async def test_an_export_ends_where_the_right_to_it_ends(
    client: Client, world: World, database: Database, desk: Desk
) -> None:
    async with database.reader() as reader:
        bo = await calling(reader, world.bo.id)
    lines = await begin(desk, bo)
    path = f"{API}/organizations/analytical/members/{world.bo.public_id}"
    assert (await client.as_(world.ada).delete(path)).status_code == 204
    with pytest.raises(OrganizationNotFound):
        await anext(lines)


async def test_an_export_ends_with_the_session_or_the_key_that_began_it(
    client: Client, world: World, database: Database, desk: Desk
) -> None:
    async with database.transaction() as tx:
        bot = await add_key(tx, Bot(1, maker=world.bo))
    ada, program = await find(database, world.ada.token), await find_program(database, bot.token)
    assert ada
    assert program
    by_session, by_key = await begin(desk, ada), await begin(desk, program)
    here = f"{API}/organizations/analytical"
    for ending in (f"{here}/api-keys/{bot.public_id}", f"{API}/sessions/current"):
        assert (await client.as_(world.ada).delete(ending)).status_code == 204
    for lines in (by_session, by_key):
        with pytest.raises(NotAuthenticated):
            await anext(lines)


async def test_an_export_is_whole_while_nothing_ends(
    world: World, database: Database, desk: Desk
) -> None:
    async with database.transaction() as tx:
        bot = await add_key(tx, Bot(1, maker=world.bo))
    ada, program = await find(database, world.ada.token), await find_program(database, bot.token)
    for caller in (ada, program):
        assert caller
        assert len([line async for line in await begin(desk, caller)]) >= 2


async def test_both_files_say_what_the_list_says(client: Client, world: World) -> None:
    await trail.fill(client, world)
    ada = client.as_(world.ada)
    listed = (await ada.get(TRAIL)).json()["data"]
    lines = await ada.get(f"{TRAIL}/export?format=jsonl")
    table = await ada.get(f"{TRAIL}/export?format=csv")

    assert lines.headers["content-type"] == "application/jsonl"
    assert [json.loads(line) for line in lines.text.splitlines()] == listed
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.headers["content-disposition"] == 'attachment; filename="analytical-audit.csv"'
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in read_csv(table.text)[1:]]
    assert [row["id"] for row in rows] == [entry["id"] for entry in listed]
    assert [row["actor_id"] for row in rows] == [entry["actor"]["id"] for entry in listed]
    assert [json.loads(row["details"]) for row in rows] == [each["details"] for each in listed]


async def test_a_file_holds_what_the_filters_ask_for(client: Client, world: World) -> None:
    await trail.fill(client, world)
    ada = client.as_(world.ada)
    asked = {"format": "jsonl", "event": "organization", "q": "analytic"}
    lines = (await ada.get(f"{TRAIL}/export", params=asked)).text.splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["organization.changed"]
    page = await ada.get(f"{PAGE}/export", params={"format": "jsonl", "kind": "organization"})
    assert page.text.splitlines() == lines
    assert (await client.as_(world.cy).get(f"{PAGE}/export?format=csv")).status_code == 403
    assert (await client.as_(world.eve).get(f"{PAGE}/export?format=csv")).status_code == 404
    nothing = await ada.get(f"{TRAIL}/export?format=csv&to=2020-01-01")
    assert read_csv(nothing.text) == [list(COLUMNS)]


@pytest.mark.parametrize("format", Format)
async def test_ten_thousand_entries_are_written_without_being_held(
    database: Database, world: World, format: Format
) -> None:
    number = 10_000
    await trail.add(database, world.analytical.id, number=number)
    chunks: list[int] = []

    async def watched() -> AsyncIterator[Sequence[Recorded]]:
        async for chunk in queries.stream(database, world.analytical.id, Search()):
            chunks.append(len(chunk))
            yield chunk

    lines, sizes = 0, []
    async for piece in audit_export.write(watched(), format):
        lines += piece.count("\n")
        sizes.append(len(piece))
        # Nothing is read ahead of what was sent: the head of the table comes before all.
        assert len(chunks) == len(sizes) - (format is Format.CSV)
    assert chunks == [queries.CHUNK] * (number // queries.CHUNK)
    assert lines == number + (format is Format.CSV)
    assert max(sizes) < 2 * sum(sizes) / len(chunks)


async def test_a_file_of_ten_thousand_comes_whole_over_the_wire(
    client: Client, world: World, database: Database
) -> None:
    await trail.add(database, world.analytical.id, number=10_000)
    answer = await client.as_(world.bo).get(f"{TRAIL}/export?format=jsonl")
    names = [json.loads(line)["subject"]["name"] for line in answer.text.splitlines()]
    assert names == [f"p{number}@example.com" for number in range(10_000, 0, -1)]
