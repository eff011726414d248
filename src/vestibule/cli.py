"""The command line: serve, deliver, migrate, look after, and the product's verbs for scripts.

Answers go to standard output. An error is a sentence on standard error and an exit code, and no
traceback.
"""

import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any, BinaryIO, TypeVar

import click
import msgspec
import uvloop

from vestibule import doctor, serving, troubles
from vestibule.bootstrap import House, database_urls, open_house
from vestibule.deletion import cli as deletion
from vestibule.deletion.presentation import DeletedOrganizationBody, foretell
from vestibule.invitations import cli as invitations
from vestibule.invitations.model import ShownState
from vestibule.invitations.queries import Filter
from vestibule.kernel import logs
from vestibule.kernel.i18n import gettext
from vestibule.kernel.settings import Settings, SettingsFault
from vestibule.memberships import cli as memberships
from vestibule.migrations import roles
from vestibule.migrations.roles import Urls
from vestibule.organizations import cli as organizations
from vestibule.troubles import FAILED, MISUSED

T = TypeVar("T")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="vestibule")
def main() -> None:
    """Vestibule brings people in: invitations by mail, one-time links, memberships and roles."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    """Serve pages and API, and deliver mail, until stopped (Ctrl-C)."""
    settings = _settings(port=port)

    async def work(house: House) -> None:
        await serving.serve(house, host=host, port=port, when_ready=lambda: _greet(settings))

    _in_house(settings, work)


@main.command()
def worker() -> None:
    """Deliver mail and do the chores, beside servers that run elsewhere."""
    _in_house(_settings(), serving.work, attach=True)


@main.command()
def migrate() -> None:
    """Bring the database up to this program, and say what was done."""
    settings = _settings()
    with troubles.told(), database_urls(settings, attach=True) as urls:
        applied = uvloop.run(roles.bring_up(urls, audit_days=settings.audit_days))
    for name in applied:
        click.echo(name)
    click.echo("The database is up to date.", err=True)


@main.command(name="doctor")
@click.option("--invariants", is_flag=True, help="Ask instead what must always hold of the data.")
@click.option(
    "--seconds",
    type=click.IntRange(1, 3600),
    help=f"With --invariants: the time for each answer, {doctor.USUAL_SECONDS} if not given.",
)
def run_doctor(*, invariants: bool, seconds: int | None) -> None:
    """Look at the installation, and say what to do about what is not right."""
    if seconds is not None and not invariants:
        raise click.UsageError("Only --invariants takes --seconds: give both, or neither.")
    settings = _settings()

    async def examine(urls: Urls) -> bool:
        looking = (
            doctor.examine_invariants(urls.server, seconds=seconds or doctor.USUAL_SECONDS)
            if invariants
            else doctor.examine(settings, urls.server)
        )
        is_well = True
        async for finding in looking:
            mark = {True: "ok     ", None: "note   ", False: "TROUBLE"}[finding.is_good]
            click.echo(f"{mark}  {finding.sentence}")
            is_well = is_well and finding.is_good is not False
        return is_well

    with troubles.told(), database_urls(settings, attach=True) as urls:
        is_well = uvloop.run(examine(urls))
    sys.exit(0 if is_well else FAILED)


@main.command()
@click.argument("address")
@click.option("--organization", required=True, help="Its id or its web name (slug).")
@click.option("--role", help="One of its roles. Not given: its default one.")
@click.option("--days", type=float, help="Days until it expires, 30 at most.")
@click.option("--locale", default="en", show_default=True, help="The language of the mail.")
def invite(
    address: str, organization: str, role: str | None, *, days: float | None, locale: str
) -> None:
    """Invite ADDRESS to an organization, as the operator."""
    wanted = invitations.Wanted(
        address=address, organization=organization, role=role, days=days, locale=locale
    )

    async def work(house: House) -> None:
        invitation = await invitations.invite(house.database, house.outbox, wanted)
        click.echo(_line(invitation))

    _in_house(_settings(), work, attach=True)


@main.command(name="invitations")
@click.option("--organization", required=True, help="Its id or its web name (slug).")
@click.option("--state", multiple=True, type=click.Choice([state.value for state in ShownState]))
def list_invitations(organization: str, state: tuple[str, ...]) -> None:
    """List an organization's invitations, one JSON object a line, newest first."""

    async def work(house: House) -> None:
        found = invitations.list_all(house.database, organization, Filter(states=state))
        async for invitation in found:
            click.echo(_line(invitation))

    _in_house(_settings(), work, attach=True)


@main.command()
@click.option("--organization", required=True, help="Its id or its web name (slug).")
@click.option("--owner", required=True, metavar="ADDRESS", help="Of a user, member or not.")
def rescue(organization: str, owner: str) -> None:
    """Make a user an owner of an organization whose owners cannot look after it any more."""

    async def work(house: House) -> None:
        rescued = memberships.rescue(
            house.database, house.outbox, organization=organization, address=owner
        )
        click.echo(_line(await rescued))

    _in_house(_settings(), work, attach=True)


