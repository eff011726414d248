"""The settings: what each is without a word, what it takes, and what it refuses, all at once."""

from dataclasses import fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from vestibule.kernel.settings import Founding, Settings, SettingsFault, SignUps

DEFAULTS: dict[str, Any] = {
    "database_url": None,
    "owner_database_url": None,
    "data_dir": Path("data"),
    "secret_file": None,
    "base_url": "http://localhost:8000",
    "smtp_url": None,
    "mail_from": "Vestibule <no-reply@localhost>",
    "sign_ups": SignUps.OPEN,
    "founding": Founding.ANYBODY,
    "limits": True,
    "password_minimum": 12,
    "retention_days": 30,
    "audit_days": None,
    "trusted_proxies": (),
    "pool_size": 10,
    "log_level": "INFO",
    "operator_key_file": None,
}
GOOD: list[tuple[str, str, Any]] = [
    ("data_dir", "/srv/vestibule", Path("/srv/vestibule")),
    ("secret_file", "/etc/vestibule/secret", Path("/etc/vestibule/secret")),
    ("operator_key_file", "/etc/vestibule/operator", Path("/etc/vestibule/operator")),
    ("base_url", "https://join.example.com", "https://join.example.com"),
    ("base_url", "https://Join.Example.com/", "https://join.example.com"),
    ("base_url", "HTTPS://join.example.com:8443", "https://join.example.com:8443"),
    ("base_url", " http://localhost:9000 ", "http://localhost:9000"),
    ("base_url", "http://127.0.0.1:9000", "http://127.0.0.1:9000"),
    ("base_url", "http://[::1]:9000", "http://[::1]:9000"),
    ("base_url", "http://app.localhost", "http://app.localhost"),
    ("base_url", "https://[2001:db8::1]", "https://[2001:db8::1]"),
    ("smtp_url", "smtp://user:p%40ss@mail.example.com:587", None),
    ("smtp_url", "smtps://mail.example.com", None),
    ("smtp_url", "smtp+insecure://localhost:25", None),
    ("smtp_url", "smtp+insecure://[::1]:25", None),
    ("mail_from", "no-reply@example.com", None),
    ("mail_from", "Acme <no-reply@example.com>", None),
    ("sign_ups", "invited", SignUps.INVITED),
    ("founding", "operator", Founding.OPERATOR),
    ("limits", "on", True),
    ("limits", "off", False),
    ("password_minimum", "8", 8),
    ("password_minimum", "64", 64),
    ("retention_days", "1", 1),
    ("retention_days", "3650", 3650),
    ("audit_days", "30", 30),
    ("audit_days", "3650", 3650),
    ("trusted_proxies", "10.0.0.0/8", (ip_network("10.0.0.0/8"),)),
    (
        "trusted_proxies",
        "192.0.2.1, 2001:db8::/32,",
        (ip_network("192.0.2.1/32"), ip_network("2001:db8::/32")),
    ),
    ("pool_size", "2", 2),
    ("pool_size", "100", 100),
    ("log_level", "debug", "DEBUG"),
    ("log_level", "ERROR", "ERROR"),
]
DAYS = ("retention_days", "audit_days")
BAD = [
    ("database_url", "mysql://somewhere/x"),
    ("owner_database_url", "mysql://somewhere/x"),
    ("audit_days", "29"),
    ("audit_days", "3651"),
    ("database_url", "somewhere"),
    ("database_url", "postgresql://host:port/x"),
    ("base_url", "join.example.com"),
    ("base_url", "ftp://join.example.com"),
    ("base_url", "https://"),
    ("base_url", "https://join.example.com/sub"),
    ("base_url", "https://join.example.com?x=1"),
    ("base_url", "https://join.example.com#x"),
    ("base_url", "https://user@join.example.com"),
    ("base_url", "https://join.example.com:port"),
    ("base_url", "https://join.example.com:99999"),
    ("base_url", "https://[::1"),
    ("base_url", "http://join.example.com"),
    ("base_url", "http://localhost.example.com"),
    ("base_url", "http://127.0.0.2.example.com"),
    ("smtp_url", "carrier-pigeon://coop"),
    ("smtp_url", "mail.example.com:25"),
    ("smtp_url", "smtp://"),
    ("smtp_url", "smtp://mail.example.com:port"),
    ("smtp_url", "smtp+insecure://mail.example.com:25"),
    ("mail_from", "nobody"),
    ("mail_from", "Acme\r\nBcc: eve@example.com"),
    ("sign_ups", "closed"),
    ("sign_ups", "OPEN"),
    ("founding", "everybody"),
    ("limits", "true"),
    ("limits", "OFF"),
    ("password_minimum", "7"),
    ("password_minimum", "65"),
    ("password_minimum", "twelve"),
    ("password_minimum", "12.0"),
    ("password_minimum", "-12"),
    ("password_minimum", "\uff11\uff12"),
    ("retention_days", "0"),
    ("retention_days", "3651"),
    *((name, text) for name in DAYS for text in ("inf", "-inf", "nan", "1e308", "-1")),
    ("trusted_proxies", "10.0.0.1/8"),
    ("trusted_proxies", "everybody"),
    ("trusted_proxies", "10.0.0.0/8 192.0.2.1"),
    ("pool_size", "1"),
    ("pool_size", "101"),
    ("pool_size", "many"),
    ("pool_size", "9" * 5_000),
    ("log_level", "loud"),
]


def read(**given: str) -> Settings:
    return Settings.from_environment(environment_of(given))


def environment_of(given: dict[str, str]) -> dict[str, str]:
    return {f"VESTIBULE_{name.upper()}": value for name, value in given.items()}


