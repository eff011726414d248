"""JSON bodies, read strictly: a number is not a text, `1` is not true, and nothing is guessed.

And the empty body of an answer that says nothing.
"""

import json
import re
from typing import Annotated, Any

import msgspec
from litestar import MediaType, Request, Response
from msgspec import Meta

from vestibule.kernel import wire
from vestibule.kernel.errors import InvalidRequest
from vestibule.kernel.http import UnsupportedMediaType
from vestibule.kernel.i18n import gettext

# A language tag, as `sv` or `pt-BR`. One that nothing is translated into is read as English.
Locale = Annotated[wire.Locale, Meta(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length=35)]

# How msgspec says where: Expected `str`, got `int` - at `$.invitations[3].email`
_PLACE = re.compile(r" - at `(?:key in )?\$([^`]*)`$")
# How it names a field that is not there, or should not be: Object missing required field `role`
_FIELD = re.compile(r"(?:required|unknown) field `([^`]*)`$")


_MEDIA_TYPE = re.compile(r"application/([\w.-]+\+)?json\s*(;.*)?", re.IGNORECASE)


class StrictRequest(Request[Any, Any, Any]):
    """A request whose JSON becomes the handler's `data` by its type alone.

    The framework's own way is to convert leniently ("1" to 1, 1 to true), which hides mistakes.
    """

    async def json(self) -> Any:  # noqa: ANN401
        """Give the body as the type of the handler's `data`.

        Raises InvalidRequest, or UnsupportedMediaType for what does not say that it is JSON.
        """
        body = await self.body()
        if body and not _MEDIA_TYPE.fullmatch(self.headers.get("content-type", "")):
            raise UnsupportedMediaType
        field = self.route_handler.parsed_data_field
        try:
            read = msgspec.json.decode(body, type=field.annotation if field else Any)
            json.loads(body, object_pairs_hook=_ensure_said_once)
        except msgspec.ValidationError as fault:
            raise refusal(str(fault)) from fault
        except (ValueError, RecursionError) as fault:
            raise InvalidRequest.at("", gettext("The request cannot be read.")) from fault
        return read


async def write_nothing(answer: Response[Any]) -> Response[Any]:
    """Leave the body empty where a handler gives nothing: the framework would write `null`."""
    if answer.content is None:
        answer.media_type = MediaType.TEXT
    return answer


def _ensure_said_once(pairs: list[tuple[str, object]]) -> None:
    """Raise InvalidRequest for a field that is there twice: readers differ on which one counts."""
    seen = set[str]()
    for name, _ in pairs:
        if name in seen:
            raise InvalidRequest.at(name, gettext("The request cannot be read."))
        seen.add(name)


def refusal(sentence: str) -> InvalidRequest:
    """Give the fault that msgspec found its path: `invitations.3.email`."""
    found = _PLACE.search(sentence)
    place = found[1].replace("[", ".").replace("]", "") if found else ""
    reason = _PLACE.sub("", sentence)
    field = _FIELD.search(reason)
    path = f"{place}.{field[1]}" if field else place
    return InvalidRequest.at(path.strip("."), reason)
