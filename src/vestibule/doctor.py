"""Looks at an installation as a doctor would: what must hold, and what to do where it does not."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiosmtplib

from vestibule.bootstrap import FOREIGN_DATABASE, StartFault, load_operator_key, load_secret
from vestibule.invariants import queries as invariants
from vestibule.invariants.model import Invariant
from vestibule.kernel.database import Database, Reader, TookTooLong
from vestibule.kernel.errors import Unavailable
from vestibule.kernel.i18n import ngettext
from vestibule.kernel.secrets import Secret
from vestibule.kernel.settings import Settings
from vestibule.messages import mime
from vestibule.messages.smtp import Server
from vestibule.migrations import installation, roles, runner
from vestibule.migrations.runner import MigrationFault

LEAST_POSTGRESQL = 150000
USUAL_SECONDS = 60  # for the answer to each of the invariants


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `is_good` None: worth knowing, and no fault."""

    is_good: bool | None
    sentence: str


AWAY = Finding(
    False, "The database does not answer. Check VESTIBULE_DATABASE_URL, and that it runs."
)


async def examine(settings: Settings, url: str) -> AsyncIterator[Finding]:
    """Look at everything, in the order in which it is needed."""
    secret, finding = _look_at_secret(settings)
    yield finding
    if settings.operator_key_file:
        yield _look_at_operator_key(settings)
    yield _look_at_mail_writer()
    async for finding in _look_at_database(url, secret):
        yield finding
    yield await _look_at_mail_server(settings)
    yield _look_at_exposure(settings)


async def examine_invariants(url: str, *, seconds: int) -> AsyncIterator[Finding]:
    """Ask for everything that must always hold of what is kept, as of one moment. Writes nothing.

    seconds: how long the answer to each may take.
    """
    try:
        database = await Database.connect(url, size=1)
    except Unavailable:
        yield AWAY
        return
    try:
        finding = await _look_at_migrations(url)
        if not finding.is_good:
            yield Finding(False, finding.sentence)
            return
        async with database.snapshot(seconds=seconds) as snapshot:
            for invariant in invariants.EVERY:
                yield await _ask(snapshot, invariant, seconds=seconds)
    finally:
        await database.close()


async def _ask(snapshot: Reader, invariant: Invariant, *, seconds: int) -> Finding:
    try:
        checked = await invariants.check(snapshot, invariant)
    except TookTooLong:
        late = f"{invariant.name}: no answer in {seconds} s; give it longer, with --seconds"
        return Finding(False, late)
    if not checked.faults:
        return Finding(True, invariant.name)
    more = ", …" if checked.faults > len(checked.some) else ""
    count = ngettext("{count} fault", "{count} faults", checked.faults).format(count=checked.faults)
    return Finding(False, f"{invariant.name}: {count} ({', '.join(checked.some)}{more})")


def _look_at_secret(settings: Settings) -> tuple[Secret | None, Finding]:
    try:
        secret = load_secret(settings)
    except StartFault as fault:
        return None, Finding(False, str(fault))
    return secret, Finding(True, "The secret can be read, and by nobody else.")


def _look_at_operator_key(settings: Settings) -> Finding:
    try:
        load_operator_key(settings)
    except StartFault as fault:
        return Finding(False, str(fault))
    return Finding(True, "The operator's key can be read, and by nobody else.")


def _look_at_mail_writer() -> Finding:
    try:
        mime.self_test()
    except mime.UnsafeMail as fault:
        return Finding(False, str(fault))
    return Finding(True, "Hostile names add nothing to a mail.")


async def _look_at_database(url: str, secret: Secret | None) -> AsyncIterator[Finding]:
    try:
        database = await Database.connect(url, size=1)
    except Unavailable:
        yield AWAY
        return
    try:
        async with database.reader() as reader:
            version: int = await reader.fetch_value("SHOW server_version_num")
        yield _judge_version(int(version))
        finding = await _look_at_migrations(url)
        yield finding
        if finding.is_good and secret:
            yield await _look_at_fingerprint(database, secret)
        if finding.is_good:
            yield await _look_at_roles(database)
    finally:
        await database.close()


def _judge_version(version: int) -> Finding:
    if version < LEAST_POSTGRESQL:
        return Finding(False, f"PostgreSQL {version // 10000} is too old: 15 or later is needed.")
    return Finding(True, f"PostgreSQL {version // 10000} answers.")


async def _look_at_migrations(url: str) -> Finding:
    try:
        pending = await runner.pending(url)
    except MigrationFault as fault:
        return Finding(False, str(fault))
    if pending:
        sentence = ngettext(
            "{count} migration is to be applied: vestibule migrate, or the next start, does it.",
            "{count} migrations are to be applied: vestibule migrate, or the next start, does it.",
            len(pending),
        )
        return Finding(None, sentence.format(count=len(pending)))
    return Finding(True, "The database fits this program.")


async def _look_at_fingerprint(database: Database, secret: Secret) -> Finding:
    async with database.reader() as reader:
        kept = await installation.find_fingerprint(reader)
    if kept not in {None, secret.fingerprint()}:
        return Finding(False, FOREIGN_DATABASE)
    return Finding(True, "The secret is the one that the database was set up with.")


async def _look_at_roles(database: Database) -> Finding:
    async with database.reader() as reader:
        standing = await roles.find_standing(reader)
    kept = f"kept for {standing.days} days" if standing.days else "kept for good"
    if standing.owns:
        return Finding(
            None,
            f"The audit trail is {kept}. The server's database role owns it, and could change it: "
            "give the server a role of its own (docs/operating.md, two database roles).",
        )
    if standing.may_change:
        return Finding(
            False,
            "The server's database role may change the audit trail: run `vestibule migrate` with "
            "VESTIBULE_OWNER_DATABASE_URL set, which takes that from it.",
        )
    return Finding(True, f"The server's database role cannot change the audit trail, {kept}.")


async def _look_at_mail_server(settings: Settings) -> Finding:
    if settings.smtp_url is None:
        sentence = "No mail server is set up (VESTIBULE_SMTP_URL): mails are kept, and none leaves."
        return Finding(None if settings.is_local else False, sentence)
    greeting = urlsplit(settings.base_url).hostname or "localhost"
    try:
        client = Server.from_url(settings.smtp_url, greeting=greeting).client()
        await client.connect()
        await client.quit()
    except (OSError, ValueError, aiosmtplib.SMTPException) as fault:
        return Finding(
            False,
            f"The mail server cannot be used ({type(fault).__name__}). "
            "Check host, port, TLS and password in VESTIBULE_SMTP_URL.",
        )
    return Finding(True, "The mail server takes our connection.")


def _look_at_exposure(settings: Settings) -> Finding:
    if settings.is_local:
        return Finding(None, f"Set up for this machine alone, at {settings.base_url}.")
    return Finding(True, f"People reach it at {settings.base_url}.")
