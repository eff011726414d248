"""The trail in the API: who may read it, what it shows, and what can be asked of it."""

from datetime import timedelta
from typing import Any

import pytest

from tests.client import API, Client
from tests.organizations import trail
from tests.organizations.trail import PAGE, TRAIL
from tests.world import World
from vestibule.audit import queries
from vestibule.kernel.database import Database
from vestibule.kernel.ids import encode, new_id


@pytest.mark.parametrize("path", [TRAIL, f"{TRAIL}/export?format=csv"])
async def test_owners_and_admins_read_it_and_nobody_else(
    client: Client, world: World, path: str
) -> None:
    assert (await client.get(path)).status_code == 401
    who = {"eve": 404, "flo": 404, "bea": 401, "di": 403, "cy": 403, "bo": 200, "ada": 200}
    for name, status in who.items():
        answer = await client.as_(getattr(world, name)).get(path)
        assert answer.status_code == status, name


async def events(client: Client, world: World, **asked: object) -> list[str]:
    answer = await client.as_(world.ada).get(TRAIL, params=asked)
    assert answer.status_code == 200, answer.text
    return [entry["event"] for entry in answer.json()["data"]]


ALL = ["invitation.made", "organization.changed", "invitation.edited", "invitation.made"]


async def test_it_says_what_happened_to_whom_by_whom_and_from_where(
    client: Client, world: World
) -> None:
    await trail.fill(client, world)
    answer = await client.as_(world.ada).get(TRAIL)
    entries: list[dict[str, Any]] = answer.json()["data"]
    assert [entry["event"] for entry in entries] == ALL

    in_app, changed, edited, made = entries
    assert made["object"] == "audit_entry"
    assert made["id"].startswith("aud_")
    assert made["actor"] == {"type": "user", "id": world.bo.public_id, "name": "Bo Berg"}
    assert made["subject"]["type"] == "invitation"
    assert made["subject"]["id"].startswith("inv_")
    assert made["subject"]["name"] == "ana@example.com"
    assert (made["network"], made["details"]["role"]) == ("127.0.0.1", "manager")
    assert edited["details"]["before"]["role"] == "manager"
    assert edited["details"]["after"]["role"] == "viewer"
    assert edited["subject"]["name"] == "ana@example.com"
    assert changed["subject"] == {
        "type": "organization",
        "id": world.analytical.public_id,
        "name": "Analytic",
    }
    assert in_app["details"]["app"] == world.shifts.public_id
    assert in_app["actor"] == {"type": "app_member", "id": world.bea.public_id, "name": "Bea"}


async def test_each_filter_asks_for_a_part(client: Client, world: World) -> None:
    await trail.fill(client, world)
    ada = client.as_(world.ada)
    first = (await ada.get(TRAIL)).json()["data"][-1]

    async def found(**asked: object) -> list[str]:
        return await events(client, world, **asked)

    assert await found(actor=world.bo.public_id) == ["invitation.made"]
    assert await found(actor=world.bea.public_id) == ["invitation.made"]
    assert await found(subject=first["subject"]["id"]) == ["invitation.edited", "invitation.made"]
    assert await found(subject=world.analytical.public_id) == ["organization.changed"]
    assert await found(event="invitation.edited") == ["invitation.edited"]
    assert await found(event="invitation") == [each for each in ALL if each[0] == "i"]
    assert await found(event=["organization.changed", "invitation.edited"]) == ALL[1:3]
    assert await found(q="KIM@example") == ["invitation.made"]
    assert await found(q="analytic") == ["organization.changed"]
    assert await found(q="Bea") == ["invitation.made"]
    assert await found(q="127.0.0.1") == ALL
    assert await found(q="100%") == []
    assert await found(q="locale") == []
    assert await found(**{"from": "2020-01-01"}) == ALL
    assert await found(**{"from": first["at"].partition(".")[0] + "Z"}) == ALL
    assert await found(to="2020-01-01") == []
    assert await found(**{"from": "2020-01-01", "to": "2999-12-31", "q": "kim"}) == ALL[:1]


