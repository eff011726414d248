"""What goes with an organization or app that is deleted, and how its name is asked for. Pure."""

from dataclasses import asdict, dataclass

from vestibule.kernel.errors import InvalidField
from vestibule.kernel.i18n import mark


class NameDoesNotMatch(InvalidField):
    """Who would delete something typed another name than its own."""

    sentence = mark("Type its name, {name}, exactly as it stands above.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How many go along: members, pending invitations (expired ones too), apps, their members."""

    members: int = 0
    invitations: int = 0
    apps: int = 0
    app_members: int = 0

    def numbers(self) -> dict[str, int]:
        """Give them as the trail keeps them."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppExtent:
    """How many go along with an app: members, and pending invitations, expired ones too."""

    members: int = 0
    invitations: int = 0

    def numbers(self) -> dict[str, int]:
        """Give them as the trail keeps them."""
        return asdict(self)


def ensure_typed(typed: str, name: str) -> None:
    """Raise NameDoesNotMatch unless somebody typed just this name. Spaces around do not count."""
    if typed.strip() != name:
        raise NameDoesNotMatch(path="name", name=name)
