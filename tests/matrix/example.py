"""What a good request is, which tests spoil one way at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.client import API

BETTER = "another lamp by the quiet stairs"
ORG, APP = f"{API}/organizations/{{org:str}}", f"{API}/apps/{{app:str}}"


@dataclass(frozen=True, slots=True)
class Example:
    """A route, who takes it, and what they send. `secrets` may be any text: none is badly formed.

    `left_out` are fields that are not in the example because they do not go with the others;
    `may_be_empty`: the body may be left out as a whole.
    """

    method: str
    path: str
    who: str = "ada"
    sent: Mapping[str, object] = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()
    may_be_empty: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
