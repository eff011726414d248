"""The house opens on its database with one secret, and says in a sentence why it does not."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from vestibule import bootstrap
from vestibule.bootstrap import House, StartFault, load_operator_key, load_secret, open_house
from vestibule.kernel.errors import Unavailable
from vestibule.kernel.settings import Settings
from vestibule.messages.model import DeliveryState
from vestibule.migrations.roles import Urls
from vestibule.migrations.runner import MigrationFault


def embedded(folder: Path) -> Settings:
    return Settings(data_dir=folder / "data")


def with_secret(path: Path) -> Settings:
    return Settings(database_url="postgresql://unused/x", secret_file=path)


def refused(settings: Settings) -> str:
    with pytest.raises(StartFault) as fault:
        load_secret(settings)
    return str(fault.value)


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    settings = embedded(tmp_path)
    old = os.umask(0)
    try:
        secret = load_secret(settings)
    finally:
        os.umask(old)

    [path] = settings.data_dir.iterdir()
    assert path.name == "secret"
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(secret.value) == 32
    assert load_secret(settings) == secret
    assert load_secret(embedded(tmp_path / "other")) != secret


def test_of_several_that_make_it_at_once_all_have_the_same(tmp_path: Path) -> None:
    settings = embedded(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: load_secret(settings).value, range(8)))
    assert set(made) == {load_secret(settings).value}
    assert [path.name for path in settings.data_dir.iterdir()] == ["secret"]


@pytest.mark.parametrize("value", [b"", b"x", b"x" * 31])
def test_a_secret_that_is_too_short_is_refused(secret_file: Path, value: bytes) -> None:
    secret_file.write_bytes(value)
    said = refused(with_secret(secret_file))
    assert "too short" in said
    assert str(secret_file) in said


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o601, 0o666])
def test_a_secret_that_others_may_read_is_refused(secret_file: Path, mode: int) -> None:
    secret_file.chmod(mode)
    assert f"chmod 600 {secret_file}" in refused(with_secret(secret_file))


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_secret_that_its_owner_alone_reads_is_taken(secret_file: Path, mode: int) -> None:
    secret_file.chmod(mode)
    assert load_secret(with_secret(secret_file)).value == secret_file.read_bytes()


@pytest.mark.parametrize(
    ("owner", "folders_owner", "is_taken"),
    [
        (0, 0, True),
        (0, 4711, True),
        (4711, 4711, True),
        (4711, 0, False),
        (4711, 4712, False),
    ],
)
@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_secret_that_another_user_made_is_refused(
    secret_file: Path, owner: int, folders_owner: int, is_taken: bool
) -> None:
    folder = secret_file.parent
    try:
        os.chown(secret_file, owner, owner)
        os.chown(folder, folders_owner, folders_owner)
        if is_taken:
            load_secret(with_secret(secret_file))
        else:
            assert "another user (number 4711)" in refused(with_secret(secret_file))
    finally:
        os.chown(folder, 0, 0)


@pytest.mark.parametrize(
    ("mode", "is_taken"),
    [(0o700, True), (0o755, True), (0o775, True), (0o1777, True), (0o777, False), (0o702, False)],
)
def test_a_secret_that_others_may_replace_is_refused(
    tmp_path: Path, mode: int, is_taken: bool
) -> None:
    settings = embedded(tmp_path)
    load_secret(settings)
    settings.data_dir.chmod(mode)
    if is_taken:
        load_secret(settings)
    else:
        assert f"chmod o-w {settings.data_dir}" in refused(settings)


def test_an_operators_secret_is_never_made(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere" / "secret"
    assert str(missing) in refused(with_secret(missing))
    assert not missing.parent.exists()
    assert "cannot be read" in refused(with_secret(tmp_path))


def with_operator_key(path: Path) -> Settings:
    return Settings(operator_key_file=path)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """The operator's key in a file, as an operator makes one."""
    path = tmp_path / "operator-key"
    path.touch(mode=0o600)
    path.write_text("0123456789abcdef" * 2 + "\n")
    return path


def key_refused(path: Path) -> str:
    with pytest.raises(StartFault) as fault:
        load_operator_key(with_operator_key(path))
    return str(fault.value)


