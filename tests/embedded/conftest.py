"""The data folders of the tests: an empty one, and one made before. None stays: they are big."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded.cast import copied, place
from vestibule.embedded.server import EmbeddedPostgres


@pytest.fixture
def empty_dir() -> Iterator[Path]:
    """A data folder that is not there yet."""
    with place() as folder:
        yield folder / "data"


@pytest.fixture(scope="session")
def made() -> Iterator[Path]:
    with place() as folder:
        EmbeddedPostgres.start(folder / "data").stop()
        yield folder / "data"


@pytest.fixture
def data_dir(made: Path) -> Iterator[Path]:
    """A data folder that was made before."""
    with copied(made) as folder:
        yield folder


@pytest.fixture(scope="session")
def running(made: Path) -> Iterator[EmbeddedPostgres]:
    """A server for the tests that only ask."""
    with copied(made) as folder, EmbeddedPostgres.start(folder) as postgres:
        yield postgres
