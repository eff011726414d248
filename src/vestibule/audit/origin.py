"""Who somebody is before we know them: where the request comes from."""

from typing import Any

from litestar.connection import ASGIConnection

from vestibule.audit.model import Actor, ActorKind
from vestibule.kernel.settings import Settings
from vestibule.web import peers


def origin_of(connection: ASGIConnection[Any, Any, Any, Any], settings: Settings) -> Actor:
    """Give the actor that a request without credentials is: somebody who may hold a key."""
    return Actor(
        kind=ActorKind.KEY_HOLDER,
        network=peers.address_of(connection, settings) or None,
        user_agent=peers.user_agent_of(connection) or None,
    )
