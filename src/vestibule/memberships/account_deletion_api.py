"""The end of a user's account in the HTTP API: what it takes along, and then the deed."""

from litestar import get, post
from litestar.params import JSONBody

from vestibule.accounts.guards import Desk
from vestibule.accounts.model import AccountNotFound, PasswordNotSet, WrongPassword
from vestibule.kernel.errors import RateLimited
from vestibule.memberships import organization_steps as steps
from vestibule.memberships.model import OnlyOwnerOf
from vestibule.memberships.presentation import AccountToDelete, DeletionBody, present_deletion
from vestibule.users.model import SignedIn, UserNotFound
from vestibule.web.injected import Injected

TAGS = ("Users",)


@get("/me/deletion", summary="See what deleting the account takes along", tags=TAGS)
async def get_deletion(desk: Injected[Desk], caller: Injected[SignedIn]) -> DeletionBody:
    """Give the organizations that are left, and those that stand in the way."""
    foreseen = await steps.foresee_deletion(desk, caller)
    return present_deletion(caller.user.id, foreseen)


@post(
    "/me/deletion",
    status_code=204,
    summary="Delete the account",
    tags=TAGS,
    problems=(
        *(PasswordNotSet, WrongPassword, RateLimited),
        *(AccountNotFound, UserNotFound, OnlyOwnerOf),
    ),
)
async def delete_account(
    data: JSONBody[AccountToDelete], desk: Injected[Desk], *, caller: Injected[SignedIn]
) -> None:
    """Delete the caller's account for good, with its memberships, sessions and open invitations.

    Who alone owns an organization hands it over, or deletes it, first.
    """
    await steps.delete_account(desk, caller, data.password)


handlers = (get_deletion, delete_account)
