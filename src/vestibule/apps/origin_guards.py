"""Which pages of other origins may call an app's part of the API: those that the app has named.

Only bearer tokens count there, so nothing of a browser's own (a cookie) is ever let along.
"""

import re
from dataclasses import dataclass

from vestibule.apps import actions as apps
from vestibule.kernel.database import Database
from vestibule.kernel.errors import Problem
from vestibule.web.shell import Application, Message, Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]

_APP = re.compile(r"/api/v1/apps/([^/]+)/.+")
# Answers keep `cross-origin-resource-policy: same-origin`: it does not concern who asks by CORS,
# and keeps all others from drawing an answer in as a script or a picture.
_EXPOSED = (b"access-control-expose-headers", b"Location, Retry-After")
_PREFLIGHT: Headers = [
    (b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE"),
    (b"access-control-allow-headers", b"Authorization, Content-Type, Accept-Language"),
    # Whether the origin is still named is asked again with every call: this only saves questions.
    (b"access-control-max-age", b"600"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """Wraps the application, so that every answer is readable there: refusals and faults too."""

    application: Application
    database: Database
    base_url: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        origin = await self._find_allowed(scope) if scope["type"] == "http" else None
        if origin is None:
            await self.application(scope, receive, send)
            return
        allowed: Headers = [(b"access-control-allow-origin", origin), (b"vary", b"Origin")]
        if _is_preflight(scope):
            headers = [*allowed, *_PREFLIGHT]
            await send({"type": "http.response.start", "status": 204, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        await self.application(scope, receive, _adding([*allowed, _EXPOSED], send))

    async def _find_allowed(self, scope: Scope) -> bytes | None:
        """Give the page's origin, if it is another one that the app of the path has named."""
        path = _APP.fullmatch(scope["path"])
        origins = _values(scope, b"origin")
        if path is None or len(origins) != 1 or origins[0] == self.base_url.encode():
            return None
        try:
            async with self.database.reader() as reader:
                app = (await apps.get_by_reference(reader, path[1])).app
        except Problem:  # no such app; or no database, which the application will say
            return None
        named = {origin.encode() for origin in app.origins}
        return origins[0] if origins[0] in named else None


def _is_preflight(scope: Scope) -> bool:
    return scope["method"] == "OPTIONS" and bool(_values(scope, b"access-control-request-method"))


def _values(scope: Scope, wanted: bytes) -> list[bytes]:
    return [value for name, value in scope["headers"] if name == wanted]


def _adding(headers: Headers, send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *headers]
        await send(message)

    return send_with_headers