async def test_days_are_whole_and_of_utc(client: Client, world: World, database: Database) -> None:
    await trail.add(database, world.analytical.id, ago=timedelta(days=10))
    ada = client.as_(world.ada)
    (entry,) = (await ada.get(TRAIL)).json()["data"]
    day = entry["at"][:10]
    assert await events(client, world, **{"from": day, "to": day}) == ["invitation.made"]
    assert await events(client, world, to=entry["at"].partition(".")[0] + "Z") == []


async def test_another_organization_shows_nothing_of_it(client: Client, world: World) -> None:
    """By no path, filter or cursor."""
    await trail.fill(client, world)
    eve = client.as_(world.eve)
    elsewhere = f"{API}/organizations/elsewhere/audit"
    (entry,) = (await eve.get(elsewhere)).json()["data"]
    assert entry["subject"]["name"] == "Elsewhere else"
    for asked in ({"actor": world.bo.public_id}, {"subject": world.analytical.public_id}):
        assert (await eve.get(elsewhere, params=asked)).json()["data"] == []
    theirs = (await client.as_(world.ada).get(TRAIL, params={"limit": 1})).json()
    cursor = theirs["list_metadata"]["after"]
    assert (await eve.get(elsewhere, params={"after": cursor})).status_code == 422


async def test_it_goes_on_by_cursors_there_and_back(
    client: Client, world: World, database: Database
) -> None:
    await trail.add(database, world.analytical.id, number=45)
    ada = client.as_(world.ada)
    seen, after = [], None
    while True:
        asked = {"limit": 20, **({"after": after} if after else {})}
        page = (await ada.get(TRAIL, params=asked)).json()
        seen += [entry["subject"]["name"] for entry in page["data"]]
        after = page["list_metadata"]["after"]
        if after is None:
            break
    assert seen == [f"p{number}@example.com" for number in range(45, 0, -1)]
    back = {"limit": 20, "before": page["list_metadata"]["before"]}
    newer = (await ada.get(TRAIL, params=back)).json()["data"]
    assert [entry["subject"]["name"] for entry in newer] == seen[20:40]


async def test_a_search_looks_at_so_many_and_says_where_it_stopped(
    client: Client, world: World, database: Database
) -> None:
    await trail.add(database, world.analytical.id, number=queries.MOST_SEARCHED + 5)
    ada = client.as_(world.ada)
    asked = {"q": "p3@example.com"}
    first = (await ada.get(TRAIL, params=asked)).json()
    assert first["data"] == []
    after = first["list_metadata"]["after"]
    rest = (await ada.get(TRAIL, params={**asked, "after": after})).json()
    assert [entry["subject"]["name"] for entry in rest["data"]] == ["p3@example.com"]
    assert rest["list_metadata"]["after"] is None
    page = await ada.get(PAGE, params=asked)
    assert "Older ones were not searched yet" in page.text
    whole = await ada.get(f"{TRAIL}/export", params={**asked, "format": "jsonl"})
    assert len(whole.text.splitlines()) == 1


BAD = [
    *("actor=x", "actor=user_", "actor=%00", f"actor={encode('user', new_id())[:-1]}"),
    *("subject=1", "event=x", "event=", "event=invitation.", "event=invitation.made,app.made"),
    *("from=x", "from=2026-13-01", "from=2026-11-20T10:00:00", "to=9999-12-31", "from=%00"),
    *("q=%00", f"q={'x' * 200}", "limit=0", "after=x", "before=AAAA&after=AAAA"),
]


async def test_a_question_that_is_none_is_refused(client: Client, world: World) -> None:
    ada = client.as_(world.ada)
    for question in BAD:
        for path in (f"{TRAIL}?{question}", f"{TRAIL}/export?format=csv&{question}"):
            is_of_lists = question.startswith(("limit", "after", "before"))
            if is_of_lists and "export" in path:
                continue
            answer = await ada.get(path)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), path
    assert (await ada.get(f"{TRAIL}/export?format=xml")).status_code == 422
