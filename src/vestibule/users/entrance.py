"""How the platform is entered: the realm of users, mounted at the root."""

from vestibule.accounts.realms import PLATFORM, Entrance, Landing
from vestibule.kernel.i18n import mark
from vestibule.users import actions as users
from vestibule.users.model import SignUpsClosed

NAME = "Vestibule"
NAVIGATION = (("/", mark("Your organizations")), ("/profile", mark("Profile")))


def platform(*, landing: Landing, takes_sign_ups: bool, shows_mailbox: bool) -> Entrance:
    """Give the platform's entrance. Where signing in lands, a room above users knows."""
    return Entrance(
        realm=PLATFORM,
        name=NAME,
        describe=users.describe,
        landing=landing,
        navigation=NAVIGATION,
        sign_ups_closed=None if takes_sign_ups else SignUpsClosed,
        shows_mailbox=shows_mailbox,
    )
