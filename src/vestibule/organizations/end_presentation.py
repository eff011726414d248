"""How the end of a membership reads in the API, for this room and those above."""

from datetime import datetime

from msgspec import UNSET, UnsetType

from vestibule.kernel.errors import InvalidRequest
from vestibule.kernel.i18n import gettext
from vestibule.organizations.end_model import End


def end_of(until: datetime | UnsetType | None) -> End | None:
    """Give the end that was sent; None: none was. Raises InvalidRequest for a time without zone."""
    if isinstance(until, UnsetType):
        return None
    if until is not None and until.tzinfo is None:
        message = gettext("Give the time with its zone, as …Z.")
        raise InvalidRequest.at("member_until", message)
    return End(until)


def ensure_something(*sent: object, or_: str) -> None:
    """Raise InvalidRequest, at the field that is sent most, unless anything was sent."""
    if all(one is UNSET for one in sent):
        raise InvalidRequest.at(or_, gettext("Say what shall be different."))
