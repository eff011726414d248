"""What it means that a slug rests: nobody else gets it for a while. Pure."""

from datetime import timedelta
from enum import StrEnum

RESTS = timedelta(days=90)


class SlugKind(StrEnum):
    """What a slug is the name of. The words are kept in the database, and for ever."""

    ORGANIZATION = "organization"
    APP = "app"
