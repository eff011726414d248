"""The page of the trail: sentences that a person understands, and what is folded under them."""

import html
import re

from tests.client import Client
from tests.organizations import trail
from tests.organizations.trail import PAGE
from tests.world import World
from vestibule.kernel.database import Database

SENTENCE = re.compile(r'<th role="rowheader" scope="row">\s*<bdi>(.*?)</bdi>', re.DOTALL)


def sentences(text: str) -> list[str]:
    return [html.unescape(each) for each in SENTENCE.findall(text)]


async def test_nobody_signs_in_first_and_a_stranger_finds_nothing(
    client: Client, world: World
) -> None:
    answer = await client.get(PAGE)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in")
    statuses = {"eve": 404, "flo": 404, "di": 403, "cy": 403, "bo": 200, "ada": 200}
    for name, status in statuses.items():
        assert (await client.as_(getattr(world, name)).get(PAGE)).status_code == status


async def test_the_way_there_is_shown_to_who_may_go_it(client: Client, world: World) -> None:
    for name, is_shown in {"ada": True, "bo": True, "cy": False, "di": False}.items():
        front = await client.as_(getattr(world, name)).get("/organizations/analytical")
        assert (f'href="{PAGE}"' in front.text) is is_shown


async def test_each_entry_is_a_sentence(client: Client, world: World) -> None:
    await trail.fill(client, world)
    page = await client.as_(world.ada).get(PAGE)
    assert re.search(r'name="q" type="search" value=""', page.text)
    assert sentences(page.text) == [
        "Bea invited kim@example.com to an app as Employee.",
        "Ada Abel changed the settings of Analytic.",
        "Ada Abel changed the invitation to ana@example.com.",
        "Bo Berg invited ana@example.com as manager.",
    ]


async def test_what_changed_is_folded_under_it(client: Client, world: World) -> None:
    await trail.fill(client, world)
    page = (await client.as_(world.ada).get(f"{PAGE}?kind=organization")).text
    flat = " ".join(page.split())
    assert sentences(page) == ["Ada Abel changed the settings of Analytic."]
    assert "<dt>Name</dt> <dd><bdi>Analytical</bdi> → <bdi>Analytic</bdi></dd>" in flat
    assert "<dd>127.0.0.1</dd>" in flat
    assert f'href="{PAGE}?actor={world.ada.public_id}"' in flat
    assert f'href="{PAGE}?subject={world.analytical.public_id}"' in flat


async def test_filters_and_search_stay_in_the_address(
    client: Client, world: World, database: Database
) -> None:
    await trail.fill(client, world)
    await trail.add(database, world.analytical.id, number=25, name="Bo Berg")
    ada = client.as_(world.ada)
    page = (await ada.get(f"{PAGE}?kind=invitations&q=p2&from=2020-01-01")).text
    assert len(sentences(page)) == 7
    export = f"{PAGE}/export?q=p2&amp;kind=invitations&amp;from=2020-01-01&amp;format=csv"
    assert f'href="{export}"' in page
    assert 'name="kind" value="invitations"' in page
    first = (await ada.get(f"{PAGE}?kind=invitations")).text
    assert re.search(r'rel="next" href="\?kind=invitations&amp;after=[^"]+"', first)
    assert len(sentences((await ada.get(f"{PAGE}?actor={world.ada.public_id}")).text)) == 2
    assert "None of these" in (await ada.get(f"{PAGE}?q=nobody")).text
    assert (await ada.get(f"{PAGE}?kind=nonsense")).status_code == 200


async def test_a_day_that_is_none_is_told_at_its_field_above_the_list(
    client: Client, world: World
) -> None:
    await trail.fill(client, world)
    ada = client.as_(world.ada)
    for days, faulty in (("from=xyz", ["from"]), ("from=xyz&to=2026-13-01", ["from", "to"])):
        answer = await ada.get(f"{PAGE}?kind=invitations&{days}")
        assert answer.status_code == 422
        assert [name for name in ("from", "to") if f'id="fault-{name}"' in answer.text] == faulty
        assert 'class="list"' in answer.text
        assert "xyz" not in answer.text
    assert (await ada.get(f"{PAGE}/export?from=xyz")).status_code == 422


async def test_a_filter_that_is_none_is_told_above_the_list(client: Client, world: World) -> None:
    await trail.fill(client, world)
    ada = client.as_(world.ada)
    for filters, told in (
        ("after=x", "This is not a cursor of this list."),
        ("before=x&after=x", "Give either before or after, not both."),
        ("actor=nobody", "Give an id, as the trail shows it."),
        ("subject=user_1", "Give an id, as the trail shows it."),
        ("q=%3Cb%3E", "without &lt; &gt; and invisible characters."),
    ):
        answer = await ada.get(f"{PAGE}?kind=invitations&{filters}")
        assert answer.status_code == 422, filters
        assert told in answer.text.partition('class="errors"')[2].partition("</ul>")[0]
        assert len(sentences(answer.text)) == 3
    page = (await ada.get(f"{PAGE}?kind=invitations&q=%3Cb%3E")).text
    assert 'type="search" value="&lt;b&gt;"' in page
    assert '<a href="#q">' in page
    assert "export?kind=invitations&amp;format=csv" in page
    # Who may not see it is told no more than before.
    assert (await client.as_(world.cy).get(f"{PAGE}?after=x")).status_code == 403
    assert (await client.as_(world.eve).get(f"{PAGE}?actor=x")).status_code == 404


async def test_times_in_the_details_are_written_as_everywhere(client: Client, world: World) -> None:
    await trail.fill(client, world)
    flat = " ".join((await client.as_(world.ada).get(PAGE)).text.split())
    assert re.search(r"<dt>Until</dt> <dd><bdi>\w+ \d+ \w+ \d{4}, \d\d:\d\d UTC</bdi>", flat)
    assert not re.search(r"<bdi>\d{4}-\d\d-\d\dT", flat)


async def test_an_empty_trail_says_what_it_is_for(client: Client, world: World) -> None:
    assert (
        "Every change is noted here"
        in (await client.as_(world.eve).get("/organizations/elsewhere/audit")).text
    )


async def test_what_people_called_themselves_is_shown_as_text(
    client: Client, world: World, database: Database
) -> None:
    await trail.add(database, world.analytical.id, name="<script>{actor}</script> %s {0}")
    page = (await client.as_(world.ada).get(PAGE)).text
    assert "<script>{actor}" not in page
    assert sentences(page) == ["<script>{actor}</script> %s {0} invited p1@example.com as viewer."]
