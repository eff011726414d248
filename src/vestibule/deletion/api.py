"""The end of an organization, and of an app, in the HTTP API."""

from litestar import delete
from litestar.params import FromPath

from vestibule.accounts.guards import Desk
from vestibule.apps.model import AppNotFound, Caller
from vestibule.deletion import steps
from vestibule.organizations.caller_model import Caller as OrganizationCaller
from vestibule.organizations.model import NotPermitted, OrganizationNotFound
from vestibule.web.injected import Injected


@delete(
    "/organizations/{org:str}",
    status_code=204,
    summary="Delete an organization",
    tags=("Organizations",),
    problems=(OrganizationNotFound, NotPermitted),
)
async def delete_organization(
    org: FromPath[str], desk: Injected[Desk], *, caller: Injected[OrganizationCaller]
) -> None:
    """Delete it for good, with its members, invitations and apps. It is gone at once for everybody.

    Its other owners are told by mail. Nobody gets its slug, nor those of its apps, for 90 days.
    """
    await steps.delete_organization(desk, caller, org)


@delete(
    "/",
    status_code=204,
    summary="Delete an app",
    tags=("Apps",),
    problems=(AppNotFound, NotPermitted),
)
async def delete_app(app: FromPath[str], desk: Injected[Desk], *, caller: Injected[Caller]) -> None:
    """Delete it for good, with its members, their accounts there, and its invitations.

    It is gone at once for everybody. The organization's other owners are told by mail. Nobody gets
    its slug for 90 days.
    """
    await steps.delete_app(desk, caller, app)


organization_handlers = (delete_organization,)
app_handlers = (delete_app,)
