"""Which part of a list a request asks for: the query parameters that every list takes."""

from dataclasses import dataclass
from typing import Annotated

from litestar.params import Parameter

from vestibule.kernel import lists

Limit = Annotated[
    int | None,
    Parameter(
        description="How many at most.",
        schema_extra={"minimum": 1, "maximum": lists.MOST, "default": lists.USUAL},
    ),
]
Before = Annotated[str | None, Parameter(description="A cursor: back to newer ones.")]
After = Annotated[str | None, Parameter(description="A cursor: on to older ones.")]


@dataclass(frozen=True, slots=True)
class Part:
    """What was asked for, as it came. `window` checks it."""

    limit: int | None
    before: str | None
    after: str | None

    def window(self, scope: str) -> lists.Window:
        """Give the window on the list of this name. Raises InvalidRequest."""
        return lists.window(scope, limit=self.limit, before=self.before, after=self.after)


def read_part(limit: Limit = None, before: Before = None, after: After = None) -> Part:
    """Read the parameters; for lists to take as a dependency."""
    return Part(limit, before, after)