@main.group()
def organization() -> None:
    """Look after organizations."""


@organization.command(name="limit")
@click.argument("reference", metavar="ORGANIZATION")
@click.argument("seats", metavar="NUMBER|none")
def limit_seats(reference: str, seats: str) -> None:
    """Have ORGANIZATION, its id or web name (slug), no more than NUMBER members and invited.

    A number below what is taken throws nobody out; nobody new is invited before there is room.
    """

    async def work(house: House) -> None:
        limit = organizations.read_limit(seats)
        click.echo(_line(await organizations.limit_seats(house.database, reference, limit)))

    _in_house(_settings(), work, attach=True)


@organization.command(name="delete")
@click.argument("reference", metavar="ORGANIZATION")
@click.option("--yes", is_flag=True, help="Do not ask first.")
def delete_organization(reference: str, *, yes: bool) -> None:
    """Delete ORGANIZATION, its id or web name (slug), for good. Its owners are told by mail."""
    settings = _settings()
    which = reference if yes else _confirmed(settings, reference)

    async def work(house: House) -> None:
        deleted = deletion.delete_organization(house.database, house.outbox, which)
        click.echo(_line(await deleted))

    _in_house(settings, work, attach=True)


def _confirmed(settings: Settings, reference: str) -> str:
    """Give the id of what shall be deleted, once the operator has seen what it is, and said yes."""

    async def look(house: House) -> DeletedOrganizationBody:
        return await deletion.foresee(house.database, reference)

    # The house is closed again by then: nothing waits while somebody thinks.
    foreseen = _in_house(settings, look, attach=True)
    click.echo(foretell(foreseen), err=True)
    click.confirm(gettext("Delete it for good?"), abort=True, err=True)
    return foreseen.id


@main.group()
def app() -> None:
    """Look after apps."""


@app.command(name="publish")
@click.argument("file", type=click.File("rb"))
@click.option("--organization", required=True, help="Its id or its web name (slug).")
@click.option("--as", "address", required=True, help="The address of an owner or admin of it.")
@click.option("--app", "slug", help="The app's web name (slug); else one made of its name.")
@click.option("--home-url", help="Where the app lives.")
@click.option("--redirect-url", multiple=True, help="Where people may be led back to.")
@click.option("--origin", multiple=True, help="From which pages may call the API.")
@click.option("--role", multiple=True, metavar="OLD=NEW", help="What becomes of a dropped role.")
def publish_app(file: BinaryIO, *, organization: str, address: str, **said: Any) -> None:  # noqa: ANN401
    """Publish the security definition in FILE (YAML, or JSON by its name), making the app first.

    FILE `-` is what comes in. A role that is dropped and in use needs its --role.
    """
    wanted = memberships.Wanted(
        text=file.read(),
        is_json=file.name.endswith(".json"),
        organization=organization,
        address=address,
        app=said["slug"],
        home_url=said["home_url"],
        redirect_urls=said["redirect_url"],
        origins=said["origin"],
        roles=dict(_pair(text) for text in said["role"]),
    )

    async def work(house: House) -> None:
        click.echo(_line(await memberships.publish(house.database, wanted)))

    _in_house(_settings(), work, attach=True, sentences=troubles.IN_NAME_OF_USER)


def _pair(text: str) -> tuple[str, str]:
    old, equals, new = text.partition("=")
    if not equals:
        raise click.BadParameter("Say OLD=NEW.", param_hint="--role")
    return old, new


def _in_house(
    settings: Settings,
    work: Callable[[House], Awaitable[T]],
    *,
    attach: bool = False,
    sentences: troubles.Sentences = troubles.TO_OPERATOR,
) -> T:
    """Open the house, do the work in it, close it; say in a sentence what kept us from it."""

    async def run(urls: Urls) -> T:
        async with open_house(settings, urls.server, owner_url=urls.owner) as house:
            return await work(house)

    logs.configure(settings.log_level)
    with troubles.told(sentences), database_urls(settings, attach=attach) as urls:
        return uvloop.run(run(urls))


def _settings(*, port: int = 8000) -> Settings:
    try:
        return Settings.from_environment(os.environ, port=port)
    except SettingsFault as fault:
        for sentence in fault.faults:
            click.echo(sentence, err=True)
        sys.exit(MISUSED)


def _greet(settings: Settings) -> None:
    click.echo(f"Vestibule is at {settings.base_url}")
    if settings.shows_mailbox:
        click.echo(f"Mails are shown at {settings.base_url}/mailbox (no mail server is set up)")
    sys.stdout.flush()


def _line(thing: object) -> str:
    return msgspec.json.encode(thing).decode()
