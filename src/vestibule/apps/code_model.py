"""What a one-time code is made for: where an app wants a person back. Pure."""

from dataclasses import dataclass
from datetime import timedelta

CODE_LIVES = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """Where an app wants a person back, with a code. `challenge` is of PKCE's method S256."""

    redirect_url: str
    state: str
    challenge: str
