"""What is said of an organization that was deleted, and how long its traces are left. Pure."""

from datetime import timedelta

from vestibule.kernel.i18n import mark
from vestibule.organizations.model import OrganizationNotFound

# For so long a dead link can say why it is dead, and a former member is told what has happened.
# Only then is what is closed cleared away.
TOLD_FOR = timedelta(days=1)


class OrganizationDeleted(OrganizationNotFound):
    """The caller was a member of an organization that is gone. Is `organization_not_found`."""

    headline = mark("This organization was deleted")
    sentence = mark("{name} was deleted, with its members, invitations and apps.")

    @classmethod
    def code(cls) -> str:
        """Give the code of every organization that is not there."""
        return OrganizationNotFound.code()
