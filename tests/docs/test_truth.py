"""What the documents say of the API is so: the examples have the fields, the codes the statuses."""

import ast
import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import vestibule
from tests import refusals
from tests.client import Client, Mailbox
from tests.world import World
from vestibule.bootstrap import House
from vestibule.kernel import http
from vestibule.kernel.errors import Problem
from vestibule.kernel.limits import Limit
from vestibule.kernel.settings import PREFIX, Settings

SOURCE = Path(vestibule.__path__[0])
DOCS = Path(__file__).resolve().parents[2] / "docs"
API = "/api/v1"


async def test_the_examples_of_the_api_have_the_fields_that_it_answers(
    house: House, client: Client, world: World, mailbox: Mailbox
) -> None:
    ada = client.as_(world.ada)
    password = world.ada.password
    signed_in = await client.post(
        f"{API}/sessions", {"email": world.ada.email, "password": password}
    )
    invited = await ada.post(
        f"{API}/organizations/analytical/invitations", {"email": "x@x.test", "role": "viewer"}
    )
    async with house.database.reader() as reader:
        key = await mailbox.last_key(reader, to="x@x.test")
    shown = await client.post(f"{API}/invitations/lookup", {"key": key})
    members = await ada.get(f"{API}/organizations/analytical/members")
    organization = await ada.get(f"{API}/organizations/analytical")
    app = await ada.get(f"{API}/apps/shifts")
    credentials = {"email": world.emil.email, "password": world.emil.password}
    trail = await ada.get(f"{API}/organizations/analytical/audit")
    in_app = await client.post(f"{API}/apps/shifts/sessions", credentials)
    wanted = {"name": "Deploy bot", "permissions": ["members:read"]}
    made = await ada.post(f"{API}/organizations/analytical/api-keys", wanted)
    api_key = await ada.get(f"{API}/organizations/analytical/api-keys/{made.json()['id']}")

    answers = [signed_in.json(), invited.json(), shown.json(), organization.json()]
    answers += [app.json(), in_app.json(), trail.json()["data"][0], api_key.json()]
    true = {frozenset(_fields(each)) for each in [*answers, members.json()["data"][0]]}
    examples = {frozenset(_fields(each)) for each in _examples() if "id" in each}

    assert len(examples) == len(true)
    assert examples - true == set()


def test_every_code_stands_under_its_status() -> None:
    statuses = {kind.code(): _status(kind) for kind in refusals.every()}
    wrong = [
        f"{code} under {heading}"
        for heading, code in _codes()
        if code in statuses and str(statuses[code]) not in heading
    ]
    assert wrong == []


def test_every_default_that_is_told_is_the_default() -> None:
    settings = Settings.from_environment({})
    told = re.findall(rf"^\| `{PREFIX}([A-Z_]+)` \| `([^`]+)` \|", _read("settings.md"), re.M)
    assert told
    wrong = [name for name, value in told if value != _as_written(settings, name.lower())]
    assert wrong == []


def test_every_limit_is_told_as_it_is() -> None:
    true = {
        (each.name, each.most, each.window)
        for module in _modules()
        for each in vars(module).values()
        if isinstance(each, Limit)
    }
    rows = re.findall(
        r"^\| `([a-z-]+)` \|.*\| (\d+) \| (\d+) (minutes|hours|days) \|$",
        _read("operating.md"),
        re.M,
    )
    told = {(name, int(most), timedelta(**{unit: int(count)})) for name, most, count, unit in rows}
    assert told == true


def test_every_event_of_the_audit_trail_is_told() -> None:
    told = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", _read("operating.md")))
    recorded = set(_events())
    assert len(recorded) > 15
    assert sorted(recorded - told) == []


def _modules() -> list[ModuleType]:
    found = pkgutil.walk_packages(vestibule.__path__, "vestibule.")
    return [importlib.import_module(module.name) for module in found]


def _events() -> Iterator[str]:
    """The events that are written out where an entry is made; some places say a verb alone."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                yield from _events_of(node)


def _events_of(call: ast.Call) -> Iterator[str]:
    function = ast.unparse(call.func)
    if function.rpartition(".")[2] in {"Entry", "_entry", "entry"}:
        yield from _texts(call, r"[a-z_]+\.[a-z_]+")
    subject = {"trail.record": "invitation", "members.end": "app_member"}.get(function)
    if subject:
        yield from (f"{subject}.{verb}" for verb in _texts(call, r"[a-z_]+"))


def _texts(call: ast.Call, pattern: str) -> Iterator[str]:
    for each in [*call.args, *(keyword.value for keyword in call.keywords)]:
        match each:
            case ast.Constant(value=str(text)) if re.fullmatch(pattern, text):
                yield text
            case _:
                pass


def _as_written(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)


def _examples() -> Iterator[dict[str, Any]]:
    for block in re.findall(r"```json\n(.*?)```", _read("api.md"), re.DOTALL):
        yield json.loads(block)


def _fields(value: object, path: str = "") -> Iterator[str]:
    """The dotted names of all that is in an object; what stands in metadata is the caller's."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield path + name
            if name != "metadata":
                yield from _fields(inner, f"{path}{name}.")


def _codes() -> Iterator[tuple[str, str]]:
    """Each code in the first column of a table, and the numbers in the heading above."""
    heading = ""
    for line in _read("errors.md").splitlines():
        if line.startswith("## "):
            heading = line
        elif found := re.match(r"\| `([a-z_]+)` \|", line):
            yield heading, found[1]


def _status(kind: type[Problem]) -> int:
    return int(http.status_of(kind.__new__(kind)))


def _read(file: str) -> str:
    return (DOCS / file).read_text()
