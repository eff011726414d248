"""How edges mark what the house hands them: taken as it is, since we made it."""

from litestar.params import SkipValidationMarker

Injected = SkipValidationMarker()
