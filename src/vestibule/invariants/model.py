"""What must always hold in the database, and what a look at it found. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invariant:
    """One thing that always holds. `sql` gives the id of each row that breaks it, as text.

    `name` begins with its number in the catalogue of invariants that the project was planned with.
    """

    name: str
    sql: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of asking for one of them: how many faults there are, and the ids of some."""

    faults: int
    some: Sequence[str]
