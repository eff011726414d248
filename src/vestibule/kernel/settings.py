"""The settings: read once from the environment, checked as a whole, frozen."""

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

PREFIX = "VESTIBULE_"
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")

T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)


class SignUps(StrEnum):
    """Who may make an account without being invited."""

    OPEN = "open"
    INVITED = "invited"


class Founding(StrEnum):
    """Who may found an organization."""

    ANYBODY = "anybody"
    OPERATOR = "operator"


class SettingsFault(Exception):
    """Settings that cannot be used. `faults` holds a sentence for each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator decides. Each field is the environment's `VESTIBULE_<FIELD>`.

    `docs/settings.md` tells more.
    """

    database_url: str | None = field(default=None, repr=False)
    owner_database_url: str | None = field(default=None, repr=False)
    data_dir: Path = Path("data")
    secret_file: Path | None = None
    operator_key_file: Path | None = None
    base_url: str = "http://localhost:8000"
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = "Vestibule <no-reply@localhost>"
    sign_ups: SignUps = SignUps.OPEN
    founding: Founding = Founding.ANYBODY
    limits: bool = True
    password_minimum: int = 12
    retention_days: int = 30
    audit_days: int | None = None
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    pool_size: int = 10
    log_level: str = "INFO"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], *, port: int = 8000) -> "Settings":
        """Read the settings. `port` is where the server listens, for a base URL that is not given.

        Raises SettingsFault with every fault at once.
        """
        reading = _Reading(environment)
        base_url = reading.take("BASE_URL", _base_url, f"http://localhost:{port}")
        host = urlsplit(base_url).hostname or "localhost"
        settings = cls(
            database_url=reading.take("DATABASE_URL", _database_url, None),
            owner_database_url=reading.take("OWNER_DATABASE_URL", _database_url, None),
            data_dir=reading.take("DATA_DIR", Path, Path("data")),
            secret_file=reading.take("SECRET_FILE", Path, None),
            operator_key_file=reading.take("OPERATOR_KEY_FILE", Path, None),
            base_url=base_url,
            smtp_url=reading.take("SMTP_URL", _smtp_url, None),
            mail_from=reading.take("MAIL_FROM", _mail_from, f"Vestibule <no-reply@{host}>"),
            sign_ups=reading.take("SIGN_UPS", _one_of(SignUps), SignUps.OPEN),
            founding=reading.take("FOUNDING", _one_of(Founding), Founding.ANYBODY),
            limits=reading.take("LIMITS", _on_or_off, True),
            password_minimum=reading.take("PASSWORD_MINIMUM", _number(8, 64), 12),
            retention_days=reading.take("RETENTION_DAYS", _number(1, 3650), 30),
            audit_days=reading.take("AUDIT_DAYS", _number(30, 3650), None),
            trusted_proxies=reading.take("TRUSTED_PROXIES", _networks, ()),
            pool_size=reading.take("POOL_SIZE", _number(2, 100), 10),
            log_level=reading.take("LOG_LEVEL", _log_level, "INFO"),
        )
        faults = reading.faults + reading.unknown() + _clashes(settings)
        if faults:
            raise SettingsFault(faults)
        return settings

    @property
    def is_local(self) -> bool:
        """Tell whether this is a server for development: its base URL is this machine."""
        return _is_local_host(urlsplit(self.base_url).hostname)

    @property
    def shows_mailbox(self) -> bool:
        """Tell whether mails are shown at `/mailbox`: in development, while none can leave."""
        return self.is_local and self.smtp_url is None

    @property
    def is_https(self) -> bool:
        """Tell whether people reach the server over TLS."""
        return self.base_url.startswith("https://")


