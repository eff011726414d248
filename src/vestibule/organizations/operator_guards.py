"""Whether the operator is calling: a bearer token that is the operator's key, and nobody's else."""

from dataclasses import replace
from datetime import timedelta

from vestibule.accounts.guards import Desk
from vestibule.audit.model import OPERATOR, Actor
from vestibule.kernel.errors import NotAuthenticated, NotFound
from vestibule.kernel.limits import Limit
from vestibule.kernel.secrets import OperatorKey
from vestibule.users.caller import AnyRequest, token_of
from vestibule.web.injected import Injected

# Its name is kept with the counters, for ever.
OPERATOR_MISS_BY_NETWORK = Limit("operator-miss-by-network", 20, timedelta(minutes=10))


async def provide_operator(
    request: AnyRequest, desk: Injected[Desk], operator_key: Injected[OperatorKey | None]
) -> Actor:
    """Give the operator, from where they call.

    Raises NotFound while no key is set up, NotAuthenticated, RateLimited for who guesses. The key
    itself is no guess: it costs nothing, and others' guesses do not keep it out.
    """
    if operator_key is None:
        raise NotFound
    token = token_of(request)
    if token is None:
        raise NotAuthenticated
    if not operator_key.is_shown(token):
        await desk.limiter.spend(OPERATOR_MISS_BY_NETWORK, desk.network)
        raise NotAuthenticated
    return replace(OPERATOR, network=desk.origin.network, user_agent=desk.origin.user_agent)
