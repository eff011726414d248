"""What pages and API do alike with memberships. Limits first, then hash, then the transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from vestibule.accounts import steps as accounts
from vestibule.accounts.guards import Desk
from vestibule.apps import actions as apps
from vestibule.apps import member_queries
from vestibule.apps.member_queries import MemberSearch
from vestibule.apps.model import AppMember, AppSeat, Caller, SignedInMember
from vestibule.kernel import lists
from vestibule.kernel.errors import Forbidden, NotFound
from vestibule.kernel.ids import AccountId, AppMemberId, decode
from vestibule.kernel.lists import Page
from vestibule.memberships import app_end_change as ends
from vestibule.memberships import app_removal as removal
from vestibule.memberships import app_roles as roles
from vestibule.memberships import publishing
from vestibule.memberships.model import AppMemberChange, Published
from vestibule.memberships.news_steps import outbox_for
from vestibule.messages.model import Outbox
from vestibule.users.model import SignedIn
from vestibule.web.listing import Part


async def list_members(
    desk: Desk, caller: Caller, app: str, search: MemberSearch, part: Part
) -> tuple[AppSeat, Page[AppMember]]:
    """Give a page of the members to who may see them. Raises AppNotFound, NotPermitted."""
    async with desk.database.reader() as reader:
        seat = await apps.get_for_members(reader, caller, app)
        window = part.window(f"app-members/{seat.app.id}")
        found = await member_queries.list_members(reader, seat.app.id, search, window)
    return seat, lists.page(window, found, _id_of)


async def get_member(
    desk: Desk, caller: Caller, app: str, member_id: AppMemberId
) -> tuple[AppSeat, AppMember]:
    """Give one member to who may see them. Raises AppMemberNotFound, and as `list_members`."""
    async with desk.database.reader() as reader:
        seat = await apps.get_for_members(reader, caller, app)
        return seat, await apps.get_member(reader, seat.app.id, member_id)


async def change_member(
    desk: Desk, caller: Caller, app: str, wanted: AppMemberChange
) -> tuple[AppSeat, AppMember]:
    """Give a member these roles, this end, or both.

    Of two who change roles at once, the second is told: RoleChanged. Raises as `app_roles.change`
    and `app_end_change.change`, and who may not.
    """
    by = caller.actor(desk.origin)
    found, outbox = await _look(desk, caller, app, wanted.member_id)
    async with desk.database.transaction() as tx:
        seat = await apps.lock_for_managing_members(tx, caller, app)
        if wanted.roles is not None:
            change = replace(wanted.roles, found=found)
            await roles.change(tx, seat, change, by=by, outbox=outbox)
        if wanted.end is not None:
            await ends.change(tx, seat, wanted.end, by=by, outbox=outbox)
        return seat, await apps.get_member(tx, seat.app.id, wanted.member_id)


async def remove(desk: Desk, caller: Caller, app: str, member_id: AppMemberId) -> None:
    """Take a member out of the app. Raises as `removal.remove`, and who may not."""
    by = caller.actor(desk.origin)
    async with desk.database.transaction() as tx:
        seat = await apps.lock_for_managing_members(tx, caller, app)
        await removal.remove(tx, seat, member_id, by=by, outbox=desk.outbox)


async def leave(desk: Desk, caller: SignedInMember, password: str) -> None:
    """Let a member go who gives their password.

    Raises PasswordNotSet, WrongPassword, RateLimited.
    """
    checked = await accounts.check_present(desk, caller, password)
    async with desk.database.transaction() as tx:
        await removal.leave(tx, caller.member, checked, by=caller.actor(desk.origin))


async def publish(desk: Desk, caller: Caller, app: str, moved: Mapping[str, str]) -> Published:
    """Publish the draft. `moved` says what becomes of roles that it drops.

    Raises as `publishing.publish`, and who may not.
    """
    by = caller.actor(desk.origin)
    async with desk.database.transaction() as tx:
        seat = await apps.lock_for_managing(tx, caller, app)
        user = caller.user if isinstance(caller, SignedIn) else None
        return await publishing.publish(tx, seat, moved, user=user, by=by)


def read_id(reference: str) -> AppMemberId:
    """Read an app member's id as people and programs write it. Raises NotFound."""
    return AppMemberId(AccountId(decode("apm", reference)))


async def _look(
    desk: Desk, caller: Caller, app: str, member_id: AppMemberId
) -> tuple[Sequence[str] | None, Outbox]:
    """Give the roles of a member before anything is held, and where a mail to them is put down.

    Who may not change them uses nothing up, and is refused in the transaction.
    """
    try:
        seat, member = await get_member(desk, caller, app, member_id)
    except (NotFound, Forbidden):
        return None, desk.outbox
    if not seat.manageable:
        return None, desk.outbox
    return member.roles, await outbox_for(desk, member.address)


def _id_of(member: AppMember) -> AppMemberId:
    return member.id
