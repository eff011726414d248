"""What is said of an app that was deleted. Pure."""

from vestibule.apps.model import AppNotFound
from vestibule.kernel.i18n import mark


class AppDeleted(AppNotFound):
    """There was an app here, and it is gone. Is `app_not_found`."""

    headline = mark("This app was deleted")
    sentence = mark("{name} was deleted, with its members and invitations.")

    @classmethod
    def code(cls) -> str:
        """Give the code of every app that is not there."""
        return AppNotFound.code()
