"""Calls to Vestibule's API: JSON in, JSON out, refusals raised."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

SECONDS = 10


class Refused(Exception):
    """Vestibule said no: `status`, `code` for programs, and a sentence for people."""

    def __init__(self, status: int, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code


def call(
    base_url: str, method: str, path: str, body: object = None, *, token: str | None = None
) -> Any:  # noqa: ANN401  whatever the JSON says
    """Call `/api/v1{path}`. Raises Refused, or OSError if there is nobody."""
    headers = {"Content-Type": "application/json"} if body is not None else {}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    content = json.dumps(body).encode() if body is not None else None
    request = Request(f"{base_url}/api/v1{path}", content, headers, method=method)  # noqa: S310
    try:
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  the address is our own
            return json.loads(answer.read() or b"null")
    except HTTPError as answer:
        with answer:
            raise _refusal(answer) from None


def _refusal(answer: HTTPError) -> Refused:
    try:
        problem = json.loads(answer.read())
        return Refused(answer.code, problem["code"], problem["detail"])
    except (ValueError, KeyError):
        return Refused(answer.code, "unknown", f"Vestibule answered {answer.code}.")
