"""JSON bodies, read strictly: a number is not a text, `1` is not true, and nothing is guessed."""

import re
from typing import Any

import msgspec
from litestar import Request

from vestibule.kernel.errors import InvalidRequest
from vestibule.kernel.i18n import gettext

# How msgspec says where: Expected `str`, got `int` - at `$.invitations[3].email`
_PLACE = re.compile(r" - at `(?:key in )?\$([^`]*)`$")
# How it names a field that is not there, or should not be: Object missing required field `role`
_FIELD = re.compile(r"(?:required|unknown) field `([^`]*)`$")


class StrictRequest(Request[Any, Any, Any]):
    """A request whose JSON becomes the handler's `data` by its type alone.

    The framework's own way is to convert leniently ("1" to 1, 1 to true), which hides mistakes.
    """

    async def json(self) -> Any:  # noqa: ANN401
        """Give the body as the type of the handler's `data`. Raises InvalidRequest."""
        body = await self.body()
        field = self.route_handler.parsed_data_field
        try:
            return msgspec.json.decode(body, type=field.annotation if field else Any)
        except msgspec.ValidationError as fault:
            raise refusal(str(fault)) from fault
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
            raise InvalidRequest.at("", gettext("The request cannot be read.")) from fault


def refusal(sentence: str) -> InvalidRequest:
    """Give the fault that msgspec found its path: `invitations.3.email`."""
    found = _PLACE.search(sentence)
    place = found[1].replace("[", ".").replace("]", "") if found else ""
    reason = _PLACE.sub("", sentence)
    field = _FIELD.search(reason)
    path = f"{place}.{field[1]}" if field else place
    return InvalidRequest.at(path.strip("."), reason)
