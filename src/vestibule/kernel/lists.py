"""Pages of a list, newest first: which part is asked for, and the cursors to its neighbours.

A cursor is the id at the edge of a page and a checksum that ties it to its list. There is nothing
to gain by forging it; the checksum makes a mistake a clear error instead of a strange page.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from vestibule.kernel.errors import InvalidRequest
from vestibule.kernel.i18n import gettext

T = TypeVar("T")
U = TypeVar("U")

MOST = 100
USUAL = 20
_CHECK_BYTES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The part of a list that is asked for: `after` is older rows, `before` newer ones.

    `scope` names the list (`invitations/<organization>`): a cursor of another list is refused.
    """

    scope: str
    limit: int = USUAL
    before: UUID | None = None
    after: UUID | None = None

    @property
    def order(self) -> str:
        """Give the SQL word for the direction in which rows are read."""
        return "ASC" if self.before else "DESC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some rows of a list, newest first, and the cursors of the pages before and after, if any."""

    items: Sequence[T]
    before: str | None
    after: str | None

    def map(self, change: Callable[[T], U]) -> "Page[U]":
        """Give the same page of changed items."""
        return Page(
            items=[change(item) for item in self.items], before=self.before, after=self.after
        )


def window(
    scope: str, *, limit: int | None = None, before: str | None = None, after: str | None = None
) -> Window:
    """Read what a caller asks for.

    Raises InvalidRequest for a limit out of 1 to 100 or a cursor of another list.
    """
    if limit is not None and not 1 <= limit <= MOST:
        raise InvalidRequest.at(
            "limit", gettext("Ask for 1 to {most} at a time.").format(most=MOST)
        )
    if before and after:
        raise InvalidRequest.at("before", gettext("Give either before or after, not both."))
    return Window(
        scope=scope,
        limit=limit or USUAL,
        before=_read(scope, before, "before") if before else None,
        after=_read(scope, after, "after") if after else None,
    )


def page(
    window: Window,
    rows: Sequence[T],
    id_of: Callable[[T], UUID],
    *,
    searched_to: UUID | None = None,
) -> Page[T]:
    """Make the page of up to `limit + 1` rows, read in the window's order.

    The one too many says that more follow. `searched_to`: more may follow behind this one, where a
    search stopped that did not fill the page.
    """
    items = list(rows[: window.limit])
    start = id_of(items[0]) if items and (window.before or window.after) else None
    end = id_of(items[-1]) if len(rows) > window.limit else searched_to
    if window.before:
        items.reverse()
        start, end = end, start
    return Page(items=items, before=_written(window, start), after=_written(window, end))


def _written(window: Window, value: UUID | None) -> str | None:
    return _write(window.scope, value) if value else None


def _write(scope: str, value: UUID) -> str:
    return urlsafe_b64encode(value.bytes + _check(scope, value)).decode()


def _read(scope: str, cursor: str, path: str) -> UUID:
    try:
        raw = urlsafe_b64decode(cursor.encode())
        value = UUID(bytes=raw[:16])
    except ValueError:
        raw, value = b"", UUID(int=0)
    if raw[16:] != _check(scope, value):
        raise InvalidRequest.at(
            path, gettext("This is not a cursor of this list. Start from its first page.")
        )
    return value


def _check(scope: str, value: UUID) -> bytes:
    return hashlib.sha256(scope.encode() + value.bytes).digest()[:_CHECK_BYTES]
