"""What stands behind the `?` of a request that ends something: a typo there must not end more."""

from typing import Any

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.enums import HttpMethod
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute

from vestibule.kernel.errors import InvalidRequest
from vestibule.kernel.i18n import gettext


def ensure_known(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Raise InvalidRequest for a query parameter that a call which ends something does not have."""
    if connection.scope.get("method") != HttpMethod.DELETE or not connection.scope.get(
        "query_string"
    ):
        return
    known = _known(connection.app)[connection.scope["path_template"]]
    unknown = sorted(set(connection.query_params.keys()) - known)
    if unknown:
        raise InvalidRequest.at(unknown[0], gettext("This call takes no such parameter."))


def _known(app: Litestar) -> dict[str, frozenset[str]]:
    """Give the names of the query parameters of each such call, by its path."""
    if "parameters" not in app.state:
        routes = [route for route in app.routes if isinstance(route, HTTPRoute)]
        app.state["parameters"] = {
            route.path_format: _names(route.route_handler_map[HttpMethod.DELETE][1])
            for route in routes
            if HttpMethod.DELETE in route.route_handler_map
        }
    known: dict[str, frozenset[str]] = app.state["parameters"]
    return known


def _names(model: Any) -> frozenset[str]:  # noqa: ANN401  the framework's own, without a name
    return frozenset(each.field_alias for each in model.expected_query_params)
