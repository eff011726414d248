"""Whether a request comes from a page of ours: browsers say so (Fetch Metadata; else Origin)."""

from typing import Any

from litestar.connection import ASGIConnection


def is_ours(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Tell whether a page of ours sent it, or the person at the browser by themselves."""
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    ours: str = connection.app.state.settings.base_url
    return connection.headers.get("origin") == ours