def faults_of(**given: str) -> list[str]:
    with pytest.raises(SettingsFault) as fault:
        read(**given)
    assert str(fault.value) == "\n".join(fault.value.faults)
    return fault.value.faults


def test_every_setting_has_a_default_and_a_case_here() -> None:
    assert {each.name for each in fields(Settings)} == DEFAULTS.keys()
    assert {name for name, _, _ in GOOD} | {"database_url", "owner_database_url"} == DEFAULTS.keys()
    without_bad = {"data_dir", "secret_file", "operator_key_file"}
    assert {name for name, _ in BAD} == DEFAULTS.keys() - without_bad


def test_without_a_word_the_defaults_hold_there_and_in_the_class() -> None:
    for settings in (read(), Settings()):
        assert {name: getattr(settings, name) for name in DEFAULTS} == DEFAULTS


def test_an_empty_variable_counts_as_not_set() -> None:
    assert read(**dict.fromkeys(DEFAULTS, "")) == read()


@pytest.mark.parametrize(("name", "text", "value"), GOOD)
def test_a_good_value_is_taken(name: str, text: str, value: object) -> None:
    settings = read(**{name: text})
    assert getattr(settings, name) == (text if value is None else value)


@pytest.mark.parametrize(("name", "text"), BAD)
def test_a_bad_value_is_one_fault_that_names_the_setting(name: str, text: str) -> None:
    given = {name: text} | ({"secret_file": "secret"} if name == "database_url" else {})
    [fault] = faults_of(**given)
    assert fault.startswith(f"VESTIBULE_{name.upper()}")
    assert fault.endswith((".", ")."))
    assert len(fault) < 250


def test_all_faults_are_told_at_once() -> None:
    bad = dict(BAD)
    told = faults_of(**bad)
    assert [name for name in bad if not any(name.upper() in fault for fault in told)] == []
    assert len(told) == len(bad)


@pytest.mark.parametrize("name", ["BASEURL", "base_url", "SMTP", "SECRET", "DEBUG", ""])
def test_what_looks_like_a_setting_and_is_none_is_a_fault(name: str) -> None:
    with pytest.raises(SettingsFault) as fault:
        Settings.from_environment({f"VESTIBULE_{name}": "x", "PATH": "/bin", "vestibule_x": "y"})
    assert fault.value.faults == [f"VESTIBULE_{name}: there is no such setting."]


def test_a_database_of_the_operators_wants_a_secret_of_theirs() -> None:
    url = "postgresql://user:word@db.example.com:5432/vestibule?sslmode=require"
    assert read(database_url=url, secret_file="s").database_url == url
    [fault] = faults_of(database_url=url)
    assert "VESTIBULE_SECRET_FILE" in fault


def test_where_others_reach_the_server_unsafe_settings_are_refused() -> None:
    [fault] = faults_of(base_url="https://join.example.com", limits="off")
    assert "LIMITS" in fault
    [fault] = faults_of(base_url="http://join.example.com")
    assert "https://" in fault
    assert len(faults_of(base_url="http://join.example.com", limits="off")) == 2


@pytest.mark.parametrize(
    ("base_url", "is_local", "is_https"),
    [
        ("http://localhost:8000", True, False),
        ("https://localhost:8000", True, True),
        ("http://127.0.0.1", True, False),
        ("http://[::1]:8000", True, False),
        ("http://shifts.localhost:8000", True, False),
        ("https://localhost.example.com", False, True),
        ("https://notlocalhost", False, True),
        ("https://127.0.0.2", False, True),
        ("https://[::2]", False, True),
        ("https://join.example.com", False, True),
    ],
)
def test_local_is_this_machine_by_name(base_url: str, is_local: bool, is_https: bool) -> None:
    settings = read(base_url=base_url)
    assert (settings.is_local, settings.is_https) == (is_local, is_https)
    assert settings.shows_mailbox == is_local


def test_the_mailbox_is_shown_only_while_no_mail_can_leave() -> None:
    assert not read(smtp_url="smtp+insecure://localhost:25").shows_mailbox


def test_the_base_url_follows_the_port_unless_it_is_given() -> None:
    given = environment_of({"base_url": "http://localhost:8000"})
    assert Settings.from_environment({}, port=9123).base_url == "http://localhost:9123"
    assert Settings.from_environment(given, port=9123).base_url == "http://localhost:8000"


@pytest.mark.parametrize(
    ("base_url", "sender"),
    [
        ("https://join.example.com:8443", "Vestibule <no-reply@join.example.com>"),
        ("http://localhost:8000", "Vestibule <no-reply@localhost>"),
    ],
)
def test_mails_are_from_the_host_of_the_base_url_unless_told(base_url: str, sender: str) -> None:
    assert read(base_url=base_url).mail_from == sender


def test_passwords_in_settings_are_not_shown_by_accident() -> None:
    settings = read(
        database_url="postgresql://user:hush@db/x",
        secret_file="s",
        smtp_url="smtp://user:hush@mail.example.com",
    )
    assert "hush" not in repr(settings)


@pytest.mark.parametrize(
    "given",
    [
        {"database_url": "mysql://user:hush@db/x"},
        {"smtp_url": "pigeon://user:hush@coop"},
        {"base_url": "https://user:hush@join.example.com"},
        {"database_url": "postgresql://user:hush@db:port/x", "secret_file": "s"},
        {"smtp_url": "smtp://user:hush@[::1"},
        {"smtp_url": "smtp://user:hush#word@mail.example.com:587"},
        {"smtp_url": "smtp://user:hush/word@mail.example.com:587"},
        {"database_url": "postgresql://user:hush?word@db/x", "secret_file": "s"},
    ],
)
def test_a_fault_does_not_repeat_a_password(given: dict[str, str]) -> None:
    assert "hush" not in "".join(faults_of(**given))
