"""The layer table of CONTRIBUTING.md, as a contract that import-linter runs over all imports.

Looks at direct imports only; the ladder of the rooms is a contract of its own in pyproject.toml.
"""

from dataclasses import dataclass

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

from tools.layers import DOORS, EDGES, Place, place_of

MODELS = frozenset({"model", "policy"})
BELOW_EDGES = frozenset({"actions", "destinations", "store", "queries"}) | MODELS

# What a layer may import of its own room, and of the rooms below.
OWN = {
    "top": frozenset({"top"}),
    "edge": frozenset({"edge", "door", "actions", "destinations", "queries"}) | MODELS,
    "door": frozenset({"door", "actions", "destinations", "queries"}) | MODELS,
    "actions": BELOW_EDGES,
    "destinations": frozenset({"destinations"}) | MODELS,
    # Rows of a destination are read by `destinations`: it alone knows the kinds.
    "store": frozenset({"store", "queries", "model"}),
    "queries": frozenset({"queries", "destinations", "model"}),
    "model": MODELS,
    "policy": MODELS,
}
LOWER = {
    "top": frozenset({"edge", "door", "actions", "queries", "destinations"}) | MODELS,
    "edge": frozenset({"door", "actions", "queries", "destinations"}) | MODELS,
    "door": frozenset({"door", "actions", "destinations", "queries"}) | MODELS,
    "actions": frozenset({"actions", "queries", "model"}),
    "destinations": frozenset({"actions", "model"}),
    "store": frozenset({"model"}),
    "queries": frozenset({"model"}),
    "model": frozenset({"model"}),
    "policy": frozenset({"model"}),
}

HTTP = frozenset({"litestar", "granian", "httpx", "vestibule.web", "vestibule.kernel.http"})
SETTINGS = frozenset({"vestibule.kernel.settings"})
WORLD = frozenset(
    {"asyncpg", "logging", "time", "random", "vestibule.kernel.database", "vestibule.kernel.clock"}
)

# What a layer may not import from outside of the rooms.
NEVER = {
    "top": frozenset({"asyncpg"}),
    "edge": frozenset({"asyncpg"}),
    "door": frozenset({"asyncpg"}),
    "actions": HTTP | SETTINGS,
    "destinations": HTTP | SETTINGS | {"asyncpg"},
    "store": HTTP | SETTINGS,
    "queries": HTTP | SETTINGS,
    "model": HTTP | SETTINGS | WORLD,
    "policy": HTTP | SETTINGS | WORLD,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One import that the table does not allow."""

    importer: str
    imported: str
    line: int
    sentence: str


def _row(place: Place) -> str:
    if place.layer in EDGES:
        return "edge"
    return "door" if place.layer in DOORS else place.layer


def judge(importer: str, imported: str) -> str:
    """Why this import is not allowed; "" if it is."""
    source = place_of(importer)
    if source is None:
        return ""
    target = place_of(imported)
    if target is not None:
        return _judge_rooms(source, target)
    row = _row(source)
    banned = [name for name in NEVER[row] if imported == name or imported.startswith(f"{name}.")]
    return f"{_a(row)} never imports {banned[0]}" if banned else ""


def _judge_rooms(source: Place, target: Place) -> str:
    row, wanted = _row(source), _row(target)
    if source.room == target.room:
        return "" if wanted in OWN[row] else f"{_a(row)} never imports {_a(wanted)} of its room"
    return "" if wanted in LOWER[row] else f"{_a(row)} never imports {_a(wanted)} of another room"


def _a(row: str) -> str:
    return {"top": "the top", "edge": "an edge", "door": "a door"}.get(row, f"`{row}`")


class LayerTable(Contract):
    """Every direct import between rooms, and out of them, against the table."""

    broken_contract_guidance = fields.StringField(required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001
        faults = [
            Fault(importer, imported, _line(graph, importer, imported), sentence)
            for importer in sorted(graph.modules)
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if (sentence := judge(importer, imported))
        ]
        return ContractCheck(kept=not faults, metadata={"faults": faults})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for fault in check.metadata["faults"]:
            output.print_error(
                f"{fault.importer}:{fault.line} imports {fault.imported}: {fault.sentence}"
            )


def _line(graph: ImportGraph, importer: str, imported: str) -> int:
    details = graph.get_import_details(importer=importer, imported=imported)
    return details[0]["line_number"] if details else 0
