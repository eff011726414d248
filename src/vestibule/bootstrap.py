"""Wires everything from the settings: database, secret, outbox, limits, passwords."""

import os
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from vestibule.accounts.passwords import Passwords
from vestibule.embedded.server import EmbeddedPostgres
from vestibule.kernel.database import Database
from vestibule.kernel.limits import Limiter
from vestibule.kernel.secrets import OperatorKey, Secret
from vestibule.kernel.settings import Settings
from vestibule.messages import mime
from vestibule.messages.model import Outbox
from vestibule.messages.rendering import Writer
from vestibule.migrations import installation, roles
from vestibule.migrations.roles import Urls
from vestibule.web import templating

ROOT = 0
SECRET_BYTES = 32
OPERATOR_KEY_LENGTH = 32
FOREIGN_DATABASE = (
    "This database was set up with another secret: the links mailed so far would stop working. "
    "Start with the secret file that it was set up with (VESTIBULE_SECRET_FILE)."
)


class StartFault(Exception):
    """The server cannot start. The text says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """All that the edges are handed."""

    settings: Settings
    database: Database
    secret: Secret = field(repr=False)
    outbox: Outbox
    writer: Writer
    limiter: Limiter
    passwords: Passwords
    operator_key: OperatorKey | None


@contextmanager
def database_urls(settings: Settings, *, attach: bool = False) -> Iterator[Urls]:
    """Give the URLs of the database: the operator's, or of our own, which runs during the block.

    `attach` goes to the embedded server that already runs on the data folder, if one does.
    """
    if settings.database_url:
        yield Urls(server=settings.database_url, owner=settings.owner_database_url)
        return
    with EmbeddedPostgres.start(settings.data_dir, attach=attach) as postgres:
        yield Urls(server=postgres.server_url, owner=postgres.url)


@asynccontextmanager
async def open_house(
    settings: Settings, url: str, *, owner_url: str | None = None
) -> AsyncIterator[House]:
    """Bring the database up to date and open the house on it.

    Raises StartFault or MigrationFault, with a sentence for the operator.
    """
    mime.self_test()
    secret, operator_key = load_secret(settings), load_operator_key(settings)
    await roles.bring_up(Urls(server=url, owner=owner_url), audit_days=settings.audit_days)
    database = await Database.connect(url, size=settings.pool_size)
    try:
        await _ensure_same_secret(database, secret)
        yield House(
            settings=settings,
            database=database,
            secret=secret,
            outbox=Outbox(secret=secret, has_server=settings.smtp_url is not None),
            writer=Writer(
                templates=templating.environment(),
                secret=secret,
                base_url=settings.base_url,
                mail_from=settings.mail_from,
            ),
            limiter=Limiter(database, is_on=settings.limits),
            passwords=Passwords(minimum=settings.password_minimum),
            operator_key=operator_key,
        )
    finally:
        await database.close()


def load_secret(settings: Settings) -> Secret:
    """Read the server's secret; the embedded database's is made at the first start.

    Raises StartFault.
    """
    path = settings.secret_file or settings.data_dir / "secret"
    if not path.exists() and settings.secret_file is None:
        _make_secret(path)
    value = _read_ours(path, "secret")
    if len(value) < SECRET_BYTES:
        raise StartFault(
            f"The secret in {path} is too short: {SECRET_BYTES} random bytes or more are needed."
        )
    return Secret(value)


def load_operator_key(settings: Settings) -> OperatorKey | None:
    """Read the operator's key for the API, as its digest alone; None while none is set up.

    Raises StartFault.
    """
    path = settings.operator_key_file
    if path is None:
        return None
    key = _read_ours(path, "operator's key").decode("utf-8", "replace").strip()
    if len(key) < OPERATOR_KEY_LENGTH or not key.isascii() or not key.isprintable() or " " in key:
        raise StartFault(
            f"The operator's key in {path} cannot be used: write one line of {OPERATOR_KEY_LENGTH} "
            "or more letters, digits and signs, without spaces (openssl rand -hex 32)."
        )
    return OperatorKey.of(key)


def _read_ours(path: Path, what: str) -> bytes:
    """Read a secret that nobody but us knows; `what` people call it. Raises StartFault."""
    try:
        folder = path.parent.stat()
        with path.open("rb") as opened:
            file, value = os.fstat(opened.fileno()), opened.read()
    except OSError as fault:
        raise StartFault(f"The {what} cannot be read from {path}: {fault.strerror}.") from fault
    _ensure_ours(path, what, file, folder)
    return value


def _ensure_ours(path: Path, what: str, file: os.stat_result, folder: os.stat_result) -> None:
    """Raise StartFault if others can read the secret, or may have put it there."""
    if file.st_mode & 0o077:
        raise StartFault(f"Others may read the {what} in {path}: run chmod 600 {path}.")
    # Root also serves a folder of somebody else's, who has made the secret in it.
    owners = {os.geteuid(), ROOT} | ({folder.st_uid} if os.geteuid() == ROOT else set())
    if file.st_uid not in owners:
        raise StartFault(
            f"The {what} in {path} belongs to another user (number {file.st_uid}), who knows it: "
            "start as that user, or make one of your own."
        )
    # A group that may write is the operator's choice (many systems give each user one). In a sticky
    # folder nobody takes away a file of ours, and what others put there is theirs: refused above.
    if folder.st_mode & stat.S_IWOTH and not folder.st_mode & stat.S_ISVTX:
        raise StartFault(
            f"Others may put another {what} in place of {path}: run chmod o-w {path.parent}."
        )


def _make_secret(path: Path) -> None:
    """Make it whole or not at all; of two that do so at once, the first one's stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{os.urandom(4).hex()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(os.urandom(SECRET_BYTES))
        file.flush()
        os.fsync(descriptor)
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()


async def _ensure_same_secret(database: Database, secret: Secret) -> None:
    ours = secret.fingerprint()
    if await installation.keep_fingerprint(database, ours) != ours:
        raise StartFault(FOREIGN_DATABASE)
