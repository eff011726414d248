"""What each file of a room is, told by its name, in the words of the table in CONTRIBUTING.md."""

from dataclasses import dataclass
from pathlib import PurePath

EDGES = frozenset({"api", "pages", "chores", "delivery", "cli"})
# What the edges of all rooms share: who is calling, from where, and what pages and API do alike.
DOORS = frozenset({"origin", "caller", "guards", "steps"})
NAMED = EDGES | DOORS | {"destinations", "store", "queries", "model", "policy"}

# Not rooms: they know no product words, or they wire the rooms together.
FRAME = frozenset({"kernel", "web", "embedded", "migrations"})
WIRING = frozenset({"bootstrap"})
# What stands above all rooms and puts their edges together.
TOP = frozenset({"server", "routes", "upkeep", "serving", "doctor", "troubles", "cli"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a module stands: its room (or "" for the top of the ladder) and its layer."""

    room: str
    layer: str

    @property
    def is_edge(self) -> bool:
        return self.layer in EDGES

    @property
    def is_door(self) -> bool:
        return self.layer in DOORS


def layer_of(name: str) -> str:
    """The layer of a module's name: `store`, `accept_queries` → `queries`; any other is a verb."""
    last = name.rpartition("_")[2]
    return last if last in NAMED else "actions"


def place_of(module: str) -> Place | None:
    """The place of a dotted module of the program; None outside of the rooms and the top."""
    parts = module.split(".")
    if len(parts) < 2 or parts[0] != "vestibule" or parts[1] in FRAME | WIRING:
        return None
    if parts[1] in TOP:
        return Place("", "top")
    return Place(parts[1], layer_of(parts[2])) if len(parts) > 2 else None


def module_of(path: PurePath) -> str:
    """The dotted module of a file under `src`; "" for any other file."""
    parts = path.with_suffix("").parts
    if "src" not in parts:
        return ""
    inside = parts[parts.index("src") + 1 :]
    return ".".join(inside[:-1] if inside[-1] == "__init__" else inside)
