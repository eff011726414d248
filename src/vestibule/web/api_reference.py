"""The API for people to read: one page, made of the OpenAPI document that programs get."""

from typing import Any

from litestar import Request, get

from vestibule.web import pages


@get("/docs", include_in_schema=False)
async def show_reference(request: Request[Any, Any, Any]) -> pages.Answer:
    """Show every call, what it takes and what it answers."""
    return pages.render(
        "api_reference.html",
        openapi=request.app.openapi_schema.to_schema(),
        openapi_href="/api/v1/openapi.json",
    )
