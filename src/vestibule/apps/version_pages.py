"""The pages of what an app's definition was: every version that was published, and two compared."""

from dataclasses import dataclass
from typing import Any

from litestar import get
from litestar.di import Provide
from litestar.params import FromPath, FromQuery

from vestibule.accounts.guards import Desk
from vestibule.apps import drafting, queries, studio
from vestibule.apps.model import AppSeat, SavedDefinition
from vestibule.apps.studio_pages import APP
from vestibule.definitions.comparison_model import Comparison, compare
from vestibule.kernel import lists
from vestibule.kernel.database import Reader
from vestibule.kernel.errors import NotFound
from vestibule.kernel.i18n import gettext
from vestibule.users.model import SignedIn
from vestibule.web import pages
from vestibule.web.injected import Injected
from vestibule.web.listing import Part, read_part

PAGE = f"{APP}/versions"
DRAFT = "draft"
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Choice:
    """The version that is asked for, and the one that it is held against; "": none."""

    number: str
    against: str


def read_choice(number: FromPath[str], against: FromQuery[str] = "") -> Choice:
    """Read which versions are asked for."""
    return Choice(number, against)


@get(
    PAGE,
    include_in_schema=False,
    dependencies={"part": Provide(read_part, sync_to_thread=False)},
)
async def show_versions(
    org: FromPath[str],
    app: FromPath[str],
    *,
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
    part: Injected[Part],
) -> pages.Answer:
    """Show the versions, newest first."""
    async with desk.database.reader() as reader:
        seat = await studio.get_seat(reader, visitor, org, app)
        window = part.window(f"versions/{seat.app.id}")
        rows = await queries.list_versions(reader, seat.app.id, window)
    page = lists.page(window, rows, lambda saved: saved.id)
    return pages.render("apps/versions.html", **_around(seat, visitor), versions=page.map(_row))


@get(
    f"{PAGE}/{{number:str}}",
    include_in_schema=False,
    dependencies={"choice": Provide(read_choice, sync_to_thread=False)},
)
async def show_version(
    org: FromPath[str],
    app: FromPath[str],
    *,
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
    choice: Injected[Choice],
) -> pages.Answer:
    """Show one version; with `against`, what it changed since that one, or what the draft would."""
    async with desk.database.reader() as reader:
        seat = await studio.get_seat(reader, visitor, org, app)
        version = await _get_version(reader, seat, choice.number)
        other = await _get_saved(reader, seat, choice.against) if choice.against else None
        draft = await queries.find_saved(reader, seat.app.id, version=None)
    return pages.render(
        "apps/version.html",
        **_around(seat, visitor),
        version={**_row(version), "source": version.source},
        others=_others(version, seat.app.version or 0, has_draft=draft is not None),
        against=choice.against,
        comparison=_compared(version, other) if other else None,
    )


async def _get_saved(reader: Reader, seat: AppSeat, word: str) -> SavedDefinition:
    """Give the version of this number, or the draft. Raises DefinitionNotFound, NotFound."""
    if word == DRAFT:
        return await drafting.get_draft(reader, seat.app.id)
    return await _get_version(reader, seat, word)


async def _get_version(reader: Reader, seat: AppSeat, word: str) -> SavedDefinition:
    if not word.isascii() or not word.isdigit() or len(word) > _MOST_DIGITS:
        raise NotFound
    return await drafting.get_version(reader, seat.app.id, int(word))


def _compared(version: SavedDefinition, other: SavedDefinition) -> Comparison:
    """Compare in the order of time, whichever was asked for first; the draft is the newest."""
    if other.version is None or other.version > (version.version or 0):
        return compare(version.source, other.source)
    return compare(other.source, version.source)


def _others(version: SavedDefinition, newest: int, *, has_draft: bool) -> list[tuple[str, str]]:
    """Give what a version can be compared with: the draft, and every other version."""
    numbers = [number for number in range(newest, 0, -1) if number != version.version]
    label = gettext("Version {number}")
    others = [(str(number), label.format(number=number)) for number in numbers]
    return [(DRAFT, gettext("The draft")), *others] if has_draft else others


def _around(seat: AppSeat, visitor: SignedIn) -> dict[str, Any]:
    return {
        **studio.frame(seat, visitor.user, current="/versions"),
        "app": {"name": seat.app.name, "version": seat.app.version},
        "here": seat.app.studio_path,
        "may_edit": studio.may_edit(seat),
    }


def _row(saved: SavedDefinition) -> dict[str, Any]:
    return {
        "number": saved.version,
        "published_at": saved.saved_at,
        "published_by": saved.saved_by,
        "roles": list(saved.definition.roles),
    }


handlers = (show_versions, show_version)
