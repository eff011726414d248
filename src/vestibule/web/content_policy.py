"""What a page of ours may load, and where its forms may lead: the one home of that policy."""

import re
from collections.abc import Sequence

_ORIGIN = re.compile(
    r"https?://[A-Za-z0-9._\-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?"
)


def content_policy(leaving_to: Sequence[str] = ()) -> str:
    """Give the policy. Browsers hold redirects after a form to it too: `leaving_to` are origins.

    Raises ValueError for what is no origin.
    """
    for origin in leaving_to:
        if not _ORIGIN.fullmatch(origin):
            raise ValueError(origin)
    form_action = " ".join(["'self'", *leaving_to])
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"font-src 'self'; connect-src 'self'; frame-src 'self'; form-action {form_action}; "
        "base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    )
