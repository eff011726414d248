"""What a user is in an app. Pure."""

from dataclasses import dataclass

from vestibule.kernel.ids import AppId


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """An app that a user is a member of. Without a password there, only because they manage it."""

    app_id: AppId
    name: str
    slug: str
    has_password: bool
