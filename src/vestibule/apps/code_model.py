"""What a one-time code is made for: where an app wants a person back. Pure."""

from dataclasses import dataclass
from datetime import timedelta

from vestibule.accounts.model import InvalidCredentials
from vestibule.kernel.i18n import mark

CODE_LIVES = timedelta(seconds=60)


class CodeNotGood(InvalidCredentials):
    """A one-time code is unknown, was used, is older than a minute, or its verifier is wrong.

    Answers as `invalid_credentials`.
    """

    sentence = mark("This code is no longer good. Send the person to the login page again.")

    @classmethod
    def code(cls) -> str:
        """Give the code of all credentials that are not good."""
        return InvalidCredentials.code()


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """Where an app wants a person back, with a code. `challenge` is of PKCE's method S256."""

    redirect_url: str
    state: str
    challenge: str
