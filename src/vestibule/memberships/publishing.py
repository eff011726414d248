"""Publishing an app's draft, and seeing to those whose role it drops, in the same transaction.

Organization and app are held, so that nobody invites or accepts meanwhile: who waited finds the new
roles.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from vestibule.apps import drafting, member_queries, members
from vestibule.apps.model import App, AppSeat, SavedDefinition
from vestibule.audit import actions as audit
from vestibule.audit.model import Actor
from vestibule.definitions.model import Definition
from vestibule.invitations import consequences
from vestibule.invitations.consequences_queries import count_pending_by_role
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.i18n import gettext
from vestibule.kernel.ids import AppMemberId
from vestibule.memberships import app_policy as policy
from vestibule.memberships.model import Move, Published, RoleInUse, RoleUse
from vestibule.users.model import User


async def publish(
    tx: Transaction, seat: AppSeat, roles: Mapping[str, str], *, user: User | None, by: Actor
) -> Published:
    """Make the draft what counts. `roles` says what becomes of who has a role that it drops.

    A draft that counts already makes no new version. At the first publish the user is let in; None:
    a program publishes, and lets nobody in. The seat is of `lock_for_managing`. Raises
    DefinitionNotFound, RoleInUse, InvalidRequest.
    """
    draft = await drafting.get_draft(tx, seat.app.id)
    if await counts_already(tx, seat.app, draft):
        return Published(app=seat.app, is_new=False)
    uses = await list_uses(tx, seat.app, draft.definition)
    _ensure_known(seat, draft.definition, uses, roles=roles)
    unsaid = [use for use in uses if use.role not in roles]
    if unsaid:
        raise RoleInUse(unsaid)

    moves = await _move(tx, seat.app, {use.role: roles[use.role] for use in uses}, by=by)
    app = await drafting.publish(tx, seat, draft, by=by)
    if seat.app.version is None and user is not None:
        await drafting.let_publisher_in(tx, app, draft.definition, user, by=by)
    return Published(app=app, is_new=True, moves=moves)


async def counts_already(reader: Reader, app: App, draft: SavedDefinition) -> bool:
    """Tell whether the draft is, to the letter, what counts already."""
    if app.version is None:
        return False
    return (await drafting.get_version(reader, app.id, app.version)).source == draft.source


async def list_uses(reader: Reader, app: App, draft: Definition) -> Sequence[RoleUse]:
    """Give the roles that the draft drops and that somebody has, or is invited to, by name."""
    held = await member_queries.count_holders_by_role(reader, app.id)
    offered = await count_pending_by_role(reader, app.id)
    return [
        RoleUse(role=role, members=held.get(role, 0), invitations=offered.get(role, 0))
        for role in sorted(held.keys() | offered.keys())
        if role not in draft.roles
    ]


def droppable(seat: AppSeat, draft: Definition, uses: Iterable[RoleUse]) -> frozenset[str]:
    """Give the roles of which something may be said: dropped by the draft, in use or not."""
    known = {*seat.every_role, *(use.role for use in uses)}
    return frozenset(known - draft.roles.keys())


def _ensure_known(
    seat: AppSeat, draft: Definition, uses: Iterable[RoleUse], *, roles: Mapping[str, str]
) -> None:
    """Raise InvalidRequest unless each role goes, and leads to one that stays."""
    dropped = droppable(seat, draft, uses)
    faults = {}
    for role, to in roles.items():
        if role not in dropped:
            faults[role] = gettext("The draft does not drop a role of this name.")
        elif to not in draft.roles:
            choices = ", ".join(draft.roles)
            faults[role] = gettext("Choose a role: {choices}.").format(choices=choices)
    policy.ensure_faultless({f"roles.{role}": message for role, message in faults.items()})


async def _move(
    tx: Transaction, app: App, roles: Mapping[str, str], *, by: Actor
) -> tuple[Move, ...]:
    moves = []
    whose: dict[AppMemberId, dict[str, str]] = defaultdict(dict)
    for role, to in roles.items():
        invitations = await consequences.move_app_role(tx, app.id, role, to, by=by)
        moved = await members.move_role(tx, app, role, to)
        for member_id in moved:
            whose[member_id][role] = to
        moves.append(Move(role=role, to=to, members=len(moved), invitations=invitations))
    for member_id, changed in whose.items():
        member = await members.get_moved(tx, member_id)
        details = {"roles": changed}
        entry = members.entry("app_member.roles_moved", member, by=by, details=details)
        await audit.record(tx, entry)
    return tuple(moves)
