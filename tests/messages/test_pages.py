"""The development mailbox: there for this machine alone, and only while mails go nowhere else."""

from dataclasses import replace
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar
from litestar.di import Provide
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig

from tests.messages import mailroom
from vestibule.kernel.database import Database
from vestibule.kernel.ids import encode, new_id
from vestibule.kernel.settings import Settings
from vestibule.messages import actions, pages
from vestibule.messages.model import Mail, Outbox
from vestibule.web import problems, templating
from vestibule.web.shell import Application, Shell

LOCAL = Settings(base_url="http://localhost:8000")
NO_SERVER = Outbox(secret=mailroom.SECRET, has_server=False)
LINK = f"http://localhost:8000/organization-invite?key={mailroom.KEY}"


def browser(
    database: Database, *, settings: Settings = LOCAL, peer: str = "127.0.0.1"
) -> httpx.AsyncClient:
    """A browser on a house that has nothing but the mailbox."""
    things = {
        "database": database,
        "settings": settings,
        "writer": mailroom.writer(base_url=settings.base_url),
    }
    application = Litestar(
        route_handlers=list(pages.handlers),
        dependencies={name: _always(thing) for name, thing in things.items()},
        exception_handlers={Exception: problems.answer_problem},
        template_config=TemplateConfig(
            instance=JinjaTemplateEngine.from_environment(templating.environment())
        ),
        openapi_config=None,
        logging_config=None,
    )
    shell = Shell(cast("Application", application), settings)
    transport = httpx.ASGITransport(cast("Any", shell), client=(peer, 50000))
    return httpx.AsyncClient(transport=transport, base_url=settings.base_url)


def _always(thing: object) -> Provide:
    return Provide(lambda: thing, sync_to_thread=False)


async def queue(database: Database, *mails: Mail) -> list[str]:
    async with database.transaction() as tx:
        ids = [await actions.queue(tx, mail, outbox=NO_SERVER) for mail in mails]
    return [encode("msg", each) for each in ids]


async def test_mails_are_listed_newest_first_with_what_they_say(database: Database) -> None:
    ids = await queue(
        database,
        mailroom.invitation("one@x.test"),
        mailroom.invitation("two@x.test", organization_name="Umbrella"),
    )

    answer = await browser(database).get("/mailbox")

    assert answer.status_code == 200
    assert answer.text.index("two@x.test") < answer.text.index("one@x.test")
    assert "Bo Berg invites you to Umbrella" in answer.text
    assert f"/mailbox/{ids[0]}" in answer.text
    assert mailroom.KEY not in answer.text


async def test_the_mailbox_is_paged(database: Database) -> None:
    await queue(database, *[mailroom.invitation(f"u{n:02}@x.test") for n in range(21)])
    first = await browser(database).get("/mailbox")
    assert "u20@x.test" in first.text
    assert "u00@x.test" not in first.text

    cursor = first.text.partition("after=")[2].partition('"')[0]
    second = await browser(database).get(f"/mailbox?after={cursor}")

    assert "u00@x.test" in second.text
    assert "u20@x.test" not in second.text


async def test_a_mail_shows_its_text_and_a_link_to_follow(database: Database) -> None:
    (message_id,) = await queue(database, mailroom.invitation())

    answer = await browser(database).get(f"/mailbox/{message_id}")

    assert answer.status_code == 200
    assert f'<a href="{LINK}"' in answer.text
    assert "invites you (ana@x.test) to Acme" in answer.text


async def test_the_html_part_is_shown_in_a_frame_without_scripts(database: Database) -> None:
    (message_id,) = await queue(database, mailroom.invitation())

    answer = await browser(database).get(f"/mailbox/{message_id}/html")

    assert f'<a href="{LINK}">' in answer.text
    assert '<base target="_top">' in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox " in policy
    assert "allow-scripts" not in policy
    assert "frame-ancestors 'self'" in policy


async def test_looking_at_a_mail_changes_nothing(database: Database) -> None:
    (message_id,) = await queue(database, mailroom.invitation())
    async with database.reader() as reader:
        before = await reader.fetch_all("SELECT * FROM messages")

    for path in ("/mailbox", f"/mailbox/{message_id}", f"/mailbox/{message_id}/html"):
        await browser(database).get(path)

    async with database.reader() as reader:
        assert await reader.fetch_all("SELECT * FROM messages") == before


@pytest.mark.parametrize(
    "unfit",
    [
        replace(LOCAL, smtp_url="smtp://mail.test"),
        replace(LOCAL, base_url="https://vestibule.test"),
    ],
    ids=["with a mail server", "in production"],
)
async def test_the_mailbox_is_not_there_when_mails_leave_or_others_reach_the_server(
    database: Database, unfit: Settings
) -> None:
    (message_id,) = await queue(database, mailroom.invitation())

    for path in ("/mailbox", f"/mailbox/{message_id}", f"/mailbox/{message_id}/html"):
        answer = await browser(database, settings=unfit).get(path)
        assert answer.status_code == 404
        assert "ana@x.test" not in answer.text


async def test_the_mailbox_is_not_there_for_another_machine_or_a_proxy(database: Database) -> None:
    (message_id,) = await queue(database, mailroom.invitation())
    path = f"/mailbox/{message_id}"

    assert (await browser(database, peer="192.0.2.7").get(path)).status_code == 404
    for header in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP", "X-Forwarded-Host"):
        answer = await browser(database).get(path, headers={header: "127.0.0.1"})
        assert answer.status_code == 404


async def test_an_unknown_mail_is_not_found(database: Database) -> None:
    for unknown in (encode("msg", new_id()), encode("inv", new_id()), "msg_x", "1"):
        assert (await browser(database).get(f"/mailbox/{unknown}")).status_code == 404


async def test_a_mail_that_cannot_be_shown_hides_no_other(database: Database) -> None:
    poison, withdrawn, good = await queue(
        database,
        mailroom.poison(),
        mailroom.invitation("gone@x.test", about=(about := new_id())),
        mailroom.invitation("good@x.test"),
    )
    async with database.transaction() as tx:
        await actions.withdraw(tx, about)

    answer = await browser(database).get("/mailbox")

    assert answer.status_code == 200
    assert "A mail that cannot be written" in answer.text
    assert "A mail whose link is no longer kept" in answer.text
    assert "good@x.test" in answer.text
    for message_id in (poison, withdrawn, good):
        assert (await browser(database).get(f"/mailbox/{message_id}")).status_code == 200


async def test_a_hostile_name_is_text_on_the_page(database: Database) -> None:
    name = "<script>alert(1)</script>"
    (message_id,) = await queue(database, mailroom.invitation(organization_name=name))

    for path in ("/mailbox", f"/mailbox/{message_id}", f"/mailbox/{message_id}/html"):
        assert "<script>alert" not in (await browser(database).get(path)).text
