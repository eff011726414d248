"""What holds for every answer, whichever route gives it.

Our host name, headers, language, time limits, a log line.
"""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from vestibule.kernel import i18n
from vestibule.kernel.http import RequestIncomplete
from vestibule.kernel.settings import LOCAL_HOSTS, Settings
from vestibule.web.content_policy import content_policy

log = logging.getLogger("vestibule.access")

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# A body has so many seconds, and one more for each so many bytes that have come.
BODY_SECONDS = 10
BODY_BYTES_A_SECOND = 20_000
TARGET_BYTES = 4096

HEADERS = {
    "content-security-policy": content_policy(),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    "cache-control": "no-store",
    "vary": "Cookie",
}
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"


@dataclass(frozen=True, slots=True)
class Shell:
    """Wraps the application. Adds a header only where the answer has none of that name."""

    application: Application
    settings: Settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        answer = _Answer(scope, send, is_https=self.settings.is_https)
        if refusal := self._refusal(scope):
            await answer.refuse(*refusal)
            return
        if scope["method"] == "HEAD":
            scope["method"] = "GET"  # the same answer, whose body stays here
        with i18n.speaking(_language(scope)):
            await self.application(scope, _in_time(receive), answer.send)

    def _refusal(self, scope: Scope) -> tuple[int, str, str] | None:
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or not _is_ours(hosts[0], self.settings):
            return 421, "misdirected_request", "This server does not answer for that host name."
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > TARGET_BYTES:
            return 414, "request_too_large", "The address is too long."
        return None


class _Answer:
    """The way back of one answer."""

    def __init__(self, scope: Scope, send: Send, *, is_https: bool) -> None:
        self._scope = scope
        self._method = scope["method"]
        self._send = send
        self._is_https = is_https
        self._started = time.monotonic()

    async def send(self, message: Message) -> None:
        """Send a part of the answer; the first part gets the headers, and a line in the log."""
        if message["type"] == "http.response.start":
            message["headers"] = self._dressed(message.get("headers", []))
            self._note(message["status"])
        elif self._method == "HEAD":
            message = {**message, "body": b""}
        await self._send(message)

    async def refuse(self, status: int, code: str, detail: str) -> None:
        """Answer in the application's stead."""
        body = json.dumps(
            {
                "type": f"urn:vestibule:problem:{code}",
                "status": status,
                "code": code,
                "detail": detail,
            }
        )
        headers = [(b"content-type", b"application/problem+json")]
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body.encode()})

    def _dressed(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        present = {name.lower() for name, _ in headers}
        wanted = HEADERS | (
            {"strict-transport-security": STRICT_TRANSPORT} if self._is_https else {}
        )
        return [
            *headers,
            *((k.encode(), v.encode()) for k, v in wanted.items() if k.encode() not in present),
        ]

    def _note(self, status: int) -> None:
        # The route's template, never path or query: those may carry what must not be in a log.
        log.info(
            "request",
            extra={
                "method": self._method,
                "route": self._scope.get("path_template") or "-",
                "status": status,
                "milliseconds": round((time.monotonic() - self._started) * 1000, 1),
            },
        )


def _is_ours(host: str, settings: Settings) -> bool:
    """Tell whether a Host is the base URL's. On a developer's machine its local names are one."""
    ours = urlsplit(settings.base_url)
    try:
        asked = urlsplit(f"//{host.lower()}")
        same_port = (asked.port or _usual_port(ours.scheme)) == (
            ours.port or _usual_port(ours.scheme)
        )
    except ValueError:
        return False
    same_name = asked.hostname == ours.hostname or (
        settings.is_local and asked.hostname in LOCAL_HOSTS
    )
    is_bare = asked.netloc == host.lower() and asked.username is None
    return is_bare and same_port and same_name


def _usual_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _language(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"accept-language":
            return (
                value.decode("latin-1").split(",")[0].split(";")[0].strip() or i18n.DEFAULT_LOCALE
            )
    return i18n.DEFAULT_LOCALE


def _in_time(receive: Receive) -> Receive:
    """Read the body while it keeps coming. Raises RequestIncomplete when it does not."""
    ends_at = time.monotonic() + BODY_SECONDS
    is_whole = False

    async def receive_in_time() -> Message:
        nonlocal is_whole, ends_at
        if is_whole:
            return await receive()
        try:
            async with asyncio.timeout(max(0, ends_at - time.monotonic())):
                message = await receive()
        except TimeoutError:
            raise RequestIncomplete from None
        if message["type"] == "http.disconnect":
            raise RequestIncomplete
        ends_at += len(message.get("body", b"")) / BODY_BYTES_A_SECOND
        is_whole = not message.get("more_body", False)
        return message

    return receive_in_time