def test_the_operators_key_is_the_line_in_its_file_and_no_other(key_file: Path) -> None:
    key = load_operator_key(with_operator_key(key_file))
    assert key is not None
    assert key.is_shown("0123456789abcdef" * 2)
    for other in ("", "0123456789abcdef" * 2 + "\n", "0123456789ABCDEF" * 2, "\ud800", "x"):
        assert not key.is_shown(other)
    assert "0123456789abcdef" not in repr(key)


def test_an_operators_key_that_cannot_be_read_is_not_called_the_secret(tmp_path: Path) -> None:
    assert key_refused(tmp_path / "none").startswith("The operator's key cannot be read from")


def test_without_a_file_there_is_no_operators_key() -> None:
    assert load_operator_key(Settings()) is None


@pytest.mark.parametrize(
    "value",
    [b"", b"x" * 31, b"x" * 31 + b"\n", b"two " * 20, b"x\n" * 40, b"\xff" * 40, "é".encode() * 40],
)
def test_an_operators_key_that_no_program_can_show_is_refused(key_file: Path, value: bytes) -> None:
    key_file.write_bytes(value)
    said = key_refused(key_file)
    assert "32 or more" in said
    assert str(key_file) in said


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o666])
def test_an_operators_key_that_others_may_read_is_refused(key_file: Path, mode: int) -> None:
    key_file.chmod(mode)
    assert f"chmod 600 {key_file}" in key_refused(key_file)


def test_an_operators_key_is_never_made(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere" / "key"
    assert str(missing) in key_refused(missing)
    assert not missing.parent.exists()


async def test_the_house_opens_and_opens_again_on_its_database(
    own_database: str, tmp_path: Path
) -> None:
    settings = embedded(tmp_path)
    for _ in range(2):
        async with open_house(settings, own_database) as house:
            await house.database.ping()
        with pytest.raises(Unavailable):
            await house.database.ping()


async def test_several_may_open_at_once(own_database: str, tmp_path: Path) -> None:
    settings = replace(embedded(tmp_path), pool_size=2)
    load_secret(settings)

    async def open_and_ask() -> bytes:
        async with open_house(settings, own_database) as house:
            kept: bytes
            async with house.database.reader() as reader:
                kept = await reader.fetch_value("SELECT secret_fingerprint FROM installation")
            return kept

    kept = await asyncio.gather(*(open_and_ask() for _ in range(4)))
    assert set(kept) == {load_secret(settings).fingerprint()}


async def test_another_secret_is_refused_and_changes_nothing(
    own_database: str, tmp_path: Path
) -> None:
    first, other = embedded(tmp_path / "a"), embedded(tmp_path / "b")
    await _open(first, own_database)
    for _ in range(2):
        with pytest.raises(StartFault, match="another secret"):
            await _open(other, own_database)
    await _open(first, own_database)


async def _open(settings: Settings, url: str) -> None:
    async with open_house(settings, url):
        pass


async def test_a_database_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(MigrationFault, match="VESTIBULE_DATABASE_URL"):
        await _open(embedded(tmp_path), "postgresql://nobody@127.0.0.1:1/nothing")


async def test_the_settings_reach_what_they_are_about(own_database: str, tmp_path: Path) -> None:
    settings = replace(
        embedded(tmp_path),
        smtp_url="smtp+insecure://localhost:25",
        limits=False,
        password_minimum=20,
        mail_from="Acme <no-reply@example.com>",
    )
    async with open_house(settings, own_database) as house:
        assert house.outbox.has_server
        assert house.outbox.first_state is DeliveryState.QUEUED
        assert not house.limiter.is_on
        assert house.passwords.minimum == 20
        assert house.writer.mail_from == "Acme <no-reply@example.com>"
        assert house.writer.base_url == settings.base_url
    async with open_house(embedded(tmp_path), own_database) as house:
        assert not house.outbox.has_server
        assert house.limiter.is_on


def test_a_house_does_not_show_its_secret(house: House) -> None:
    assert repr(house.secret.value) not in repr(house)
    assert "value" not in repr(house.secret)


def test_the_operators_database_is_used_as_it_is() -> None:
    with bootstrap.database_urls(with_secret(Path("x"))) as urls:
        assert urls == Urls(server="postgresql://unused/x", owner=None)
