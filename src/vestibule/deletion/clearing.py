"""What is left of organizations and apps that were deleted, cleared away in small steps.

Each step is a transaction of its own and deletes some rows of one kind, the oldest first. What
refers to others goes before them, so whatever must always hold holds between the steps:
invitations, then members (with their accounts, in an app), then the place itself. An organization's
apps go before it. The audit trail stays until its own time is over.
"""

from datetime import timedelta

from vestibule.apps import closing as apps
from vestibule.invitations import forgetting
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AppId, OrganizationId
from vestibule.messages import actions as messages
from vestibule.organizations import closing as organizations

BATCH = 1000


async def clear_some(tx: Transaction, *, after: timedelta, at_most: int = BATCH) -> bool:
    """Do one step for what was closed first, longer ago than that. False: nothing is left to do.

    A place that another server is at is left to it.
    """
    app_id = await apps.hold_closed(tx, after=after)
    if app_id is not None:
        await _clear_app(tx, app_id, at_most=at_most)
        return True
    organization_id = await organizations.hold_closed(tx, after=after)
    if organization_id is None:
        return False
    await _clear_organization(tx, organization_id, at_most=at_most)
    return True


async def _clear_organization(
    tx: Transaction, organization_id: OrganizationId, *, at_most: int
) -> None:
    app_id = await apps.find_any_of(tx, organization_id)
    if app_id is not None:
        if await apps.hold(tx, app_id):
            await _clear_app(tx, app_id, at_most=at_most)
        return
    if await forgetting.forget_of_place(tx, organization_id, at_most=at_most):
        return
    if await organizations.clear_members(tx, organization_id, at_most=at_most):
        return
    await organizations.clear(tx, organization_id)
    await messages.forget_place(tx, organization_id)


async def _clear_app(tx: Transaction, app_id: AppId, *, at_most: int) -> None:
    if await forgetting.forget_of_place(tx, app_id, at_most=at_most):
        return
    if await apps.clear_members(tx, app_id, at_most=at_most):
        return
    if await apps.clear_definitions(tx, app_id, at_most=at_most):
        return
    await apps.clear(tx, app_id)
    await messages.forget_place(tx, app_id)
