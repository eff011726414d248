"""The data folders of the tests: an empty one, and one made before. Neither stays: they are big."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded.cast import copied
from vestibule.embedded.server import EmbeddedPostgres


@pytest.fixture
def empty_dir(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    shutil.rmtree(tmp_path / "data", ignore_errors=True)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("embedded") / "data"
    EmbeddedPostgres.start(folder).stop()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def data_dir(made: Path, tmp_path: Path) -> Iterator[Path]:
    with copied(made, tmp_path / "data") as folder:
        yield folder
