"""What operators and programs meet is written down: settings, codes, endpoints, mails."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from litestar import Litestar

from tests import refusals
from vestibule.bootstrap import House
from vestibule.kernel.errors import Conflict, Forbidden, Gone, Invalid, TooMany
from vestibule.kernel.settings import PREFIX, Settings
from vestibule.server import _litestar

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "vestibule"
API = "/api/v1"
# Kinds that no one raises by themselves: only what is derived from them has a code.
BARE_KINDS = {Conflict, Forbidden, Gone, Invalid, TooMany}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


def test_every_setting_is_documented() -> None:
    names = {PREFIX + field.name.upper() for field in fields(Settings)}
    assert _missing(names, "settings.md") == []


def test_no_setting_is_documented_that_is_none() -> None:
    names = {PREFIX + field.name.upper() for field in fields(Settings)}
    written = set(re.findall(rf"{PREFIX}[A-Z_]*[A-Z]", _read("settings.md")))
    assert sorted(written - names - {"VESTIBULE_TEST_DATABASE_URL"}) == []


def test_every_error_code_is_documented() -> None:
    codes = {kind.code() for kind in refusals.every() if kind not in BARE_KINDS}
    assert _missing(codes | set(_codes_written_out()), "errors.md") == []


def test_every_mail_is_documented() -> None:
    mails = {
        f"{path.parts[-4]}/{path.name.removesuffix('.subject.txt')}"
        for path in SOURCE.glob("*/templates/mail/*.subject.txt")
    }
    assert mails
    assert _missing(mails, "mails.md") == []


async def test_every_endpoint_is_documented(house: House) -> None:
    lines = _read("api.md").splitlines()
    missing = [
        f"{method} {path}"
        for method, path in sorted(_endpoints(_litestar(house)))
        if not any(_tells_of(line, method, path) for line in lines)
    ]
    assert missing == []


def _endpoints(application: Litestar) -> Iterator[tuple[str, str]]:
    """The operations of the API, from the description of it that programs get."""
    for path, operations in application.openapi_schema.to_schema()["paths"].items():
        for method in operations:
            if path.startswith(API) and method.upper() in METHODS:
                yield method.upper(), path.removeprefix(API)


def _tells_of(line: str, method: str, path: str) -> bool:
    return bool(
        re.search(rf"\b{method}\b", line)
        and re.search(rf"(?<![\w}}]){re.escape(path)}(?![\w/{{-])", line)
    )


def _codes_written_out() -> Iterator[str]:
    """The codes that stand in the source as text: `code="…"`."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.keyword(arg="code", value=ast.Constant(value=str(code))):
                    yield code
                case _:
                    pass


def _missing(names: set[str], file: str) -> list[str]:
    text = _read(file)
    return sorted(name for name in names if f"`{name}`" not in text)


def _read(file: str) -> str:
    path = ROOT / "docs" / file
    return path.read_text() if path.exists() else ""