def _clashes(settings: Settings) -> list[str]:
    """Say what does not go together, and what is unsafe where other machines reach the server."""
    faults = []
    if settings.database_url and not settings.secret_file:
        faults.append(
            "VESTIBULE_SECRET_FILE is required with VESTIBULE_DATABASE_URL: name a file of 32 "
            "random bytes or more, the same for every server "
            "(head -c 32 /dev/urandom > secret; chmod 600 secret)."
        )
    if settings.owner_database_url and not settings.database_url:
        faults.append(
            "VESTIBULE_OWNER_DATABASE_URL is the same database as VESTIBULE_DATABASE_URL, as its "
            "owner: set both."
        )
    if settings.is_local:
        return faults
    if not settings.is_https:
        faults.append(
            "VESTIBULE_BASE_URL must start with https:// unless it is this machine (localhost)."
        )
    if not settings.limits:
        faults.append(
            "VESTIBULE_LIMITS=off is for tests on this machine; remove it where others reach the "
            "server."
        )
    return faults


class _Reading:
    """The environment, and the faults found while reading it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._values = {
            key: value for key, value in environment.items() if key.startswith(PREFIX) and value
        }
        self._known: set[str] = set()
        self.faults: list[str] = []

    def take(self, name: str, read: Callable[[str], T], default: T) -> T:
        """Read one setting; a fault is noted and the default stands in."""
        self._known.add(PREFIX + name)
        text = self._values.get(PREFIX + name)
        if text is None:
            return default
        try:
            return read(text.strip())
        except ValueError as fault:
            self.faults.append(f"{PREFIX}{name}: {fault}")
            return default

    def unknown(self) -> list[str]:
        """Name what looks like a setting and is none: a typing mistake must not pass in silence."""
        return [
            f"{name}: there is no such setting."
            for name in sorted(self._values.keys() - self._known)
        ]


def _base_url(text: str) -> str:
    parts = _split(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("give the address that people use, as https://host or https://host:port.")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username:
        raise ValueError("give scheme and host alone, without a path, a question mark or a user.")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _database_url(text: str) -> str:
    if _split(text).scheme not in {"postgresql", "postgres"}:
        raise ValueError("it must start with postgresql://.")
    return text


def _smtp_url(text: str) -> str:
    parts = _split(text)
    if parts.scheme not in {"smtp", "smtps", "smtp+insecure"} or not parts.hostname:
        raise ValueError(
            "use smtp://user:password@host:587, smtps://… or smtp+insecure://host:port."
        )
    if parts.scheme == "smtp+insecure" and not _is_local_host(parts.hostname):
        raise ValueError(
            "smtp+insecure:// is for a relay on the same machine; use smtp:// (STARTTLS) or smtps://."
        )
    return text


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises ValueError for a port that is none
    except ValueError:
        # Not the fault's own words: what it takes for a port may be a part of a password.
        raise ValueError(
            "it cannot be read as a URL. In a password write / as %2F, # as %23, ? as %3F and @ as "
            "%40; a port is a number up to 65535; an IPv6 address stands in brackets."
        ) from None
    return parts


def _mail_from(text: str) -> str:
    if "@" not in text or not text.isprintable():
        raise ValueError(
            "give an address, or a name and an address: Vestibule <no-reply@example.com>."
        )
    return text


def _one_of(kind: type[Choice]) -> Callable[[str], Choice]:
    def read(text: str) -> Choice:
        try:
            return kind(text)
        except ValueError:
            raise ValueError(f"choose one of {', '.join(kind)}.") from None

    return read


def _on_or_off(text: str) -> bool:
    if text not in {"on", "off"}:
        raise ValueError("choose on or off.")
    return text == "on"


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        is_number = text.isascii() and text.isdigit() and len(text) <= len(str(most))
        if not is_number or not least <= int(text) <= most:
            raise ValueError(f"give a whole number from {least} to {most}.")
        return int(text)

    return read


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as fault:
        raise ValueError(f"give networks as 10.0.0.0/8, commas between them ({fault}).") from None


def _log_level(text: str) -> str:
    if text.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError("choose DEBUG, INFO, WARNING or ERROR.")
    return text.upper()


def _is_local_host(host: str | None) -> bool:
    return host in LOCAL_HOSTS or bool(host and host.endswith(".localhost"))
