"""Keys are revoked in *Analytical*, in a transaction that is rolled back."""

from tests.memberships.conftest import hall

__all__ = ["hall"]
